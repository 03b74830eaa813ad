"""`hiksweep listen` from the outside: what it refuses, what it prints, its codes. Only loopback is touched."""

from __future__ import annotations

import json

import pytest

from scanner.cli import listen as module
from scanner.model.coverage import AddressState, Coverage
from scanner.model.device import Confidence, Device
from scanner.model.evidence import Maker
from scanner.model.report import Report, RunInfo, Sensor
from scanner.run.events import DeviceFound, Finished, Note, Started

CAMERA = Device("dev-1", ("10.1.0.9",), Maker.HIKVISION, Confidence.CONFIRMED, model="DS-2CD\x1b[2J")
OTHER = Device("dev-2", ("10.1.0.10",), Maker.OTHER, Confidence.CONFIRMED)


def report(*devices: Device) -> Report:
    run = RunInfo(
        "run-1", "0.1.0", "2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z", ("eth0",), (), "listen", None,
        Sensor("hiksweep", "host"), {},
    )  # fmt: skip
    states = dict.fromkeys(AddressState, 0)
    return Report(run, Coverage(0, states), devices)


@pytest.fixture
def played(monkeypatch, tmp_path):
    """Instead of a real listening: these events, and the request that it was made with."""
    requests = []

    def play(*events, devices=(CAMERA,), interrupted=False, journal=tmp_path / "run.jsonl"):
        class Played:
            def __init__(self, request, machine, knowledge):
                requests.append(request)
                self.journal_path = journal

            def stop(self):
                raise AssertionError("nobody pressed a key")

            def events(self):
                yield Started("run-1", tmp_path / "run.jsonl")
                yield from events
                yield Finished(report(*devices), tmp_path / "run.jsonl", interrupted)

        monkeypatch.setattr(module, "Listening", Played)
        return requests

    return play


def test_devices_are_told_as_they_are_heard_and_the_report_goes_to_standard_output(hiksweep, played):
    played(DeviceFound(CAMERA), DeviceFound(OTHER), Note("eth0 was\x1b[2J lost"))
    said = hiksweep("listen", "--format", "json")

    assert said.code == 3
    assert json.loads(said.out)["run"]["engine"] == "listen"
    lines = said.err.splitlines()
    assert lines[0] == "Listening as run-1; Ctrl-C ends it."
    assert "10.1.0.9" in lines[1]
    assert lines[2] == "eth0 was lost"
    assert "Found 1." in said.err
    assert "\x1b" not in said.err
    assert "10.1.0.10" not in said.err


def test_others_are_told_on_request_and_nothing_at_all_when_quiet(hiksweep, played):
    played(DeviceFound(OTHER))

    assert "10.1.0.10" in hiksweep("listen", "--all").err
    assert hiksweep("listen", "--quiet").err == ""


@pytest.mark.parametrize(
    ("devices", "interrupted", "code"), [((), False, 0), ((CAMERA,), False, 3), ((CAMERA,), True, 130)]
)
def test_codes_are_those_of_a_scan(hiksweep, played, devices, interrupted, code):
    played(devices=devices, interrupted=interrupted)

    assert hiksweep("listen").code == code


def test_the_request_is_what_the_options_say(hiksweep, played, tmp_path):
    requests = played()
    hiksweep(
        "listen", "--interface", "eth0", "--interface", "eth1", "--for", "1h30m", "--join", "--reference", "CHG-1",
        "--profile", "generic", "--journal", tmp_path / "j.jsonl",
    )  # fmt: skip

    (request,) = requests
    assert (request.interfaces, request.time_limit, request.join) == (("eth0", "eth1"), 5400.0, True)
    assert (request.reference, request.profiles) == ("CHG-1", ("generic",))
    assert request.journal == tmp_path / "j.jsonl"


def test_what_makes_no_sense_is_one_line(hiksweep):
    assert "not a time" in hiksweep("listen", "--for", "soon").complaint
    assert "--interface nowhere0: not there" in hiksweep("listen", "--interface", "nowhere0").complaint
    assert "unknown profile" in hiksweep("listen", "--profile", "nobody").complaint


def test_who_was_heard_is_kept_in_the_inventory(hiksweep, played, journal_of, things, tmp_path):
    journal = journal_of("2026-01-05", {"10.1.0.5": things.camera(1)}, (), engine="listen")
    played(journal=journal)
    store = tmp_path / "inventory.sqlite"

    assert hiksweep("listen", "--no-save").code == 3
    assert not (tmp_path / "data" / "inventory.sqlite").exists()
    assert hiksweep("listen", "--quiet", "--store", store, "--site", "annex").code == 3
    (device,) = json.loads(hiksweep("devices", "--store", store, "--format", "json").out)["devices"]
    assert (device["site"], device["addresses"]) == ("annex", ["10.1.0.5"])
