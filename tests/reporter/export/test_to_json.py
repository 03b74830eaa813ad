from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from scanner.reporter.export.to_json import render
from scanner.reporter.schema import load_schema


def test_it_is_the_report_by_our_own_schema_with_hostile_text_kept_as_escapes(export, each):
    data = render(export(each))

    Draft202012Validator(load_schema("scan")).validate(json.loads(data))
    assert b"\x00" not in data
    assert b"\x1b" not in data


def test_what_was_not_looked_at_is_in_it(export):
    assert json.loads(render(export("nothing-incomplete")))["run"]["coverage_complete"] is False
