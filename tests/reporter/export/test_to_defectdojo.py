"""DefectDojo's JSON, held against what its own parser takes (dojo/tools/generic/json_parser.py, read 2026-11-25)."""

from __future__ import annotations

import json
from datetime import date

import pytest
from markdown_it import MarkdownIt

from scanner.reporter.export.to_defectdojo import render

REQUIRED = {"title", "severity", "description"}
ALLOWED = REQUIRED | {
    "date", "cwe", "cve", "cvssv3", "mitigation", "impact", "steps_to_reproduce", "severity_justification",
    "references", "active", "verified", "false_p", "out_of_scope", "risk_accepted", "under_review", "is_mitigated",
    "component_name", "component_version", "static_finding", "dynamic_finding", "scanner_confidence",
    "unique_id_from_tool", "vuln_id_from_tool", "nb_occurences", "publish_date", "service",
    "planned_remediation_date", "effort_for_fixing",
}  # fmt: skip
BESIDE = {"endpoints", "files", "tags", "vulnerability_ids", "cwes"}
TEST = {"name", "type", "version", "description", "dynamic_tool", "static_tool", "soc", "findings"}


@pytest.mark.parametrize("known", [False, True])
def test_every_finding_is_one_that_the_parser_takes(export, lived, each, known):
    test = json.loads(render((lived if known else export)(each)))

    assert set(test) <= TEST
    for finding in test["findings"]:
        assert REQUIRED <= set(finding) <= ALLOWED | BESIDE
        assert finding["severity"] in {"Critical", "High", "Medium", "Low", "Info"}
        assert len(finding["title"]) <= 511
        assert date.fromisoformat(finding["date"])
    keys = [finding["unique_id_from_tool"] for finding in test["findings"]]
    assert len(set(keys)) == len(keys)


def test_what_a_device_says_is_no_markup_where_it_is_rendered(export):
    for finding in json.loads(render(export("worst")))["findings"]:
        for name in ("description", "mitigation", "impact"):
            page = MarkdownIt("commonmark", {"html": True}).render(finding.get(name, ""))
            assert not any(tag in page for tag in ("<script", "<a ", "<img", "<strong", "<code", "<h1"))


def test_what_was_not_looked_at_is_a_finding_of_its_own(export):
    (finding,) = json.loads(render(export("nothing-incomplete")))["findings"]
    whole = json.loads(render(export("nothing-complete")))

    assert finding["tags"] == ["coverage-incomplete"]
    assert "10.2.0.0/24" in finding["description"]
    assert whole["findings"] == []
    assert "coverage complete" in whole["description"]


def test_only_a_sure_day_is_a_date_to_plan_with(export):
    month = json.loads(render(export("one-confirmed")))["findings"]
    day = json.loads(render(export("worst")))["findings"]

    assert "planned_remediation_date" not in month[0]
    assert {one["planned_remediation_date"] for one in day if "mitigation" in one} == {"2027-01-31"}


def test_a_waived_finding_is_not_active(lived):
    known = lived("one-confirmed")
    for life in known.lives.values():
        object.__setattr__(life, "states", {"uk-2025-removal": "waived"})

    assert [one["active"] for one in json.loads(render(known))["findings"]] == [False]
