import json
from collections import defaultdict

import jsonschema
import pytest

from scanner.reporter.interface import Options
from scanner.reporter.json_report import report_fields
from scanner.reporter.jsonl import render_jsonl
from scanner.reporter.schema import load_schema


@pytest.fixture(scope="module")
def validator():
    schema = load_schema("scan-jsonl")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_each_report_is_as_it_was_when_last_read(named, golden):
    name, report = named

    golden(f"{name}.jsonl", render_jsonl(report, Options()))


def test_each_line_holds_to_the_shipped_schema(named, validator):
    _, report = named

    for line in render_jsonl(report, Options()).splitlines():
        validator.validate(json.loads(line))


def test_a_line_of_no_known_type_is_refused(validator):
    assert not validator.is_valid({"type": "note", "text": "x"})


def test_the_lines_put_together_are_the_one_object(named):
    _, report = named
    lines = [json.loads(line) for line in render_jsonl(report, Options()).splitlines()]
    typed = defaultdict(list)
    for line in lines:
        typed[line.pop("type")].append(line)

    assert report_fields(report) == {
        "run": typed["run"][0],
        "coverage": {**typed["coverage"][0], "gaps": typed["gap"]},
        "devices": typed["device"],
        "ignored": typed["ignored"],
        "observations": typed["observation"],
        "errors": typed["error"],
    }


def test_the_last_line_is_the_verdict_with_its_headline(named):
    _, report = named
    last = json.loads(render_jsonl(report, Options()).splitlines()[-1])

    assert last["type"] == "verdict"
    assert last["headline"] == report.headline
