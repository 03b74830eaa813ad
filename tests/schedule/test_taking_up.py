from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from scanner.config.settings import parse
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.journal import Journal, Swept
from scanner.run.machine import this_machine
from scanner.run.plan import make_plan
from scanner.run.scan import Scan
from scanner.run.start import journal_path
from scanner.schedule.due import LastRun
from scanner.schedule.request import request_of
from scanner.schedule.taking_up import ASIDE, to_go_on_with

NOW = datetime.now(UTC)


def plan_of(keys=""):
    text = f'[sites.rehearsal.networks.lab]\ntargets = "127.99.7.0/28"\n{keys}\n'
    (network,) = parse(text, Path("hiksweep.toml"), (), {}).networks
    return make_plan(request_of(network, Path()), this_machine())


@pytest.fixture
def cut(tmp_path, monkeypatch):
    """A run of the network that died after a while; its journal lies where it belongs."""
    monkeypatch.setenv("HIKSWEEP_DATA", str(tmp_path))
    scan = Scan(plan_of(), SimpleNamespace(digest="today"))
    journal = Journal(journal_path(plan_of().request, scan.id))
    journal.append(scan._started)
    journal.append(Swept(4))
    journal.close()
    return LastRun(NOW - timedelta(hours=1), finished=False, left=True, run=scan.id), scan.journal_path


def test_a_run_that_was_cut_is_gone_on_with(cut, tmp_path):
    last, path = cut

    found = to_go_on_with(last, plan_of(), None, tmp_path, NOW)

    assert found.path == path
    assert found.run == last.run


@pytest.mark.parametrize(
    "keys", ["rate = 7", 'exclude = "127.99.7.3"', 'ports = "http:81"', "multicast = false"]
)
def test_one_that_would_send_something_else_than_is_wanted_today_is_left(keys, cut, tmp_path):
    last, _ = cut

    assert to_go_on_with(last, plan_of(keys), None, tmp_path, NOW) is None


def test_one_that_is_finished_old_unknown_or_nowhere_is_left(cut, tmp_path):
    last, path = cut
    plan = plan_of()

    assert to_go_on_with(None, plan, None, tmp_path, NOW) is None
    assert to_go_on_with(LastRun(last.started, run=last.run), plan, None, tmp_path, NOW) is None
    assert to_go_on_with(last, plan, None, tmp_path, NOW + timedelta(days=31)) is None
    path.unlink()
    assert to_go_on_with(last, plan, None, tmp_path, NOW) is None


def test_a_run_whose_journal_is_on_another_machine_is_made_of_what_the_store_holds(cut, tmp_path):
    last, path = cut
    store = open_store(None, tmp_path / "other", make=True)
    take(store, path, "rehearsal")
    text = path.read_bytes()
    path.unlink()

    found = to_go_on_with(last, plan_of(), store, tmp_path, NOW)

    assert found.path.read_bytes() == text
    store.close()


def test_a_journal_with_which_another_machine_went_on_otherwise_is_laid_aside(cut, tmp_path):
    last, path = cut
    store = open_store(None, tmp_path / "other", make=True)
    take(store, path, "rehearsal")
    text = path.read_text()
    changed = text.replace('"steps":4', '"steps":5')
    assert changed != text
    path.write_text(changed)

    found = to_go_on_with(last, plan_of(), store, tmp_path, NOW)

    assert found.path.read_text() == text
    assert path.with_name(path.name + ASIDE).read_text() == changed
    store.close()
