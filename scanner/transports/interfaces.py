"""This machine's network interfaces, their addresses, and which of them carries a packet to an address.

Everything is read from the kernel; nothing is sent.
"""

from __future__ import annotations

import fcntl
import ipaddress
import socket
import struct
from dataclasses import dataclass
from typing import TypeAlias

from scanner.transports import netlink

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address: TypeAlias = ipaddress.IPv4Interface | ipaddress.IPv6Interface

# linux/if.h and linux/sockios.h
_IFF_UP = 0x1
_IFF_LOOPBACK = 0x8
_IFF_POINTOPOINT = 0x10
_IFF_RUNNING = 0x40
_IFF_NOARP = 0x80
_IFF_MULTICAST = 0x1000
_SIOCGIFFLAGS = 0x8913
_NAME_LIMIT = 15


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface and what can be done with it."""

    name: str
    index: int
    ipv4: tuple[ipaddress.IPv4Interface, ...]
    ipv6: tuple[ipaddress.IPv6Interface, ...]
    """Link-local addresses included, without their zone."""
    multicast: bool
    loopback: bool
    up: bool
    """Switched on, and with a carrier: what is sent through a socket without a cable goes nowhere, unsaid."""
    looks_up: bool = True
    """Neighbours are looked up before they are sent anything, so that nobody's address is known as such."""

    @property
    def networks(self) -> tuple[Network, ...]:
        """The connected prefixes, each once, without the IPv6 link-local one that every link has."""
        found: dict[Network, None] = {address.network: None for address in self.ipv4}
        found |= {address.network: None for address in self.ipv6 if not address.is_link_local}
        return tuple(found)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Our own addresses on it, as text."""
        own: tuple[_Address, ...] = (*self.ipv4, *self.ipv6)
        return tuple(str(address.ip) for address in own)

    def __str__(self) -> str:
        return " ".join((self.name, *(str(address) for address in (*self.ipv4, *self.ipv6))))


def interfaces() -> tuple[Interface, ...]:
    """Every interface of this network namespace, in the kernel's order, also those without an address."""
    import ifaddr

    addresses: dict[int, list[_Address]] = {}
    for adapter in ifaddr.get_adapters(include_unconfigured=True):
        # An alias such as eth0:1 is listed apart and has the index of its interface.
        index = adapter.index or socket.if_nametoindex(adapter.name)
        found = addresses.setdefault(index, [])
        for known in adapter.ips:
            text = known.ip if isinstance(known.ip, str) else known.ip[0].split("%")[0]
            found.append(ipaddress.ip_interface(f"{text}/{known.network_prefix}"))
    return tuple(
        interface
        for index in sorted(addresses)
        if (interface := _interface(index, addresses[index])) is not None
    )


def _interface(index: int, addresses: list[_Address]) -> Interface | None:
    """Put an interface together; None for one that went away meanwhile."""
    try:
        name = socket.if_indextoname(index)
    except OSError:
        return None
    flags = _flags(name)
    return Interface(
        name=name,
        index=index,
        ipv4=tuple(address for address in addresses if isinstance(address, ipaddress.IPv4Interface)),
        ipv6=tuple(address for address in addresses if isinstance(address, ipaddress.IPv6Interface)),
        multicast=bool(flags & _IFF_MULTICAST),
        loopback=bool(flags & _IFF_LOOPBACK),
        up=bool(flags & _IFF_UP and flags & _IFF_RUNNING),
        looks_up=not flags & (_IFF_NOARP | _IFF_POINTOPOINT),
    )


def interface_towards(address: str) -> str | None:
    """Name of the interface over which the kernel would send to ``address``; None without a route.

    The kernel's routing table is asked; no packet leaves.

    Raises:
        ValueError: the text is no address.
    """
    plain, _, zone = address.partition("%")
    if zone:
        return zone
    family = socket.AF_INET6 if ipaddress.ip_address(plain).version == 6 else socket.AF_INET

    def look_up(route: object) -> str | None:
        from pyroute2.netlink.exceptions import NetlinkError

        try:
            answers = route.route("get", dst=plain, family=family)  # type: ignore[attr-defined]
        except NetlinkError:
            return None  # unreachable, prohibited or no route at all
        for answer in answers:
            index = answer.get_attr("RTA_OIF")
            if index is not None:
                return socket.if_indextoname(index)
        return None

    return netlink.ask(look_up)


def carrier_changes() -> dict[str, int]:
    """How often each interface that is up with a carrier gained or lost it so far; others are left out.

    Raises:
        NetlinkUnavailable: the kernel cannot be asked.
    """

    def look_up(route: object) -> dict[str, int]:
        return {
            message.get_attr("IFLA_IFNAME"): int(message.get_attr("IFLA_CARRIER_CHANGES") or 0)
            for message in route.get_links()  # type: ignore[attr-defined]
            if message["flags"] & _IFF_UP and message["flags"] & _IFF_RUNNING
        }

    return netlink.ask(look_up)


def _flags(name: str) -> int:
    """The flags of an interface, 0 for one that went away meanwhile."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16s24x", name.encode()[:_NAME_LIMIT])
        try:
            answer = fcntl.ioctl(probe.fileno(), _SIOCGIFFLAGS, request)
        except OSError:
            return 0
    return int(struct.unpack_from("H", answer, 16)[0])
