"""Figures for Prometheus as a text file, which its node exporter reads. No socket is opened.

The file is also the memory of the figures: a network that was not swept this time keeps those of the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from scanner.inventory.words import FindingState
from scanner.model.device import Confidence
from scanner.model.report import Report

FIGURES: Mapping[str, str] = {
    "hiksweep_last_run_timestamp_seconds": "When the last sweep of the network began.",
    "hiksweep_last_full_coverage_timestamp_seconds": "When the last one began that covered it whole.",
    "hiksweep_run_duration_seconds": "How long the last sweep took.",
    "hiksweep_run_complete": "1 if the last sweep covered the network whole, else 0.",
    "hiksweep_run_errors": "Faults of our own in the last sweep.",
    "hiksweep_devices": "Devices of the sought maker in the last sweep, by confidence.",
    "hiksweep_findings": "Findings of the inventory, by site and state; the rehearsal is left out.",
}
FINDINGS = "hiksweep_findings"
_LINE = re.compile(r'(?P<name>[a-z_]+)\{(?P<labels>(?:[a-z]+="(?:[^"\\]|\\.)*",?)+)\} (?P<value>[-+0-9.e]+)')
_NETWORK = re.compile(r'network="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure of one network."""

    name: str
    labels: str
    value: float

    @property
    def network(self) -> str:
        """Whose figure it is."""
        match = _NETWORK.search(self.labels)
        return match[1] if match else ""


def samples(network: str, report: Report, *, began: datetime, ended: datetime) -> Iterator[Sample]:
    """The figures of a sweep.

    Args:
        network: its id.
        report: of the sweep.
        began: by the clock on the wall.
        ended: the same.
    """
    label = f'network="{network}"'
    complete = report.coverage.complete
    yield Sample("hiksweep_last_run_timestamp_seconds", label, began.timestamp())
    if complete:
        yield Sample("hiksweep_last_full_coverage_timestamp_seconds", label, began.timestamp())
    yield Sample("hiksweep_run_duration_seconds", label, max(0.0, (ended - began).total_seconds()))
    yield Sample("hiksweep_run_complete", label, float(complete))
    yield Sample("hiksweep_run_errors", label, float(len(report.errors)))
    for confidence in Confidence:
        if confidence is not Confidence.NONE:
            count = float(report.hikvision(confidence))
            yield Sample("hiksweep_devices", f'{label},confidence="{confidence.value}"', count)


def finding_samples(counts: Mapping[tuple[str, str], int], sites: Iterable[str]) -> Iterator[Sample]:
    """The findings of each site in each state, those that there are none of as 0.

    Args:
        counts: findings by site and state.
        sites: that are configured.
    """
    for site in sites:
        for state in FindingState:
            yield Sample(FINDINGS, f'site="{site}",state="{state}"', float(counts.get((site, str(state)), 0)))


def parse(text: str) -> tuple[Sample, ...]:
    """The figures of a file that `render` wrote; what is none of ours is passed over."""
    found = (_LINE.fullmatch(line) for line in text.splitlines())
    return tuple(
        Sample(match["name"], match["labels"], float(match["value"]))
        for match in found
        if match and match["name"] in FIGURES
    )


def merge(before: tuple[Sample, ...], now: tuple[Sample, ...], known: frozenset[str]) -> tuple[Sample, ...]:
    """Figures of a sweep put in place of those of the one before.

    Args:
        before: of the file.
        now: of one network's sweep, and the findings where they could be counted.
        known: networks that are configured; others are forgotten.
    """
    swept = {sample.network for sample in now}
    told = {(sample.name, sample.network) for sample in now}
    kept = [
        sample
        for sample in before
        if sample.name != FINDINGS
        and sample.network in known
        and (sample.network not in swept or (_outlives(sample) and (sample.name, sample.network) not in told))
    ]
    findings = () if FINDINGS in {sample.name for sample in now} else _findings(before)
    return (*kept, *findings, *now)


def _findings(found: tuple[Sample, ...]) -> tuple[Sample, ...]:
    return tuple(sample for sample in found if sample.name == FINDINGS)


def render(found: tuple[Sample, ...]) -> str:
    """The text of the file (Prometheus exposition format, version 0.0.4)."""
    lines: list[str] = []
    for name, says in FIGURES.items():
        own = sorted((sample for sample in found if sample.name == name), key=lambda sample: sample.labels)
        if own:
            lines += [f"# HELP {name} {says}", f"# TYPE {name} gauge"]
            lines += [f"{name}{{{sample.labels}}} {sample.value!r}" for sample in own]
    return "\n".join(lines) + "\n"


def _outlives(sample: Sample) -> bool:
    """Whether a figure holds although the next sweep does not tell it."""
    return sample.name == "hiksweep_last_full_coverage_timestamp_seconds"
