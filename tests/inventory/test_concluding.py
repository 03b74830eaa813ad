"""What was concluded stays until a person has it concluded anew, whatever the program knows by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select

from scanner.inventory.concluding import OWN, Concluded, Terms, conclude, conclude_all, mark_of, terms_of
from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.schema import derived, run
from scanner.knowledge import load

FACTS = "defaults:\n  owned_by: agency\n"


@pytest.fixture(scope="module")
def knowledge():
    return load()


@pytest.fixture(scope="module")
def poorer(knowledge):
    """What is known without the signatures of the maker's own discovery."""
    kept = tuple(one for one in knowledge.signatures if not one.id.startswith("sadp"))
    return replace(knowledge, signatures=kept, digest="other")


@pytest.fixture
def store(store_url, tmp_path, journal_of, things):
    made = open_store(store_url, tmp_path, make=True)
    take(made, journal_of("2026-01-05", {"10.1.0.1": things.camera(1), "10.1.0.2": things.NAMELESS}))
    return made


def kept(store):
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(select(derived.c.knowledge, derived.c.data))]


def test_what_other_knowledge_concluded_is_kept_and_counted(store, knowledge, poorer):
    assert conclude_all(store, knowledge).fresh == 1
    before = kept(store)

    again = conclude_all(store, poorer, anew=True)

    assert (again.fresh, again.kept) == (0, 1)
    assert kept(store) == before
    assert conclude_all(store, knowledge, anew=True) == Concluded(1, 0)
    assert kept(store) == before


def test_a_run_that_grew_is_concluded_by_what_is_known_today(store, knowledge, poorer):
    conclude_all(store, poorer)
    with store.writing() as connection:
        connection.execute(derived.update().values(lines=1))

    assert conclude_all(store, knowledge).fresh == 1
    assert kept(store)[0][0] == mark_of(knowledge, OWN)


def test_a_conclusion_that_was_lost_is_drawn_again(store, knowledge):
    conclude_all(store, knowledge)
    before = kept(store)
    with store.writing() as connection:
        connection.execute(delete(derived))

    assert conclude_all(store, knowledge).fresh == 1
    assert kept(store) == before


def test_terms_count_until_later_ones_and_knowledge_alone_leaves_them(store):
    at = datetime(2026, 2, 1, tzinfo=UTC)
    terms = {"facts": FACTS, "profiles": ["p"], "more": ["k=v"]}
    decide(store, at, "A", "reclassify", "all", {"runs": ["r1", "r2"], "terms": terms})
    decide(store, at.replace(day=2), "A", "reclassify", "all", {"runs": ["r1", "r2"]})
    decide(store, at.replace(day=3), "A", "reclassify", "r1", {"runs": ["r1"], "terms": {}})

    with store.reading() as connection:
        assert terms_of(connection) == {"r1": OWN, "r2": Terms(("p",), FACTS, ("k=v",))}


def test_a_device_keeps_what_the_run_called_it(store, knowledge):
    with store.reading() as connection:
        name = connection.execute(select(run.c.id)).scalar_one()
        own = conclude(connection, name, knowledge, OWN)
        before = replace(own, found=tuple(replace(one, called=f"old-{one.called}") for one in own.found))
        elsewhere = tuple(
            replace(one, addresses=("10.9.9.9",), called="old") for one in own.found if one.names
        )
        by_name = conclude(connection, name, knowledge, OWN, replace(own, found=elsewhere))

        assert conclude(connection, name, knowledge, OWN, own) == own
        assert conclude(connection, name, knowledge, OWN, before) == before
    assert [one.called for one in by_name.found] == ["old" if one.names else one.called for one in own.found]


def test_the_mark_tells_knowledge_and_terms_apart(knowledge, poorer):
    marks = {
        mark_of(knowledge, OWN),
        mark_of(poorer, OWN),
        mark_of(knowledge, Terms(("p",))),
        mark_of(knowledge, Terms((), FACTS)),
        mark_of(knowledge, Terms(None, FACTS)),
        mark_of(knowledge, Terms(None, None, ("k=v",))),
    }

    assert len(marks) == 6
