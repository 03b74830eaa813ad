"""Old evidence under new knowledge: what was shown is what is done, and what is undone leaves nothing but lines."""

from __future__ import annotations

import json
import random
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from scanner.inventory.concluding import Terms
from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh, tell
from scanner.inventory.reclassify import carry_out, plan
from scanner.inventory.schema import STATE, VIEWS, alias, device, event, finding, transition
from scanner.knowledge import fingerprints_root, load
from scanner.model.errors import StoreUnusable
from scanner.model.protocol import Protocol

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
STRANGER = (Protocol.HTTP, b"HTTP/1.1 200 OK\r\nServer: lab-only-web\r\n\r\n")
"""What no signature knows yet."""
ADDED = """
- id: http-server-zz-lab-only
  protocols: [http, https]
  field: header.server
  pattern: '^lab-only-web$'
  claims: {maker: hikvision}
  strength: strong
  family: http-server
  says: 'A web server of the laboratory'
  source: {ref: 'this test', as_of: '2026-11-25'}
  few_examples: 'a test'
"""


def taken_out(text: str, name: str) -> str:
    """The file of signatures without one."""
    begin = text.index(f"- id: {name}\n")
    end = text.find("\n- id: ", begin)
    return text[:begin] + (text[end + 1 :] if end >= 0 else "")


@pytest.fixture(scope="module")
def knowledge():
    return load()


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """The signature of the nameless camera taken out, one of a stranger added; the folder is a copy."""
    root = tmp_path_factory.mktemp("other") / "fingerprints"
    shutil.copytree(fingerprints_root(), root)
    path = root / "signatures" / "http.yaml"
    path.write_text(taken_out(path.read_text(), "http-server-app-webs").rstrip("\n") + "\n" + ADDED)
    return load(root)


@pytest.fixture
def journals(journal_of, things):
    answers = {"10.1.0.1": things.camera(1), "10.1.0.2": things.NAMELESS, "10.1.0.3": STRANGER}
    profile = {"profiles": ("ca-federal-institution",)}
    return [
        journal_of("2026-01-05", answers, **profile),
        journal_of("2026-01-12", {**answers, "10.1.0.4": things.camera(4)}, **profile),
        journal_of("2026-01-19", answers, **profile),
    ]


@pytest.fixture
def store(store_url, tmp_path, journals, knowledge):
    made = open_store(store_url, tmp_path, make=True)
    for journal in journals:
        take(made, journal)
    refresh(made, knowledge)
    return made


def rows(store, leave=()):
    with store.reading() as connection:
        return {
            one.name: sorted(map(repr, connection.execute(select(one)).all()))
            for one in VIEWS
            if one not in leave
        }


def listed(store):
    """Devices that are the maker's by their address, and their findings."""
    with store.reading() as connection:
        found = {
            row.id: (json.loads(row.addresses)[0], row.presence) for row in connection.execute(select(device))
        }
        states = {
            (found[row.device][0], row.measure): row.state for row in connection.execute(select(finding))
        }
    return dict(found.values()), states


def changed(found):
    return {one.addresses[0]: one for one in found.changes}


def reclassified(store, knowledge, at=AT, **more):
    found = plan(store, knowledge, **more)
    return found, carry_out(store, found, at, "A. Person", "new signatures", knowledge)


def test_what_would_change_is_shown_and_nothing_is_changed(store, other):
    before = rows(store)
    found = plan(store, other)
    lost, gained = changed(found)["10.1.0.2"], changed(found)["10.1.0.3"]

    assert rows(store) == before
    assert set(changed(found)) == {"10.1.0.2", "10.1.0.3"}
    assert lost.lost
    assert not lost.opened
    assert lost.retracted == gained.opened != ()
    assert gained.gained
    assert gained.said.startswith("becomes the maker's (")
    assert lost.said.startswith("is no more the maker's (")
    assert len(found.runs) == len(found.otherwise) == 3


def test_what_it_showed_is_what_it_did(store, knowledge, other):
    devices, findings = listed(store)
    found, _ = reclassified(store, other)
    for one in found.changes:
        address = one.addresses[0]
        devices[address] = one.presence[1] or "retracted"
        findings |= {(address, measure): is_ or "retracted" for measure, _, is_ in one.findings}

    assert listed(store) == (devices, findings)
    assert devices == {
        "10.1.0.1": "present", "10.1.0.2": "retracted", "10.1.0.3": "present", "10.1.0.4": "new"
    }  # fmt: skip
    assert not plan(store, other).changes
    assert len(plan(store, knowledge).changes) == 2


def test_a_device_that_is_none_any_more_is_retracted_and_never_removed(store, other):
    with store.reading() as connection:
        name = {json.loads(row.addresses)[0]: row.id for row in connection.execute(select(device))}[
            "10.1.0.2"
        ]
    _, said = reclassified(store, other)

    with store.reading() as connection:
        query = select(transition).where(transition.c.subject == name).order_by(transition.c.place)
        told = sorted(connection.execute(query).all(), key=lambda one: one.at)
        assert [(one.before, one.after) for one in told] == [
            ("", "new"),
            ("new", "present"),
            ("present", "retracted"),
        ]
        assert (told[-1].decision, told[-1].run, told[-1].trigger) == (said.id, "", "reclassified")
        every = connection.execute(select(transition.c.after)).scalars().all()
        assert not any(after.startswith("removed") or after == "closed" for after in every)
        lost = connection.execute(select(finding).where(finding.c.device == name)).all()
        assert {row.state for row in lost} == {"retracted"}
        assert connection.execute(select(event.c.kind).where(event.c.subject == name)).scalars().all() == [
            "reclassified"
        ]


