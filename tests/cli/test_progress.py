"""What a running scan shows: harmless text, in a terminal and in a pipe."""

from __future__ import annotations

import dataclasses
import io
import ipaddress
import re
from pathlib import Path

import pytest
from rich.console import Console

from scanner.cli import progress
from scanner.cli.progress import Display, duration, row
from scanner.model.device import Confidence, Device, DeviceClass
from scanner.model.evidence import Maker
from scanner.run.events import DeviceFound, Note, Progress, Started
from scanner.run.machine import Machine
from scanner.run.plan import Plan, make_plan
from scanner.run.request import ScanRequest
from scanner.transports.interfaces import Interface

LINK = Interface(
    "wire0", 7, (ipaddress.IPv4Interface("10.9.0.2/24"),), (), multicast=True, loopback=False, up=True
)
STARTED = Started("20260101T000000Z-abcdef", Path("j.jsonl"))
FOUND = Device(
    "dev-1",
    ("10.9.0.5",),
    evidenced_maker=Maker.HIKVISION,
    confidence=Confidence.CONFIRMED,
    device_class=DeviceClass.CAMERA,
    model="DS-2CD2143G2-I",
)


def a_plan(*targets: str, raw: bool = False, **options: object) -> Plan:
    request = ScanRequest(targets=targets, **options)  # type: ignore[arg-type]
    return make_plan(request, Machine("test", (LINK,), raw), resolver=lambda name: ())


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal that keeps what is written on it."""
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=120, highlight=False, color_system=None)
    monkeypatch.setattr(progress, "Console", lambda **_: console)
    return written


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (7500, "2 h 5 min")]
)
def test_seconds_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_row_holds_no_byte_that_a_terminal_obeys() -> None:
    device = Device(
        "dev-1",
        ("10.0.0.5",),
        evidenced_maker=Maker.HIKVISION,
        confidence=Confidence.CONFIRMED,
        device_class=DeviceClass.CAMERA,
        model="\x1b[2J[red]DS-2CD\x07\u202e" + "x" * 500,
        presented_brand="\x1b]0;title\x07",
    )

    line = row(device)

    assert line.isprintable()
    assert "\x1b" not in line
    assert "\u202e" not in line
    assert len(line) < 160


def shown(screen: io.StringIO) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())


def test_a_terminal_shows_rate_findings_and_each_row_as_it_is_found(screen: io.StringIO) -> None:
    with Display(a_plan("10.9.0.0/24"), quiet=False, terminal=True) as display:
        display.show(STARTED)
        display.show(Progress(50, 100, 1234.0, 9.0, 7, 0, 0))
        display._bar.refresh()
        assert "Sweeping" in shown(screen)
        assert "1,234 packets/s · 7 alive · 0 found" in shown(screen)
        display.show(DeviceFound(FOUND))
        display.show(DeviceFound(dataclasses.replace(FOUND, model="Other", evidenced_maker=Maker.OTHER)))
        display.show(Progress(100, 100, 1.0, 0.0, 7, 1, 3))
        display._bar.refresh()
        display.note("\x1b[2Jhello")

    assert "Identifying" in shown(screen)
    assert "talking to 3" in shown(screen)
    assert "DS-2CD2143G2-I" in shown(screen)
    assert "Other" not in shown(screen)
    assert "\x1b[2J" not in screen.getvalue()


def test_a_pipe_gets_single_lines_and_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with Display(a_plan("10.9.0.0/25", "fd99::/64"), quiet=False, terminal=False) as display:
        display.show(STARTED)
        display.show(Progress(1, 2, 1.0, None, 0, 0, 0))
        display.show(DeviceFound(FOUND))
        display.show(Note("10.9.0.5 stopped answering"))
    said = capsys.readouterr()

    assert said.out == ""
    assert "\x1b" not in said.err
    first, *gaps, last = said.err.splitlines()
    assert first.startswith("Sweeping 128 addresses on 6 ports at 500 packets/s; about ")
    assert any("--interface wire0" in line for line in gaps)
    assert any(line.startswith("Not covered: fd99::/64") for line in gaps)
    assert last == "10.9.0.5 stopped answering"


@pytest.mark.parametrize("raw", [True, False])
def test_what_is_lost_without_root_is_said_once(capsys: pytest.CaptureFixture[str], raw: bool) -> None:
    with Display(a_plan("10.9.0.0/24", raw=raw), quiet=False, terminal=False) as display:
        display.show(STARTED)

    assert capsys.readouterr().err.lower().count("root") == (0 if raw else 1)


def test_quiet_shows_nothing_in_a_terminal_either(screen: io.StringIO, capsys) -> None:
    with Display(a_plan("10.9.0.0/24"), quiet=True, terminal=True) as display:
        for event in (STARTED, Progress(1, 2, 1.0, 1.0, 1, 1, 1), DeviceFound(FOUND), Note("hello")):
            display.show(event)

    assert screen.getvalue() == ""
    assert capsys.readouterr() == ("", "")


def test_a_device_without_an_address_is_named_by_its_mac():
    nameless = Device("dev-1", (), Maker.HIKVISION, Confidence.POSSIBLE, mac="44:19:b6:01:02:03")

    assert row(nameless).startswith("  44:19:b6:01:02:03 possible")
