from __future__ import annotations

from datetime import date, timedelta

import pytest

from scanner.config.words import (
    Days,
    Period,
    Window,
    duration_text,
    near,
    parse_days,
    parse_duration,
    parse_period,
    parse_window,
    parse_zone,
)


@pytest.mark.parametrize(
    ("text", "window", "written"),
    [
        ("22:00-05:00", Window(1320, 300), "22:00-05:00"),
        ("8:00 – 20:00", Window(480, 1200), "08:00-20:00"),
        ("9:30 to 10:00", Window(570, 600), "09:30-10:00"),
        ("00:00-24:00", Window(0, 1440), "00:00-24:00"),
        ("20:00-0:00", Window(1200, 1440), "20:00-24:00"),
        ("mon-fri 22:00-05:00", Window(1320, 300, frozenset(range(5))), "mon-fri 22:00-05:00"),
        ("Saturday,sun 08:00-20:00", Window(480, 1200, frozenset((5, 6))), "sat,sun 08:00-20:00"),
        ("fri-mon 01:00-02:00", Window(60, 120, frozenset((4, 5, 6, 0))), "mon,fri-sun 01:00-02:00"),
    ],
)
def test_windows_are_read_and_written(text, window, written):
    assert parse_window(text) == window
    assert str(window) == written
    assert parse_window(written) == window


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("22:00-05:00", 420), ("00:00-24:00", 1440), ("20:00-24:00", 240), ("5:00-4:59", 1439)],
)
def test_a_window_knows_how_long_it_is(text, minutes):
    assert parse_window(text).minutes == minutes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("at night", "is not a window; write 22:00-05:00"),
        ("25:00-05:00", "25:00 is no time of the day"),
        ("22:60-05:00", "22:60 is no time of the day"),
        ("22:00-22:00", "the whole day is 00:00-24:00"),
        ("24:00-05:00", "no window opens at 24:00"),
        ("mon-fry 22:00-05:00", "'fry' is no day"),
        ("monfri 22:00-05:00", "'monfri' is no day"),
        ("", "is not a window"),
    ],
)
def test_what_is_no_window_is_told_how_one_is_written(text, words):
    with pytest.raises(ValueError, match=words):
        parse_window(text)


def test_days_of_the_calendar():
    days = parse_days("2026-12-24..2027-01-02")

    assert parse_days("2026-12-25") == Days(date(2026, 12, 25), date(2026, 12, 25))
    assert date(2026, 12, 31) in days
    assert date(2027, 1, 3) not in days
    assert (str(days), str(parse_days("2026-12-25"))) == ("2026-12-24..2027-01-02", "2026-12-25")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-02-30", "not a day of the calendar"),
        ("24.12.2026", "not a day of the calendar"),
        ("2027-01-02..2026-12-24", r"did you mean 2026-12-24\.\.2027-01-02"),
        ("2026-12-24..", "not a day of the calendar"),
    ],
)
def test_what_is_no_day_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        parse_days(text)


@pytest.mark.parametrize(
    ("text", "period", "written"),
    [
        ("day", Period(days=1), "every day"),
        ("week", Period(days=7), "every week"),
        ("2 weeks", Period(days=14), "every 2 weeks"),
        ("10d", Period(days=10), "every 10 days"),
        ("12 hours", Period(hours=12), "every 12 hours"),
        ("hour", Period(hours=1), "every hour"),
    ],
)
def test_periods_are_read_and_written(text, period, written):
    assert parse_period(text) == period
    assert str(period) == written


@pytest.mark.parametrize("text", ["weekly", "0 days", "400 days", "month", "-1 day", "9999 weeks", ""])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError, match=r"not a period|between 1 hour and 52 weeks"):
        parse_period(text)


@pytest.mark.parametrize(
    ("text", "length"),
    [("90s", 90), ("30m", 1800), ("4h", 14400), ("1h30m", 5400), ("0m", 0), ("1h0m1s", 3601)],
)
def test_lengths_of_time(text, length):
    assert parse_duration(text) == timedelta(seconds=length)
    assert parse_duration(duration_text(timedelta(seconds=length))) == timedelta(seconds=length)


@pytest.mark.parametrize("text", ["", "4", "four", "4h 30", "-1h", "4d"])
def test_what_is_no_length_of_time_is_refused(text):
    with pytest.raises(ValueError, match="write 30m, 4h or 1h30m"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("America/Toronot", "did you mean America/Toronto"),
        ("EST5EDT6", "is not a time zone"),
        ("../../etc/passwd", "is not a time zone"),
        ("", "for example America/Toronto"),
    ],
)
def test_a_time_zone_that_there_is_not_is_told_near_ones(text, words):
    with pytest.raises(ValueError, match=words):
        parse_zone(text)


def test_words_far_from_all_known_ones_have_no_hint():
    assert near("zzz", ("every", "rate")) == ""
    assert near("RAET", ("every", "rate")) == "did you mean rate?"
