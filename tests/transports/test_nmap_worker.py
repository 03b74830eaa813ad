"""The worker with a played nmap on the PATH: whatever ends it, what was finished is kept."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import threading
import time

import nmap
import pytest

from scanner.policy.tenure import clock
from scanner.transports import nmap_worker

HOST = """<host starttime="1" endtime="2"><status state="up" reason="user-set" reason_ttl="0"/>
<address addr="{address}" addrtype="ipv4"/>
<hostnames>
</hostnames>
<ports>{ports}</ports>
<times srtt="1" rttvar="1" to="100000"/>
</host>
"""
PORT = '<port protocol="tcp" portid="{0}"><state state="{1}" reason="{2}" reason_ttl="0"/><service name="x" method="table" conf="3"/></port>\n'
OPEN = HOST.format(
    address="127.0.0.5", ports=PORT.format(80, "open", "syn-ack") + PORT.format(554, "closed", "conn-refused")
)
SILENT = HOST.format(
    address="127.0.0.6",
    ports='<extraports state="filtered" count="2">\n'
    '<extrareasons reason="no-response" count="1" proto="tcp" ports="80"/>\n'
    '<extrareasons reason="host-unreach" count="1" proto="tcp" ports="554-554"/>\n</extraports>\n',
)
BEGIN = '<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner="nmap"><hosthint><status state="up"/></hosthint>\n'
END = '<runstats><finished elapsed="1"/><hosts up="2" down="0" total="2"/></runstats>\n</nmaprun>\n'


@pytest.fixture
def play(tmp_path, monkeypatch):
    """Puts a program named nmap on the PATH that writes ``output`` and then runs ``after``."""

    def install(output, after="exit 0"):
        (tmp_path / "output").write_text(output)
        program = tmp_path / "nmap"
        program.write_text(
            "#!/bin/sh\n"
            'if [ "$1" = -V ]; then echo "Nmap version 7.93 ( https://nmap.org )"; exit 0; fi\n'
            f'echo "$@" > {tmp_path}/arguments; echo $$ > {tmp_path}/pid\n'
            f"cat {tmp_path}/output\n{after}\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    install.folder = tmp_path
    return install


def work(time_limit=10.0, ports=(80, 554), stop_after=None, group=8, at_once=1, until=None, later=()):
    request = {
        "targets": ["127.0.0.5", "127.0.0.6"],
        "ports": list(ports),
        "arguments": ["-sT", "-Pn"],
        "time_limit": time_limit,
        "group": group,
        "at_once": at_once,
        "until": until,
    }
    reader, writer = os.pipe()
    out = io.StringIO()
    for line in later:
        os.write(writer, line)
    if stop_after is not None:
        threading.Timer(stop_after, os.close, (writer,)).start()
    with os.fdopen(reader, "rb", buffering=0) as control:
        nmap_worker.Work(request, control, out).run()
    if stop_after is None:
        os.close(writer)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def gone(play):
    pid = int((play.folder / "pid").read_text())
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_every_host_is_told_port_by_port(play):
    play(BEGIN + OPEN + SILENT + END)
    assert work() == [
        {"started": "7.93"},
        {
            "host": "127.0.0.5",
            "complete": True,
            "ports": [[80, "open", "syn-ack"], [554, "closed", "conn-refused"]],
        },
        {
            "host": "127.0.0.6",
            "complete": True,
            "ports": [[80, "filtered", "no-response"], [554, "filtered", "host-unreach"]],
        },
        {"end": "complete", "detail": ""},
    ]
    assert (play.folder / "arguments").read_text() == "-oX - -p 80,554 -sT -Pn 127.0.0.5 127.0.0.6\n"


def test_a_cut_document_keeps_what_was_whole(play):
    play(BEGIN + OPEN + SILENT[:90], after="exit 1")
    lines = work()
    assert [line["host"] for line in lines if "host" in line] == ["127.0.0.5"]
    assert lines[-1]["end"] == "failed"


def test_at_the_time_limit_what_was_finished_is_kept_and_nmap_is_gone(play):
    play(BEGIN + OPEN, after="sleep 60")
    started = time.monotonic()
    lines = work(time_limit=0.5)
    assert time.monotonic() - started < 10
    assert [line["host"] for line in lines if "host" in line] == ["127.0.0.5"]
    assert lines[-1] == {"end": "time-limit", "detail": ""}
    assert gone(play)


def test_when_the_input_closes_nmap_is_ended_even_if_it_does_not_want_to(play, monkeypatch):
    monkeypatch.setattr(nmap_worker, "_GRACE", 0.3)
    play(BEGIN + OPEN, after="trap '' TERM; while :; do sleep 0.1; done")
    lines = work(time_limit=30, stop_after=0.5)
    assert lines[-1] == {"end": "stopped", "detail": ""}
    assert gone(play)


def test_when_the_right_to_send_is_over_nmap_is_ended_whether_or_not_its_caller_runs(play):
    play(BEGIN + OPEN, after="sleep 60")
    lines = work(time_limit=30, until=clock() + 0.5)
    assert lines[-1] == {"end": "stopped", "detail": ""}
    assert gone(play)


def test_a_right_that_was_prolonged_is_no_end_and_any_other_word_is(play):
    play(BEGIN + OPEN + SILENT, after="sleep 1; exit 0")
    soon, later = clock() + 0.5, json.dumps({"until": clock() + 60}).encode() + b"\n"
    assert work(until=soon, later=[later])[-1] == {"end": "complete", "detail": ""}
    assert work(until=None, later=[later, b"stop\n"])[-1]["end"] == "stopped"


def test_a_failure_is_told_in_nmaps_own_words(play):
    play("", after="echo 'QUITTING! no such option' >&2; exit 255")
    assert work()[-1] == {"end": "failed", "detail": "QUITTING! no such option"}


def test_a_host_that_timed_out_or_lacks_ports_is_not_complete(play):
    late = OPEN.replace("<host ", '<host timedout="true" ')
    play(BEGIN + late + HOST.format(address="127.0.0.6", ports=PORT.format(80, "open", "syn-ack")) + END)
    assert [line["complete"] for line in work() if "host" in line] == [False, False]


def test_ports_that_were_not_asked_for_are_left_out(play):
    play(BEGIN + OPEN + END)
    (host,) = [line for line in work(ports=(80,)) if "host" in line]
    assert host["ports"] == [[80, "open", "syn-ack"]]


def test_an_element_with_a_declaration_in_it_is_not_read(play):
    play(BEGIN + OPEN.replace("<hostnames>", "<hostnames><!DOCTYPE x>") + SILENT + END)
    assert [line["host"] for line in work() if "host" in line] == ["127.0.0.6"]


def test_without_nmap_the_debian_package_is_named(monkeypatch):
    def absent(self):
        raise nmap.PortScannerError("nmap program was not found in path")

    monkeypatch.setattr(nmap.PortScanner, "__init__", absent)
    assert work() == [
        {"missing": "nmap is not installed (Debian package nmap)"},
        {"end": "failed", "detail": "nmap is not installed"},
    ]


def test_as_a_process_it_reads_one_line_and_ends(play):
    play(BEGIN + OPEN + END)
    request = {"targets": ["127.0.0.5"], "ports": [80, 554], "arguments": [], "time_limit": 10}
    request |= {"group": 8, "at_once": 1}
    with subprocess.Popen(
        [sys.executable, "-m", "scanner.transports.nmap_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        lines = process.stdout.read().splitlines()
    assert json.loads(lines[-1])["end"] == "complete"
    assert process.returncode == 0


def test_main_without_a_request_does_nothing(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    nmap_worker.main()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("at_once", [1, 2, 9])
def test_each_group_of_targets_is_a_call_of_its_own(play, at_once):
    play("", after=f"cat {play.folder}/of-$7")
    for address, host in (("127.0.0.5", OPEN), ("127.0.0.6", SILENT)):
        (play.folder / f"of-{address}").write_text(BEGIN + host + END)
    lines = work(group=1, at_once=at_once)
    assert sorted(line["host"] for line in lines if "host" in line) == ["127.0.0.5", "127.0.0.6"]
    assert lines[-1]["end"] == "complete"


def test_the_first_call_that_fails_ends_them_all(play):
    play("", after='echo "cannot" >&2; exit 1')
    started = time.monotonic()
    lines = work(group=1, at_once=2)
    assert lines[-1] == {"end": "failed", "detail": "cannot"}
    assert time.monotonic() - started < 5
