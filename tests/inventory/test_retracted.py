"""What reclassifications changed stands beside the views, and goes without a trace where runs tell again."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.inventory.retracted import changes, put_in, take_out
from scanner.inventory.schema import VIEWS, alias, device, event, finding, reclassified, transition
from scanner.inventory.tables import to_text
from scanner.knowledge import load

AT = datetime(2026, 3, 1, tzinfo=UTC)
LINE = {
    "subject": "inv-gone", "before": "", "after": "new", "trigger": "seen-first", "needs": "a run saw it",
    "run": "r", "decision": "", "at": "2026-01-01T00:00:00Z", "evidence": "[]",
}  # fmt: skip
ROW = {
    "site": "s", "first_run": "r", "first_at": "2026-01-01T00:00:00Z", "last_run": "r",
    "last_at": "2026-01-01T00:00:00Z", "addresses": '["10.1.0.9"]', "names": "[]", "called": "[]",
    "fields": '{"model":"M"}',
}  # fmt: skip
KEPT = {
    "said": "is no more the maker's", "before": {}, "after": {}, "presence": ["present", ""],
    "findings": [["a-measure", "open", ""]], "row": ROW, "told": [LINE],
    "intervals": [], "aliases": [["serial:X", "2026-01-01T00:00:00Z"]], "opened": {"a-measure": "2026-01-01"},
    "runs": ["r"],
}  # fmt: skip


@pytest.fixture
def store(store_url, tmp_path, journal_of, things):
    made = open_store(store_url, tmp_path, make=True)
    take(made, journal_of("2026-01-05", {"10.1.0.1": things.camera(1)}))
    refresh(made, load())
    return made


@pytest.fixture
def retracted(store):
    said = decide(store, AT, "A", "reclassify", "all", {"runs": ["r"]})
    row = {"decision": said.id, "place": 0, "device": "inv-gone", "became": "", "data": to_text(KEPT)}
    with store.writing() as connection:
        connection.execute(insert(reclassified), [row])
    return said


def rows(store):
    with store.reading() as connection:
        return {one.name: sorted(map(repr, connection.execute(select(one)).all())) for one in VIEWS}


def test_without_any_reclassification_nothing_is_touched(store):
    before = rows(store)
    with store.writing() as connection:
        take_out(connection)
        put_in(store, connection)

    assert rows(store) == before


def test_who_is_none_any_more_stays_listed_with_what_was_told(store, retracted):
    before = rows(store)
    with store.writing() as connection:
        put_in(store, connection)
    with store.reading() as connection:
        (gone,) = connection.execute(select(device).where(device.c.id == "inv-gone")).all()
        (lost,) = connection.execute(select(finding).where(finding.c.device == "inv-gone")).all()
        told = connection.execute(select(transition).where(transition.c.place < 0)).all()
        names = connection.execute(select(alias.c.alias).where(alias.c.device == "inv-gone")).scalars().all()
        happened = connection.execute(select(event).where(event.c.place < 0)).all()

    assert (gone.presence, gone.since, gone.site) == ("retracted", "2026-03-01T00:00:00Z", "s")
    assert (lost.id, lost.state) == ("inv-gone/a-measure", "retracted")
    assert json.loads(lost.data)["opened"] == "2026-01-01"
    assert {(one.subject, one.before, one.after, one.decision) for one in told} == {
        ("inv-gone", "", "new", ""),
        ("inv-gone", "present", "retracted", retracted.id),
        ("inv-gone/a-measure", "open", "retracted", retracted.id),
    }
    assert sorted(names) == ["inv-gone", "serial:X"]
    assert [(one.kind, one.subject, one.detail) for one in happened] == [
        ("reclassified", "inv-gone", "is no more the maker's")
    ]

    with store.writing() as connection:
        take_out(connection)
    assert rows(store) == before


def test_an_id_that_changed_leads_to_the_one_of_today(store, retracted):
    with store.reading() as connection:
        today = connection.execute(select(device.c.id)).scalar_one()
    data = KEPT | {"presence": ["present", "present"], "findings": [["b-measure", "open", ""]]}
    with store.writing() as connection:
        row = {"decision": retracted.id, "place": 1, "device": "inv-old", "became": today}
        connection.execute(insert(reclassified), [row | {"data": to_text(data)}])
        put_in(store, connection)
    with store.reading() as connection:
        named = select(alias.c.device).where(alias.c.alias == "inv-old")
        lost = select(finding.c.id).where(finding.c.measure == "b-measure")
        assert connection.execute(named).scalars().all() == [today]
        assert connection.execute(lost).scalars().all() == [f"{today}/b-measure"]
        assert [(one.device, one.became) for one in changes(connection)] == [
            ("inv-gone", ""),
            ("inv-old", today),
        ]
