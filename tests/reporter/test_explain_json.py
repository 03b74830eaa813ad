"""The explanation for a program."""

from __future__ import annotations

import json

import jsonschema
import pytest

from scanner.model.coverage import AddressState, Gap
from scanner.model.device import Confidence, Device
from scanner.model.ending import Ended, Ending
from scanner.model.evidence import Evidence, Maker, Strength
from scanner.model.exhibit import Exhibit
from scanner.model.explained import Explained
from scanner.model.protocol import Protocol
from scanner.model.report import GhostKind, Ignored
from scanner.reporter.explain_json import explained_fields, render_explained_json
from scanner.reporter.schema import load_schema

PIECE = Evidence(
    "sadp-serial", Protocol.SADP, 37020, "a serial number", Strength.CONCLUSIVE, "E33842000", "obs-1",
    family="serial", why="enough alone",
)  # fmt: skip
CAMERA = Device(
    "dev-1c7a90e2b4d6f801", ("10.1.0.64",), Maker.HIKVISION, Confidence.CONFIRMED, evidence=(PIECE,)
)
FULL = Explained(
    "10.1.0.64",
    "20261124T120000Z-abc123",
    "/data/run.jsonl",
    CAMERA,
    {"10.1.0.64": AddressState.ANSWERED},
    exhibits={
        "obs-1": Exhibit("obs-1", "10.1.0.64", Protocol.SADP, 37020, "ab" * 32, 900, b"<Probe\x1b[2J>")
    },
    heard={"sadp": 1},
    endings=(Ended("http", "10.1.0.64", 80, Ending.SILENT, "GET /", "nothing within 5 s"),),
    notes=("every conversation was finished",),
    gaps=(Gap("all", "all", "aborted", "the run was interrupted", True),),
    scope="10.1.0.0/24",
)
NOTHING = Explained("192.0.2.1", "run", "run.jsonl", None, {"192.0.2.1": None}, scope="10.1.0.0/24")
GHOST = Explained(
    "10.1.0.9", "run", "run.jsonl", None, {"10.1.0.9": AddressState.ANSWERED},
    ghost=Ignored("10.1.0.9", GhostKind.EVERY_PORT, "it accepts every port", ("port 47123 accepts too",)),
)  # fmt: skip


@pytest.mark.parametrize("explained", [FULL, NOTHING, GHOST], ids=["device", "outside", "ghost"])
def test_what_is_printed_fits_the_schema(explained):
    printed = json.loads(render_explained_json(explained, ("look at the label",)))

    jsonschema.Draft202012Validator(load_schema("explain")).validate(printed)
    assert printed == explained_fields(explained, ["look at the label"])
    assert printed["by_hand"] == ["look at the label"]


def test_a_device_has_its_evidence_with_the_observation_that_it_points_to():
    printed = explained_fields(FULL, ())

    (piece,) = printed["device"]["evidence"]
    assert (piece["family"], piece["why"], piece["observation"]) == ("serial", "enough alone", "obs-1")
    assert [one["observation"] for one in printed["observations"]] == ["obs-1"]
    assert printed["endings"][0] == {
        "method": "http", "address": "10.1.0.64", "port": 80, "request": "GET /", "ending": "silent",
        "detail": "nothing within 5 s", "at": None,
    }  # fmt: skip


def test_a_no_has_its_state_and_what_it_means():
    (state,) = explained_fields(NOTHING, ())["states"]

    assert (state["address"], state["state"]) == ("192.0.2.1", None)
    assert state["meaning"].startswith("outside the scope")
    assert explained_fields(GHOST, ())["ignored"]["kind"] == "every-port"


def test_no_control_character_of_a_device_reaches_the_screen():
    assert "\x1b" not in render_explained_json(FULL, ())
