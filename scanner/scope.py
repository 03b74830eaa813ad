"""What may be touched: targets less exclusions, as ranges of addresses, walked in a seeded permutation.

Everything here is arithmetic over integers; memory grows with the number of ranges and not with addresses.
"""

from __future__ import annotations

import ipaddress
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from scanner.model.errors import UsageError

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

WALKED_IPV6_PREFIX = 112
"""An IPv6 prefix shorter than this is not walked: 65,536 addresses are the most that a sweep can finish."""
MANY = 1 << 24
"""More addresses than this want the user's word."""

# Special-purpose blocks of the IANA registries that never reach a stranger's machine over the internet.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10",
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15",
        "::1/128", "fe80::/10", "fc00::/7", "2001:db8::/32",
    )
)  # fmt: skip
_NO_HOSTS = tuple(
    ipaddress.ip_network(text) for text in ("0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8")
)

# The kernel sends what is meant for ::ffff:10.0.0.1 to 10.0.0.1, past an exclusion of 10.0.0.1.
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


@dataclass(frozen=True, slots=True, order=True)
class AddressRange:
    """Addresses from ``first`` to ``last``, both included, of one IP version."""

    version: int
    first: int
    last: int

    @property
    def size(self) -> int:
        """Number of addresses."""
        return self.last - self.first + 1

    def networks(self) -> Iterator[Network]:
        """The CIDR blocks that make up the range."""
        yield from ipaddress.summarize_address_range(
            to_ip(self.version, self.first), to_ip(self.version, self.last)
        )

    def __str__(self) -> str:
        blocks = list(self.networks())
        if len(blocks) == 1:
            network = blocks[0]
            return str(network.network_address) if network.num_addresses == 1 else str(network)
        return f"{to_ip(self.version, self.first)}-{to_ip(self.version, self.last)}"


