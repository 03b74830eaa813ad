"""The addresses that files name: many in little room, and never more than can be kept."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from functools import lru_cache

from scanner.model.errors import UsageError
from scanner.scope import AddressRange, merge, parse_target

PREFIXES_LIMIT = 1 << 16
"""IPv4 /24s; a /8 has as many. Of IPv6, where addresses lie far apart, as many addresses."""


@lru_cache(maxsize=1 << 16)
def host_address(text: str) -> str:
    """An address in its one spelling, if a host can have it; else empty. IPv4 in IPv6 clothes is IPv4."""
    try:
        parsed = ipaddress.ip_address(text.split("%", 1)[0].strip())
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        parse_target(str(parsed))
    except (ValueError, UsageError):
        return ""
    return str(parsed)


class AddressBook:
    """A set of addresses that gives out what is new in it as ranges."""

    def __init__(self, limit: int = PREFIXES_LIMIT) -> None:
        self._limit = limit
        self._four: defaultdict[int, int] = defaultdict(int)
        self._six: set[int] = set()
        self._new: set[int] = set()
        """Keys of IPv4 prefixes that changed since they were last given out."""
        self._new_six: set[int] = set()
        self.full = False
        """Something had no room."""

    def add(self, address: str) -> bool:
        """Note an address; False if there is no room for it."""
        parsed = ipaddress.ip_address(address)
        number = int(parsed)
        if parsed.version == 6:
            return number in self._six or self._add_six(number)
        key, bit = number >> 8, 1 << (number & 0xFF)
        if key not in self._four and len(self._four) >= self._limit:
            self.full = True
            return False
        if not self._four[key] & bit:
            self._four[key] |= bit
            self._new.add(key)
        return True

    def _add_six(self, number: int) -> bool:
        if len(self._six) >= self._limit:
            self.full = True
            return False
        self._six.add(number)
        self._new_six.add(number)
        return True

    def take_new(self) -> tuple[AddressRange, ...]:
        """Ranges that hold every address noted since the last time (and others that were noted before)."""
        found = [AddressRange(6, number, number) for number in self._new_six]
        for key in self._new:
            bits = self._four[key]
            found += [
                AddressRange(4, key << 8 | low, key << 8 | low) for low in range(256) if bits >> low & 1
            ]
        self._new.clear()
        self._new_six.clear()
        return merge(found)
