"""Every sample of every format goes through `hiksweep import`, whole and damaged, to a report that keeps its contract."""

from __future__ import annotations

import json
import random
from pathlib import Path

import jsonschema
import pytest

from scanner.importers import IMPORTERS
from scanner.reporter.schema import load_schema

SAMPLES = sorted(
    path for path in (Path(__file__).parents[1] / "importers" / "samples").iterdir() if path.suffix != ".md"
)
CHECK = jsonschema.Draft202012Validator(load_schema("scan"))


def report(hiksweep, *arguments: str):
    result = hiksweep("import", *arguments, "--format", "json", "--quiet")
    assert result.code in (0, 3, 4), result.err
    found = json.loads(result.out)
    CHECK.validate(found)
    for file in found["run"]["files"]:
        assert file["rows"] == file["used"] + sum(file["unused"].values())
    return found


def test_all_samples_at_once_are_one_report(hiksweep):
    found = report(hiksweep, *map(str, SAMPLES))

    assert len(found["run"]["files"]) == len(SAMPLES)
    assert not found["errors"]
    assert sum(found["coverage"]["by_state"].values()) == found["coverage"]["addresses"]


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.name)
def test_files_of_other_formats_and_noise_cost_nothing_but_their_rows(hiksweep, tmp_path, importer):
    dice = random.Random(importer.name)
    wrong = [path for path in SAMPLES if not importer.recognises(path.read_bytes()[:65536])][:3]
    damaged = tmp_path / "damaged"
    data = bytearray(dice.choice(SAMPLES).read_bytes())
    for _ in range(60):
        data[dice.randrange(len(data))] = dice.randrange(256)
    damaged.write_bytes(data[: dice.randrange(len(data))])
    found = report(hiksweep, *map(str, wrong), str(damaged), "--as", importer.name)

    assert not found["errors"]
