"""CEF, read back by pycef, a reader that is not ours."""

from __future__ import annotations

import pycef
import pytest

from scanner.reporter.export.to_cef import render

KEYS = {
    "rt", "start", "dvchost", "cat", "outcome", "msg", "reason", "dst", "dmac", "deviceExternalId", "externalId", "act",
}  # fmt: skip
"""Names of the standard's dictionary of extensions; no others are used."""


def events(data: bytes) -> list[dict[str, str]]:
    return [pycef.parse(line) for line in data.decode().split("\n")[:-1]]


HEAD = {
    "DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID", "Name", "DeviceName", "Severity",
    "DeviceSeverity", "CEFVersion",
}  # fmt: skip
LABELS = {
    "run", "addresses", "versions", "measure", "maker", "brand, model, serial", "confidence", "site",
    "destination IPv6 address",
}  # fmt: skip
"""What the reader names a custom field after."""


@pytest.mark.parametrize("known", [False, True])
def test_a_reader_of_others_reads_every_line_and_finds_the_standards_names(export, lived, each, known):
    data = render((lived if known else export)(each))

    for event, line in zip(events(data), data.split(b"\n"), strict=False):
        assert event is not None, line
        assert set(event) <= HEAD | KEYS | LABELS
        assert set(event) >= HEAD | {"rt", "run", "cat", "msg"}
        assert event["CEFVersion"] == "0"
        assert 0 <= int(event["Severity"]) <= 10
        assert len(line) < 8192


def test_what_a_device_says_is_one_value_whatever_it_holds(export):
    found = [event for event in events(render(export("worst"))) if event["cat"] == "finding"]

    assert {event["DeviceVendor"] for event in found} == {"hiksweep"}
    # the reader splits at the right place and leaves the escapes in
    assert any("a|b\\\\c\\=d" in event["brand, model, serial"] for event in found)
    assert any("\U0001f4a9" in event["brand, model, serial"] for event in found)


def test_the_camera_is_the_destination(export):
    (event,) = [one for one in events(render(export("one-confirmed"))) if "externalId" in one]

    assert (event["dst"], event["dmac"], event["dvchost"]) == (
        "10.1.0.64",
        "c0:56:e3:01:02:03",
        "probe-1.example.net",
    )
    assert event["DeviceEventClassID"] == "uk-2025-removal"
    assert event["DeviceSeverity"] == "8"


def test_coverage_that_is_not_complete_is_a_failure(export):
    first = events(render(export("nothing-incomplete")))[0]

    assert (first["outcome"], first["DeviceName"]) == ("failure", "Coverage INCOMPLETE")
    assert "10.2.0.0/24" in first["reason"]
