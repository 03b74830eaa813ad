"""Windows by a simulated clock: both changes of the clocks, black-out days, clocks set wrong, a machine asleep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.config.words import Window, parse_days, parse_window
from scanner.schedule.windows import Calendar, Opening, Watch

TORONTO = ZoneInfo("America/Toronto")


def calendar(*windows: str, blackout: tuple[str, ...] = (), zone: ZoneInfo = TORONTO) -> Calendar:
    return Calendar(zone, tuple(map(parse_window, windows)), tuple(map(parse_days, blackout)))


def spans(found: Calendar, after: datetime, number: int, shown) -> list[tuple[str, str]]:
    return [(shown(opening.begins), shown(opening.ends)) for opening in islice(found.openings(after), number)]


def test_a_window_past_midnight_belongs_to_the_day_on_which_it_opens(wall, shown):
    found = calendar("fri 22:00-05:00")

    assert spans(found, wall("2026-06-01 12:00"), 2, shown) == [
        ("06-05 22:00 -4", "06-06 05:00 -4"),
        ("06-12 22:00 -4", "06-13 05:00 -4"),
    ]
    assert found.is_open(wall("2026-06-06 04:59"))
    assert not found.is_open(wall("2026-06-06 05:00"))
    assert not found.is_open(wall("2026-06-05 04:00"))


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("22:00-05:00", [("03-07 22:00 -5", "03-08 05:00 -4"), ("03-08 22:00 -4", "03-09 05:00 -4")]),
        ("01:00-04:00", [("03-08 01:00 -5", "03-08 04:00 -4"), ("03-09 01:00 -4", "03-09 04:00 -4")]),
        ("02:30-04:00", [("03-08 03:00 -4", "03-08 04:00 -4"), ("03-09 02:30 -4", "03-09 04:00 -4")]),
        ("01:30-02:30", [("03-08 01:30 -5", "03-08 03:00 -4"), ("03-09 01:30 -4", "03-09 02:30 -4")]),
        ("02:00-03:00", [("03-09 02:00 -4", "03-09 03:00 -4"), ("03-10 02:00 -4", "03-10 03:00 -4")]),
        ("sun 02:10-02:50", [("03-15 02:10 -4", "03-15 02:50 -4"), ("03-22 02:10 -4", "03-22 02:50 -4")]),
    ],
)
def test_the_hour_that_summer_time_skips_is_part_of_no_window(window, expected, wall, shown):
    assert spans(calendar(window), wall("2026-03-07 12:00"), 2, shown) == expected


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("22:00-05:00", [("10-31 22:00 -4", "11-01 05:00 -5"), ("11-01 22:00 -5", "11-02 05:00 -5")]),
        ("01:00-02:00", [("11-01 01:00 -4", "11-01 02:00 -5"), ("11-02 01:00 -5", "11-02 02:00 -5")]),
        ("01:30-02:30", [("11-01 01:30 -4", "11-01 01:00 -5"), ("11-01 01:30 -5", "11-01 02:30 -5")]),
        ("00:00-01:30", [("11-01 00:00 -4", "11-01 01:30 -4"), ("11-01 01:00 -5", "11-01 01:30 -5")]),
        ("01:10-01:20", [("11-01 01:10 -4", "11-01 01:20 -4"), ("11-01 01:10 -5", "11-01 01:20 -5")]),
    ],
)
def test_the_hour_that_the_change_back_repeats_counts_both_times(window, expected, wall, shown):
    assert spans(calendar(window), wall("2026-10-31 12:00"), 2, shown) == expected


def test_a_night_with_a_change_is_an_hour_shorter_or_longer():
    found = calendar("22:00-05:00")

    lengths = [
        opening.ends - opening.begins
        for start in (
            datetime(2026, 3, 7, 20, tzinfo=UTC),
            datetime(2026, 6, 1, 20, tzinfo=UTC),
            datetime(2026, 10, 31, 20, tzinfo=UTC),
        )
        for opening in islice(found.openings(start), 1)
    ]

    assert [length / timedelta(hours=1) for length in lengths] == [6, 7, 8]


def test_half_an_hour_of_summer_time_and_a_day_that_a_country_left_out():
    lord_howe = calendar(
        "02:00-02:30", zone=ZoneInfo("Australia/Lord_Howe")
    )  # from 02:00 to 02:30 on 2026-10-04
    samoa = calendar("10:00-11:00", zone=ZoneInfo("Pacific/Apia"))  # had no 2011-12-30

    first = lord_howe.next_opening(datetime(2026, 10, 3, 10, tzinfo=UTC))
    days = [
        opening.begins.astimezone(samoa.zone).day
        for opening in islice(samoa.openings(datetime(2011, 12, 29, 12, tzinfo=UTC)), 3)
    ]

    assert first.begins.astimezone(lord_howe.zone).isoformat() == "2026-10-05T02:00:00+11:00"
    assert days == [29, 31, 1]


def test_black_out_days_end_a_night_at_midnight_and_are_silent_whole(wall, shown):
    found = calendar("22:00-05:00", blackout=("2026-12-24..2026-12-26",))

    assert spans(found, wall("2026-12-23 12:00"), 2, shown) == [
        ("12-23 22:00 -5", "12-24 00:00 -5"),
        ("12-27 00:00 -5", "12-27 05:00 -5"),
    ]


def test_windows_that_touch_are_one(wall, shown):
    found = calendar("20:00-24:00", "mon 00:00-02:00")

    assert spans(found, wall("2026-06-07 12:00"), 2, shown) == [
        ("06-07 20:00 -4", "06-08 02:00 -4"),
        ("06-08 20:00 -4", "06-09 00:00 -4"),
    ]


def test_without_windows_it_is_always_open_but_for_black_outs(wall, shown):
    now = wall("2026-06-01 12:00")

    assert list(calendar().openings(now)) == [Opening(None, None)]
    assert spans(calendar(blackout=("2026-07-01",)), now, 2, shown) == [
        ("never", "07-01 00:00 -4"),
        ("07-02 00:00 -4", "never"),
    ]
    assert list(calendar("00:00-24:00").openings(now)) == [Opening(None, None)]


def test_a_black_out_of_years_never_opens(wall):
    found = calendar("22:00-05:00", blackout=("2026-01-01..2099-01-01",))

    assert found.next_opening(wall("2026-06-01 12:00")) is None
    assert found.opening_at(wall("2026-06-01 23:00")) is None


def test_the_opening_that_holds_a_moment(wall, shown):
    found = calendar("22:00-05:00")

    opening = found.opening_at(wall("2026-06-02 01:00"))
    assert (shown(opening.begins), shown(opening.ends)) == ("06-01 22:00 -4", "06-02 05:00 -4")
    assert found.opening_at(wall("2026-06-02 05:00")) is None


_windows = st.builds(
    Window, st.integers(0, 1439), st.integers(1, 1440), st.sets(st.integers(0, 6), min_size=1).map(frozenset)
).filter(lambda window: window.opens != window.closes)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(_windows, min_size=1, max_size=3).map(tuple),
    st.sampled_from(("America/Toronto", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")).map(
        ZoneInfo
    ),
    st.sampled_from(
        (
            datetime(2026, 3, 6, 9, tzinfo=UTC),
            datetime(2026, 3, 27, tzinfo=UTC),
            datetime(2026, 10, 23, tzinfo=UTC),
            datetime(2026, 10, 30, 3, tzinfo=UTC),
        )
    ),
)
def test_openings_say_of_every_minute_what_the_clock_on_the_wall_says(windows, zone, start):
    found = Calendar(zone, windows)
    openings = list(islice(found.openings(start), 30))

    for minute in range(0, 4 * 1440, 7):
        at = start + timedelta(minutes=minute)
        if openings and openings[-1].ends is not None and at >= openings[-1].ends:
            break
        assert any(opening.holds(at) for opening in openings) == found.is_open(at)


# A sweep under way.


def test_a_sweep_ends_when_its_window_closes(wall):
    begin = wall("2026-06-01 23:00")
    watch = Watch(calendar("22:00-05:00"), begin, 1000.0)

    assert watch.left == 6 * 3600
    assert not watch.over(begin + timedelta(hours=5, minutes=59), 1000 + 6 * 3600 - 60)
    assert watch.over(begin + timedelta(hours=6), 1000 + 6 * 3600)


def test_a_clock_that_is_set_back_by_an_hour_gives_no_hour_away(wall):
    begin = wall("2026-06-01 23:00")
    watch = Watch(calendar("22:00-05:00"), begin, 0.0)

    assert watch.over(begin + timedelta(hours=5), 6 * 3600.0)


def test_a_clock_that_is_set_forward_past_the_end_ends_the_sweep(wall):
    watch = Watch(calendar("22:00-05:00"), wall("2026-06-01 23:00"), 0.0)

    assert watch.over(wall("2026-06-02 05:00"), 60.0)


def test_a_machine_that_slept_through_the_end_sends_nothing_when_it_wakes(wall):
    watch = Watch(calendar("22:00-05:00"), wall("2026-06-01 23:00"), 0.0)

    assert watch.over(wall("2026-06-02 09:00"), 61.0)


def test_a_machine_that_slept_into_a_later_window_does_not_go_on_as_if_nothing_had_been(wall):
    watch = Watch(calendar("22:00-05:00"), wall("2026-06-01 23:00"), 0.0)

    assert watch.over(wall("2026-06-02 23:00"), 61.0)


def test_a_sweep_without_a_window_never_has_to_end(wall):
    watch = Watch(calendar(), wall("2026-06-01 23:00"), 0.0)

    assert watch.left is None
    assert not watch.over(wall("2027-06-01 23:00"), 1e9)


def test_a_sweep_that_begins_outside_its_window_ends_at_once(wall):
    watch = Watch(calendar("22:00-05:00"), wall("2026-06-01 21:00"), 0.0)

    assert watch.over(wall("2026-06-01 21:00"), 0.0)
