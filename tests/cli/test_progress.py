"""What a running scan shows: harmless text, in a terminal and in a pipe."""

from __future__ import annotations

import pytest

from scanner.cli.progress import duration, row
from scanner.model.device import Confidence, Device, DeviceClass
from scanner.model.evidence import Maker


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
