"""What `hiksweep schedule run-now` does, against the rehearsal network on loopback."""

from __future__ import annotations

import json
import os

import pytest

from scanner.inventory import sites
from scanner.inventory.engine import open_store
from scanner.inventory.upkeep import info
from scanner.lab import Lab
from scanner.run.lock import hold
from scanner.scope import Scope, parse_target


@pytest.fixture
def lab():
    number = 100 + os.getpid() % 100
    with Lab(only=("camera-v55", "nas-ds918"), base=f"127.{number}.41.0/24") as started:
        yield started


@pytest.fixture
def write(tmp_path, monkeypatch, lab):
    """``write(keys)``: a configuration of the rehearsal network, and an empty one beside it."""
    monkeypatch.chdir(tmp_path)
    first = min(lab.truth)
    empty = first.rpartition(".")[0] + ".240"

    def call(top: str = "", lab_keys: str = "") -> None:
        (tmp_path / "hiksweep.toml").write_text(
            f'rate = 20000\nports = {lab.ports_option.split(",")}\ntime_zone = "UTC"\n{top}\n'
            f"[sites.rehearsal.networks.lab]\ntargets = {sorted(lab.truth)}\n{lab_keys}\n"
            f'[sites.rehearsal.networks.empty]\ntargets = "{empty}"\n'
        )

    return call


def lines(said) -> list[dict]:
    return [json.loads(line) for line in said.err.splitlines()]


def test_what_is_due_is_swept_small_ones_first_and_then_is_due_no_more(
    hiksweep, write, tmp_path, monkeypatch
):
    monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    write(lab_keys='profile = "ca-federal-institution"')
    with (tmp_path / "hiksweep.toml").open("a") as file:
        file.write('[metrics]\ntextfile = "figures.prom"\n')

    said = hiksweep("schedule", "run-now", "--due")

    assert said.code == 3
    assert said.out == ""
    ends = [line for line in lines(said) if line["message"] == "sweep ends"]
    assert [(line["network"], line["level"]) for line in ends] == [
        ("rehearsal/empty", "info"),
        ("rehearsal/lab", "warning"),
    ]
    assert ends[0]["reports"] == "none"
    page, data = sorted(path for path in (tmp_path / "data/reports").iterdir())
    assert (page.suffix, data.suffix) == (".html", ".json")
    run = json.loads(data.read_text())["run"]
    assert run["reference"] == "schedule rehearsal/lab"
    assert run["profiles"] == ["ca-federal-institution"]
    figures = (tmp_path / "figures.prom").read_text()
    assert 'hiksweep_devices{network="rehearsal/lab",confidence="confirmed"} 1.0' in figures
    assert 'hiksweep_run_complete{network="rehearsal/empty"} 1.0' in figures
    assert 'hiksweep_findings{site="rehearsal",state="open"} 0.0' in figures
    assert (tmp_path / "figures.prom").stat().st_mode & 0o777 == 0o644

    again = hiksweep("schedule", "run-now", "--due", "--quiet")
    assert (again.code, again.out, again.err) == (0, "", "")
    assert "its period is over" in hiksweep("schedule", "list").out


def test_a_sweep_with_nothing_to_say_says_nothing(hiksweep, write, tmp_path):
    write()

    said = hiksweep("schedule", "run-now", "rehearsal/empty", "--quiet")

    assert (said.code, said.out, said.err) == (0, "", "")
    assert not (tmp_path / "data/reports").exists()


def test_reports_are_written_always_where_that_is_wanted_and_where(hiksweep, write, tmp_path):
    write()
    with (tmp_path / "hiksweep.toml").open("a") as file:
        file.write('[reports]\nwhen = "always"\nfolder = "out"\nformats = ["csv", "table"]\n')

    assert hiksweep("schedule", "run-now", "rehearsal/empty").code == 0

    names = sorted(path.name.split("-", 3)[3] for path in (tmp_path / "out").iterdir())
    assert names == ["rehearsal-empty.csv", "rehearsal-empty.txt"]


def test_a_network_that_is_being_swept_is_passed_over_if_it_is_due_and_complained_of_if_it_is_wanted(
    hiksweep, write, tmp_path, lab
):
    write()
    target = parse_target(min(lab.truth))
    with hold(tmp_path / "data/locks", Scope.of([target]), "other", "now"):
        due = hiksweep("schedule", "run-now", "--due", "--quiet")
        wanted = hiksweep("schedule", "run-now", "rehearsal/lab", "--quiet")

    assert (due.code, due.err) == (0, "")
    assert wanted.code == 1
    assert "another scan of" in wanted.err


