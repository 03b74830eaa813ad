from __future__ import annotations

import pytest
from sqlalchemy import insert

from scanner.inventory.engine import open_store
from scanner.inventory.news import News, news_of
from scanner.inventory.schema import event
from scanner.inventory.words import EventKind


@pytest.fixture
def store(tmp_path):
    opened = open_store(None, tmp_path, make=True)
    yield opened
    opened.close()


def test_the_events_of_a_run_are_told_in_their_order(store):
    told = [("moved", "r1"), ("coverage-regression", "r2"), ("replaced", "r1")]
    with store.writing() as connection:
        for place, (kind, run) in enumerate(told):
            values = {
                "place": place,
                "kind": kind,
                "subject": f"s{place}",
                "at": "x",
                "run": run,
                "decision": "",
                "detail": f"d{place}",
            }
            connection.execute(insert(event).values(values))

    assert news_of(store, "r1") == [News(EventKind.MOVED, "s0", "d0"), News(EventKind.REPLACED, "s2", "d2")]
    assert news_of(store, "r3") == []
