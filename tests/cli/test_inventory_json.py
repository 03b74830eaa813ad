"""What the commands of the inventory print for programs is what the schema says."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from scanner.inventory.diff import ChangeKind
from scanner.inventory.words import FindingState, Presence

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "scanner/schemas/inventory.schema.json").read_text(encoding="utf-8")
)


@pytest.mark.usefixtures("year_begins")
@pytest.mark.parametrize(
    "words",
    [
        ("devices",),
        ("findings",),
        ("history", "10.1.0.2"),
        ("coverage",),
        ("coverage", "--as-of", "2026-01-01"),
        ("diff",),
        ("diff", "20260105", "20260119"),
    ],
)
def test_each_command_prints_what_the_schema_says(words, hiksweep):
    hiksweep("waive", "10.1.0.1", "--by", "x", "--reason", "x", "--until", "2026-05-01")
    said = json.loads(hiksweep(*words, "--format", "json").out)

    jsonschema.Draft202012Validator(SCHEMA).validate(said)
    assert set(said) == {"schema", words[0]}


def test_the_words_of_the_schema_are_those_of_the_program():
    kinds = SCHEMA["$defs"]
    changes = SCHEMA["properties"]["diff"]["properties"]["changes"]["items"]["properties"]["kind"]["enum"]

    assert kinds["device"]["properties"]["presence"]["enum"] == [str(one) for one in Presence]
    assert kinds["finding"]["properties"]["state"]["enum"] == [str(one) for one in FindingState]
    assert changes == [str(one) for one in ChangeKind]
