from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.leases import LOST
from scanner.schedule.due import LastRun
from scanner.schedule.last_runs import PAUSED, STOPPED, last_runs, latest, recorded_runs


def journal(folder, name, reference, *, end=None, started="2026-06-01T22:00:00+00:00"):
    lines = [{"kind": "run", "id": name, "started": started, "reference": reference}]
    lines += [{"kind": "swept", "steps": number} for number in range(3)]
    lines += [end] if end else []
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def finish(interrupted=False, reason=""):
    return {"kind": "finish", "finished": "x", "interrupted": interrupted, "reason": reason}


def test_the_newest_journal_of_each_network_counts(tmp_path):
    journal(tmp_path, "20260601T220000Z-a", "schedule main/cameras", end=finish())
    journal(
        tmp_path,
        "20260608T220000Z-b",
        "schedule main/cameras",
        end=finish(),
        started="2026-06-08T22:00:00+00:00",
    )
    journal(tmp_path, "20260609T220000Z-c", "schedule main/doors", end=finish(reason="time limit"))
    journal(tmp_path, "20260610T220000Z-d", "CHG-1", end=finish())
    journal(tmp_path, "20260611T220000Z-e", None, end=finish())

    found = last_runs(tmp_path, ("main/cameras", "main/doors", "main/never"))

    assert found["main/cameras"] == LastRun(datetime(2026, 6, 8, 22, tzinfo=UTC), run="20260608T220000Z-b")
    assert found["main/doors"].finished is False
    assert set(found) == {"main/cameras", "main/doors"}


def test_a_run_without_its_last_record_or_cut_in_it_did_not_finish(tmp_path):
    journal(tmp_path, "20260601T220000Z-a", "schedule a/a")
    journal(tmp_path, "20260601T220000Z-b", "schedule a/b", end=finish())
    with (tmp_path / "20260601T220000Z-b.jsonl").open("r+b") as file:
        file.truncate(file.seek(0, 2) - 5)
    journal(tmp_path, "20260601T220000Z-c", "schedule a/c", end=finish(interrupted=True))

    assert [last_runs(tmp_path, (name,))[name].finished for name in ("a/a", "a/b", "a/c")] == [False] * 3


def test_files_that_are_no_journals_and_folders_that_are_not_there_are_passed_over(tmp_path):
    for name, text in (
        ("a", ""),
        ("b", "[]\n"),
        ("c", "{"),
        ("d", '{"kind": "run", "reference": "schedule a/a", "started": "soon"}\n'),
    ):
        (tmp_path / f"{name}.jsonl").write_text(text)
    (tmp_path / "e.jsonl").mkdir()

    assert last_runs(tmp_path, ("a/a",)) == {}
    assert last_runs(tmp_path / "absent", ("a/a",)) == {}


def test_reading_ends_when_every_network_has_its_run(tmp_path, monkeypatch):
    for day in range(1, 29):
        journal(tmp_path, f"202606{day:02}T220000Z-a", "schedule a/a", end=finish())
    opened = []
    plain = type(tmp_path).open
    monkeypatch.setattr(
        type(tmp_path), "open", lambda path, *more: opened.append(path.name) or plain(path, *more)
    )

    last_runs(tmp_path, ("a/a",))

    assert opened == ["20260628T220000Z-a.jsonl"]


@pytest.mark.parametrize(
    ("end", "finished", "left"),
    [
        (None, False, True),
        (finish(), True, False),
        (finish(interrupted=True, reason="interrupted by the user"), False, False),
        (finish(reason="its window closed"), False, False),
        (finish(reason=LOST), False, True),
        (finish(reason=STOPPED), False, True),
        (finish(reason=f"{PAUSED}: CHG-1"), False, True),
    ],
)
def test_whether_anybody_may_go_on_at_once_is_said_by_how_a_run_ended(end, finished, left, tmp_path):
    journal(tmp_path, "a", "schedule a/a", end=end)

    run = last_runs(tmp_path, ("a/a",))["a/a"]

    assert (run.finished, run.left) == (finished, left)


def test_of_two_accounts_the_later_run_counts_and_of_one_run_all_that_is_known():
    early, late = (datetime(2026, 6, day, tzinfo=UTC) for day in (1, 8))
    here = {"a": LastRun(early, run="1"), "b": LastRun(late, False, left=True, run="2"), "c": LastRun(early)}
    there = {"a": LastRun(late, run="3"), "b": LastRun(late, True, left=False, run="2")}

    assert latest(here, there) == {
        "a": LastRun(late, run="3"), "b": LastRun(late, True, left=False, run="2"), "c": LastRun(early),
    }  # fmt: skip
    assert latest(there, here) == latest(here, there)


def test_the_store_knows_the_runs_of_other_machines(tmp_path):
    from scanner.inventory.ingest import take

    text = json.dumps(
        {"kind": "run", "id": "r", "started": "2026-06-01T22:00:00Z", "reference": "schedule a/a"}
        | {"version": "1", "targets": ["10.1.0.0/24"], "walked": ["10.1.0.0/24"], "ports": [80], "seed": 1}
        | {"engine": "connect", "methods": [], "excluded": [], "unwalked": [], "connected": []}
        | {"profiles": [], "facts": "", "sensor": {}}
    )
    path = tmp_path / "r.jsonl"
    path.write_text(text + "\n")
    store = open_store(None, tmp_path, make=True)
    take(store, path, "a")

    found = recorded_runs(store, ("a/a", "a/never"))

    assert found == {"a/a": LastRun(datetime(2026, 6, 1, 22, tzinfo=UTC), False, left=True, run="r")}
    store.close()
