"""A device keeps its id while one name of the ladder lasts, and nothing else joins it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.inventory.derive import Derived, Found
from scanner.inventory.devices import NOBODY, Joiner, barred_names, wanted_merges
from scanner.inventory.words import Decision
from scanner.model.identity import Name, Rung

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
FAR = "10.1.0.9"


def found(address: str = "10.1.0.5", maker: str = "hikvision", model: str = "", **names: str) -> Found:
    """``found("10.1.0.5", serial="A", mac="1")``."""
    told = tuple(Name(Rung(rung), key) for rung, key in names.items())
    fields = {"model": model} if model else {}
    return Found(
        f"dev-{address}-{sorted(names.items())}", told, (address,) if address else (), maker, fields=fields
    )


def tell(joiner: Joiner, *runs: list[Found], site: str = "s") -> list[list[str]]:
    """The ids of what each run found, as they are after all."""
    told = [
        joiner.tell(f"run{len(joiner.things)}.{n}", site, BEGIN + timedelta(days=n), run)
        for n, run in enumerate(runs)
    ]
    return [
        ["" if number == NOBODY else joiner.things[joiner.root(number)].id for number in one.numbers]
        for one in told
    ]


def one_device(ids: list[list[str]]) -> bool:
    return len({name for run in ids for name in run}) == 1


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (found(serial="A"), found(FAR, serial="A")),
        (found(serial="A", mac="1"), found(FAR, serial="A", mac="2")),
        (found(serial="A", mac="1"), found(FAR, mac="1")),
        (found(mac="1"), found(FAR, serial="A", mac="1")),
        (found(endpoint="u", mac="1"), found(FAR, endpoint="v", mac="1")),
        (found(), found()),
        (found(), found(serial="A")),
        (found(serial="A"), found()),
        (found(model="M"), found()),
    ],
)
def test_one_name_that_lasts_is_enough(then, now):
    assert one_device(tell(Joiner(), [then], [now]))


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (found(serial="A"), found(serial="B")),
        (found(serial="A", mac="1"), found(serial="B", mac="1")),
        (found(serial="A"), found(mac="2")),
        (found(model="M"), found(model="N")),
        (found(), found(FAR)),
    ],
)
def test_what_no_name_joins_is_another_device(then, now):
    assert not one_device(tell(Joiner(), [then], [now]))


def test_a_nameless_thing_at_the_old_address_of_a_device_that_moved_is_another():
    ids = tell(Joiner(), [found(serial="A")], [found(FAR, serial="A")], [found()])

    assert ids[0] == ids[1] != ids[2]


def test_a_nameless_thing_is_another_when_the_device_answers_elsewhere_in_the_same_run():
    ids = tell(Joiner(), [found(serial="A")], [found(FAR, serial="A"), found()])

    assert ids[0][0] == ids[1][0] != ids[1][1]


def test_a_nameless_thing_is_another_after_somebody_else_was_there():
    ids = tell(Joiner(), [found(serial="A")], [found(maker="other")], [found()])

    assert ids[1] == [""]
    assert ids[0] != ids[2]


def test_an_address_joins_within_its_site_only():
    joiner = Joiner()
    first, second = tell(joiner, [found()], site="a"), tell(joiner, [found()], site="b")
    third, fourth = (
        tell(joiner, [found(serial="A")], site="c"),
        tell(joiner, [found(FAR, serial="A")], site="d"),
    )

    assert first != second
    assert third == fourth


def test_the_rehearsal_joins_nothing_of_the_world():
    joiner = Joiner()

    assert tell(joiner, [found(serial="A")]) != tell(joiner, [found(serial="A")], site="rehearsal")


def test_two_devices_that_turn_out_to_be_one_are_one_from_the_beginning():
    joiner = Joiner()
    ids = tell(joiner, [found(serial="A"), found(FAR, mac="1")], [found(serial="A", mac="1")])

    assert one_device(ids)
    assert [merge.reason for merge in joiner.merges] == ["10.1.0.5 has serial:A and mac:1"]


def test_two_serial_numbers_are_never_merged_by_a_shared_address_of_hardware():
    joiner = Joiner()
    ids = tell(
        joiner, [found(serial="A", mac="1"), found(FAR, serial="B")], [found(FAR, serial="B", mac="1")]
    )

    assert ids[0][0] != ids[1][0] == ids[0][1]
    assert joiner.merges == []


def test_of_two_that_share_a_name_in_one_run_only_one_is_the_device_that_had_it():
    ids = tell(Joiner(), [found(mac="1")], [found(serial="A", mac="1"), found(FAR, serial="B", mac="1")])

    assert ids[0] == [ids[1][0]] != [ids[1][1]]


def test_a_name_that_is_barred_joins_nothing():
    derived = Derived((), frozenset({"mac:1"}), (), frozenset(), ())
    barred = barred_names([derived], [])

    assert not one_device(tell(Joiner(barred), [found(mac="1")], [found(FAR, mac="1")]))


def test_what_is_none_of_the_makers_is_no_device_unless_it_was_one():
    ids = tell(Joiner(), [found(maker="other", mac="1")], [found(mac="1")], [found(maker="other", mac="1")])

    assert ids[0] == [""]
    assert ids[1] == ids[2] != [""]


def said(kind: str, day: int, **data) -> Decision:
    return Decision(f"dec-{day}", BEGIN + timedelta(days=day), "A. Person", kind, "inv-1", data)


def test_a_person_takes_names_apart_and_together_again():
    split, merge = said("split", 1, names=["mac:1"]), said("merge", 2, names=["mac:1"])

    assert barred_names([], [split]) == {"mac:1"}
    assert barred_names([], [split, merge]) == frozenset()


def test_a_merge_by_a_person_holds_until_it_is_undone():
    merge, split = said("merge", 1, **{"with": "inv-2"}), said("split", 2, **{"with": "inv-2"})

    assert list(wanted_merges([merge])) == [merge]
    assert list(wanted_merges([merge, split])) == []


things = st.builds(
    found,
    st.sampled_from(["10.1.0.1", "10.1.0.2", "10.1.0.3"]),
    st.sampled_from(["hikvision", "hikvision", "other", "unknown"]),
    st.sampled_from(["", "M", "N"]),
)
named = st.builds(
    lambda address, names: found(address, **names),
    st.sampled_from(["10.1.0.1", "10.1.0.2", "10.1.0.3"]),
    st.dictionaries(st.sampled_from(["serial", "mac", "endpoint"]), st.sampled_from("ABC"), max_size=3),
)


@given(runs=st.lists(st.lists(st.one_of(things, named), max_size=4), max_size=6))
def test_ids_are_unique_and_no_device_has_two_serial_numbers(runs):
    joiner = Joiner()
    tell(joiner, *runs)

    things = [joiner.things[number] for number in range(joiner.memory.count)]
    assert len({thing.id for thing in things}) == len(things) == len(joiner.things)
    for thing in things:
        assert len(thing.on(Rung.SERIAL)) <= 1
        assert joiner.root(joiner.root(thing.number)) == joiner.root(thing.number) <= thing.number
