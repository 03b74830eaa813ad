"""When a device was made, by its place in the counter of short serial numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.serials import SerialCounter, load_serials
from scanner.model.errors import KnowledgeError

Edit = Callable[[str, str, str], None]


@pytest.fixture(scope="module")
def counter() -> SerialCounter:
    return load_serials(fingerprints_root())


@pytest.mark.parametrize(
    ("short", "interval"),
    [
        ("E33842150", "2020-03/2020-08"),
        ("D53257168", "2019-07/2019-09"),
        ("K50000000", None),  # zeroed by whoever published it
        ("K51234567", "2022-02/2023-05"),
        ("Q07574909", "2021-05/2023-02"),  # Q is counted by itself, beside F to J of the same years
        ("Q25000001", "2022-12/2024-07"),
        ("Q99000001", None),  # newer than every known number of its counter
        ("QC0292495", None),  # nobody has seen how this counter runs
        ("R51234567", None),
        ("AD1234567", "2023-05/2024-01"),
        ("GD6530507", "2025-06/2025-09"),
        ("831427000", "2017-08/2017-10"),
        ("147955970", None),  # below every known number: it may be of another counter
        ("GP1234567", None),  # newer than every known number
        ("ABCDEFGHI", None),
        ("12345", None),
        ("123456789", None),  # made up
        ("", None),
    ],
)
def test_a_number_between_two_known_ones_was_given_out_between_their_days(
    counter: SerialCounter, short: str, interval: str | None
) -> None:
    period = counter.period(short)
    assert (period.interval if period is not None else None) == interval


def test_an_open_side_is_said_as_such(counter: SerialCounter) -> None:
    assert str(counter.period("GP1234567")) == "from 2025-08"
    assert str(counter.period("Q33600000")) == "from 2024-05"
    assert counter.period("147955970") is None
    assert counter.period("QC0292495") is None
    assert str(counter.period("E33842150")) == "2020-03 to 2020-08"


def test_every_known_number_fits_its_own_day_when_it_is_taken_out_of_the_table(
    counter: SerialCounter,
) -> None:
    for place, anchor in enumerate(counter.anchors):
        others = (*counter.anchors[:place], *counter.anchors[place + 1 :])
        without = replace(counter, anchors=others)
        assert without.fits(anchor.short, anchor.day), anchor
        period = without.period(anchor.short)
        if period is not None:
            assert period.first <= anchor.day.isoformat()[:7] <= (period.last or "9999"), anchor


def test_only_a_known_number_behind_bounds_a_period_from_above(counter: SerialCounter) -> None:
    for short in ("GG3006000", "Q33579000"):
        assert counter.fits(short.replace("000", "001"), date(2035, 1, 1)), short


@pytest.mark.parametrize(
    ("short", "day"),
    [
        ("C22800338", "2017-07-18"),
        ("Q33600000", "2021-06-18"),
        ("E33842150", "2024-04-14"),
        ("Q18479253", "2021-06-18"),
        ("831427000", "2012-01-01"),
    ],
)
def test_a_day_far_from_the_counter_is_impossible(counter: SerialCounter, short: str, day: str) -> None:
    assert not counter.fits(short, date.fromisoformat(day))


@pytest.mark.parametrize(
    ("short", "day"),
    [
        ("147955970", "2017-12-14"),
        ("248538890", "2021-08-03"),
        ("Q33579340", "2024-06-06"),
        ("Q40000000", "2026-01-01"),
        ("QC0292495", "2024-01-01"),
        ("E33842150", "2020-04-14"),
        ("E33842150", "2020-10-30"),
        ("E28576815", "2020-09-21"),
        ("Q07516000", "2021-06-18"),
        ("000000000", "2030-01-01"),
        ("nothing", "2030-01-01"),
    ],
)
def test_a_day_near_the_counter_fits(counter: SerialCounter, short: str, day: str) -> None:
    assert counter.fits(short, date.fromisoformat(day))


@pytest.mark.parametrize(
    ("model", "month"),
    [
        ("DS-2CD2387G3-LIS2UY/SL", "2023-01"),
        ("iDS-2CD7A46G0/P-IZHS", "2017-01"),
        ("DS-2CD2143G2-I", "2019-01"),
        ("DS-2CD2385G1-I", "2018-01"),
        ("DS-2CD2032-I", None),
        ("DS-7608NI-K2", None),
    ],
)
def test_a_generation_did_not_exist_before_its_time(
    counter: SerialCounter, model: str, month: str | None
) -> None:
    assert counter.not_before(model) == month


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("day: '2016-01-29'", "day: '2016-01-32'", "not in the calendar"),
        ("short: '572690000'", "short: '472690000'", "not in the order of the counter"),
        ("since: '2018-01'", "since: '2018'", "must be a month"),
        ("slack_months: 1", "slack_months: one", "must be a number of months"),
        ("tolerance_months: 6", "tolerance: 6", "unknown key 'tolerance'"),
    ],
)
def test_a_faulty_table_is_refused_with_its_line(
    root: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    edit("serials.yaml", old, new)
    with pytest.raises(KnowledgeError, match=r"^fingerprints/serials\.yaml:\d+: ") as caught:
        load_serials(root)
    assert message in str(caught.value)
