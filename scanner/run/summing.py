"""What several runs amount to together: who asked, and what was covered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scanner.knowledge import Knowledge
from scanner.matcher import ghost_gaps
from scanner.model.coverage import AddressState, Coverage, Gap, MethodCount
from scanner.model.device import Device
from scanner.model.report import Ignored, RunInfo, Sensor

if TYPE_CHECKING:
    from scanner.run.result import RunResult


def run_info(
    results: Sequence[RunResult], knowledge: Knowledge, profiles: tuple[str, ...], finished: str | None
) -> RunInfo:
    """Who asked whom, and when, in one or more runs."""
    started = results[0].started
    sensor = started.sensor
    return RunInfo(
        id="+".join(result.started.id for result in results),
        version=started.version,
        started=min(result.started.started for result in results),
        finished=finished,
        targets=tuple(dict.fromkeys(target for result in results for target in result.started.targets)),
        profiles=profiles,
        engine=started.engine,
        reference=next((r.started.reference for r in results if r.started.reference), None),
        sensor=Sensor(
            name=str(sensor.get("name", "")),
            host=str(sensor.get("host", "")),
            interfaces=tuple(map(str, sensor.get("interfaces", ()))),
            privileges=tuple(map(str, sensor.get("privileges", ()))),
        ),
        knowledge=knowledge.versions,
        interrupted=any(result.finish is None or result.finish.interrupted for result in results),
        files=tuple(file for result in results for file in result.files),
    )


def sum_coverage(
    parts: Sequence[Coverage],
    results: Sequence[RunResult],
    devices: Sequence[Device],
    ghosts: Sequence[Ignored],
    *,
    only_files: bool,
) -> Coverage:
    """Coverage of several runs; a run without an end record is a gap by itself.

    Args:
        parts: of each run.
        results: the runs.
        devices: of all of them.
        ghosts: addresses that answer everything.
        only_files: whether none of them asked anybody.
    """
    states = {state: sum(part.by_state.get(state, 0) for part in parts) for state in AddressState}
    methods: dict[str, MethodCount] = {}
    for part in parts:
        for name, count in part.by_method.items():
            have = methods.get(name, MethodCount())
            methods[name] = MethodCount(
                have.asked + count.asked,
                have.answered + count.answered,
                have.silent + count.silent,
                have.refused + count.refused,
                have.stopped + count.stopped,
            )
    gaps = [gap for part in parts for gap in part.gaps]
    gaps += ghost_gaps(ghosts, devices)
    for result in results:
        if result.finish is None:
            reason = "the run was ended from outside; the report holds what it had recorded"
            gaps.append(Gap("all", "all", "aborted", reason, affects_verdict=True))
        elif result.finish.interrupted:
            gaps.append(Gap("all", "all", "aborted", result.finish.reason, affects_verdict=True))
    if nameless := sum(not device.addresses for device in devices):
        reason = f"{nameless:,} known by a MAC address alone: nothing shows that they were asked anything"
        gaps.append(Gap("hosts without an address", "mac", "not asked", reason, affects_verdict=only_files))
    return Coverage(sum(part.addresses for part in parts), states, methods, tuple(dict.fromkeys(gaps)))
