"""What a sweep engine is told and what it tells."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from scanner.model.ending import Ending
from scanner.model.probe import Probe
from scanner.scope import Permutation, Scope
from scanner.transports.udp import Datagram


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """What is to be asked of each address of the scope."""

    scope: Scope
    ports: tuple[int, ...]
    """TCP ports, in the order in which they are tried."""
    asks: tuple[Probe, ...]
    """Calls that are also asked of single addresses."""
    permutation: Permutation
    first_step: int = 0
    """Where an earlier sweep stopped."""
    own: frozenset[str] = frozenset()
    """This machine's own addresses."""
    known: Mapping[str, Mapping[int, Ending]] = field(default_factory=dict)
    """What earlier sittings of the run told of ports; they are not asked again."""
    first: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    """Ports whose first try is over, by the first step of the block, each with a mask of who was silent."""
    again: Mapping[int, Collection[int]] = field(default_factory=dict)
    """Ports whose retry is over too."""
    answered: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Addresses that answered a call, by its name; they are not asked again."""


class SweepListener(Protocol):
    """Told from the engine's thread. Silence is not told: what was not said by `done` was silent."""

    def port(self, address: str, port: int, ending: Ending, detail: str) -> None:
        """A port accepted (COMPLETE), refused, was stopped by us, never asked, or failed by our fault.

        COMPLETE is told once a port, the others once an address.
        """

    def unsent(self, probe: Probe, address: str, ending: Ending, detail: str) -> None:
        """A datagram never left this machine: stopped by us, no route, or our fault."""

    def datagram(self, probe: Probe, datagram: Datagram) -> None:
        """An answer to a unicast question."""

    def reduced(self, method: str, reason: str) -> None:
        """Not everything that came was taken; told once a method."""

    def closed_port(self, address: str, port: int) -> None:
        """The host itself says that nothing listens on a UDP port: it lives."""

    def sign_of_life(self, address: str) -> None:
        """An ICMP error came from this address, which lies in the prefix that was asked."""

    def looked_for(self, address: str) -> None:
        """The last router looked for this address on its link and did not find it: packets get that far."""

    def rejected(self, address: str, router: str) -> None:
        """A router or firewall on the way says that nothing gets through to this address."""

    def round_over(self, step: int, port: int, *, again: bool, silent: int) -> None:
        """One try of a port is over in all of the block that begins at a step; the second, or the first.

        ``silent`` is a mask of those that were silent in the first: bit n is the n-th address of the block.
        """

    def tried(self, address: str) -> None:
        """The first try of every port of an address that spoke is over."""

    def passed(self, addresses: list[str]) -> None:
        """The first try of all ports of these addresses is over."""

    def done(self, steps: int) -> None:
        """All steps of the permutation below this one are finished, retries included."""

    def progress(self, attempts: int) -> None:
        """So many attempts and datagrams since the last call, for the progress bar."""


@dataclass
class Stop:
    """A flag that ends a sweep, with the reason."""

    event: threading.Event = field(default_factory=threading.Event)
    reason: str = ""

    def set(self, reason: str) -> None:
        """End the sweep; the first reason stays."""
        if not self.event.is_set():
            self.reason = reason
            self.event.set()

    @property
    def wanted(self) -> bool:
        """Whether the sweep should end."""
        return self.event.is_set()
