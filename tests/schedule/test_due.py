"""What is due when, by a simulated clock: a year is walked, clocks change, go wrong, and a machine sleeps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.schedule.due import LastRun, Why, calendar_of, due

NIGHTS = 'windows = "22:00-05:00"\n'


def walk(network, begin, end, step=timedelta(minutes=10), takes=timedelta(minutes=30), last=None, asleep=()):
    """The moments at which a machine that looks every few minutes begins a sweep."""
    now, begun = begin, []
    while now < end:
        if any(first <= now < until for first, until in asleep):
            now += step
            continue
        if due(network, last, now).is_now(now):
            begun.append(now)
            last = LastRun(now)
            now += takes
        now += step
    return begun


def test_a_network_that_never_ran_is_due_at_once_or_when_its_window_opens(network, wall, shown):
    now = wall("2026-06-01 12:00")

    assert due(network(), None, now) == due(network(), None, now)
    assert due(network(), None, now).at == now
    found = due(network(NIGHTS), None, now)
    assert (shown(found.at), found.why, found.missed) == ("06-01 22:00 -4", Why.FIRST, 0)


def test_a_week_is_counted_from_where_the_window_opened_and_does_not_creep(network, wall, shown):
    last = LastRun(wall("2026-06-01 22:20"))

    found = due(network(NIGHTS), last, wall("2026-06-03 12:00"))

    assert (shown(found.at), found.why) == ("06-08 22:00 -4", Why.PERIOD)


@pytest.mark.parametrize(
    ("last", "at"),
    [
        ("2026-03-01 22:05", "03-08 22:00 -4"),
        ("2026-03-07 22:05", "03-14 22:00 -4"),
        ("2026-10-25 22:05", "11-01 22:00 -5"),
        ("2026-10-31 22:05", "11-07 22:00 -5"),
    ],
)
def test_a_week_over_a_change_of_the_clocks_ends_at_the_same_time_of_day(last, at, network, wall, shown):
    started = wall(last)

    assert shown(due(network(NIGHTS), LastRun(started), started + timedelta(hours=20)).at) == at


@pytest.mark.parametrize(
    ("window", "day", "starts"),
    [
        ("02:30-04:00", "2026-03-07", ["03-07 02:30 -5", "03-08 03:00 -4", "03-09 02:30 -4", "03-10 02:30 -4"]),
        ("02:00-03:00", "2026-03-07", ["03-07 02:00 -5", "03-09 02:00 -4", "03-10 02:00 -4"]),
        ("01:30-02:30", "2026-10-31", ["10-31 01:30 -4", "11-01 01:30 -4", "11-02 01:30 -5", "11-03 01:30 -5"]),
        ("22:00-05:00", "2026-10-31", ["10-31 00:00 -4", "10-31 22:00 -4", "11-01 22:00 -5", "11-02 22:00 -5", "11-03 22:00 -5"]),
    ],
)  # fmt: skip
def test_every_night_runs_once_whatever_the_clocks_do(window, day, starts, network, wall, shown):
    found = network(f'every = "day"\nwindows = "{window}"')
    begin = wall(f"{day} 00:00")

    assert [shown(at) for at in walk(found, begin, begin + timedelta(days=4))] == starts


def test_windows_that_run_into_each_other_are_swept_once_a_day(network, wall, shown):
    found = network('every = "day"\nwindows = "mon-fri 00:00-24:00"')
    begin = wall("2026-06-03 14:00")

    starts = [shown(at) for at in walk(found, begin, begin + timedelta(days=6))]

    assert starts == [
        "06-03 14:00 -4",
        "06-04 00:00 -4",
        "06-05 00:00 -4",
        "06-08 00:00 -4",
        "06-09 00:00 -4",
    ]


def test_without_windows_a_day_is_counted_from_the_last_beginning(network, wall, shown):
    found = network('every = "day"\nblackout = "2026-06-05"')
    begin = wall("2026-06-03 14:00")

    starts = [shown(at) for at in walk(found, begin, begin + timedelta(days=4, hours=1))]

    assert starts == ["06-03 14:00 -4", "06-04 14:00 -4", "06-06 00:00 -4", "06-07 00:00 -4"]


def test_a_year_of_weeks_is_fifty_two_sweeps_at_the_same_time_of_day(network, wall):
    found = network(NIGHTS)
    begin = wall("2026-01-05 12:00")

    starts = walk(found, begin, begin + timedelta(days=364), step=timedelta(minutes=30))

    assert len(starts) == 52
    assert {at.astimezone(found.time_zone).strftime("%a %H:%M") for at in starts} == {"Mon 22:00"}


def test_a_clock_that_is_set_back_by_an_hour_sweeps_nothing_twice(network, wall, shown):
    found, started = network('every = "day"\n' + NIGHTS), wall("2026-06-01 22:40")
    set_back = wall("2026-06-01 22:10")

    again = due(found, LastRun(started), set_back)

    assert not again.is_now(set_back)
    assert (shown(again.at), again.missed) == ("06-02 22:00 -4", 0)


def test_hours_over_a_clock_that_is_set_back_are_counted_from_what_was_recorded(network, wall, shown):
    found = due(network('every = "6 hours"'), LastRun(wall("2026-06-01 12:00")), wall("2026-06-01 11:05"))

    assert shown(found.at) == "06-01 18:00 -4"


def test_a_run_of_years_ahead_was_recorded_by_a_wrong_clock_and_keeps_nothing_from_being_swept(network, wall):
    now = wall("2026-06-01 23:00")

    found = due(network(NIGHTS), LastRun(wall("2031-01-01 00:00")), now)

    assert (found.at, found.why) == (now, Why.DOUBTED)


def test_a_machine_asleep_over_three_windows_makes_up_for_them_once(network, wall, shown):
    found = network('every = "day"\n' + NIGHTS)
    last, wakes = LastRun(wall("2026-06-01 22:00")), wall("2026-06-05 09:00")

    made_up = due(found, last, wakes)
    assert (shown(made_up.at), made_up.missed, made_up.why) == ("06-05 22:00 -4", 3, Why.PERIOD)

    asleep = [(wall("2026-06-02 20:00"), wakes)]
    starts = walk(found, wall("2026-06-01 21:00"), wall("2026-06-08 12:00"), asleep=asleep)
    assert [shown(at) for at in starts] == [
        "06-01 22:00 -4",
        "06-05 22:00 -4",
        "06-06 22:00 -4",
        "06-07 22:00 -4",
    ]


def test_a_machine_that_wakes_inside_a_window_begins_at_once(network, wall, shown):
    wakes = wall("2026-06-05 03:00")

    found = due(network('every = "day"\n' + NIGHTS), LastRun(wall("2026-06-01 22:00")), wakes)

    assert (found.at, found.missed) == (wakes, 2)


def test_a_run_that_its_window_cut_goes_on_in_the_next_window_and_not_in_the_same(network, wall, shown):
    found = network(NIGHTS)
    last = LastRun(wall("2026-06-01 22:00"), finished=False)

    soon = due(found, last, wall("2026-06-01 23:00"))

    assert (shown(soon.at), soon.why) == ("06-02 22:00 -4", Why.UNFINISHED)


def test_a_run_that_did_not_finish_is_begun_again_after_an_hour_where_no_window_says_when(
    network, wall, shown
):
    last = LastRun(wall("2026-06-01 12:00"), finished=False)

    assert shown(due(network(), last, wall("2026-06-01 12:05")).at) == "06-01 13:00 -4"
    assert shown(due(network(NIGHTS), last, wall("2026-06-01 12:05")).at) == "06-01 22:00 -4"


def test_a_delay_is_the_same_whenever_it_is_asked_and_another_for_each_network_and_night(network, wall):
    keys = NIGHTS + 'jitter = "1h"\nevery = "day"'
    opens = wall("2026-06-01 22:00")

    delays = {
        (name, day): due(network(keys, name=name), None, opens - timedelta(hours=3) + timedelta(days=day)).at - opens - timedelta(days=day)
        for name in ("a", "b", "c")
        for day in range(4)
    }  # fmt: skip

    assert all(timedelta(0) <= delay < timedelta(hours=1) for delay in delays.values())
    assert len(set(delays.values())) > 10
    later = due(network(keys, name="a"), None, opens).at - opens
    assert later == delays["a", 0]


def test_a_delay_that_leaves_no_time_waits_for_the_next_night(network, wall):
    found = network('windows = "22:00-22:10"\njitter = "9m"\nevery = "day"')
    at = due(found, None, wall("2026-06-01 12:00")).at

    assert calendar_of(found).is_open(at)


def test_what_is_not_enabled_or_never_opens_is_never_due(network, wall):
    now = wall("2026-06-01 12:00")

    assert due(network("enabled = false"), None, now).why is Why.DISABLED
    found = due(network(NIGHTS + 'blackout = "2026-01-01..2099-01-01"'), None, now)
    assert (found.at, found.why, found.is_now(now)) == (None, Why.NEVER, False)


def test_what_its_owner_left_goes_on_at_once_inside_the_window_and_only_there(network, wall, shown):
    left = LastRun(wall("2026-06-01 22:00"), finished=False, left=True)

    inside = due(network(NIGHTS), left, wall("2026-06-01 22:05"))
    outside = due(network(NIGHTS), left, wall("2026-06-02 09:00"))

    assert (shown(inside.at), inside.why) == ("06-01 22:05 -4", Why.LEFT)
    assert shown(outside.at) == "06-02 22:00 -4"
