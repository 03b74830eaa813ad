"""Runs and decisions of a store become rows: who was seen, who else answered, what persons joined."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scanner.inventory.derive import Derived, Found
from scanner.inventory.story import Story
from scanner.inventory.telling import StoredRun
from scanner.inventory.views import (
    device_rows,
    event_row,
    finding_rows,
    interval_row,
    network_rows,
    open_interval_rows,
    packed_numbers,
    transition_row,
    unpacked_numbers,
)
from scanner.inventory.words import Decision, NetworkView
from scanner.model.identity import Name, Rung

SITE = "s"


def found(address: str = "10.1.0.5", maker: str = "hikvision", **names: str) -> Found:
    told = tuple(Name(Rung(rung), key) for rung, key in names.items())
    ours = maker == "hikvision"
    return Found(
        f"dev-{address}-{sorted(names.items())}",
        told,
        (address,),
        maker,
        frozenset({"tcp"}) if ours else frozenset(),
        frozenset({"a-measure"}) if ours else frozenset(),
        {"model": "M"} if ours else None,
    )


def run(day: int, *things: Found, site: str = SITE, answered: tuple[str, ...] = ()) -> StoredRun:
    there = {address for one in things for address in one.addresses} | set(answered)
    network = NetworkView("10.1.0.0/24", frozenset({"tcp"}), frozenset(there), frozenset(), interrupted=False)
    derived = Derived(things, frozenset(), (network,), frozenset({"a-measure"}), ())
    return StoredRun(f"run-{day:02}", site, f"2026-01-{day:02}T00:00:00Z", derived)


def said(day: int, kind: str, subject: str, **data) -> Decision:
    return Decision(f"dec-{day}-{kind}", datetime(2026, 1, day, tzinfo=UTC), "A. Person", kind, subject, data)


def rows(*runs: StoredRun, decisions: tuple[Decision, ...] = ()) -> dict:
    chapters = []
    story = Story(runs, decisions, chapter=chapters.append)
    everybody = list(story.shelves.all_numbers())
    return {
        "device": list(device_rows(story.shelves, everybody)),
        "finding": list(finding_rows(story.shelves, everybody)),
        "address_interval": [
            *map(interval_row, story.closed),
            *open_interval_rows(story.shelves, everybody),
        ],
        "network_run": [row for one in chapters for row in network_rows(one)],
        "numbers": [unpacked_numbers(packed_numbers(one.numbers)) for one in chapters],
        "transition": [transition_row(*one) for one in enumerate(story.transitions)],
        "event": [event_row(*one) for one in enumerate(story.events)],
    }


def test_a_device_has_a_row_with_where_and_when():
    (device,) = rows(run(1, found(serial="A")), run(8, found("10.1.0.6", serial="A")))["device"]

    assert (device["presence"], json.loads(device["addresses"])) == ("present", ["10.1.0.6"])
    assert (device["first_run"], device["last_run"]) == ("run-01", "run-08")


def test_intervals_say_where_it_was_and_numbers_which_device_it_is():
    made = rows(run(1, found(serial="A")), run(8, found("10.1.0.6", serial="A")))

    assert [(one["address"], one["first_run"], one["last_run"]) for one in made["address_interval"]] == [
        ("10.1.0.5", "run-01", "run-01"),
        ("10.1.0.6", "run-08", "run-08"),
    ]
    assert made["numbers"] == [[0], [0]]


@pytest.mark.parametrize(
    ("then", "now", "others"),
    [
        (found(serial="A", mac="1"), found(maker="unknown", mac="2"), ["10.1.0.5"]),
        (found(serial="A"), found(maker="other"), ["10.1.0.5"]),
        (found(serial="A"), found(maker="unknown", mac="2"), []),
        (found(serial="A", mac="1"), found(maker="unknown", mac="1"), []),
    ],
)
def test_another_device_at_the_address_is_told_only_where_it_is_beyond_doubt(then, now, others):
    networks = rows(run(1, then), run(8, now))["network_run"]

    assert json.loads(networks[1]["others"]) == others


def test_a_device_that_says_less_this_time_was_seen_all_the_same():
    made = rows(run(1, found(serial="A", mac="1")), run(8, found("10.1.0.7", maker="unknown", mac="1")))

    assert [(one["last_run"], one["presence"]) for one in made["device"]] == [("run-08", "present")]
    assert [one["state"] for one in made["finding"]] == ["open"]


def test_a_device_that_is_none_of_the_makers_after_all_is_retracted():
    made = rows(run(1, found(serial="A", mac="1")), run(8, found(maker="other", mac="1")))

    assert [one["state"] for one in made["finding"]] == ["retracted"]


def test_two_rows_of_one_run_that_are_one_device_are_seen_once():
    made = rows(
        run(1, found(serial="A"), found("10.1.0.6", mac="1")),
        run(8, found(serial="A", mac="1")),
    )

    assert len(made["device"]) == 1
    assert [one["kind"] for one in made["event"] if one["kind"] == "merged"] == ["merged"]


def test_a_merge_by_a_person_makes_one_device_and_its_undoing_two_again():
    runs = (run(1, found(serial="A"), found("10.1.0.6", serial="B")),)
    merge = said(2, "merge", "serial:A", **{"with": "serial:B"})
    split = said(3, "split", "serial:A", **{"with": "serial:B"})

    assert len(rows(*runs)["device"]) == 2
    assert len(rows(*runs, decisions=(merge,))["device"]) == 1
    undone = rows(*runs, decisions=(merge, split))
    assert len(undone["device"]) == 2
    assert [one["kind"] for one in undone["event"] if one["kind"] == "split"] == ["split"]


def test_a_decision_on_any_alias_reaches_the_device():
    waive = said(2, "waive", "serial:A", reason="on order", until="2026-06-01")
    (finding,) = rows(run(1, found(serial="A")), decisions=(waive,))["finding"]

    assert (finding["state"], finding["until"]) == ("waived", "2026-06-01")


def test_transitions_are_numbered_in_the_order_of_time():
    made = rows(run(1, found(serial="A")), run(8, found(serial="A")))["transition"]

    assert [one["place"] for one in made] == list(range(len(made)))
    assert [one["at"] for one in made] == sorted(one["at"] for one in made)


def test_an_old_file_read_late_brings_nobody_back():
    told = replace(found(serial="A"), heard="2025-06-01T00:00:00Z")
    answered = tuple(f"10.1.0.{number}" for number in range(20, 30))
    sweeps = [
        run(1, found(serial="A"), answered=answered),
        *(run(day, answered=answered) for day in (8, 15, 22)),
    ]
    late = StoredRun(
        "run-25", SITE, "2026-01-25T00:00:00Z", Derived((told,), frozenset(), (), frozenset(), ())
    )

    assert [one["presence"] for one in rows(*sweeps, late)["device"]] == ["missing"]
