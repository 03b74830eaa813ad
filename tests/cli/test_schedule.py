"""``hiksweep schedule``: listed, installed, removed; what is swept is in test_scheduled.py."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from scanner.cli import installing, sweeping
from scanner.reporter.schema import load_schema

NETWORKS = """
time_zone = "America/Toronto"
[sites.main.networks.cameras]
targets = "10.1.0.0/24"
every = "day"
[sites.main.networks.night]
targets = "10.2.0.0/24"
windows = "22:00-05:00"
blackout = "2020-01-01..2099-01-01"
[sites.main.networks.off]
targets = "10.3.0.0/24"
enabled = false
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a configuration, to stand in; systemctl is told nothing."""
    place = tmp_path / "etc"
    place.mkdir()
    (place / "hiksweep.toml").write_text(NETWORKS)
    monkeypatch.chdir(place)
    monkeypatch.setattr(installing, "systemctl", lambda *words: pytest.fail(f"systemctl {words}"))
    monkeypatch.setattr(
        sweeping, "Scan", lambda *words: pytest.fail("nothing of these networks may be swept")
    )
    return place


def journal(tmp_path: Path, network: str, *, started: str, finished: bool = True) -> None:
    lines = [{"kind": "run", "started": started, "reference": f"schedule {network}"}]
    lines += [{"kind": "finish", "finished": started, "interrupted": False, "reason": ""}] if finished else []
    path = tmp_path / "data/journals" / f"{started[:10]}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_every_network_is_listed_with_its_last_and_its_next_sweep(hiksweep, folder, tmp_path):
    journal(tmp_path, "main/cameras", started="2026-01-05T12:00:00+00:00", finished=False)

    said = hiksweep("schedule", "list")

    rows = {line.split()[0]: " ".join(line.split()) for line in said.out.splitlines()}
    assert said.code == 0
    assert rows["main/cameras"].startswith(
        "main/cameras every day any time Mon 2026-01-05 07:00, not finished now whoever swept it was stopped or is gone"
    )
    assert rows["main/night"].endswith("never never its windows never open")
    assert rows["main/off"].endswith("never never not enabled")


def test_programs_get_the_list_as_json(hiksweep, folder, tmp_path):
    journal(tmp_path, "main/cameras", started="2026-01-05T12:00:00+00:00")

    rows = json.loads(hiksweep("schedule", "list", "--format", "json").out)

    Draft202012Validator(load_schema("schedule-list")).validate(rows)
    cameras, night, _ = rows

    assert cameras["last_started"] == "2026-01-05T12:00:00+00:00"
    assert cameras["last_finished"] is True
    assert cameras["why"] == "its period is over"
    assert (night["windows"], night["next"]) == (["22:00-05:00"], None)


def test_units_are_shown_written_and_removed(hiksweep, folder, tmp_path):
    units = tmp_path / "units"
    units.mkdir()
    user = getpass.getuser()
    shown = hiksweep("schedule", "install", "--systemd", "--print", "--user", user)
    assert shown.code == 0
    assert f"run-now --due --config {folder / 'hiksweep.toml'}" in shown.out
    assert list(units.iterdir()) == []

    done = hiksweep("schedule", "install", "--systemd", "--user", user, "--folder", units)
    assert done.code == 0
    assert "systemctl enable --now hiksweep-schedule.timer" in done.out
    assert sorted(path.name for path in units.iterdir()) == [
        "hiksweep-schedule.service",
        "hiksweep-schedule.timer",
    ]
    assert {path.stat().st_mode & 0o777 for path in units.iterdir()} == {0o644}
    assert hiksweep("schedule", "install", "--systemd", "--user", user, "--folder", units).code == 0

    assert hiksweep("schedule", "uninstall", "--systemd", "--folder", units).out.count("Removed: ") == 2
    assert list(units.iterdir()) == []
    assert hiksweep("schedule", "uninstall", "--folder", units).out == "Nothing is installed.\n"


def test_the_daemon_is_installed_as_one_service_and_removed(hiksweep, folder, tmp_path):
    units = tmp_path / "units"
    units.mkdir()
    words = ("schedule", "install", "--systemd", "--daemon", "--user", getpass.getuser(), "--folder", units)

    done = hiksweep(*words)

    assert done.code == 0, done.err
    assert "systemctl enable --now hiksweep.service" in done.out
    assert [path.name for path in units.iterdir()] == ["hiksweep.service"]
    assert hiksweep("schedule", "uninstall", "--folder", units).code == 0
    assert list(units.iterdir()) == []


def test_what_would_be_written_is_shown_whatever_is_still_lacking(hiksweep, folder):
    said = hiksweep("schedule", "install", "--cron", "--user", "no-such-user", "--print")

    assert said.code == 0
    assert "*/10 * * * * no-such-user " in said.out
    assert said.err.startswith("Warning: no user is called 'no-such-user'; make it: useradd")


def test_a_table_for_cron_is_written_and_removed(hiksweep, folder, tmp_path):
    done = hiksweep(
        "schedule", "install", "--cron", "--user", getpass.getuser(), "--folder", tmp_path, "--minutes", "15"
    )

    assert done.code == 0
    assert f"*/15 * * * * {getpass.getuser()} " in (tmp_path / "hiksweep-schedule").read_text()
    assert hiksweep("schedule", "uninstall", "--cron", "--folder", tmp_path).code == 0
    assert not (tmp_path / "hiksweep-schedule").exists()


def test_a_file_of_somebody_else_is_neither_replaced_nor_removed(hiksweep, folder, tmp_path):
    (tmp_path / "hiksweep-schedule").write_text("# mine\n")

    for words in (("install", "--cron", "--user", getpass.getuser()), ("uninstall", "--cron")):
        said = hiksweep("schedule", *words, "--folder", tmp_path)
        assert (said.code, "not written by 'hiksweep schedule install'" in said.complaint) == (2, True)
    assert (tmp_path / "hiksweep-schedule").read_text() == "# mine\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("install", "--cron", "--user", "no-such-user"), "no user is called 'no-such-user'; make it: useradd --system"),
        (("install", "--systemd"), "the service's own user may write to /var/lib/hiksweep only; name one that may: --user"),
        (("install", "--cron", "--user", "root", "--folder", "/no/such/folder"), "there is no such folder"),
        (("install", "--cron", "--daemon"), "only systemd keeps a daemon"),
        (("run-now",), "name a network, or say --due"),
        (("run-now", "--due", "--outside-windows"), "leave out one of both"),
        (("run-now", "main/nihgt"), "no network is called so; did you mean main/night?"),
        (("run-now", "main/night"), "its window is closed, and opens never; --outside-windows sweeps it anyway"),
        (("list", "--config", "absent.toml"), "absent.toml: cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line(words, said, hiksweep, folder):
    refused = hiksweep("schedule", *words)

    assert refused.code == 2
    assert said in refused.complaint


@pytest.mark.parametrize(
    ("more", "mode", "said"),
    [
        ("", 0o640, "the service's own user cannot read it; chmod 644"),
        ('snmp_community = { file = "x" }\n', 0o644, "cannot read its secret file"),
        ('[reports]\nfolder = "/srv/reports"\n', 0o644, "/srv/reports: the service's own user may write to"),
        ('[metrics]\ntextfile = "/srv/x/y.prom"\n', 0o644, "/srv/x: the service's own user may write to"),
    ],
)
def test_a_user_made_for_the_service_must_be_able_to_do_its_work(
    more, mode, said, hiksweep, folder, monkeypatch
):
    monkeypatch.delenv("HIKSWEEP_DATA")
    (folder / "hiksweep.toml").write_text(NETWORKS + more)
    (folder / "hiksweep.toml").chmod(mode)

    assert said in hiksweep("schedule", "install", "--systemd", "--print").err


def test_a_user_made_for_the_service_gets_its_credentials_from_systemd(hiksweep, folder, monkeypatch):
    monkeypatch.delenv("HIKSWEEP_DATA")
    (folder / "hiksweep.toml").write_text('snmp_community = { credential = "community" }\n' + NETWORKS)

    text = hiksweep("schedule", "install", "--systemd", "--print").out

    assert f"LoadCredential=community:{folder}/credentials/community" in text
    assert "StateDirectory=hiksweep\n" in text


def test_a_start_tells_systemd_and_a_complaint_of_it_is_one_line(hiksweep, folder, tmp_path, monkeypatch):
    told = []
    units = tmp_path / "units"
    units.mkdir()
    monkeypatch.setattr("scanner.schedule.install.SYSTEMD", units)
    monkeypatch.setattr(installing, "systemctl", lambda *words: told.append(words))

    assert hiksweep("schedule", "install", "--systemd", "--user", getpass.getuser(), "--start").code == 0
    assert hiksweep("schedule", "uninstall", "--systemd").code == 0
    assert told == [
        ("daemon-reload",), ("enable", "--now", "hiksweep-schedule.timer"),
        ("disable", "--now", "hiksweep-schedule.timer"), ("daemon-reload",),
    ]  # fmt: skip


def test_a_network_is_paused_and_goes_on(hiksweep, folder):
    said = hiksweep("schedule", "pause", "main/cameras", "--until", "2098-12-01", "--reason", "CHG-7")
    assert (said.code, said.out) == (0, "main/cameras: paused until Mon 2098-12-01 00:00.\n")
    assert hiksweep("schedule", "run-now", "--due").out == ""
    row = json.loads(hiksweep("schedule", "list", "--format", "json").out)[0]
    assert (row["next"], row["why"]) == ("2098-12-01T05:00:00+00:00", "paused: CHG-7")

    assert hiksweep("schedule", "pause", "--all").code == 0
    assert "main/cameras  every day   any time     never  never  paused" in hiksweep("schedule", "list").out
    assert hiksweep("schedule", "pause", "--off", "main/cameras").out == "main/cameras: goes on.\n"
    assert hiksweep("schedule", "pause", "--off", "main/cameras").out == "main/cameras: was not paused.\n"
    assert json.loads(hiksweep("schedule", "list", "--format", "json").out)[0]["why"] == "never swept yet"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name networks, or say --all"),
        (("--all", "main/cameras"), "name networks, or say --all"),
        (("main/cameras", "--until", "2020-01-01"), "lies in the past"),
        (("main/cameras", "--until", "soon"), "not a day"),
    ],
)
def test_a_pause_that_is_none_is_refused(words, said, hiksweep, folder):
    refused = hiksweep("schedule", "pause", *words)

    assert (refused.code, said in refused.complaint) == (2, True)
