"""The kernel's table of link-layer neighbours (ARP and neighbour discovery), read over netlink.

An entry with a MAC is a sign of life; an entry in state ``failed`` or ``incomplete`` says that the kernel
asked for an address on a directly connected prefix and nobody answered. Nothing is sent.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from scanner.transports import netlink


class _Nud(IntEnum):
    """Neighbour states of linux/neighbour.h; those without a neighbour are left out."""

    INCOMPLETE = 0x01
    REACHABLE = 0x02
    STALE = 0x04
    DELAY = 0x08
    PROBE = 0x10
    FAILED = 0x20
    PERMANENT = 0x80


_UNANSWERED = frozenset({"incomplete", "failed"})


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An address on a directly connected link."""

    address: str
    mac: str | None
    """As ``aa:bb:cc:dd:ee:ff``; None when nobody answered for the address."""
    interface: str
    state: str
    """The kernel's word (``reachable``, ``stale``, ``failed`` …), or ``answered`` to our own question."""

    @property
    def present(self) -> bool:
        """True when something answered for the address."""
        return self.mac is not None and self.state not in _UNANSWERED


def neighbours() -> tuple[Neighbour, ...]:
    """Every entry of this network namespace, failed ones too; groups and our own entries are left out.

    Raises:
        NetlinkUnavailable: the kernel cannot be asked.
    """
    return tuple(_entries(netlink.ask(lambda route: list(route.get_neighbours()))))


def _entries(messages: Iterable[Any]) -> Iterable[Neighbour]:
    for message in messages:
        text = message.get_attr("NDA_DST")
        try:
            state = _Nud(message["state"])
            address = ipaddress.ip_address(text or "")
        except ValueError:
            continue
        if address.is_multicast or address.is_unspecified:
            continue
        mac = message.get_attr("NDA_LLADDR")
        with contextlib.suppress(OSError):
            yield Neighbour(
                address=str(address),
                mac=mac.lower() if mac and state not in {_Nud.INCOMPLETE, _Nud.FAILED} else None,
                interface=socket.if_indextoname(message["ifindex"]),
                state=state.name.lower(),
            )
