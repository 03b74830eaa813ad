"""What the inventory says: lists, one device's history, coverage on a day, what a user's words mean."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, insert

from scanner.inventory import schema
from scanner.inventory.covered import coverage, last_runs
from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.lists import (
    Page,
    anchor,
    day_of,
    find_device,
    history,
    list_devices,
    list_findings,
    open_questions,
    run_id,
)
from scanner.model.errors import UsageError

TODAY = date(2026, 3, 1)


def at(day: int, month: int = 1) -> str:
    return f"2026-{month:02d}-{day:02d}T02:00:00Z"


def device(name, site="lab", presence="present", addresses=("10.1.0.5",), **fields):
    return {
        "id": name, "site": site, "presence": presence, "since": at(5), "first_run": "r1", "first_at": at(5),
        "number": 0, "called": "[\"r2\",\"dev-2\"]", "last_run": "r2", "last_at": at(12), "addresses": json.dumps(list(addresses)), "names": "[]",
        "fields": json.dumps(fields),
    }  # fmt: skip


def finding(owner, state="open", until=None, measure="m1"):
    return {
        "id": f"{owner}/{measure}", "device": owner, "site": "rehearsal" if owner == "inv-cc4" else "lab", "measure": measure, "state": state, "since": at(5),
        "until": until, "data": "{}",
    }  # fmt: skip


@pytest.fixture
def store(store_url, tmp_path):
    made = open_store(store_url, tmp_path, make=True)
    yield made
    made.close()


@pytest.fixture
def filled(store):
    """Three devices at two sites and one of the rehearsal."""
    rows = {
        schema.device: [
            device("inv-aa1", model="M1", serial="K1234", mac="44:19:b6:00:00:01"),
            device("inv-aa2", presence="missing", addresses=("10.1.0.6",), model="M2"),
            device("inv-bb3", site="annex"),
            device("inv-cc4", site="rehearsal", addresses=("127.0.0.1",)),
        ],
        schema.finding: [
            finding("inv-aa1"),
            finding("inv-aa1", "waived", "2026-02-20", "m2"),
            finding("inv-aa2", "waived", "2026-03-01"),
            finding("inv-cc4"),
        ],
        schema.alias: [
            {"alias": "dev-1", "device": "inv-aa1", "since": at(5)},
            {"alias": "dev-2", "device": "inv-aa1", "since": at(12)},
        ],
        schema.address_interval: [
            {"device": "inv-aa1", "site": "lab", "address": f"10.1.0.{n}", "first_at": first, "first_run": "r",
             "last_at": first, "last_run": "r"}
            for n, first in ((5, at(12)), (6, at(5)))
        ],
        schema.transition: [
            {"place": place, "subject": subject, "before": before, "after": after, "trigger": "t", "needs": why,
             "run": run, "decision": "", "at": moment, "evidence": "[]"}
            for place, (subject, before, after, why, run, moment) in enumerate(
                (
                    ("inv-aa1", "", "new", "a run saw it", "r1", at(5)),
                    ("inv-aa1/m1", "", "open", "reached", "r1", at(5)),
                    ("inv-aa1", "new", "present", "another run saw it", "r2", at(12)),
                    ("inv-aa2", "", "new", "a run saw it", "r2", at(12)),
                )
            )
        ],
        schema.event: [
            {"place": place, "kind": kind, "subject": subject, "at": moment, "run": "r2", "decision": "",
             "detail": detail}
            for place, (kind, subject, moment, detail) in enumerate(
                (
                    ("moved", "inv-aa1", at(12), "10.1.0.6 → 10.1.0.5"),
                    ("question", "lab 10.1.0.0/24", at(12), "0 of 9"),
                    ("question", "lab 10.2.0.0/24", at(12), "1 of 9"),
                    ("answered", "lab 10.1.0.0/24", at(19), "outage"),
                )
            )
        ],
    }  # fmt: skip
    with store.writing() as connection:
        for table, values in rows.items():
            connection.execute(insert(table), values)
    return store


@pytest.fixture
def asked(filled):
    with filled.reading() as connection:
        yield connection


def test_devices_are_listed_without_the_rehearsal_unless_it_is_named(asked):
    assert [one.id for one in list_devices(asked)] == ["inv-bb3", "inv-aa1", "inv-aa2"]
    assert [one.id for one in list_devices(asked, site="rehearsal")] == ["inv-cc4"]
    assert [one.id for one in list_devices(asked, presence=("missing",))] == ["inv-aa2"]
    assert [one.addresses for one in list_devices(asked, ids=("inv-aa2",))] == [("10.1.0.6",)]


def test_a_list_is_read_in_pages(asked):
    first = list_devices(asked, page=Page(2))
    assert [one.id for one in (*first, *list_devices(asked, page=Page(2, first[-1].id)))] == [
        "inv-bb3",
        "inv-aa1",
        "inv-aa2",
    ]
    half = list_findings(asked, TODAY, page=Page(1))
    rest = list_findings(asked, TODAY, page=Page(after=half[-1].id))
    assert [one.id for one in (*half, *rest)] == ["inv-aa1/m1", "inv-aa1/m2", "inv-aa2/m1"]
    with pytest.raises(UsageError, match="no such line"):
        list_devices(asked, page=Page(after="nobody"))


def test_a_waiver_whose_day_is_over_has_ended_though_nobody_swept_since(asked):
    found = {one.id: (one.state, one.until, one.since) for one in list_findings(asked, TODAY)}

    assert found == {
        "inv-aa1/m1": ("open", None, at(5)),
        "inv-aa1/m2": ("open", None, "2026-02-21T00:00:00Z"),
        "inv-aa2/m1": ("waived", "2026-03-01", at(5)),
    }


def test_findings_are_chosen_by_state_measure_site_and_device(asked):
    def ids(**chosen):
        return [one.id for one in list_findings(asked, TODAY, **chosen)]

    assert ids(states=("waived",)) == ["inv-aa2/m1"]
    assert ids(states=("open",)) == ["inv-aa1/m1", "inv-aa1/m2"]
    assert ids(measure="m2") == ["inv-aa1/m2"]
    assert ids(site="annex") == []
    assert ids(of="inv-cc4") == ["inv-cc4/m1"]


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("inv-aa1", "inv-aa1"),
        ("inv-b", "inv-bb3"),
        ("dev-2", "inv-aa1"),
        ("10.1.0.6", "inv-aa2"),
        ("k1234", "inv-aa1"),
        (" inv-aa1 ", "inv-aa1"),
    ],
)
def test_a_device_is_meant_by_id_alias_last_address_or_serial(what, found, asked):
    assert find_device(asked, what) == found


def test_a_device_is_meant_by_its_mac_however_it_is_written(asked):
    assert find_device(asked, "44-19-B6-00-00-01", "44:19:b6:00:00:01") == "inv-aa1"


@pytest.mark.parametrize(
    ("what", "why"), [("10.9.9.9", "knows no such device"), ("inv-a", "fits 2 devices"), ("", "no such"),
                      ("%", "no such"), ("10.1.0.5", "fits 2 devices")]
)  # fmt: skip
def test_what_means_nobody_or_several_is_refused(what, why, asked):
    with pytest.raises(UsageError, match=why):
        find_device(asked, what)


def test_a_history_tells_states_events_decisions_addresses_and_names_in_order(filled):
    decide(filled, datetime(2026, 1, 8, tzinfo=UTC), "J. Doe", "note", "inv-aa1", {"note": "high up"})
    decide(filled, datetime(2026, 1, 9, tzinfo=UTC), "J. Doe", "note", "inv-aa10", {"note": "another"})
    with filled.reading() as connection:
        found = history(connection, "inv-aa1", TODAY)

    assert [(one.at[:10], one.what, one.by) for one in found.told] == [
        ("2026-01-05", "— → new", "r1"),
        ("2026-01-05", "— → open", "r1"),
        ("2026-01-08", "note", "J. Doe"),
        ("2026-01-12", "new → present", "r2"),
        ("2026-01-12", "moved", "r2"),
    ]
    assert found.told[2].why == "note: high up"
    assert found.aliases == ("dev-1", "dev-2")
    assert [span.address for span in found.intervals] == ["10.1.0.6", "10.1.0.5"]
    assert [one.measure for one in found.findings] == ["m1", "m2"]


def test_a_decision_names_a_device_by_the_last_run_that_saw_it(asked):
    assert anchor(asked, "inv-aa1") == ["r2", "dev-2"]
    assert anchor(asked, "lab 10.1.0.0") == []


def test_a_decision_by_a_former_name_stands_in_the_history(filled):
    decide(
        filled,
        datetime(2026, 1, 8, tzinfo=UTC),
        "J. Doe",
        "note",
        "dev-1",
        {"note": "x", "seen": ["r1", "y"]},
    )
    with filled.reading() as connection:
        told = [one for one in history(connection, "inv-aa1", TODAY).told if one.what == "note"]

    assert [one.why for one in told] == ["note: x"]


def test_questions_stay_open_until_they_are_answered(asked):
    assert list(open_questions(asked)) == [("lab 10.2.0.0/24", at(12), "1 of 9")]


def test_a_run_is_meant_by_the_beginning_of_its_id(store):
    with store.writing() as connection:
        connection.execute(
            insert(schema.run),
            [
                {"id": name, "site": "lab", "header": "{}", "started": at(5), "lines": 0, "chain": ""}
                for name in ("20260105-aa", "20260105-aab", "20260112-b")
            ],
        )
    with store.reading() as connection:
        assert run_id(connection, "20260105-aa") == "20260105-aa"
        assert run_id(connection, "20260112") == "20260112-b"
        with pytest.raises(UsageError, match="several"):
            run_id(connection, "2026")
        with pytest.raises(UsageError, match="no such run"):
            run_id(connection, "1999")


def test_a_day_is_one_that_has_come():
    now = datetime(2026, 3, 1, tzinfo=UTC)

    assert day_of("2026-02-28", now) == date(2026, 2, 28)
    for text, why in (("2026-03-05", "not come"), ("yesterday", "not a day")):
        with pytest.raises(UsageError, match=why):
            day_of(text, now)


@pytest.mark.parametrize(
    ("ask", "indexes"),
    [
        (lambda one: list_devices(one, page=Page(10, "inv-aa1")), {"device_page"}),
        (lambda one: list_devices(one, site="lab", page=Page(10)), {"device_page"}),
        (
            lambda one: list_devices(one, site="lab", presence=("missing",), page=Page(10)),
            {"device_presence"},
        ),
        (lambda one: list_findings(one, TODAY, page=Page(10, "inv-aa1/m1")), {"finding_page"}),
        (lambda one: history(one, "inv-aa1", TODAY), {"transition_subject", "event_subject", "alias_device"}),
        (lambda one: coverage(one, TODAY), {"network_run_cover"}),
        (last_runs, {"network_run_cover"}),
    ],
)
def test_a_page_is_read_by_an_index_and_sorts_nothing(ask, indexes, tmp_path):
    store = open_store(str(tmp_path / "plan.sqlite"), tmp_path, make=True)
    asked: list[tuple[str, object]] = []
    with store.reading() as connection:
        connection.execute(insert(schema.device), [device("inv-aa1"), device("inv-aa2")])
        connection.execute(insert(schema.finding), [finding("inv-aa1")])
        event.listen(
            connection,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, parameters, *_: asked.append((statement, parameters)),
        )
        ask(connection)
        plans = [
            row[3]
            for statement, parameters in list(asked)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
        connection.rollback()
    store.close()
    large = ("SCAN device", "SCAN finding", "SCAN transition", "SCAN event", "SCAN network_run", "SCAN alias")
    scans = [line for line in plans if line.startswith(large)]

    for index in indexes:
        assert any(index in line for line in plans), plans
    assert all("USING" in line and "INDEX" in line for line in scans), scans
    if "network_run_cover" not in indexes and "alias_device" not in indexes:
        assert not [line for line in plans if "TEMP B-TREE FOR ORDER BY" in line], plans
