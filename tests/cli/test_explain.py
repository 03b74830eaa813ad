"""`hiksweep explain` from the outside: its default run, its words, its codes."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from scanner.journal import Journal, RunEnded, RunStarted, Swept
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.reporter.schema import load_schema

STARTED = RunStarted(
    "20261124T120000Z-abc123", "0.1.0", "2026-11-24T12:00:00Z", ("127.9.9.0/29",), ("127.9.9.0/29",), (), (),
    (80,), 3, "connect", ("tcp",), ("127.0.0.0/8",), (), "", None, {"name": "hiksweep", "host": "sensor"},
)  # fmt: skip


@pytest.fixture
def journal(tmp_path):
    kept = Journal(tmp_path / "data" / "journals" / f"{STARTED.id}.jsonl")
    mac = Observation(
        "127.9.9.1", Protocol.MAC, b"44:19:b6:01:02:03", method="arp", at="2026-11-24T12:00:01Z"
    )
    for record in (STARTED, mac, Swept(8), RunEnded("2026-11-24T12:05:00Z", interrupted=False)):
        kept.append(record)
    kept.close()
    return kept.path


def test_the_last_run_is_looked_into_unless_another_is_named(hiksweep, journal, tmp_path):
    said = hiksweep("explain", "127.9.9.1")
    other = journal.rename(tmp_path / "other.jsonl")

    assert (said.code, said.err) == (0, "")
    assert "family oui" in said.out
    assert hiksweep("explain", "44:19:b6:01:02:03", "--journal", other).code == 0
    assert hiksweep("explain", "127.9.9.1").code == 2


def test_a_no_is_explained_too(hiksweep, journal):
    said = hiksweep("explain", "127.9.9.3", "--journal", journal)

    assert said.code == 0
    assert said.out.startswith("127.9.9.3: no device\n  127.9.9.3: silent: ")


def test_an_unknown_device_is_one_line_and_code_2(hiksweep, journal):
    said = hiksweep("explain", "dev-ffff", "--journal", journal)

    assert said.code == 2
    assert "no device" in said.complaint


def test_the_same_for_a_program(hiksweep, journal):
    said = hiksweep("explain", "127.9.9.1", "--journal", journal, "--format", "json")
    printed = json.loads(said.out)

    assert (said.code, said.err) == (0, "")
    Draft202012Validator(load_schema("explain")).validate(printed)
    assert printed["device"]["evidence"][0]["family"] == "oui"
    assert printed["states"][0]["state"] == "answered"
    assert hiksweep("explain", "dev-ffff", "--journal", journal, "--format", "json").code == 2


def test_a_device_of_a_table_is_explained_by_its_mac(hiksweep, tmp_path):
    table = tmp_path / "mac.txt"
    table.write_text(
        "          Mac Address Table\n-------------------------------------------\n\n"
        "Vlan    Mac Address       Type        Ports\n----    -----------       --------    -----\n"
        "   2    4419.b601.0203    DYNAMIC     Gi1/0/7\nTotal Mac Addresses for this criterion: 1\n"
    )
    hiksweep("import", table, "--journal", tmp_path / "read.jsonl")

    said = hiksweep("explain", "4419.b601.0203", "--journal", tmp_path / "read.jsonl")

    assert said.out.startswith("Hikvision device with the MAC address 44:19:b6:01:02:03: made by Hikvision")
    assert "find its address" in said.out
    assert "Scope" not in said.out
