"""STIX, by OASIS's stix2-validator in its strictest mode."""

from __future__ import annotations

import json
import uuid

import pytest
from stix2validator import ValidationOptions, validate_string

from scanner.reporter.export.to_stix import TLP, render

PRESCRIBED = "00abedb4-aa42-466c-9c01-fed23315a9b7"


def problems(text: str) -> list[str]:
    # One recommendation is left: random ids (version 4). Ours are digests in our own namespace, as the standard
    # allows where nobody else makes the same ones, so that two exports are the same objects.
    options = ValidationOptions(version="2.1", strict=True, disabled=["uuid-check"])
    found = validate_string(text, options)
    results = found if isinstance(found, list) else [found]
    return [str(one) for result in results for one in (*result.errors, *result.warnings)]


def objects(data: bytes) -> list[dict]:
    return json.loads(data)["objects"]


@pytest.mark.parametrize("known", [False, True])
def test_every_bundle_is_valid(export, lived, each, known):
    assert problems(render((lived if known else export)(each)).decode()) == []


def test_an_invalid_bundle_would_be_seen(export):
    bundle = json.loads(render(export("one-confirmed")))
    bundle["objects"][1]["name"] = 7

    assert problems(json.dumps(bundle))


@pytest.mark.parametrize("word", TLP)
def test_every_object_bears_the_marking(word, export):
    marking, *rest = objects(render(export("french", "stix", {"tlp": word})))

    assert marking["definition"]["tlp"] in {word, "white"}
    assert all(one["object_marking_refs"] == [marking["id"]] for one in rest)


def test_ids_are_digests_and_only_addresses_use_the_prescribed_namespace(export):
    once, again = (objects(render(export("french"))) for _ in range(2))
    address = next(one for one in once if one["type"] == "ipv4-addr" and one["value"] == "10.1.0.64")

    assert [one["id"] for one in once] == [one["id"] for one in again]
    assert len({one["id"] for one in once}) == len(once)
    digest = uuid.uuid5(uuid.UUID(PRESCRIBED), '{"value":"10.1.0.64"}')
    assert address["id"] == f"ipv4-addr--{digest}"
    for one in once[1:]:
        named = uuid.UUID(one["id"].partition("--")[2])
        assert named.version == 5


def test_the_report_is_labelled_by_its_coverage(export):
    assert objects(render(export("nothing-incomplete")))[-1]["labels"] == ["coverage-incomplete"]
    assert objects(render(export("nothing-complete")))[-1]["labels"] == ["coverage-complete"]


def test_an_object_that_lasts_over_runs_keeps_its_time_of_creation(export, lived):
    one, later = (objects(render(make("french"))) for make in (export, lived))
    created = {thing["id"]: thing["created"] for thing in one if "created" in thing}

    same = [thing for thing in later if thing["id"] in created]
    assert {thing["type"] for thing in same} >= {"infrastructure", "identity"}
    assert all(thing["created"] == created[thing["id"]] <= thing.get("modified", "9") for thing in same)
