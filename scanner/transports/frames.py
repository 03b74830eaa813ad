"""Link-layer questions on one interface: ARP for addresses of its prefix, and an IPv6 echo to everyone.

Two kinds of frame leave this module and no third: an ARP request (RFC 826) and an ICMPv6 echo request to
``ff02::1`` (RFC 4443 §4.1; RFC 4291 §2.7.1). SADP's own frames (0x8033) are never sent; `capture` reads them.
Frames need CAP_NET_RAW. The calls block: use a thread of their own (``asyncio.to_thread``).
"""

from __future__ import annotations

import ipaddress
import select
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from scanner.model.errors import Refused
from scanner.policy.gate import Gate
from scanner.transports.interfaces import Interface
from scanner.transports.neighbours import Neighbour
from scanner.transports.reduction import Reduction

if TYPE_CHECKING:
    from scanner.transports.packets import Link

ARP_LIMIT = 4096
"""Addresses asked per call; a larger prefix is left to the kernel's own look-ups during the sweep."""
FOUND_LIMIT = 8192
"""Neighbours kept per call."""
ASKED_AT = (0.0, 1.0, 3.0)
"""Seconds after the start; only those that have not answered are asked again."""
WAIT = 1.0
"""Seconds of listening after the last frame."""

_ETHERTYPE_ARP = 0x0806
_ETHERTYPE_IPV6 = 0x86DD
_DRAIN = 64
"""Frames read between two sends at most, so that a flood cannot hold up the questions."""

_Answer: TypeAlias = tuple[str, str]
_Read: TypeAlias = Callable[[bytes], _Answer | None]
_Questions: TypeAlias = Callable[[set[str]], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Heard:
    """Who answered, and what could not be done."""

    found: tuple[Neighbour, ...]
    sent: int
    reductions: tuple[Reduction, ...] = ()


@dataclass(slots=True)
class _Round:
    """State of one call."""

    found: dict[tuple[str, str], Neighbour] = field(default_factory=dict)
    reductions: dict[Reduction, None] = field(default_factory=dict)
    sent: int = 0

    def answered(self) -> set[str]:
        return {address for address, _ in self.found}

    def heard(self) -> Heard:
        return Heard(tuple(self.found.values()), self.sent, tuple(self.reductions))


class Frames:
    """Asks on one interface. Holds no socket between calls."""

    def __init__(
        self, gate: Gate, interface: Interface, *, asked_at: Sequence[float] = ASKED_AT, wait: float = WAIT
    ) -> None:
        self._gate = gate
        self._interface = interface
        self._asked_at = tuple(asked_at)
        self._wait = wait

    def who_has(self, addresses: Iterable[str]) -> Heard:
        """Ask by ARP for IPv4 addresses of this link, at the gate's pace; at most `ARP_LIMIT` of them."""
        from scanner.transports import packets

        wanted, more = _at_most(ARP_LIMIT, addresses)
        if not self._interface.ipv4:
            return self._nothing("the interface has no IPv4 address")

        def questions(answered: set[str]) -> Iterator[bytes]:
            for address in wanted:
                if address not in answered:
                    yield packets.arp_request(link.mac, self._source_for(address), address)

        try:
            link = packets.Link(self._interface.name, _ETHERTYPE_ARP)
        except OSError as error:
            return self._no_socket(error)
        with link:
            heard = self._ask(link, questions, packets.arp_sender, expected=set(wanted))
        if more:
            why = f"only the first {ARP_LIMIT} addresses were asked for by ARP"
            return Heard(heard.found, heard.sent, (*heard.reductions, Reduction(self._interface.name, why)))
        return heard

    def all_nodes(self) -> Heard:
        """Ask every IPv6 node of this link for an echo, from each of our own addresses on it.

        A node answers from an address of the same kind as the one that asked: our link-local address brings
        the link-local ones, a global one brings the global ones.
        """
        from scanner.transports import packets

        sources = [str(address.ip) for address in self._interface.ipv6]
        if not sources:
            return self._nothing("the interface has no IPv6 address")
        own = set(self._interface.addresses)

        def questions(_: set[str]) -> Iterator[bytes]:
            for source in sources:
                yield packets.echo_to_all(link.mac, source)

        def read(frame: bytes) -> _Answer | None:
            answer = packets.echo_sender(frame)
            return answer if answer is not None and answer[0] not in own else None

        try:
            link = packets.Link(self._interface.name, _ETHERTYPE_IPV6)
        except OSError as error:
            return self._no_socket(error)
        with link:
            return self._ask(link, questions, read, expected=None)

    def _ask(self, link: Link, questions: _Questions, read: _Read, expected: set[str] | None) -> Heard:
        """Send each round's frames at the gate's pace and listen all the while."""
        state = _Round()
        started = time.monotonic()
        for at in self._asked_at:
            self._listen(link, read, state, started + at, expected)
            answered = state.answered()
            if expected is not None and expected <= answered:
                break
            for frame in questions(answered):
                self._send(link, frame, state)
                self._drain(link, read, state)
        self._listen(link, read, state, time.monotonic() + self._wait, expected)
        if not state.sent:
            state.reductions[Reduction(self._interface.name, "no frame could be sent", total=True)] = None
        return state.heard()

    def _send(self, link: Link, frame: bytes, state: _Round) -> None:
        try:
            self._gate.frame(self._interface.name, frame)
        except Refused as refused:
            state.reductions[Reduction(self._interface.name, f"not asked: {refused}")] = None
            return
        delay = self._gate.pace(1)
        if delay > 0:
            time.sleep(delay)
        try:
            link.send(frame)
        except OSError as error:
            why = f"a frame could not be sent: {error.strerror or error}"
            state.reductions[Reduction(self._interface.name, why)] = None
        else:
            state.sent += 1

    def _listen(
        self, link: Link, read: _Read, state: _Round, until: float, expected: set[str] | None
    ) -> None:
        """Take answers until a time has come, or until all that are expected have come."""
        while (left := until - time.monotonic()) > 0:
            if expected is not None and expected <= state.answered():
                return
            if self._drain(link, read, state, left) == 0:
                return

    def _drain(self, link: Link, read: _Read, state: _Round, within: float = 0.0) -> int:
        """Wait for a frame, read what is there, and say how many frames that were."""
        for count in range(_DRAIN):
            ready, _, _ = select.select([link], [], [], 0.0 if count else within)
            if not ready:
                return count
            answer = read(link.receive())
            if answer is not None and len(state.found) < FOUND_LIMIT:
                state.found[answer] = Neighbour(answer[0], answer[1], self._interface.name, "answered")
        return _DRAIN

    def _source_for(self, address: str) -> str:
        """Our own address that is nearest to the asked one."""
        parsed = ipaddress.IPv4Address(address)
        own = self._interface.ipv4
        return str(next((known.ip for known in own if parsed in known.network), own[0].ip))

    def _no_socket(self, error: OSError) -> Heard:
        if isinstance(error, PermissionError):
            return self._nothing("raw sockets need the capability CAP_NET_RAW (root)")
        return self._nothing(f"no raw socket: {error.strerror or error}")

    def _nothing(self, reason: str) -> Heard:
        return Heard((), 0, (Reduction(self._interface.name, reason, total=True),))


def _at_most(limit: int, addresses: Iterable[str]) -> tuple[list[str], bool]:
    """The first addresses, each once, and whether there are more."""
    wanted: dict[str, None] = {}
    for address in addresses:
        if address in wanted:
            continue
        if len(wanted) >= limit:
            return list(wanted), True
        wanted[address] = None
    return list(wanted), False
