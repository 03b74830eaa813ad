"""The commands, as somebody types them, against a tracker of another program."""

from __future__ import annotations

import importlib.util
import json
import socket
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "tracker_peers", Path(__file__).parents[1] / "tickets/conftest.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
peers = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(peers)
roundup_home, roundup, SECRET = peers.roundup_home, peers.roundup, peers.SECRET


_LOOK_UP = socket.getaddrinfo


def _near(host, *more, **options):
    """Numbers of this machine are no names."""
    if host != "127.0.0.1":
        raise OSError(-2, "Name or service not known")
    return _LOOK_UP(host, *more, **options)


@pytest.fixture
def configured(roundup, tmp_path, hiksweep, journal_of, things, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", _near)
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    (tmp_path / "hiksweep.toml").write_text(
        f'[tickets]\ntracker = "roundup"\nurl = "{roundup.url}"\nuser = "hiksweep"\n'
        'secret = { file = "secret" }\n[sites.lab.networks.a]\ntargets = ["10.1.0.0/24"]\n'
    )
    there = {"10.1.0.1": things.camera(1), "10.1.0.2": things.camera(2)}
    journal = journal_of("2026-01-05", there, profiles=("ca-federal-institution",))
    assert hiksweep("store", "ingest", journal, "--site", "lab").code == 0
    return hiksweep


@pytest.mark.peer
def test_from_findings_to_tickets(configured, roundup, tmp_path):
    planned = configured("tickets", "plan", "--output", "plan.json")
    assert planned.code == 3
    assert "2 to create" in planned.out
    assert roundup.issues() == []
    applied = configured("tickets", "apply", "plan.json")
    assert applied.code == 0
    assert "2 done." in applied.out
    assert len(roundup.issues()) == 2
    again = configured("tickets", "apply", "plan.json")
    assert (again.code, len(roundup.issues())) == (4, 2)
    assert "left out" in again.out
    assert configured("tickets", "plan").code == 0
    status = json.loads(configured("tickets", "status", "--format", "json").out)
    assert [one["ticket"] for one in status["tickets"]] == ["1", "2"]

    linked = configured("tickets", "link", "10.1.0.1", "2", "--by", "me")
    assert linked.code == 0
    every = "".join(
        path.read_text("latin-1") for path in tmp_path.rglob("*") if path.is_file() and path.name != "secret"
    )
    assert SECRET not in every + planned.out + applied.out + linked.out


@pytest.mark.peer
def test_what_cannot_be_is_one_line(configured, tmp_path):
    for words, said in (
        (("plan", "--site", "nowhere"), "nothing to be written"),
        (("apply", "--only", "delete"), "--only delete"),
        (("apply", "none.json"), "cannot be read"),
        (("link", "10.1.0.9", "1", "--by", "me"), "no such ticket"),
    ):
        found = configured("tickets", *words)
        assert said in found.out + found.err
        assert "Traceback" not in found.err


def test_without_a_tracker_it_says_what_is_missing(hiksweep, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = hiksweep("tickets", "plan")
    assert found.code == 2
    assert found.err.count("\n") == 1
