"""A block that nmap did not finish is never counted as finished by the one behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from scanner.model.ending import Ending
from scanner.policy.gate import Gate
from scanner.policy.rules import Limits
from scanner.scope import AddressRange, Permutation, Scope, parse_target
from scanner.sweep import nmap
from scanner.sweep.connect import BLOCK
from scanner.sweep.interface import Stop, SweepListener, SweepPlan
from scanner.transports.nmap import NmapEnd


class Heard(SweepListener):
    """Keeps how far the sweep says it is."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.stopped: list[str] = []

    def done(self, steps: int) -> None:
        self.steps.append(steps)

    def port(self, address: str, port: int, ending: Ending, detail: str) -> None:
        if ending is Ending.STOPPED_BY_US:
            self.stopped.append(address)


class ThreeCalls:
    """An nmap whose second call runs out of time."""

    def __init__(self, _gate: Gate) -> None:
        self.calls = 0

    def sweep(self, addresses: list[str], *_: Any, **__: Any) -> Iterator[NmapEnd]:
        self.calls += 1
        whole = self.calls != 2
        yield NmapEnd(
            complete=whole, reason="" if whole else "late", unfinished=() if whole else tuple(addresses)
        )


class NoQuestions:
    """The discovery datagrams before nmap, left out: nothing may leave this machine."""

    def __init__(self, *_: object) -> None:
        self.ran = False

    def run(self) -> None:
        self.ran = True


def test_nothing_behind_an_unfinished_block_is_called_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nmap, "NmapTransport", ThreeCalls)
    monkeypatch.setattr(nmap, "ConnectSweep", NoQuestions)
    found = parse_target("10.0.0.0-10.0.2.255")
    assert isinstance(found, AddressRange)
    scope = Scope.of([found])
    heard = Heard()

    plan = SweepPlan(scope, (80,), (), Permutation.of(scope.size, 5))
    nmap.NmapSweep(plan, Gate(scope, Limits(), ports=(80,)), heard, Stop()).run()

    assert heard.steps == [BLOCK]
    assert len(heard.stopped) == BLOCK