def to_ip(version: int, number: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address object of a number."""
    return ipaddress.IPv4Address(number) if version == 4 else ipaddress.IPv6Address(number)


def canonical(address: str) -> str:
    """Spell an IP address the one way that is used everywhere (without an interface suffix).

    Raises:
        ValueError: the text is no address.
    """
    return str(ipaddress.ip_address(address.split("%", 1)[0]))


def range_of(network: Network) -> AddressRange:
    """The range that a network covers."""
    return AddressRange(network.version, int(network.network_address), int(network.broadcast_address))


def group_key(address: str) -> tuple[int, int]:
    """The /24 (IPv6: /112) that an address lies in, as a key."""
    parsed = ipaddress.ip_address(address)
    return parsed.version, int(parsed) >> (8 if parsed.version == 4 else 16)


def parse_target(text: str) -> AddressRange | str:
    """Read an address, a CIDR block or a range ``10.0.0.5-40``; anything else is taken as a host name.

    Raises:
        UsageError: the text is none of these, or names addresses that no host has.
    """
    text = text.strip()
    if not text:
        raise UsageError(
            "an empty target; name an address, a prefix, a range such as 10.0.0.5-40, or a host name"
        )
    if "/" in text:
        found = _parse_prefix(text)
    elif "-" in text and _looks_like_range(text):
        found = _parse_range(text)
    else:
        try:
            number = ipaddress.ip_address(text)
        except ValueError:
            return _host_name(text)
        found = AddressRange(number.version, int(number), int(number))
    if found.version == 6 and _overlap(range_of(_MAPPED), found):
        raise UsageError(f"{text}: IPv4 addresses in IPv6 clothes; write them as IPv4 addresses")
    for block in _NO_HOSTS:
        if block.version == found.version and _overlap(range_of(block), found):
            raise UsageError(
                f"{text}: {block} holds no hosts (multicast, broadcast or unspecified); leave it out"
            )
    return found


def _parse_prefix(text: str) -> AddressRange:
    try:
        return range_of(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise UsageError(f"{text}: not a prefix; write it as 10.0.0.0/24 or fd00::/120") from None


def _looks_like_range(text: str) -> bool:
    left = text.split("-", 1)[0]
    try:
        ipaddress.ip_address(left.strip())
    except ValueError:
        return False
    return True


def _parse_range(text: str) -> AddressRange:
    left, right = (part.strip() for part in text.split("-", 1))
    start = ipaddress.ip_address(left)
    if right.isascii() and right.isdigit() and start.version == 4:
        if len(right) > 3 or int(right) > 255:
            raise UsageError(f"{text}: {right} is no last part of an address (0 to 255)")
        right = f"{left.rsplit('.', 1)[0]}.{int(right)}"
    try:
        end = ipaddress.ip_address(right)
    except ValueError:
        raise UsageError(f"{text}: not a range; write it as 10.0.0.5-40 or 10.0.0.5-10.0.1.9") from None
    if start.version != end.version:
        raise UsageError(f"{text}: the two ends are of different IP versions")
    if int(end) < int(start):
        raise UsageError(f"{text}: the range is inverted; did you mean {end}-{start}?")
    return AddressRange(start.version, int(start), int(end))


def _host_name(text: str) -> str:
    labels = text.rstrip(".").split(".")
    fine = all(
        0 < len(label) <= 63 and label.replace("-", "a").replace("_", "a").isalnum() and label.isascii()
        for label in labels
    )
    if not fine or len(text) > 253 or labels[-1].isdigit():
        raise UsageError(f"{text}: neither an address, a prefix, a range nor a host name")
    return text


def _overlap(one: AddressRange, other: AddressRange) -> bool:
    return one.version == other.version and one.first <= other.last and other.first <= one.last


def _place(
    firsts: list[tuple[int, int]], ranges: tuple[AddressRange, ...], version: int, number: int
) -> int | None:
    """Which of the sorted, disjoint ranges holds a number."""
    place = bisect_right(firsts, (version, number)) - 1
    if place < 0 or ranges[place].version != version or number > ranges[place].last:
        return None
    return place


def merge(ranges: Iterable[AddressRange]) -> tuple[AddressRange, ...]:
    """Sort ranges and join those that touch or overlap."""
    merged: list[AddressRange] = []
    for found in sorted(ranges):
        last = merged[-1] if merged else None
        if last and last.version == found.version and found.first <= last.last + 1:
            merged[-1] = AddressRange(last.version, last.first, max(last.last, found.last))
        else:
            merged.append(found)
    return tuple(merged)


def subtract(ranges: Iterable[AddressRange], holes: Iterable[AddressRange]) -> tuple[AddressRange, ...]:
    """The ranges less the holes."""
    left: list[AddressRange] = []
    cut, at = merge(holes), 0
    for found in merge(ranges):
        while at < len(cut) and (cut[at].version, cut[at].last) < (found.version, found.first):
            at += 1
        first, place = found.first, at
        while place < len(cut) and _overlap(cut[place], found):
            if first < cut[place].first:
                left.append(AddressRange(found.version, first, cut[place].first - 1))
            first = cut[place].last + 1
            place += 1
        if first <= found.last:
            left.append(AddressRange(found.version, first, found.last))
    return tuple(left)


def public_part(ranges: Iterable[AddressRange]) -> tuple[AddressRange, ...]:
    """What of the ranges could reach a stranger over the internet."""
    return subtract(ranges, [range_of(network) for network in _NOT_PUBLIC])


@dataclass(frozen=True)
class Scope:
    """What may be touched.

    ``walked`` are the addresses that are asked one by one, ``unwalked`` IPv6 prefixes in which neighbours may
    be looked at once they have shown themselves, ``excluded`` what the user took out of the targets.
    """

    walked: tuple[AddressRange, ...]
    excluded: tuple[AddressRange, ...] = ()
    unwalked: tuple[AddressRange, ...] = ()

    @classmethod
    def of(cls, targets: Iterable[AddressRange], exclusions: Iterable[AddressRange] = ()) -> Scope:
        """Build a scope from target and exclusion ranges."""
        wanted, holes = merge(targets), merge(exclusions)
        allowed = subtract(wanted, holes)
        limit = 1 << (128 - WALKED_IPV6_PREFIX)
        # Judged by what the user named, so that an exclusion inside a /64 does not make its pieces walkable.
        wide = [found for found in wanted if found.version == 6 and found.size > limit]
        walked = subtract(allowed, wide)
        return cls(
            walked=walked,
            excluded=subtract(subtract(wanted, allowed), wide),
            unwalked=subtract(allowed, walked),
        )

    @cached_property
    def _starts(self) -> list[int]:
        starts, total = [], 0
        for found in self.walked:
            starts.append(total)
            total += found.size
        return starts

    @cached_property
    def size(self) -> int:
        """Number of addresses that are walked."""
        return sum(found.size for found in self.walked)

    @property
    def excluded_size(self) -> int:
        """Number of target addresses that the user took out."""
        return sum(found.size for found in self.excluded)

    def address(self, index: int) -> str:
        """The address at a place in the walked ranges.

        Raises:
            IndexError: the index is outside 0 … size - 1.
        """
        if not 0 <= index < self.size:
            raise IndexError(index)
        place = bisect_right(self._starts, index) - 1
        found = self.walked[place]
        return str(to_ip(found.version, found.first + index - self._starts[place]))

    def index(self, address: str) -> int | None:
        """The place of an address in the walked ranges; None = it is not walked."""
        parsed = ipaddress.ip_address(address)
        place = _place(self._firsts, self.walked, parsed.version, int(parsed))
        return None if place is None else self._starts[place] + int(parsed) - self.walked[place].first

    @cached_property
    def _firsts(self) -> list[tuple[int, int]]:
        return [(found.version, found.first) for found in self.walked]

    @cached_property
    def _allowed(self) -> tuple[AddressRange, ...]:
        return merge((*self.walked, *self.unwalked))

    @cached_property
    def _allowed_firsts(self) -> list[tuple[int, int]]:
        return [(found.version, found.first) for found in self._allowed]

    def __contains__(self, address: str) -> bool:
        """Whether an address may be touched at all."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return _place(self._allowed_firsts, self._allowed, parsed.version, int(parsed)) is not None

    def leaves_out(self, address: str) -> bool:
        """Whether the user took an address out of the targets."""
        parsed = ipaddress.ip_address(address)
        firsts = [(found.version, found.first) for found in self.excluded]
        return _place(firsts, self.excluded, parsed.version, int(parsed)) is not None

    def covers(self, network: Network) -> bool:
        """Whether a whole prefix lies inside the targets (an excluded address in it makes it not so)."""
        return not subtract([range_of(network)], self._allowed)

    def touches(self, network: Network) -> bool:
        """Whether any address of a prefix is in scope."""
        wanted = range_of(network)
        return any(_overlap(found, wanted) for found in self._allowed)

    def groups(self) -> Iterator[tuple[tuple[int, int], int]]:
        """Each /24 (IPv6: /112) with the number of walked addresses in it."""
        pending: tuple[int, int] | None = None
        count = 0
        for key, _, size in self.pieces():
            if pending is not None and key != pending:
                yield pending, count
                count = 0
            pending, count = key, count + size
        if pending is not None:
            yield pending, count

    def pieces(self) -> Iterator[tuple[tuple[int, int], int, int]]:
        """The walked ranges cut at the borders of the /24s (/112s): key, index of the first, number."""
        index = 0
        for found in self.walked:
            shift = 8 if found.version == 4 else 16
            number = found.first
            while number <= found.last:
                end = min(found.last, ((number >> shift) + 1 << shift) - 1)
                yield (found.version, number >> shift), index, end - number + 1
                index += end - number + 1
                number = end + 1

    def __str__(self) -> str:
        return ", ".join(str(found) for found in (*self.walked, *self.unwalked)) or "nothing"


def collapse(networks: Iterable[Network]) -> Iterator[Network]:
    """The fewest networks that hold the same addresses, in order, those of IPv4 first."""
    known = list(networks)
    for version in (4, 6):
        same = (network for network in known if network.version == version)
        yield from ipaddress.collapse_addresses(same)  # type: ignore[type-var]


def group_network(key: tuple[int, int]) -> Network:
    """The /24 or /112 of a group key."""
    version, number = key
    if version == 4:
        return ipaddress.IPv4Network((number << 8, 24))
    return ipaddress.IPv6Network((number << 16, 112))


@dataclass(frozen=True, slots=True)
class Permutation:
    """A walk over 0 … size - 1 that visits each number once, in an order set by the seed.

    An affine map modulo the size: constant memory, any place can be computed and inverted.
    """

    size: int
    multiplier: int
    offset: int

    @classmethod
    def of(cls, size: int, seed: int) -> Permutation:
        """The permutation of this size for a seed."""
        if size <= 1:
            return cls(size, 1, 0)
        # Near the golden ratio, successive places lie far apart, so neighbours are not asked in a row.
        multiplier = int(size * 0.6180339887) + seed % 97 | 1
        while math.gcd(multiplier, size) != 1:
            multiplier += 1
        return cls(size, multiplier, seed % size)

    def __getitem__(self, step: int) -> int:
        return (self.multiplier * step + self.offset) % self.size

    def step_of(self, index: int) -> int:
        """The step at which an index is visited."""
        if self.size <= 1:
            return 0
        return (index - self.offset) * pow(self.multiplier, -1, self.size) % self.size


def ranges_text(ranges: Sequence[AddressRange]) -> tuple[str, ...]:
    """Ranges as the user would write them."""
    return tuple(str(found) for found in ranges)
