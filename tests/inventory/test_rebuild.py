"""Views are what the records say, in whatever order they came."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.inventory.schema import VIEWS, address_interval, alias, derived, device, network_run
from scanner.knowledge import load


@pytest.fixture(scope="session")
def knowledge():
    return load()


@pytest.fixture
def store(store_url, tmp_path):
    return open_store(store_url, tmp_path, make=True)


@pytest.fixture
def weeks(journal_of, things):
    """Seven runs: a camera that moves, one without a name, one that goes, a laptop, a second site."""
    camera, nameless, laptop = things.camera, things.NAMELESS, things.LAPTOP
    return [
        (
            journal_of("2026-01-05", {"10.1.0.1": camera(1), "10.1.0.2": nameless, "10.1.0.3": camera(3)}),
            None,
        ),
        (
            journal_of("2026-01-12", {"10.1.0.4": camera(1), "10.1.0.2": nameless, "10.1.0.3": camera(3)}),
            None,
        ),
        (journal_of("2026-01-19", {"10.1.0.4": camera(1), "10.1.0.2": nameless, "10.1.0.3": laptop}), None),
        (journal_of("2026-01-26", {"10.1.0.4": camera(1, mac=99), "10.1.0.2": camera(2)}), None),
        (journal_of("2026-02-02", {"10.1.0.4": camera(1, mac=99)}, targets=("10.1.0.4/32",)), None),
        (
            journal_of("2026-02-09", {"10.1.0.2": nameless, "10.1.0.7": camera(3)}, targets=("10.1.0.0/29",)),
            "b",
        ),
        (journal_of("2026-02-16", finished=False, swept=3), None),
    ]


def rows(store, *tables):
    with store.reading() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in tables or VIEWS
        }


def test_any_order_gives_the_same_views(store, weeks, knowledge, tmp_path):
    for path, site in weeks:
        take(store, path, site)
    refresh(store, knowledge)
    expected = rows(store)
    assert expected["device"]

    for seed in range(4):
        order = list(weeks)
        random.Random(seed).shuffle(order)
        other = open_store(str(tmp_path / f"{seed}.sqlite"), tmp_path, make=True)
        for path, site in order:
            take(other, path, site)
            if seed % 2:
                refresh(other, knowledge)  # whether they are looked at meanwhile makes no difference
        refresh(other, knowledge)
        assert rows(other) == expected, f"order {seed}"


def test_a_rebuild_gives_what_was_there(store, weeks, knowledge):
    for path, site in weeks:
        take(store, path, site)
    first = refresh(store, knowledge)
    expected = rows(store)
    again = refresh(store, knowledge, anew=True)

    assert (first.runs, first.derived, again.derived) == (7, 7, 7)
    assert rows(store) == expected
    assert refresh(store, knowledge).derived == 0


def test_a_run_that_grew_is_worked_out_again(store, journal_of, things, knowledge, tmp_path):
    whole = journal_of("2026-01-05", {"10.1.0.1": things.camera(1), "10.1.0.3": things.camera(3)})
    part = tmp_path / "part.jsonl"
    part.write_bytes(b"".join(whole.read_bytes().splitlines(keepends=True)[:5]))
    take(store, part)
    assert refresh(store, knowledge).devices == 1
    take(store, whole)

    assert refresh(store, knowledge).devices == 2


def test_a_device_keeps_its_id_through_addresses_and_a_new_network_card(store, weeks, knowledge):
    for path, site in weeks[:5]:
        take(store, path, site)
    refresh(store, knowledge)

    with store.reading() as connection:
        serial = (
            connection.execute(select(alias.c.device).where(alias.c.alias == "serial:G00000001"))
            .scalars()
            .all()
        )
        found = connection.execute(
            select(address_interval.c.address).where(address_interval.c.device == serial[0]).distinct()
        ).scalars()
        macs = connection.execute(select(alias.c.alias).where(alias.c.device == serial[0])).scalars()
        assert len(serial) == 1
        assert set(found) == {"10.1.0.1", "10.1.0.4"}
        assert {"mac:44:19:b6:00:00:01", "mac:44:19:b6:00:00:63"} <= set(macs)


def test_a_device_without_a_name_gets_one_later_and_keeps_its_id(store, weeks, knowledge):
    for path, site in weeks[:4]:
        take(store, path, site)
    refresh(store, knowledge)

    with store.reading() as connection:
        at = select(address_interval.c.device).where(address_interval.c.address == "10.1.0.2")
        assert len(set(connection.execute(at).scalars())) == 1


def test_the_same_address_at_two_sites_is_two_devices_and_a_serial_number_is_one(store, weeks, knowledge):
    for path, site in weeks:
        take(store, path, site)
    refresh(store, knowledge)

    with store.reading() as connection:
        at = select(address_interval.c.device).where(address_interval.c.address == "10.1.0.2")
        assert len(set(connection.execute(at).scalars())) == 2
        third = connection.execute(select(device.c.site, device.c.addresses, device.c.id)).all()
    assert ("b", '["10.1.0.7"]') in {tuple(row)[:2] for row in third}


def test_networks_are_covered_as_far_as_the_run_came(store, weeks, knowledge):
    for path, site in weeks:
        take(store, path, site)
    refresh(store, knowledge)

    with store.reading() as connection:
        found = {
            row.at[:10]: (row.prefix, row.covered, row.others, row.interrupted)
            for row in connection.execute(select(network_run))
        }
    assert found["2026-01-05"] == ("10.1.0.0/28", '["tcp"]', "[]", 0)
    assert found["2026-02-02"][0] == "10.1.0.4/32"
    assert found["2026-02-16"][1:] == ("[]", "[]", 1)


def test_what_a_run_amounts_to_says_with_what_knowledge(store, weeks, knowledge):
    take(store, *weeks[0])
    refresh(store, knowledge)

    with store.reading() as connection:
        assert len(connection.execute(select(derived.c.knowledge)).scalar_one()) == 16
