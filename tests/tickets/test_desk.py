from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.tickets.apply import Done
from scanner.tickets.desk import Desk, Wishes
from scanner.tickets.policy import TicketPolicy
from scanner.tickets.words import Act

pytestmark = pytest.mark.peer
AT = datetime(2026, 1, 7, tzinfo=UTC)


@pytest.fixture
def store(tmp_path, journal_of, things, knowledge):
    made = open_store(str(tmp_path / "s.sqlite"), tmp_path, make=True)
    take(made, journal_of("2026-01-05", {"10.1.0.1": things.NAMELESS, "10.1.0.2": things.camera(2)}), "lab")
    refresh(made, knowledge)
    return made


@pytest.fixture
def desk(adapter, knowledge):
    def make(store, **wishes):
        policy = TicketPolicy(levels=frozenset({"confirmed", "probable", "possible"}))
        return Desk(store, adapter(), "t", knowledge, policy, Wishes({"lab": "fr"}, **wishes), now=lambda: AT)

    return make


def test_a_store_that_is_lost_leaves_what_fits_by_address_to_a_person(
    desk, store, roundup, tmp_path, journal_of, things, knowledge
):
    first = desk(store)
    assert {one.done for one in first.apply(first.plan().writes)} == {Done.DONE}
    assert "Retirer" in roundup.issues()[0]["title"]  # in the language of the site
    assert [step.act for step in desk(store).plan().steps] == [Act.NOTHING, Act.NOTHING]

    (tmp_path / "new").mkdir()
    other = open_store(str(tmp_path / "new/s.sqlite"), tmp_path, make=True)
    for path in sorted((tmp_path / "journals").iterdir()):
        take(other, path, "lab")
    refresh(other, knowledge)
    second = desk(other)
    steps = {step.act: step for step in second.plan().steps}
    assert set(steps) == {Act.MAYBE, Act.NOTHING}
    maybe = steps[Act.MAYBE]

    device = maybe.group.items[0].device
    decide(other, AT, "me", "ticket", device, {"tracker": "t", "ticket": maybe.ticket.id})
    assert second.has(maybe.ticket.id)
    assert [step.act for step in second.plan().steps] == [Act.NOTHING, Act.NOTHING]
    decide(other, AT.replace(day=8), "me", "ticket", device, {"tracker": "t", "ticket": ""})
    assert [step.act for step in second.plan().writes] == [Act.CREATE]


def test_a_ticket_tells_of_its_evidence(desk, store, roundup):
    first = desk(store, report="https://reports.example/1")
    list(first.apply(first.plan().writes))
    for issue in roundup.issues():
        (text,) = roundup.messages(issue["id"])
        assert "Pourquoi nous le croyons" in text
        assert "https://reports.example/1" in text
