"""LEEF by its document (IBM, "Log Event Extended Format (LEEF)", version 2); QRadar does not install here.

The header has six fields, the sixth names what parts the attributes; dst, dstMAC, sev, cat, devTime, devTimeFormat,
identHostName, policy and resource are predefined attributes, which keep their meaning.
"""

from __future__ import annotations

import re

import pytest

from scanner.reporter.export.to_leef import render


def events(data: bytes) -> list[tuple[list[str], dict[str, str]]]:
    found = []
    for line in data.decode().split("\n")[:-1]:
        *head, rest = line.split("|", 6)
        assert len(head) == 6
        found.append((head, dict(one.split("=", 1) for one in rest.split("\t"))))
    return found


@pytest.mark.parametrize("known", [False, True])
def test_every_line_has_the_header_and_whole_attributes(export, lived, each, known):
    data = render((lived if known else export)(each))

    for head, attributes in events(data):
        assert head[:3] == ["LEEF:2.0", "hiksweep", "hiksweep"]
        assert head[5] == "0x09"
        assert all(re.fullmatch("[A-Za-z]+", name) for name in attributes)
        assert all(attributes.values())
        assert 1 <= int(attributes["sev"]) <= 10
        assert attributes["devTimeFormat"].startswith("yyyy-MM-dd'T'HH:mm:ss.SSS")
    assert all(len(line) < 8192 for line in data.split(b"\n"))


def test_a_tab_or_a_line_end_in_a_name_makes_no_attribute(export):
    for _, attributes in events(render(export("worst"))):
        assert "CEF:0" not in attributes
        assert set(attributes) <= {
            "devTime", "devTimeFormat", "sev", "identHostName", "run", "coverage", "cat", "msg", "reason", "addresses",
            "versions", "dst", "dstMAC", "resource", "maker", "brand", "model", "serial", "confidence", "site", "name",
            "findingKey", "policy", "citation", "applies", "decision",
        }  # fmt: skip


def test_a_finding_names_measure_device_and_decision(export):
    (head, event) = events(render(export("one-confirmed")))[-1]

    assert head[4] == event["policy"] == "uk-2025-removal"
    assert (event["dst"], event["decision"], event["sev"]) == ("10.1.0.64", "remove_required", "8")


def test_coverage_that_is_not_complete_is_an_event_of_its_own(export):
    (head, event) = events(render(export("nothing-incomplete")))[0]

    assert head[4] == "coverage-incomplete"
    assert "10.2.0.0/24" in event["reason"]
