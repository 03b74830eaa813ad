from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from scanner.cli.lab import command
from scanner.lab import LabError
from scanner.lab.recorder import read_line
from scanner.model.errors import UsageError
from scanner.reporter.schema import load_schema

BASE = f"127.{210 + os.getpid() % 20}.{os.getpid() % 250}.0/24"


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def test_list_names_every_device_with_its_address_and_ports() -> None:
    result = run("list")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) >= 30
    (camera,) = [line for line in lines if line.startswith("camera-v55 ")]
    assert camera.split()[1:3] == ["127.77.0.13", "8000,8443,10080,10554,udp/37020"]


def test_list_with_another_network_shows_the_true_ports() -> None:
    (camera,) = [
        line for line in run("list", "--base", "10.9.0.0/24").stdout.splitlines() if "camera-v55 " in line
    ]
    assert camera.split()[1:3] == ["10.9.0.13", "80,554,8000,8443,udp/37020"]


def test_truth_is_a_table_or_json() -> None:
    table = run("truth").stdout
    (lts,) = [line for line in table.splitlines() if "relabel-lts" in line]
    assert lts.split() == [
        "127.77.0.26",
        "relabel-lts",
        "Hikvision",
        "confirmed",
        "relabel",
        "LTS",
        "camera",
        "CMIP7352W",
    ]
    rows = json.loads(run("truth", "--format", "json").stdout)
    lts_row = next(row for row in rows if row["name"] == "relabel-lts")
    assert lts_row["evidenced_maker"] == "hikvision"
    assert lts_row["relation"] == "relabel"
    assert lts_row["serial"] == "CMIP7352W20170428AAWR756800499"
    assert lts_row["origin"]


def test_up_runs_a_command_beside_the_devices_and_hands_on_its_code(tmp_path: Path) -> None:
    record = tmp_path / "wire.jsonl"
    address = BASE.replace(".0/24", ".58")
    script = (
        "import socket, sys\n"
        f"s = socket.create_connection(('{address}', 10080), 3)\n"
        "s.sendall(b'GET / HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\n')\n"
        "sys.exit(5 if b'DS918+' in s.recv(65536) else 1)\n"
    )
    result = run(
        *("up", "--only", "nas-ds918,printer", "--base", BASE, "--record", str(record)),
        *("--", sys.executable, "-c", script),
    )
    assert result.exit_code == 5, result.output
    assert "the printer received 0 bytes on port 9100" in result.stderr
    assert [read_line(line).kind for line in record.read_text().splitlines()] == [
        "connect",
        "bytes",
        "request",
    ]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, 10080), 1)


def test_options_of_the_command_are_the_commands_own() -> None:
    result = run(
        "up", "--only", "nas-ds918", "--base", BASE, "--", "sh", "-c", "exit 4", "--only", "x", "--help"
    )
    assert result.exit_code == 4, result.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--only", "fax"), "no device is called 'fax'"),
        (("--base", "here"), "is no IPv4 network"),
        (("--address", "printer"), "wants NAME=ADDRESS"),
        (("--address", "printer=x"), "is no IPv4 address"),
        (("--only", "printer", "--record", "/nowhere/x.jsonl"), "cannot write /nowhere/x.jsonl"),
    ],
)
def test_bad_input_is_one_line_of_usage(words: tuple[str, ...], says: str) -> None:
    result = run("up", *words, "--", "true")
    assert isinstance(result.exception, UsageError)
    assert says in str(result.exception)
    assert "\n" not in str(result.exception)


def test_a_taken_address_and_a_missing_command_are_one_line() -> None:
    result = run("up", "--only", "printer", "--base", "192.0.2.0/24", "--", "true")
    assert isinstance(result.exception, LabError)
    missing = run("up", "--only", "printer", "--base", BASE, "--", "/nowhere/tool")
    assert isinstance(missing.exception, LabError)
    assert "cannot run /nowhere/tool" in str(missing.exception)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_without_a_command_it_stays_up_until_it_is_ended(number: int) -> None:
    address = BASE.replace(".0/24", ".58")
    words = ["up", "--only", "nas-ds918", "--base", BASE]
    program = f"from scanner.cli.lab import command; command({words!r})"
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = [process.stderr.readline(), process.stderr.readline()]
        socket.create_connection((address, 10080), 3).close()
        started = time.monotonic()
        process.send_signal(number)
        assert process.wait(10) == 0
        assert time.monotonic() - started < 5
        rest = process.stderr.read()
    assert said[0] == f"lab: 1 devices are up on {BASE}; Ctrl-C takes them down\n"
    assert said[1] == f"lab: try  hiksweep scan {BASE} --ports http:10080,https:10443,rtsp:10554\n"
    assert "Traceback" not in rest


@pytest.mark.parametrize("words", [(), ("up",), ("list",), ("truth",)])
def test_help_has_a_purpose_and_an_example(words: tuple[str, ...]) -> None:
    result = run(*words, "--help")
    assert result.exit_code == 0
    assert words == () or "Example" in result.stdout


def test_the_truth_as_json_keeps_its_shipped_schema() -> None:
    result = run("truth", "--format", "json")

    truth = json.loads(result.output)
    Draft202012Validator(load_schema("lab-truth")).validate(truth)
    assert len(truth) >= 30
    truth[0]["surprise"] = 1
    assert not Draft202012Validator(load_schema("lab-truth")).is_valid(truth)
