"""`hiksweep sites`: where devices are, and who answers for them."""

from __future__ import annotations

import json

import pytest


def test_sites_are_listed_with_owner_and_devices(hiksweep, kept):
    kept("2026-01-05", (1, 2))
    said = hiksweep(
        "sites",
        "set",
        "lab",
        "--owner",
        "Facilities",
        "--owner-kind",
        "agency",
        "--label",
        "Lab",
        "--by",
        "J. Doe",
    )

    assert (said.code, said.out) == (0, "lab: kept.\n")
    assert hiksweep("sites").out.splitlines()[1].split() == ["lab", "2", "Facilities", "agency", "Lab"]
    (site,) = json.loads(hiksweep("sites", "--format", "json").out)["sites"]
    assert (site["name"], site["devices"], site["owner_kind"]) == ("lab", 2, "agency")


def test_what_was_said_last_holds(hiksweep):
    for owner in ("old", "new"):
        hiksweep("sites", "set", "lab", "--owner", owner, "--by", "J. Doe")

    assert "new" in hiksweep("sites").out


@pytest.mark.parametrize(
    "words", [("a b", "--by", "J. Doe"), ("lab",), ("lab", "--owner-kind", "agency", "--by", "J. Doe")]
)
def test_what_cannot_be_is_refused(hiksweep, words):
    assert hiksweep("sites", "set", *words).code == 2
