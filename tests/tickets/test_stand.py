from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.tickets.policy import TicketPolicy
from scanner.tickets.stand import Stand, last_change, opened_again, stand_of, version_parts, wanted

_SPEC = importlib.util.spec_from_file_location("make", Path(__file__).with_name("make.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
make = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("open", "closed"), Stand.OPEN),
        (("open", "waived"), Stand.OPEN),
        (("waived", "closed"), Stand.WAIVED),
        (("closed", "declared"), Stand.DONE),
        (("closed", "retracted"), Stand.DONE),
        (("retracted", "retracted"), Stand.RETRACTED),
    ],
)
def test_as_long_as_one_is_open_all_is(states, expected):
    item = make.item(1, *(make.obligation(state, f"m{n}") for n, state in enumerate(states)))
    assert stand_of(make.group(item)) is expected


def test_nothing_is_empty():
    assert stand_of(replace(make.group(make.item(1)), items=())) is Stand.EMPTY


def test_only_what_is_open_and_sure_enough_is_wanted():
    assert wanted(make.item(1), TicketPolicy())
    assert not wanted(make.item(1, "waived"), TicketPolicy())
    assert not wanted(make.item(1, level="possible"), TicketPolicy())
    assert wanted(make.item(1, level="possible"), TicketPolicy(levels=frozenset({"possible"})))


def test_the_newest_change_counts():
    old = make.obligation("closed", "a", at="2026-01-01T00:00:00Z", cause="run-1")
    new = make.obligation("declared", "b", at="2026-02-01T00:00:00Z", cause="run-2")
    group = make.group(make.item(1, old, new))
    assert last_change(group, "closed", "declared") == new.change
    assert last_change(group, "closed") == old.change
    assert last_change(group, "retracted") is None


def test_only_coming_back_or_the_end_of_a_waiver_opens_again():
    first = make.obligation("open", "a")
    back = make.obligation("open", "b", trigger="found-again")
    assert opened_again(make.group(make.item(1, first))) is None
    assert opened_again(make.group(make.item(1, first, back))) == back.change


def test_the_version_changes_with_what_the_block_says_alone():
    item = make.item(1)
    parts = version_parts(make.group(item))
    assert (
        version_parts(make.group(replace(item, last_run="r", last_at="t", device="d", change=None))) == parts
    )
    for other in (
        {"addresses": ("10.1.0.9",)},
        {"level": "probable"},
        {"about": ()},
        {"names": ("serial:X",)},
        {"obligations": (make.obligation("waived", until="2026-05-05"),)},
    ):
        assert version_parts(make.group(replace(item, **other))) != parts
