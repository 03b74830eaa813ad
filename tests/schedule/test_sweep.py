"""A run is stopped when its window closes, by a simulated clock."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from scanner.config.words import parse_window
from scanner.schedule.sweep import uptime, utc_now, within
from scanner.schedule.windows import Calendar


class Run:
    """Something that can be stopped, and knows that it was."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.reasons: list[str] = []

    def stop(self, reason: str = "") -> None:
        self.reasons.append(reason)
        self.stopped.set()


class Clocks:
    """A wall clock and a monotonic one, set by hand."""

    def __init__(self, at: datetime) -> None:
        self.at, self.seconds = at, 0.0
        self.looked = threading.Event()

    def wall(self) -> datetime:
        self.looked.set()
        return self.at

    def ticks(self) -> float:
        return self.seconds


@pytest.fixture
def calendar(network) -> Calendar:
    return Calendar(network().time_zone, (parse_window("22:00-05:00"),))


@pytest.fixture
def clocks(wall) -> Clocks:
    return Clocks(wall("2026-06-01 23:00"))


def seen(clocks: Clocks, times: int = 3) -> None:
    """Wait until the clocks were looked at so often."""
    for _ in range(times):
        clocks.looked.clear()
        assert clocks.looked.wait(10)


def test_a_run_goes_on_while_its_window_is_open_and_is_stopped_once_when_it_closes(calendar, clocks):
    run = Run()
    with within(calendar, run, wall=clocks.wall, ticks=clocks.ticks, look=0.001):
        seen(clocks)
        assert run.reasons == []
        clocks.at += timedelta(hours=6)
        assert run.stopped.wait(10)

    assert run.reasons == ["its window closed"]


def test_a_clock_set_back_keeps_no_run_going(calendar, clocks):
    run = Run()
    with within(calendar, run, wall=clocks.wall, ticks=clocks.ticks, look=0.001):
        clocks.at += timedelta(hours=5)
        clocks.seconds += 6 * 3600
        assert run.stopped.wait(10)


def test_a_run_that_ends_by_itself_is_not_stopped_and_leaves_no_thread(calendar, clocks):
    run = Run()
    with within(calendar, run, wall=clocks.wall, ticks=clocks.ticks, look=0.001):
        seen(clocks)

    assert run.reasons == []
    assert not [thread for thread in threading.enumerate() if thread.name == "hiksweep-window"]


def test_the_wall_clock_is_read_in_utc():
    assert utc_now().utcoffset() == timedelta(0)


def test_the_other_clock_only_goes_forward():
    first = uptime()

    assert first > 0
    assert uptime() >= first
