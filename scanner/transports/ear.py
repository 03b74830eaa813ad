"""One interface that is listened to: by a capture, by memberships in groups, or both; opened again when lost.

A capture sends nothing. A membership makes the kernel send IGMP and MLD reports, and nothing else leaves:
no socket here is ever written to.
"""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.policy.rules import HEARD_PORTS, MDNS_PORT, SADP_PORT, SSDP_PORT, WSDISCOVERY_PORT
from scanner.transports import bpf
from scanner.transports.endpoint import Endpoint
from scanner.transports.interfaces import Interface, interfaces
from scanner.transports.tap import CaptureRefused, Tap

GROUPS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (SADP_PORT, ("239.255.255.250",)),
    (WSDISCOVERY_PORT, ("239.255.255.250", "ff02::c")),
    (SSDP_PORT, ("239.255.255.250", "ff02::c")),
    (MDNS_PORT, ("224.0.0.251", "ff02::fb")),
)
"""UDP ports and the groups on which devices announce themselves there."""
BATCH = 64
"""Packets taken of one socket at a time, so that a flood on one interface does not silence the others."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something that came in."""

    data: bytes
    """A frame from its Ethernet header on, or a datagram."""
    frame: bool
    address: str = ""
    """Sender of a datagram."""
    source_port: int = 0
    port: int = 0
    """Where a datagram went."""


class Ear:
    """Listens on one interface.

    Args:
        name: of the interface.
        capture: make a capture.
        join: become a member of the groups.

    Attributes:
        refused: why there is no capture though one was wanted; empty if there is one.
        unheard: what else could not be opened, in words.
        dropped: frames that the kernel had no room for.
    """

    def __init__(self, name: str, *, capture: bool, join: bool) -> None:
        self.name = name
        self.refused = ""
        self.unheard: list[str] = []
        self.dropped = 0
        self._capture = capture
        self._join = join
        self._tap: Tap | None = None
        self._members: list[tuple[Endpoint, int]] = []
        self._index = 0
        self._own: frozenset[str] = frozenset()

    @property
    def captures(self) -> bool:
        """Whether a capture is open."""
        return self._tap is not None

    @property
    def joined(self) -> bool:
        """Whether it is a member of a group."""
        return bool(self._members)

    @property
    def open(self) -> bool:
        """Whether anything can be heard."""
        return self.captures or self.joined

    def listen(self) -> bool:
        """Open what is wanted and possible; False when nothing is, or the interface is not there or down."""
        self.close()
        self.refused, self.unheard = "", []
        interface = next((known for known in interfaces() if known.name == self.name), None)
        if interface is None or not (interface.up or interface.loopback):
            self.refused = "the interface is not there" if interface is None else "the interface is down"
            return False
        self._index, self._own = interface.index, frozenset(interface.addresses)
        if self._capture:
            try:
                self._tap = Tap(self.name, bpf.hearing(HEARD_PORTS))
            except CaptureRefused as error:
                self.refused = str(error)
        if self._join:
            self._become_member(interface)
        return self.open

    def _become_member(self, interface: Interface) -> None:
        for port, groups in GROUPS:
            for family, version, own in (
                (socket.AF_INET, 4, interface.ipv4),
                (socket.AF_INET6, 6, interface.ipv6),
            ):
                wanted = tuple(group for group in groups if (":" in group) == (version == 6))
                if not wanted or not own:
                    continue
                try:
                    self._members.append((Endpoint(interface, family, port, wanted, 0), port))
                except OSError as error:
                    self.unheard.append(f"UDP port {port}, IPv{version}: {error.strerror or error}")
        if not interface.ipv4:
            self.unheard.append("it has no IPv4 address, so no IPv4 group can be joined")

    def there(self) -> bool:
        """Whether the interface is still the one that was opened, and up."""
        with contextlib.suppress(OSError):
            if socket.if_nametoindex(self.name) == self._index:
                found = next((known for known in interfaces() if known.index == self._index), None)
                return found is not None and (found.up or found.loopback)
        return False

    def sockets(self) -> list[Tap | Endpoint]:
        """What to wait for."""
        members = [endpoint for endpoint, _ in self._members]
        return [self._tap, *members] if self._tap is not None else [*members]

    def messages(self, ready: Tap | Endpoint) -> Iterator[Message]:
        """What is there to be read now, at most `BATCH` messages; of memberships our own ones are left out.

        Raises:
            OSError: the interface is down or gone.
        """
        for _ in range(BATCH):
            try:
                message = self._frame(ready) if isinstance(ready, Tap) else self._datagram(ready)
            except BlockingIOError:
                return
            if message is not None:
                yield message

    def _frame(self, tap: Tap) -> Message:
        return Message(tap.receive(), frame=True)

    def _datagram(self, member: Endpoint) -> Message | None:
        found = member.receive()
        if found is None or found.address in self._own:
            return None
        port = next(port for endpoint, port in self._members if endpoint is member)
        return Message(found.data, False, found.address, found.port, port)

    def count_dropped(self) -> int:
        """Add up the frames that found no room; returns how many are new."""
        new = self._tap.dropped() if self._tap is not None else 0
        self.dropped += new
        return new

    def close(self) -> None:
        """Close everything; memberships end."""
        if self._tap is not None:
            self._tap.close()
        for endpoint, _ in self._members:
            endpoint.close()
        self._tap, self._members = None, []


def wait(ears: Iterable[Ear], seconds: float) -> Sequence[tuple[Ear, Tap | Endpoint]]:
    """Wait until something can be read somewhere, at most for a while; what can be read, and where."""
    owners = {one: ear for ear in ears for one in ear.sockets()}
    if not owners:
        select.select([], [], [], seconds)
        return ()
    ready, _, _ = select.select(list(owners), [], [], seconds)
    return [(owners[one], one) for one in ready]
