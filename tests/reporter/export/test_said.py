from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scanner.reporter.export import said
from scanner.reporter.export.said import Gravity


def test_each_found_device_has_a_line_for_each_measure_that_reaches_it_or_may(reports):
    found = [(item.device.id, item.finding.id) for item in said.items(reports["french"])]

    assert ("dev-1c7a90e2b4d6f801", "ca-federal-2025") in found
    assert not [measure for _, measure in found if measure == "ca-ica-2025"]
    assert len({item.key for item in said.items(reports["french"])}) == len(found)


def test_a_device_that_no_measure_reaches_has_a_line_without_one(reports):
    assert [item.finding for item in said.items(reports["behind-one-address"])].count(None) > 0


def test_each_device_once_under_its_strictest_measure(reports):
    found = list(said.main_items(reports["french"]))

    assert len(found) == len({item.device.id for item in found}) == 3


def test_what_only_may_apply_is_never_grave(reports):
    finding = next(item.finding for item in said.items(reports["french"]) if item.finding.applies == "yes")

    assert said.gravity(finding) is Gravity.HIGH
    assert said.gravity(replace(finding, applies="may")) is Gravity.MEDIUM
    assert said.gravity(replace(finding, decision="advised")) is Gravity.LOW
    assert said.gravity(replace(finding, decision=None)) is said.gravity(None) is Gravity.INFORMATION


def test_a_run_that_was_interrupted_is_not_complete_whatever_its_counts_say(reports):
    plain = reports["one-confirmed"]
    cut = replace(plain, run=replace(plain.run, interrupted=True))

    assert said.complete(plain)
    assert not said.complete(cut)
    assert "interrupted" in said.coverage_sentence(cut)


def test_reasons_are_bounded_and_the_rest_is_counted(reports):
    plain = reports["nothing-incomplete"]
    gap = plain.coverage.gaps[0]
    many = tuple(replace(gap, targets=f"10.{number}.0.0/24") for number in range(100))
    found = said.reasons(replace(plain, coverage=replace(plain.coverage, gaps=many)))

    assert len(found) == said.REASONS + 1
    assert found[-1] == "and 82 more"


@pytest.mark.parametrize(
    ("stamp", "then"),
    [
        ("2026-11-24T10:15:00Z", datetime(2026, 11, 24, 10, 15, tzinfo=UTC)),
        ("2026-11-24T11:15:00+01:00", datetime(2026, 11, 24, 10, 15, tzinfo=UTC)),
        ("2026-11-24T10:15:00", datetime(2026, 11, 24, 10, 15, tzinfo=UTC)),
        ("nonsense", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_are_utc(stamp, then):
    assert said.moment(stamp) == then
    assert said.iso(stamp).endswith("Z")


def test_only_addresses_are_addresses(reports):
    device = replace(
        reports["one-confirmed"].devices[0],
        addresses=("camera-1.txt", "10.1.0.4", "fe80::1%eth0", "FE80::1"),
        mac="<script>",
    )

    assert said.ip_addresses(device) == ["10.1.0.4", "fe80::1"]
    assert said.mac_address(device) == ""


def test_names_by_digest_are_the_same_every_time_and_bear_any_text():
    assert said.name_of("a", "b") == said.name_of("a", "b") != said.name_of("ab")
    assert said.name_of("half\ud83d")


def test_the_inventory_knows_the_site_the_times_and_the_state(export, lived):
    one, known = export("french", site="west"), lived("french")
    item = next(said.items(one.report))

    assert (said.site_of(one, item.device), said.state_of(one, item)) == ("west", "open")
    assert (said.site_of(known, item.device), said.seen(known, item.device)[0][:7]) == ("north", "2026-10")
