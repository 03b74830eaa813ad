from __future__ import annotations

import json

from scanner.lab.card import Truth
from scanner.model.device import Confidence, Relation
from scanner.model.evidence import Maker


def test_a_truth_that_says_nothing_accuses_nobody() -> None:
    assert Truth().evidenced_maker is Maker.UNKNOWN
    assert Truth().confidence is Confidence.NONE


def test_a_truth_prints_as_plain_json() -> None:
    truth = Truth(
        Maker.HIKVISION, Confidence.CONFIRMED, "Hikvision", relation=Relation.OWN, unjudged=("model",)
    )
    read = json.loads(json.dumps(truth.as_json()))
    assert read["evidenced_maker"] == "hikvision"
    assert read["relation"] == "own"
    assert read["unjudged"] == ["model"]
    assert read["serial"] is None
