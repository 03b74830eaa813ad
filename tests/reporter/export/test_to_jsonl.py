from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from scanner.reporter.export.to_jsonl import render
from scanner.reporter.schema import load_schema


def test_every_line_follows_our_own_schema_and_the_last_is_the_verdict(export, each):
    lines = [json.loads(line) for line in render(export(each)).decode().split("\n")[:-1]]

    validator = Draft202012Validator(load_schema("scan-jsonl"))
    assert [error.message for line in lines for error in validator.iter_errors(line)] == []
    assert lines[-1]["type"] == "verdict"
