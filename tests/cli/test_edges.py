"""The command line at its edges: a terminal, a reader that has gone, Ctrl-C at odd moments, outputs that fail."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from rich.console import Console
from rich.progress import Progress as Bar

from scanner.cli import progress as module
from scanner.cli.progress import Display
from scanner.model.coverage import Gap
from scanner.model.device import Confidence, Device
from scanner.model.evidence import Maker
from scanner.run.events import DeviceFound, Event, Finished, Note, Progress, Started
from scanner.run.machine import this_machine
from scanner.run.plan import Plan, make_plan
from scanner.run.request import ScanRequest
from scanner.run.scan import Scan

CAMERA = Device(
    "dev-1",
    ("127.94.7.1",),
    Maker.HIKVISION,
    Confidence.PROBABLE,
    model="DS-\x1b[2J2CD",
    presented_brand="LTS",
)
EVENTS: tuple[Event, ...] = (
    Started("run", Path("j")),
    Progress(done=5, total=10, rate=1234.0, left=3.0, alive=2, found=0, looking=0),
    DeviceFound(CAMERA),
    DeviceFound(Device("dev-2", ("127.94.7.2",))),
    Progress(done=10, total=10, rate=1.0, left=None, alive=2, found=1, looking=3),
    Note("127.94.7.9 stopped answering\x07 and is left alone"),
)  # fmt: skip


@pytest.fixture
def plan() -> Plan:
    return make_plan(ScanRequest(("127.94.7.0/29",)), this_machine())


@pytest.fixture
def shown(plan, monkeypatch, capsys):
    """``shown(…)``: what stands on the screen after these events."""

    def show(*, terminal: bool, quiet: bool = False, plan: Plan = plan) -> str:
        screen = io.StringIO()

        def console(**_: object) -> Console:
            return Console(file=screen, force_terminal=True, width=120, highlight=False)

        monkeypatch.setattr(module, "Console", console)
        with Display(plan, quiet=quiet, terminal=terminal) as display:
            for event in EVENTS:
                display.show(event)
            if terminal and not quiet:
                display._bar.refresh()
        captured = capsys.readouterr()
        assert captured.out == ""  # that belongs to the result
        return screen.getvalue() + captured.err

    return show


def test_a_terminal_shows_a_bar_and_each_device_of_the_maker_as_it_is_found(shown):
    text = shown(terminal=True)
    assert "Sweeping 8 addresses on 6 ports" in text
    assert "127.94.7.1" in text
    assert "probable" in text
    assert "shown as LTS" in text
    assert "127.94.7.2 " not in text
    assert "Identifying" in text
    assert "1 packets/s · 2 alive · 1 found · talking to 3" in text
    assert "100%" in text
    assert "left alone" in text


def test_no_byte_of_a_device_moves_the_cursor_or_rings(shown):
    text = shown(terminal=True)
    assert "DS-\x1b[2J2CD" not in text
    assert "\x07" not in text


def test_a_pipe_gets_lines_and_no_bar_and_no_rows(shown):
    text = shown(terminal=False)
    first, second = text.splitlines()
    assert first.startswith("Sweeping 8 addresses on 6 ports at 500 packets/s; about ")
    assert second.startswith("127.94.7.9 stopped answering")
    assert "\x07" not in second
    assert "\x1b" not in text


@pytest.mark.parametrize("terminal", [True, False])
def test_quiet_shows_nothing(shown, terminal):
    assert shown(terminal=terminal, quiet=True) == ""


def test_what_is_not_covered_and_what_is_lost_without_root_is_said_at_the_start(shown, plan):
    gap = Gap("10.1.0.0/24", "link-local discovery", "not asked", "only a part of it is in scope", False)
    frames = Gap("eth0", "arp", "not asked", "frames need root", False)
    machine = dataclasses.replace(plan.machine, raw_sockets=False)
    told = dataclasses.replace(plan, gaps=(gap, frames), links=(object(),), machine=machine)
    text = shown(terminal=False, plan=told)
    assert "Not covered: 10.1.0.0/24: only a part of it is in scope" in text
    assert text.count("root") == 1


def test_a_bar_that_was_never_begun_is_not_moved(plan, monkeypatch):
    moved = []
    monkeypatch.setattr(Bar, "update", lambda *_, **__: moved.append(1))
    Display(plan, quiet=False, terminal=False).show(EVENTS[1])
    assert moved == []


@pytest.mark.parametrize("times", [1, 2, 3])
def test_each_ctrl_c_is_answered_and_the_result_is_printed(hiksweep, monkeypatch, times):
    real = Scan.events

    def press(self: Scan):
        for event in real(self):
            if isinstance(event, Started):
                for _ in range(times):
                    os.kill(os.getpid(), signal.SIGINT)
            yield event

    monkeypatch.setattr(Scan, "events", press)
    before = signal.getsignal(signal.SIGINT)
    said = hiksweep("scan", "127.94.8.0/24", "--rate", "50", "--format", "json")
    assert said.code == 130
    assert said.err.count("stopping; what was gathered is kept") == 1
    assert said.err.count("still stopping; the journal is") == times - 1
    assert json.loads(said.out)["run"]["verdict"] == "incomplete"
    assert signal.getsignal(signal.SIGINT) is before


def test_a_scan_that_ends_without_a_result_is_one_line(hiksweep, monkeypatch):
    monkeypatch.setattr(Scan, "events", lambda self: iter(()))
    said = hiksweep("scan", "127.94.8.1")
    assert (said.code, "without a result" in said.complaint) == (2, True)


def test_ctrl_c_before_anything_ran_is_one_line(hiksweep, monkeypatch):
    def press(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scanner.cli.options.load", press)
    said = hiksweep("scan", "127.94.8.1")
    assert (said.code, said.complaint) == (130, "hiksweep: interrupted")


def test_a_fault_that_click_finds_is_one_line(hiksweep, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise click.FileError("x", "is odd")

    monkeypatch.setattr("scanner.cli.plan.make_plan", fail)
    said = hiksweep("plan", "127.94.8.1")
    assert (said.code, "is odd" in said.complaint) == (2, True)


def test_a_reader_that_has_gone_is_no_traceback(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "scanner", "signatures", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"HIKSWEEP_DATA": str(tmp_path)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        process.wait(30)
    assert process.returncode == 1
    assert complaint == b""


def test_a_report_never_takes_the_place_of_a_journal(hiksweep, tmp_path: Path) -> None:
    journal = tmp_path / "j.json"
    said = hiksweep("scan", "127.94.9.1", "--journal", journal, "--output", tmp_path / "." / "j.json")
    assert (said.code, "the journal lies there" in said.complaint) == (2, True)
    assert not journal.exists()
    assert hiksweep("scan", "127.94.9.1", "--journal", journal, "--rate", "20000").code == 0
    before = journal.read_bytes()
    said = hiksweep("report", journal, "--format", "csv", "--output", journal)
    assert (said.code, "the journal lies there" in said.complaint) == (2, True)
    assert journal.read_bytes() == before


def test_the_same_journal_twice_is_one_run(hiksweep, tmp_path: Path) -> None:
    journal = tmp_path / "j.jsonl"
    hiksweep("scan", "127.94.9.0/30", "--journal", journal, "--rate", "20000")
    once = hiksweep("report", journal, "--format", "json").out
    assert hiksweep("report", journal, journal, "--format", "json").out == once


def test_a_report_that_cannot_be_written_is_said_and_facts_are_taken(hiksweep, tmp_path, monkeypatch) -> None:
    journal = tmp_path / "j.jsonl"
    hiksweep("scan", "127.94.9.1", "--journal", journal, "--rate", "20000")
    facts = ("--profile", "ca-quebec-public-body", "--fact", "acquired_on=2024-01-01")
    assert json.loads(hiksweep("report", journal, *facts, "--format", "json").out)["run"]["profiles"] == [
        "ca-quebec-public-body"
    ]

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scanner.cli.output.write_whole", full)
    said = hiksweep("report", journal, "--format", "csv", "--output", tmp_path / "r.csv")
    assert said.code == 1
    assert "not written (No space left on device)" in said.complaint


def test_the_community_comes_from_the_environment_too_and_shows_nowhere(hiksweep, monkeypatch) -> None:
    monkeypatch.setenv("HIKSWEEP_SNMP_COMMUNITY", "s3cret-word")
    said = hiksweep("plan", "127.94.9.1", "--format", "json")
    assert "snmp" in {probe["name"] for probe in json.loads(said.out)["probes"]}
    assert "s3cret-word" not in said.out + said.err


def test_the_end_is_left_to_the_report(plan, capsys):
    with Display(plan, quiet=False, terminal=False) as display:
        display.show(Finished(None, Path("j"), interrupted=False))  # type: ignore[arg-type]
    assert capsys.readouterr() == ("", "")
