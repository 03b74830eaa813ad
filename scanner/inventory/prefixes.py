"""Many prefixes, looked up by what lies in them without going through all."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from functools import lru_cache

from scanner.inventory.cover import number_of

_Key = tuple[int, int, int]
"""Version of IP, length, bits as a number."""


@lru_cache(maxsize=1 << 14)
def key_of(prefix: str) -> _Key:
    """A prefix as numbers."""
    network = ipaddress.ip_network(prefix)
    return (
        network.version,
        network.prefixlen,
        int(network.network_address) >> (network.max_prefixlen - network.prefixlen),
    )


class Prefixes:
    """A set of prefixes.

    Args:
        prefixes: to begin with.
    """

    def __init__(self, prefixes: Iterable[str] = ()) -> None:
        self._known: dict[_Key, str] = {}
        self._lengths: dict[int, set[int]] = {4: set(), 6: set()}
        for prefix in prefixes:
            self.add(prefix)

    def add(self, prefix: str) -> None:
        """Put a prefix in."""
        key = key_of(prefix)
        self._known[key] = prefix
        self._lengths[key[0]].add(key[1])

    def holding(self, prefix: str) -> Iterator[str]:
        """Those that a prefix lies in, itself too; the narrowest first."""
        version, length, bits = key_of(prefix)
        for wide in sorted(self._lengths[version], reverse=True):
            if wide <= length and (found := self._known.get((version, wide, bits >> (length - wide)))):
                yield found

    def of_address(self, address: str) -> Iterator[str]:
        """Those that an address lies in, the narrowest first."""
        version, number = number_of(address)
        most = 32 if version == 4 else 128
        for wide in sorted(self._lengths[version], reverse=True):
            if found := self._known.get((version, wide, number >> (most - wide))):
                yield found
