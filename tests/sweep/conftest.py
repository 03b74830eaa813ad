"""A listener that writes down what an engine tells, and a way to run one on loopback."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from scanner.model.ending import Ending
from scanner.model.probe import Probe
from scanner.policy.gate import Gate
from scanner.policy.rules import Limits
from scanner.scope import Permutation, Scope, parse_target
from scanner.sweep.interface import Stop, SweepListener, SweepPlan
from scanner.transports.udp import Datagram

QUICK = Limits(rate=5000.0, host_rate=2000.0, attempt=0.3, ask_again=0.1)


class Heard(SweepListener):
    """Every word in order, as ``(word, what)``."""

    def __init__(self) -> None:
        self.words: list[tuple[Any, ...]] = []
        self.rounds: list[tuple[int, int, bool, int]] = []

    def of(self, word: str) -> list[tuple[Any, ...]]:
        return [said[1:] for said in self.words if said[0] == word]

    @property
    def ports(self) -> list[tuple[str, int, Ending]]:
        return [said[:3] for said in self.of("port")]

    @property
    def steps(self) -> list[int]:
        return [steps for (steps,) in self.of("done")]

    def port(self, address: str, port: int, ending: Ending, detail: str) -> None:
        self.words.append(("port", address, port, ending, detail))

    def unsent(self, probe: Probe, address: str, ending: Ending, detail: str) -> None:
        self.words.append(("unsent", probe.name, address, ending, detail))

    def datagram(self, probe: Probe, datagram: Datagram) -> None:
        self.words.append(("datagram", probe.name, datagram.address, datagram.data))

    def reduced(self, method: str, reason: str) -> None:
        self.words.append(("reduced", method, reason))

    def closed_port(self, address: str, port: int) -> None:
        self.words.append(("closed_port", address, port))

    def round_over(self, step: int, port: int, *, again: bool, silent: int) -> None:
        self.rounds.append((step, port, again, silent))

    def sign_of_life(self, address: str) -> None:
        self.words.append(("sign_of_life", address))

    def looked_for(self, address: str) -> None:
        self.words.append(("looked_for", address))

    def rejected(self, address: str, router: str) -> None:
        self.words.append(("rejected", address, router))

    def tried(self, address: str) -> None:
        self.words.append(("tried", address))

    def passed(self, addresses: list[str]) -> None:
        self.words.append(("passed", tuple(addresses)))

    def done(self, steps: int) -> None:
        self.words.append(("done", steps))

    def progress(self, attempts: int) -> None:
        self.words.append(("progress", attempts))


@dataclasses.dataclass
class Setting:
    """A plan with its gate, and who listens."""

    plan: SweepPlan
    gate: Gate
    heard: Heard
    stop: Stop

    def run(self, engine: Callable[..., Any], **options: Any) -> Heard:
        engine(self.plan, self.gate, self.heard, self.stop, **options).run()
        return self.heard


@pytest.fixture
def setting() -> Callable[..., Setting]:
    """``setting("127.1.2.0/30", ports=(80,), asks=(), …)``; other words change the limits."""

    def make(
        *targets: str,
        ports: tuple[int, ...] = (),
        asks: tuple[Probe, ...] = (),
        first_step: int = 0,
        allowed: tuple[int, ...] | None = None,
        **limits: Any,
    ) -> Setting:
        scope = Scope.of([parse_target(target) for target in targets])
        plan = SweepPlan(scope, ports, asks, Permutation.of(scope.size, 5), first_step)
        gate = Gate(scope, dataclasses.replace(QUICK, **limits), ports=ports if allowed is None else allowed)
        return Setting(plan, gate, Heard(), Stop())

    return make
