from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scanner.inventory.words import FindingState
from scanner.model.coverage import AddressState, Coverage
from scanner.model.report import Report, RunError, RunInfo, Sensor
from scanner.schedule.metrics import FIGURES, Sample, finding_samples, merge, parse, render, samples

BEGAN = datetime(2026, 6, 1, 22, tzinfo=UTC)
LAST_FULL = "hiksweep_last_full_coverage_timestamp_seconds"


@pytest.fixture
def report() -> Report:
    run = RunInfo("r", "1", "", None, (), (), "connect", None, Sensor("hiksweep", "host", (), ()), {})
    return Report(run, Coverage(256, {AddressState.SILENT: 256}), ())


def figures(network: str, report: Report, began: datetime = BEGAN) -> tuple[Sample, ...]:
    return tuple(samples(network, report, began=began, ended=began + timedelta(minutes=2)))


def by_name(found: tuple[Sample, ...], network: str) -> dict[str, float]:
    return {
        one.name.removeprefix("hiksweep_"): one.value
        for one in found
        if one.network == network and "confidence" not in one.labels
    }


def test_a_sweep_gives_its_figures(report):
    found = figures("main/cameras", report)

    assert by_name(found, "main/cameras") == {
        "last_run_timestamp_seconds": BEGAN.timestamp(),
        "last_full_coverage_timestamp_seconds": BEGAN.timestamp(),
        "run_duration_seconds": 120,
        "run_complete": 1,
        "run_errors": 0,
    }
    assert sorted(one.labels for one in found if one.name == "hiksweep_devices") == [
        f'network="main/cameras",confidence="{level}"' for level in ("confirmed", "possible", "probable")
    ]


def test_what_was_not_covered_whole_keeps_the_time_of_the_last_full_coverage(report):
    before = figures("main/cameras", report)
    partly = replace(report, coverage=Coverage(256, {AddressState.BLIND: 256}), errors=(RunError("x", "y"),))

    found = by_name(
        merge(
            before, figures("main/cameras", partly, BEGAN + timedelta(days=7)), frozenset({"main/cameras"})
        ),
        "main/cameras",
    )

    assert found["last_full_coverage_timestamp_seconds"] == BEGAN.timestamp()
    assert found["last_run_timestamp_seconds"] == (BEGAN + timedelta(days=7)).timestamp()
    assert (found["run_complete"], found["run_errors"]) == (0, 1)


def test_other_networks_keep_their_figures_and_those_that_are_configured_no_more_lose_them(report):
    before = (*figures("main/a", report), *figures("main/b", report), *figures("main/gone", report))

    found = merge(before, figures("main/a", report), frozenset({"main/a", "main/b"}))

    assert {one.network for one in found} == {"main/a", "main/b"}
    assert len(found) == len({(one.name, one.labels) for one in found}) == 2 * len(figures("main/a", report))


def test_the_file_is_read_as_it_was_written_and_what_is_not_ours_is_passed_over(report):
    found = (*figures("main/b", report), *figures("main/a", report))
    text = render(found)

    assert set(parse(text)) == set(found)
    assert parse('node_cpu 1\nhiksweep_other{network="x"} 1\n# HELP x\nrubbish{\n') == ()
    assert parse(text.replace("\n", "\r\n")) == parse(text)


def test_every_line_is_in_the_format_of_exposition(report):
    lines = render(figures("main/a", report)).splitlines()

    assert [line.split()[2] for line in lines if line.startswith("# TYPE")] == list(FIGURES)[:-1]
    for line in lines:
        assert line.startswith("# ") or float(line.rsplit(" ", 1)[1]) >= 0
    assert (
        lines.index("# TYPE hiksweep_run_errors gauge")
        == lines.index("# HELP hiksweep_run_errors " + FIGURES["hiksweep_run_errors"]) + 1
    )


def test_findings_are_counted_by_site_and_state_and_kept_where_they_could_not_be_counted(report):
    findings = tuple(finding_samples({("main", "open"): 3, ("other", "open"): 1}, ("main",)))
    before = merge((), (*figures("main/a", report), *findings), frozenset({"main/a"}))

    assert {one.labels: one.value for one in findings} == {
        f'site="main",state="{state}"': 3.0 * (state == "open") for state in FindingState
    }
    assert set(findings) <= set(parse(render(before)))
    assert set(findings) <= set(merge(before, figures("main/a", report), frozenset({"main/a"})))
    none_now = tuple(finding_samples({}, ("main",)))
    assert set(none_now) <= (
        later := set(merge(before, (*figures("main/a", report), *none_now), frozenset({"main/a"})))
    )
    assert Sample("hiksweep_findings", 'site="main",state="open"', 3.0) not in later