def test_a_fault_of_one_network_does_not_keep_the_others_from_being_swept(hiksweep, write, tmp_path):
    write(lab_keys='snmp_community = { env = "NO_SUCH_COMMUNITY" }')

    said = hiksweep("schedule", "run-now", "--due")

    assert said.code == 1
    assert "ERROR sweep failed  network=rehearsal/lab" in said.err
    assert "the variable is not set" in said.err
    assert "sweep ends  network=rehearsal/empty" in said.err


def test_a_sweep_whose_window_closes_ends_is_incomplete_and_goes_on_in_the_next_window(
    hiksweep, write, tmp_path, monkeypatch
):
    from scanner.schedule import windows

    write()
    begun = []
    monkeypatch.setattr(
        windows.Watch, "over", lambda self, wall, ticks: not begun.append(ticks) and len(begun) > 1
    )
    with (tmp_path / "hiksweep.toml").open("a") as file:
        file.write('[sites.rehearsal.networks.slow]\ntargets = "127.99.0.0/24"\nrate = 1\n')

    said = hiksweep("schedule", "run-now", "rehearsal/slow")

    assert said.code == 4
    assert "coverage INCOMPLETE" in said.err
    slow = next(
        one
        for one in json.loads(hiksweep("schedule", "list", "--format", "json").out)
        if one["network"] == "rehearsal/slow"
    )
    assert (slow["last_finished"], slow["why"]) == (False, "its last run did not finish")


def test_a_report_that_cannot_be_written_is_a_failure_and_the_sweep_is_kept(hiksweep, write, tmp_path):
    write()
    (tmp_path / "out").write_text("a file where a folder is wanted")
    with (tmp_path / "hiksweep.toml").open("a") as file:
        file.write('[reports]\nwhen = "always"\nfolder = "out"\n')

    said = hiksweep("schedule", "run-now", "rehearsal/empty")

    assert said.code == 1
    assert "ERROR sweep failed" in said.err
    assert len(list((tmp_path / "data/journals").iterdir())) == 1


def test_a_sweep_is_in_the_inventory_with_its_site_and_owner(hiksweep, write, tmp_path):
    write(top='owner = "City of X"\nstore = "kept.sqlite"')

    assert hiksweep("schedule", "run-now", "rehearsal/empty", "--quiet").err == ""

    store = open_store(str(tmp_path / "kept.sqlite"), tmp_path)
    with store.reading() as connection:
        assert [site.owner for site in sites.sites(connection)] == ["City of X"]
    assert (info(store).runs, info(store).rehearsals, info(store).unfinished) == (0, 1, 0)
    store.close()


def test_an_inventory_that_cannot_be_used_costs_a_warning_and_no_sweep(hiksweep, write, tmp_path):
    (tmp_path / "folder").mkdir()
    write(top='store = "folder"\nstore_password = { env = "NO_SUCH_PASSWORD" }')

    said = hiksweep("schedule", "run-now", "rehearsal/empty", "--quiet")

    assert said.code == 0
    first, second = said.err.splitlines()
    assert "WARNING the inventory cannot be used" in first
    assert "WARNING the inventory does not have all of it" in second
    assert "--site rehearsal" in second


def test_a_sweep_that_covers_less_than_the_one_before_says_so(hiksweep, write, tmp_path, monkeypatch):
    from scanner.schedule import windows

    keys = '[sites.rehearsal.networks.slow]\ntargets = "127.99.0.0/28"\n'
    write()
    with (tmp_path / "hiksweep.toml").open("a") as file:
        file.write(keys)
    assert hiksweep("schedule", "run-now", "rehearsal/slow", "--quiet").err == ""

    begun = []
    monkeypatch.setattr(
        windows.Watch, "over", lambda self, wall, ticks: not begun.append(ticks) and len(begun) > 1
    )
    with (tmp_path / "hiksweep.toml").open("a") as file:
        file.write("rate = 1\n")
    said = hiksweep("schedule", "run-now", "rehearsal/slow", "--quiet")

    assert said.code == 4
    assert "WARNING coverage regression" in said.err
    assert "127.99.0.0/28" in said.err
