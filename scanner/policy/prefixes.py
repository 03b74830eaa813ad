"""Prefixes as a ledger needs them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from scanner.scope import AddressRange, Network, collapse, group_network


def holds(link: AddressRange, address: str) -> bool:
    """Whether an address lies in a range."""
    found = ipaddress.ip_address(address)
    return link.version == found.version and link.first <= int(found) <= link.last


def has_broadcast(network: Network) -> bool:
    """Whether the last address of a network is no host's."""
    return network.version == 4 and network.prefixlen < 31


def joined(keys: Iterable[tuple[int, int]]) -> Iterator[str]:
    """The fewest prefixes that hold these groups, in order."""
    return map(str, collapse(map(group_network, keys)))
