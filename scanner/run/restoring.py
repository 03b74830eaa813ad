"""Hands what earlier sittings of a run did to those who go on with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scanner.journal import RunStarted, Tried
from scanner.policy.gate import Gate
from scanner.run.look import Looker
from scanner.run.plan import Plan
from scanner.run.standing import Standing
from scanner.scope import Scope
from scanner.sweep.connect import BLOCK
from scanner.sweep.interface import SweepPlan


class SweepProgress:
    """How far the sweep is: what earlier sittings left, and what this one adds.

    Args:
        standing: of earlier sittings; None for none.
    """

    def __init__(self, standing: Standing | None) -> None:
        self._standing = standing
        steps = standing.steps if standing else 0
        whole = standing is not None and steps >= standing.result.scope.size
        self.first_step = steps if whole else steps // BLOCK * BLOCK
        self._first: dict[int, dict[int, int]] = {}
        self._again: dict[int, dict[int, int]] = {}
        self._is_new = False

    def go_on(self, plan: SweepPlan) -> SweepPlan:
        """A plan of the sweep, less what is known."""
        if self._standing is None:
            return plan
        return replace(
            plan,
            first_step=self.first_step,
            known=self._standing.ports,
            first=_masks(self._standing.tried.first),
            again={int(step): frozenset(ports) for step, ports in self._standing.tried.again.items()},
            answered=self._standing.answered,
        )

    def over(self, step: int, port: int, *, again: bool, silent: int) -> None:
        """One try of a port is over in all of the block that begins at a step.

        Args:
            step: names the block.
            port: that was tried.
            again: for the second time.
            silent: mask of the addresses that were silent.
        """
        ports = (self._again if again else self._first).setdefault(step, {})
        if port not in ports:
            ports[port] = silent
            self._is_new = True

    def done(self, steps: int) -> None:
        """What lies below a step needs no account of its own any more."""
        for kept in (self._first, self._again):
            for step in [step for step in kept if step < steps]:
                del kept[step]

    def changed(self) -> Tried | None:
        """How far the blocks that are under way are, if that changed since the last call."""
        if not self._is_new:
            return None
        self._is_new = False
        return Tried(
            {
                str(step): {str(port): f"{silent:x}" for port, silent in ports.items()}
                for step, ports in self._first.items()
            },
            {str(step): list(ports) for step, ports in self._again.items()},
        )


def _masks(kept: Mapping[str, Mapping[str, str]]) -> dict[int, dict[int, int]]:
    return {
        int(step): {int(port): int(silent, 16) for port, silent in ports.items()}
        for step, ports in kept.items()
    }


def restore(standing: Standing, scope: Scope, gate: Gate, looker: Looker) -> None:
    """What hosts had of their budgets, who is left alone, and what was asked of whom."""
    spent = standing.spent
    gate.budgets.restore(spent.connections, spent.requests, spent.gets)
    for left in standing.left:
        gate.breaker.leave(left.address, prefix=left.prefix)
    for address, host in standing.hosts.items():
        if address in scope:
            looker.restore(host, float(spent.seconds.get(address, 0.0)))


def differences(started: RunStarted, plan: Plan, knowledge: str) -> list[str]:
    """What is not as it was when the run began, in sentences for the user."""
    found = []
    before = str(started.sensor.get("host", ""))
    if before != plan.machine.name:
        found.append(f"the run began on {before} and goes on here, on {plan.machine.name}")
    if started.knowledge != knowledge:
        found.append("what is known changed since the run began; the result is judged by what is known now")
    return found
