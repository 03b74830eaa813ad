"""Whatever comes in whatever order, what is told on from a checkpoint is what is told from the beginning."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select

from scanner.inventory.decisions import time_text
from scanner.inventory.derive import Derived, Found, derived_row
from scanner.inventory.engine import open_store
from scanner.inventory.rebuild import tell
from scanner.inventory.schema import VIEWS, checkpoint, decision, derived, run
from scanner.inventory.words import NetworkView
from scanner.model.identity import Name, Rung
from scanner.model.sighting import Sighting

BEGIN = datetime(2026, 1, 5, 2, tzinfo=UTC)
NETS = ("10.1.0", "10.2.0")


def rows(store):
    with store.reading() as connection:
        return {one.name: sorted(map(repr, connection.execute(select(one)).all())) for one in VIEWS}


def thing(chance: random.Random, address: str) -> Found:
    """One of few devices, known by some of its names."""
    number = chance.randrange(9)
    names = []
    if chance.random() < 0.5:
        names.append(Name(Rung.SERIAL, f"S{number}"))
    if chance.random() < 0.6:
        # Some MAC addresses are those of two, so that what seemed two turns out to be one, or to contradict.
        names.append(
            Name(Rung.MAC, f"44:19:b6:00:00:{chance.choice((number, number, (number + 1) % 9)):02x}")
        )
    maker = chance.choice(("hikvision", "hikvision", "hikvision", "unknown", "other"))
    if maker != "hikvision":
        return Found(f"dev-{address}", tuple(names), (address,), maker)
    fields = {"model": f"M{number % 2}", "mac": f"44:19:b6:00:00:{number:02x}"}
    measures = frozenset({"m1"} | ({"m2"} if chance.random() < 0.5 else set()))
    called = f"dev-{names[0].key}" if names else f"dev-{address}"
    heard = time_text(BEGIN - timedelta(days=chance.randrange(9))) if chance.random() < 0.1 else ""
    methods = frozenset({"tcp"})
    return Found(called, tuple(names), (address,), maker, methods, measures, fields, heard)


def a_run(chance: random.Random, number: int) -> tuple[str, str, str, Derived]:
    """A run of a week: a site, one or two networks, a handful of devices."""
    site = chance.choice(("lab", "lab", "annex"))
    at = BEGIN + timedelta(days=7 * number, seconds=chance.choice((0, 0, 1)))
    nets = chance.sample(NETS, chance.choice((1, 2, 2)))
    found = [
        thing(chance, f"{net}.{host}")
        for net in nets
        for host in chance.sample(range(1, 9), chance.randrange(5))
    ]
    shared = {f"mac:44:19:b6:00:00:{chance.randrange(9):02x}"} if chance.random() < 0.08 else set()
    networks = tuple(
        NetworkView(
            f"{net}.0/24",
            frozenset({"tcp"}) if chance.random() < 0.8 else frozenset(),
            frozenset(
                [one.addresses[0] for one in found if one.addresses[0].startswith(f"{net}.")]
                + [f"{net}.{host}" for host in range(100, chance.choice((100, 101, 110)))]
            ),
            frozenset(),
            interrupted=chance.random() < 0.1,
        )
        for net in nets
    )
    sightings = (Sighting(f"44:19:b6:00:00:{number % 9:02x}", switch="sw", port=str(number % 3)),)
    told = Derived(tuple(found), frozenset(shared), networks, frozenset({"m1", "m2"}), sightings)
    return f"run-{number:03}", site, time_text(at), told


def a_decision(chance: random.Random, number: int, runs) -> dict[str, str]:
    """What a person says of a device, by a name or by the run that saw it."""
    at = BEGIN + timedelta(days=7 * number, hours=chance.choice((0, 5)))
    kind = chance.choice(("waive", "waive", "note", "verify-removed", "retire", "confirm", "merge", "split"))
    serials = [f"serial:S{one}" for one in chance.sample(range(9), 2)]
    data: dict[str, object] = {}
    subject = serials[0]
    if kind == "waive":
        days = chance.choice((10, 200))
        data = {"reason": "later", "until": str((at + timedelta(days=days)).date())}
        subject += chance.choice(("", "/m1"))
    elif kind == "verify-removed":
        data = {"date": str(at.date())}
    elif kind in ("retire", "confirm"):
        subject = f"lab {chance.choice(NETS)}.0/24"
        data = {"answer": chance.choice(("removed", "outage")), "reason": "sold"}
    elif kind in ("merge", "split"):
        data = {"with": serials[1], "names": [f"mac:44:19:b6:00:00:{chance.randrange(9):02x}"]}
    if kind in ("waive", "verify-removed", "note") and chance.random() < 0.7:
        name, _, _, told = chance.choice(runs)
        if told.found:
            data["seen"] = [name, chance.choice(told.found).called]
    row = {"id": f"dec-{number:03}", "at": time_text(at), "by": "A. Person", "kind": kind}
    return row | {"subject": subject, "data": json.dumps(data)}


def put_run(store, told) -> None:
    name, site, started, amounts = told
    head = {"id": name, "site": site, "header": "{}", "started": started, "lines": 1, "chain": ""}
    with store.writing() as connection:
        known = connection.execute(select(run.c.id).where(run.c.id == name)).scalar()
        if known is None:
            connection.execute(insert(run), [head])
        connection.execute(delete(derived).where(derived.c.run == name))
        connection.execute(insert(derived), [derived_row(name, 1, "k", amounts)])


def put(store, what) -> None:
    if isinstance(what, dict):
        with store.writing() as connection:
            connection.execute(insert(decision), [what])
    else:
        put_run(store, what)


def differing(one, other):
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


@pytest.mark.parametrize("seed", range(40))
def test_told_on_in_any_order_is_told_from_the_beginning(seed, store_url, tmp_path):
    if "postgresql" in store_url and seed % 8:
        pytest.skip("the rules are the same; each eighth is enough for the other database")
    chance = random.Random(seed)
    runs = [a_run(chance, number) for number in range(14)]
    said = [a_decision(chance, number, runs) for number in chance.sample(range(14), 7)]
    steps = [*runs, *said]
    chance.shuffle(steps)
    if seed % 4 == 0:
        steps.sort(key=lambda one: one["at"] if isinstance(one, dict) else one[2])  # nothing comes late
    store = open_store(store_url, tmp_path, make=True)
    waiting = chance.randrange(1, 4)
    for place, step in enumerate(steps):
        put(store, step)
        if chance.random() < 0.1 and not isinstance(step, dict):
            put(store, (*step[:3], a_run(chance, place)[3]))  # more is known of it than before
        if place % waiting == 0:
            tell(store)
    tell(store)
    written = rows(store)

    assert tell(store) == 0
    tell(store, anew=True)
    assert differing(written, rows(store)) == {}
    store.close()


@pytest.fixture
def weeks(store_url, tmp_path):
    """Forty weeks of three cameras, looked at each week."""
    store = open_store(store_url, tmp_path, make=True)

    def week(number: int):
        found = tuple(
            Found(
                f"dev-{one}",
                (Name(Rung.SERIAL, f"S{one}"),),
                (f"10.1.0.{one}",),
                "hikvision",
                frozenset({"tcp"}),
                frozenset({"m1"}),
                {"model": "M"},
            )
            for one in (1, 2, 3)
        )
        network = NetworkView(
            "10.1.0.0/24",
            frozenset({"tcp"}),
            frozenset(f"10.1.0.{one}" for one in (1, 2, 3)),
            frozenset(),
            False,
        )
        at = time_text(BEGIN + timedelta(days=7 * number))
        return f"run-{number:03}", "lab", at, Derived(found, frozenset(), (network,), frozenset({"m1"}), ())

    for number in range(40):
        put_run(store, week(number))
        tell(store)
    yield store, week
    store.close()


def test_the_newest_run_is_told_alone_and_a_late_one_from_the_checkpoint_before_it(weeks):
    store, week = weeks
    put_run(store, week(41))
    assert tell(store) == 1
    put_run(store, week(40))
    assert tell(store) == 2
    late = week(20)
    put_run(store, ("run-late", "lab", late[2].replace("T02", "T05"), late[3]))

    assert 22 <= tell(store) < 42, "neither the last alone nor all"


def test_there_are_few_checkpoints_and_the_newest_lie_close(weeks):
    store, _ = weeks
    with store.reading() as connection:
        steps = connection.execute(select(checkpoint.c.steps).order_by(checkpoint.c.steps)).scalars().all()
        count = connection.execute(select(func.count()).select_from(checkpoint)).scalar()

    assert steps[-2:] == [39, 40]
    assert count <= 7
