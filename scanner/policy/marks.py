"""Many addresses noted in little room: one bit each, in a number for each prefix that has any."""

from __future__ import annotations

import ipaddress
from collections import defaultdict

from scanner.scope import group_key


class Marks:
    """A set of addresses that can be counted by /24 (IPv6: /112)."""

    def __init__(self) -> None:
        self._bits: defaultdict[tuple[int, int], int] = defaultdict(int)

    def add(self, address: str) -> None:
        """Note an address; a second time changes nothing."""
        self._bits[group_key(address)] |= _bit(address)

    def __contains__(self, address: str) -> bool:
        return bool(self._bits.get(group_key(address), 0) & _bit(address))

    def __len__(self) -> int:
        return sum(bits.bit_count() for bits in self._bits.values())

    def count(self, key: tuple[int, int]) -> int:
        """How many addresses of a prefix are noted."""
        return self._bits.get(key, 0).bit_count()


def _bit(address: str) -> int:
    parsed = ipaddress.ip_address(address)
    return 1 << (int(parsed) & (0xFF if parsed.version == 4 else 0xFFFF))
