"""What files of other tools prove asked, port by port, in a few bytes an address."""

from __future__ import annotations

import ipaddress
from collections import Counter, defaultdict
from collections.abc import Iterable

from scanner.policy.rules import SWEPT_PORTS
from scanner.scope import Scope, group_key

_ALL = (1 << len(SWEPT_PORTS)) - 1
_BIT = {port: 1 << place for place, port in enumerate(SWEPT_PORTS)}


class Proven:
    """Which of the sweep's ports were asked of which address, whatever came of it."""

    def __init__(self) -> None:
        self._four: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * len(SWEPT_PORTS))
        self._six: defaultdict[tuple[int, int], dict[int, int]] = defaultdict(dict)

    def add(self, address: str, ports: Iterable[int]) -> None:
        """A file proves these ports asked; others than those of the sweep do not count."""
        asked = [place for place, port in enumerate(SWEPT_PORTS) if port in ports]
        if not asked:
            return
        key, low = group_key(address), _low(address)
        if key[0] == 4:
            bits = self._four[key]
            for place in asked:
                bits[place] |= 1 << low
        else:
            group = self._six[key]
            group[low] = group.get(low, 0) | sum(1 << place for place in asked)

    def missing(self, address: str) -> tuple[int, ...]:
        """The ports of the sweep that nothing proves asked of an address."""
        key, low = group_key(address), _low(address)
        if key[0] == 6:
            have = self._six.get(key, {}).get(low, 0)
        else:
            bits = self._four.get(key, ())
            have = sum(1 << place for place, marks in enumerate(bits) if marks >> low & 1)
        return tuple(port for port, bit in _BIT.items() if not have & bit)

    def whole(self, key: tuple[int, int]) -> int:
        """The addresses of a /24 (IPv6: /112) that were asked on every port, as bits."""
        if key[0] == 6:
            return sum(1 << low for low, have in self._six.get(key, {}).items() if have == _ALL)
        marks = -1
        for bits in self._four.get(key, (0,)):
            marks &= bits
        return marks

    def silent(self, scope: Scope, spoke: Iterable[str]) -> Counter[tuple[int, int]]:
        """How many addresses of each group were asked on every port, less those that spoke."""
        if not self._four and not self._six:
            return Counter()
        heard: defaultdict[tuple[int, int], int] = defaultdict(int)
        for address in spoke:
            heard[group_key(address)] |= 1 << _low(address)
        counts: Counter[tuple[int, int]] = Counter()
        for key, first, size in scope.pieces():
            if whole := self.whole(key):
                inside = ((1 << size) - 1) << _low(scope.address(first))
                counts[key] += (whole & inside & ~heard.get(key, 0)).bit_count()
        return counts


def _low(address: str) -> int:
    """The place of an address in its /24 (IPv6: /112)."""
    parsed = ipaddress.ip_address(address)
    return int(parsed) & (0xFF if parsed.version == 4 else 0xFFFF)
