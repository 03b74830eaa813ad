"""`hiksweep verify-removed`: a person's word closes findings, unless what is known contradicts it."""

from __future__ import annotations

import hashlib
import json

import pytest

pytestmark = pytest.mark.usefixtures("year_begins")
SAID = ("--by", "J. Doe", "--note", "work order 4711")


def test_a_missing_device_is_verified_and_its_findings_close(hiksweep, tmp_path):
    photo = tmp_path / "label.jpg"
    photo.write_bytes(b"jpeg")
    said = hiksweep("verify-removed", "10.1.0.2", *SAID, "--date", "2026-01-10", "--photo", photo)

    assert said.code == 0
    assert said.out.endswith(": removed-verified.\n")
    found = json.loads(hiksweep("findings", "--format", "json").out)["findings"]
    assert {one["state"] for one in found if one["device"]["presence"] == "removed-verified"} == {"closed"}
    assert {one["state"] for one in found if one["device"]["presence"] == "present"} == {"open"}
    told = hiksweep("history", "10.1.0.2").out
    assert "work order 4711" in told
    assert hashlib.sha256(b"jpeg").hexdigest() in told


def test_one_that_answers_again_is_present_and_open(hiksweep, kept):
    hiksweep("verify-removed", "10.1.0.2", *SAID, "--date", "2026-01-10")
    kept("2026-02-02", (1, 2), profiles=("ca-federal-institution", "us-federal-agency"))

    assert "0 devices." in hiksweep("devices", "--state", "removed-verified").out
    assert "reappeared" in hiksweep("history", "10.1.0.2").out
    assert "closed" not in hiksweep("findings").out


@pytest.mark.parametrize(
    ("device", "day", "why"),
    [
        ("10.1.0.1", "2026-01-26", "is present"),
        ("10.1.0.2", "2026-01-04", "saw"),
        ("10.1.0.2", "2026-06-01", "has not come yet"),
        ("10.1.0.2", "lately", "not a day"),
        ("10.9.9.9", "2026-01-10", "knows no such device"),
    ],
)
def test_what_is_known_contradicts(device, day, why, hiksweep):
    said = hiksweep("verify-removed", device, *SAID, "--date", day)

    assert said.code == 2
    assert why in said.complaint


def test_a_statement_without_a_note_is_none(hiksweep):
    said = hiksweep("verify-removed", "10.1.0.2", "--by", "J. Doe", "--note", " ", "--date", "2026-01-10")

    assert said.code == 2


def test_a_photo_that_cannot_be_read_verifies_nothing(hiksweep, tmp_path):
    said = hiksweep(
        "verify-removed", "10.1.0.2", *SAID, "--date", "2026-01-10", "--photo", tmp_path / "none.jpg"
    )

    assert said.code == 2
    assert "none.jpg" in said.complaint
    assert hiksweep("devices", "--state", "removed-verified").out == "0 devices.\n"