def test_undoing_the_change_leaves_nothing_but_lines(store, knowledge, other):
    before = rows(store)
    reclassified(store, other)
    _, undone = reclassified(store, knowledge, AT + timedelta(days=1))
    after = rows(store)

    for name in ("derived", "appearance", "network_run"):
        assert after[name] == before[name]
    beside = {
        name: [line for line in after[name] if line not in before[name]]
        for name in ("device", "alias", "finding", "address_interval", "transition", "event")
    }
    assert all(line in after[name] for name in beside for line in before[name])
    # The stranger, who was the maker's for a day, stays listed as retracted.
    assert ["'retracted'" in line for line in beside["device"]] == [True]
    assert all("'retracted'" in line for line in beside["finding"])
    assert len(beside["address_interval"]) == 1
    assert all(undone.at.strftime("%Y-%m") in line or "2026-01" in line for line in beside["transition"])
    with store.reading() as connection:
        told = connection.execute(select(transition).where(transition.c.place < 0)).all()
    assert ("present", "retracted") in {(one.before, one.after) for one in told}
    assert ("retracted", "present") in {(one.before, one.after) for one in told}


def test_a_rebuild_gives_the_same_with_either_knowledge(store, knowledge, other):
    reclassified(store, other)
    expected = rows(store)

    for known in (other, knowledge):
        done = refresh(store, known, anew=True)
        assert rows(store) == expected
        assert done.kept == (0 if known is other else 3)


def test_any_order_of_arrival_gives_the_same(store, journals, knowledge, other, tmp_path):
    found, _ = reclassified(store, other)
    expected = rows(store, leave=(transition, event))
    for seed in range(3):
        late = open_store(str(tmp_path / f"{seed}.sqlite"), tmp_path, make=True)
        shuffled = random.Random(seed).sample(journals, len(journals))
        for journal in shuffled[:-1]:
            take(late, journal)
        refresh(late, knowledge)
        reclassified(late, other)
        take(late, shuffled[-1])
        refresh(late, other)

        assert listed(late) == listed(store), f"order {seed}"
        assert rows(late, leave=(transition, event)).keys() == expected.keys()
    whole = open_store(str(tmp_path / "whole.sqlite"), tmp_path, make=True)
    for journal in reversed(journals):
        take(whole, journal)
        refresh(whole, knowledge)
    reclassified(whole, other)
    assert rows(whole) == rows(store)
    assert found.changes


def test_a_run_after_it_is_told_on_and_one_alone_can_be_judged(store, knowledge, other, journal_of, things):
    found, _ = reclassified(store, other, name=None)
    take(store, journal_of("2026-03-08", {"10.1.0.3": STRANGER, "10.1.0.2": things.NAMELESS}))
    refresh(store, other)
    devices, _ = listed(store)
    assert (devices["10.1.0.2"], devices["10.1.0.3"]) == ("retracted", "present")
    expected = rows(store)
    tell(store, anew=True)
    assert rows(store) == expected

    (last,) = plan(store, knowledge, name=found.runs[-1]).runs
    assert last == found.runs[-1]


def test_a_nameless_thing_found_anew_is_another_and_the_retracted_one_stays_listed(
    store, other, knowledge, journal_of, things
):
    reclassified(store, other)
    take(store, journal_of("2026-03-08", {"10.1.0.2": things.NAMELESS}))
    refresh(store, knowledge)

    with store.reading() as connection:
        there = select(device.c.presence).where(device.c.addresses.contains("10.1.0.2"))
        assert sorted(connection.execute(there).scalars()) == ["new", "retracted"]


def test_another_profile_is_shown_stays_and_is_undone(store, knowledge):
    before = rows(store)
    found, _ = reclassified(store, knowledge, terms=Terms(profiles=("us-federal-agency",)))
    assert found.changes
    assert not any(one.lost or one.gained for one in found.changes)
    assert any(one.retracted for one in found.changes)
    assert not plan(store, knowledge).changes  # what a person set stays
    states = listed(store)[1]
    assert "retracted" in states.values()

    reclassified(store, knowledge, AT + timedelta(days=1), terms=Terms())
    after = rows(store)
    for name in ("derived", "appearance", "device", "address_interval", "network_run"):
        assert after[name] == before[name]
    assert all(line in after["finding"] for line in before["finding"])


def test_what_came_meanwhile_is_not_run_over(store, other, journal_of):
    found = plan(store, other)
    decide(store, AT, "B", "note", "x", {"note": "y"})

    with pytest.raises(StoreUnusable, match="nothing was changed"):
        carry_out(store, found, AT, "A. Person", "", other)


def test_decisions_on_devices_outlast_it(store, knowledge, other):
    with store.reading() as connection:
        known = {json.loads(row.addresses)[0]: row.id for row in connection.execute(select(device))}
    data = {"reason": "ordered", "until": "2026-12-31"}
    decide(store, datetime(2026, 2, 1, tzinfo=UTC), "A", "waive", known["10.1.0.2"], data)
    tell(store)
    before = listed(store)
    assert "waived" in before[1].values()
    reclassified(store, other)
    assert "waived" not in listed(store)[1].values()
    reclassified(store, knowledge, AT + timedelta(days=1))

    assert {key: state for key, state in listed(store)[1].items() if key[0] != "10.1.0.3"} == before[1]


def test_every_name_that_a_device_had_still_finds_it(store, other):
    with store.reading() as connection:
        before = set(connection.execute(select(alias.c.alias)).scalars())
    reclassified(store, other)

    with store.reading() as connection:
        assert before <= set(connection.execute(select(alias.c.alias)).scalars())
    assert STATE
