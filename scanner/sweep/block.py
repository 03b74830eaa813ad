"""What the connect sweep has under way: blocks of addresses, rounds of questions to them, single attempts."""

from __future__ import annotations

import socket
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from scanner.model.ending import Ending
from scanner.model.probe import Probe


@dataclass(slots=True)
class Block:
    """Addresses that are under way together."""

    number: int
    step: int
    """Where it begins in the order of the walk."""
    addresses: list[str]
    waiting: int = 0
    """Connect attempts and rounds that are not over."""
    first_try: bool = True
    silent: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    judged: Counter[str] = field(default_factory=Counter)
    """Ports of an address whose first try is over."""
    spoke: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    told: set[tuple[str, Ending]] = field(default_factory=set)
    """Address and ending of what is told once an address."""
    sent: set[tuple[str, str]] = field(default_factory=set)
    """Method and address of datagrams that left."""
    unsent: dict[tuple[str, str], Callable[[], None]] = field(default_factory=dict)
    """What is told of a method and an address if none of its datagrams leaves."""
    free_at: dict[str, float] = field(default_factory=dict)
    """When an address may get its next packet."""

    def mask(self, port: int) -> int:
        """Which addresses were silent at a port: a bit for each, the first one lowest."""
        silent = set(self.silent.get(port, ()))
        return sum(1 << place for place, address in enumerate(self.addresses) if address in silent)

    def among(self, addresses: list[str], mask: int) -> list[str]:
        """Those of some addresses whose bit is set."""
        places = {address: place for place, address in enumerate(self.addresses)}
        return [address for address in addresses if mask >> places[address] & 1]


@dataclass(slots=True, order=True)
class Round:
    """One question to all addresses of a block that it concerns."""

    due: float
    order: int
    block: Block = field(compare=False)
    addresses: list[str] = field(compare=False)
    port: int = field(compare=False, default=0)
    ask: Probe | None = field(compare=False, default=None)
    again: bool = field(compare=False, default=False)
    waiting: int = field(compare=False, default=1)
    """Attempts that are not over, and one for the asking itself."""


@dataclass(slots=True)
class Attempt:
    """One connect that is under way."""

    waiting: socket.socket
    address: str
    port: int
    part: Round
