"""Splunk's events, held against what its documents ask (docs.splunk.com, "Format events for HTTP Event Collector")."""

from __future__ import annotations

import json

import pytest

from scanner.reporter.export.to_splunk import EVENT, render

METADATA = {"time", "host", "source", "sourcetype", "index", "event", "fields"}
"""The only keys that an event may have; the collector refuses others."""


def events(data: bytes) -> list[dict]:
    assert not data.startswith(b"[")
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


@pytest.mark.parametrize("known", [False, True])
def test_every_event_is_an_object_of_the_known_keys_and_short_enough(export, lived, each, known):
    data = render((lived if known else export)(each))

    for event, line in zip(events(data), data.split(b"\n"), strict=False):
        assert set(event) <= METADATA
        assert isinstance(event["time"], float | int)
        assert event["event"]
        assert all(isinstance(value, str) for value in event["fields"].values())  # fields are flat
        assert len(line) <= EVENT


def test_what_does_not_fit_is_left_out_and_said(export):
    long = [one for one in events(render(export("worst"))) if "left_out" in one["event"]]

    assert all("action" in one["event"] or "action" in one["event"]["left_out"] for one in long)


def test_a_finding_can_be_told_from_its_double(export):
    found = [one for one in events(render(export("french"))) if one["sourcetype"] == "hiksweep:finding"]

    keys = [(one["fields"]["finding_key"], one["fields"]["run"]) for one in found]
    assert len(set(keys)) == len(keys) > 3
    assert {one["event"]["severity"] for one in found} == {"high", "medium"}


def test_coverage_comes_first_and_says_what_is_missing(export):
    first = events(render(export("nothing-incomplete")))[0]

    assert first["sourcetype"] == "hiksweep:coverage"
    assert first["fields"]["coverage_complete"] == "false"
    assert any("10.2.0.0/24" in one for one in first["event"]["not_complete_because"])


def test_an_index_is_named_only_on_request(export):
    assert "index" not in events(render(export("relabel", "splunk")))[0]
    assert events(render(export("relabel", "splunk", {"index": "security"})))[0]["index"] == "security"
