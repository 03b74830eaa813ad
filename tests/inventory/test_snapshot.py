"""One report out of the inventory: of a run, and of everything as of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.inventory.snapshot import Asked, as_of, last_run, of_run
from scanner.knowledge import load
from scanner.model.errors import UsageError
from scanner.model.evidence import Maker


@pytest.fixture(scope="module")
def asked():
    return Asked(load(), ("ca-federal-institution",))


@pytest.fixture
def store(store_url, tmp_path, journal_of, things, asked):
    """Two networks; a camera that is seen in January only in one of them; nine others in each."""
    target = open_store(store_url, tmp_path, make=True)
    north = {f"10.1.0.{number}": things.LAPTOP for number in range(5, 14)}
    south = {f"10.2.0.{number}": things.LAPTOP for number in range(5, 14)}
    both = {"10.1.0.1": things.camera(1), "10.1.0.2": things.camera(2)}
    for journal in (
        journal_of("2026-01-05", {**north, **both}),
        journal_of("2026-01-06", {**south, "10.2.0.1": things.camera(3)}, ("10.2.0.0/28",)),
        journal_of("2026-01-12", {**north, "10.1.0.1": things.camera(1)}),
        journal_of("2026-03-20", {**north, "10.1.0.1": things.camera(1)}),
    ):
        take(target, journal, site="lab")
    refresh(target, asked.knowledge)
    return target


def found(snapshot) -> set[str]:
    return {one.addresses[0] for one in snapshot.report.devices if one.evidenced_maker is Maker.HIKVISION}


def test_the_last_run_is_the_one_that_began_last(store):
    with store.reading() as connection:
        assert last_run(connection).startswith("20260320")
        assert last_run(connection, "lab").startswith("20260320")
        with pytest.raises(UsageError, match="no run of the site annex"):
            last_run(connection, "annex")


def test_a_run_comes_with_what_was_known_on_its_day(store, asked):
    with store.reading() as connection:
        snapshot = of_run(connection, last_run(connection), asked)

    assert found(snapshot) == {"10.1.0.1"}
    (life,) = snapshot.lives.values()
    assert (life.site, life.presence, life.first_at[:10]) == ("lab", "present", "2026-01-05")
    assert {one.prefix for one in snapshot.networks} == {"10.1.0.0/28", "10.2.0.0/28"}


@pytest.mark.parametrize(
    ("day", "there"),
    [
        (date(2026, 1, 5), {"10.1.0.1", "10.1.0.2"}),
        (date(2026, 1, 7), {"10.1.0.1", "10.1.0.2", "10.2.0.1"}),
        (date(2026, 3, 21), {"10.1.0.1", "10.1.0.2", "10.2.0.1"}),
    ],
)
def test_as_of_a_day_everything_is_there_that_was_known(day, there, store, asked):
    with store.reading() as connection:
        snapshot = as_of(connection, day, asked)

    assert found(snapshot) == there
    assert len(snapshot.lives) == len(there)
    assert snapshot.report.run.id == f"as-of-{day}"
    assert all(one.last_at[:10] <= day.isoformat() for one in snapshot.lives.values())
    assert all(one.states for one in snapshot.lives.values())


def test_a_network_that_is_due_makes_it_incomplete(store, asked):
    with store.reading() as connection:
        fresh, late = (as_of(connection, day, asked) for day in (date(2026, 1, 12), date(2026, 3, 21)))

    assert fresh.report.coverage.complete
    assert not late.report.coverage.complete
    assert [(gap.targets, gap.state) for gap in late.report.coverage.gaps if gap.affects_verdict] == [
        ("10.2.0.0/28", "due")
    ]


def test_a_network_that_was_declared_out_of_service_is_not_due_and_is_told_apart(store, asked):
    decide(store, datetime(2026, 3, 1, tzinfo=UTC), "J. Doe", "retire", "lab 10.2.0.0/24", {"reason": "sold"})
    with store.reading() as connection:
        late = as_of(connection, date(2026, 3, 21), asked)

    assert late.report.coverage.complete
    assert any(
        "out of service by a person" in one.en and "10.2.0.0/28" in one.en for one in late.report.notes
    )


def test_before_the_first_run_there_is_nothing(store, asked):
    with store.reading() as connection, pytest.raises(UsageError, match="no run up to 2025-12-31"):
        as_of(connection, date(2025, 12, 31), asked)


def test_findings_are_judged_by_the_profile_that_is_asked_for(store, asked):
    with store.reading() as connection:
        snapshot = as_of(connection, date(2026, 3, 21), asked)

    assert {one.mandates[0].profile for one in snapshot.report.devices if one.mandates} == {
        "ca-federal-institution"
    }


def test_what_has_no_lasting_name_is_known_by_its_address_at_each_site(
    store_url, tmp_path, journal_of, things, asked
):
    target = open_store(store_url, tmp_path, make=True)
    there = {"10.1.0.7": things.NAMELESS, "10.1.0.9": things.LAPTOP}
    for day, site in (("2026-01-05", "east"), ("2026-01-06", "west")):
        take(target, journal_of(day, there), site=site)
    refresh(target, asked.knowledge)
    with target.reading() as connection:
        one = of_run(connection, last_run(connection, "west"), asked)
        both = as_of(connection, date(2026, 1, 7), asked)

    assert [life.site for life in one.lives.values()] == ["west"]
    assert {life.site for life in both.lives.values()} == {"east", "west"}
    assert {device.id for device in both.report.devices if device.id in both.lives} == set(both.lives)
