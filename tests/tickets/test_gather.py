from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.inventory.sites import SiteNetwork, set_network
from scanner.inventory.words import FindingState, Presence
from scanner.tickets.gather import items_of

AT = datetime(2026, 1, 6, tzinfo=UTC)


@pytest.fixture
def store(tmp_path, journal_of, things, knowledge):
    made = open_store(str(tmp_path / "s.sqlite"), tmp_path, make=True)
    for prefix in ("10.1.0.0/16", "10.1.0.0/28"):
        set_network(made, AT, "me", SiteNetwork("lab", prefix))
    take(made, journal_of("2026-01-05", {"10.1.0.1": things.camera(1), "10.1.0.2": things.LAPTOP}), "lab")
    refresh(made, knowledge)
    return made


def items(store, today=date(2026, 1, 7), **more):
    with store.reading() as connection:
        return items_of(connection, today, **more)


def test_a_device_with_all_that_may_name_it(store):
    (item,) = items(store)
    assert (item.site, item.addresses, item.presence, item.level) == (
        "lab",
        ("10.1.0.1",),
        Presence.NEW,
        "confirmed",
    )
    assert item.networks == ("10.1.0.0/28", "10.1.0.0/16")
    assert [name.partition(":")[0] for name in item.names] == ["serial", "mac"]
    assert item.known["model"] == "DS-2CD2143G2-I"
    assert item.last_at == "2026-01-05T02:00:00Z"
    assert {one.state for one in item.obligations} == {FindingState.OPEN}
    assert all(one.change.trigger == "found" for one in item.obligations)


def test_a_site_of_its_own(store):
    assert items(store, site="annex") == []
    assert len(items(store, site="lab")) == 1


def test_a_waiver_that_is_over_says_so_before_any_run_does(store, knowledge):
    (item,) = items(store)
    decide(store, AT, "me", "waive", item.obligations[0].id, {"until": "2026-02-01", "reason": "spring"})
    refresh(store, knowledge)
    (waived,), (over,) = items(store), items(store, date(2026, 2, 2))
    assert (waived.obligations[0].state, waived.obligations[0].until) == (FindingState.WAIVED, "2026-02-01")
    assert over.obligations[0].state is FindingState.OPEN
    assert over.obligations[0].change.trigger == "waiver-ended"
    assert over.obligations[0].change.at == "2026-02-02T00:00:00Z"
