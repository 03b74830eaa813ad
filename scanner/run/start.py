"""How a run begins, whatever it does: its name, its first record, and where its journal lies."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from scanner import __version__
from scanner.journal import RunStarted
from scanner.run.machine import Machine, data_folder
from scanner.run.recorder import utc_now
from scanner.scope import Scope, ranges_text


class Judged(Protocol):
    """What every request says of how its findings are judged, and where they are kept."""

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of the organisation's profiles."""

    @property
    def facts(self) -> str:
        """The site's facts as YAML text."""

    @property
    def reference(self) -> str | None:
        """The user's own name for the run."""

    @property
    def journal(self) -> Path | None:
        """Where the journal is wanted."""


def new_run_id() -> str:
    """A name for a run that sorts by time."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()) + "-" + secrets.token_hex(3)


def start(
    request: Judged,
    machine: Machine,
    engine: str,
    targets: Sequence[str],
    *,
    scope: Scope | None = None,
    ports: Sequence[int] = (),
    seed: int = 0,
    methods: Sequence[str] = (),
    connected: Sequence[str] = (),
    asked: Mapping[str, Any] | None = None,
    knowledge: str = "",
) -> RunStarted:
    """The first record of a run that begins now.

    Args:
        request: what the user wants.
        machine: where it runs.
        engine: how addresses are found.
        targets: as the user wrote them.
        scope: None where no address is walked.
        ports: that each address is asked on.
        seed: of the order in which addresses are walked.
        methods: that ask each address.
        connected: prefixes of our own links.
        asked: what it takes, besides all this, to go on with it.
        knowledge: the digest over all that is known.
    """
    walked = scope or Scope(())
    return RunStarted(
        id=new_run_id(),
        version=__version__,
        started=utc_now(),
        targets=tuple(targets),
        walked=ranges_text(walked.walked),
        excluded=ranges_text(walked.excluded),
        unwalked=ranges_text(walked.unwalked),
        ports=tuple(ports),
        seed=seed,
        engine=engine,
        methods=tuple(methods),
        connected=tuple(connected),
        profiles=request.profiles,
        facts=request.facts,
        reference=request.reference,
        sensor=sensor(machine),
        asked=asked or {},
        knowledge=knowledge,
    )


def sensor(machine: Machine) -> dict[str, Any]:
    """What a record says of the machine that a run, or a part of one, was done by."""
    return {
        "name": f"hiksweep {__version__}",
        "host": machine.name,
        "interfaces": tuple(map(str, machine.interfaces)),
        "privileges": machine.privileges,
    }


def journal_path(request: Judged, run: str) -> Path:
    """Where the journal of a run lies: as the request says, else under the data folder by the run's name."""
    return request.journal or data_folder() / "journals" / f"{run}.jsonl"
