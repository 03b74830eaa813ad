"""Network addresses: one spelling, and which of them can be a host's own."""

from __future__ import annotations

import ipaddress
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_BROADCAST = ipaddress.IPv4Address("255.255.255.255")


def read_address(text: str) -> Address | None:
    """An IPv4 or IPv6 address, if a text is one and nothing else."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def unmapped(address: Address) -> Address:
    """IPv4 in IPv6 clothes (RFC 4291 §2.5.5.2) is IPv4."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def host_spelling(address: Address) -> str:
    """An address in its one spelling; empty for what is no host's own: none yet, a group, the broadcast."""
    own = unmapped(address)
    return "" if own.is_unspecified or own.is_multicast or own == _BROADCAST else str(own)
