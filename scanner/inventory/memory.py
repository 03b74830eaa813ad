"""What was told so far, on shelves: devices and their names, where everything stands, who had an address."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zlib import crc32

from scanner.inventory.cells import Cells, Shelf
from scanner.inventory.devices import Memory, Thing
from scanner.inventory.findings import FindingLife
from scanner.inventory.hosts import HostMemory, KnownHosts, neighbourhood
from scanner.inventory.intervals import Interval
from scanner.inventory.life import Standing
from scanner.inventory.packing import shape_of
from scanner.inventory.presence import DeviceLife
from scanner.inventory.words import Seen
from scanner.model.identity import Name
from scanner.scope import group_key

_PAGE = 128
"""Devices in a cell; those that one run found first have neighbouring numbers."""
_BUCKETS = 1024
"""Cells that names are spread over."""


@dataclass
class Shown:
    """A device as runs showed it."""

    last: Seen
    first_at: str
    first_run: str
    called: tuple[str, str]
    """The last run that saw it, and what that called it."""
    names: dict[Name, None] = field(default_factory=dict)


SHAPE = shape_of(Thing, Shown, DeviceLife, FindingLife, KnownHosts, Interval)
"""Another program's state of another shape is not gone on from."""


def _bucket(kind: str, text: str) -> tuple[str, str]:
    return f"{kind}/{crc32(text.encode('utf-8', 'surrogatepass')) % _BUCKETS}", text


@lru_cache(maxsize=1 << 17)
def _group(address: str) -> tuple[int, int]:
    return group_key(address)


def _by_place(kind: str, key: tuple[str, str]) -> tuple[str, str]:
    site, address = key
    version, group = _group(address)
    return f"{kind}/{version}/{group}/{site}", address


def _by_network(kind: str, key: tuple[str, str]) -> tuple[str, str]:
    site, prefix = key
    return f"{kind}/{neighbourhood(prefix)}/{site}", prefix


def _by_number(kind: str, number: int) -> tuple[str, str]:
    return f"{kind}/{number // _PAGE}", str(number)


class Shelves:
    """All that is kept of a story.

    Args:
        cells: where it is kept.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        of_thing: Shelf[int, Thing] = Shelf(cells, Thing, lambda number: _by_number("thing", number))
        owner: Shelf[tuple[str, Name], tuple[int, str]] = Shelf(
            cells, tuple[int, str], lambda key: _bucket("name", f"{key[0]} {key[1]}")
        )
        here: Shelf[tuple[str, str], int] = Shelf(cells, int, lambda key: _by_place("seat", key))
        ids: Shelf[str, int] = Shelf(cells, int, lambda one: _bucket("id", one))
        self.joined = Memory(owner, here, ids, of_thing, int(self._plain("count", 0)))
        self._join = (of_thing, owner, here, ids)

        self.shown: Shelf[int, Shown] = Shelf(cells, Shown, lambda number: _by_number("shown", number))
        self.here: Shelf[tuple[str, str], int] = Shelf(cells, int, lambda key: _by_place("here", key))
        lives: Shelf[str, DeviceLife] = Shelf(cells, DeviceLife, lambda one: self._by_id("life", one))
        self.roster = KeptRoster(lives, cells)
        findings: Shelf[str, dict[str, FindingLife]] = Shelf(
            cells, dict[str, FindingLife], lambda one: self._by_id("finding", one)
        )
        in_doubt: Shelf[tuple[str, str], set[str]] = Shelf(
            cells, set[str], lambda key: _by_network("doubt", key)
        )
        known: Shelf[tuple[str, str], KnownHosts] = Shelf(
            cells, KnownHosts, lambda key: _by_network("hosts", key)
        )
        widest: Shelf[tuple[str, str], frozenset[str]] = Shelf(
            cells, frozenset[str], lambda key: _by_network("widest", key)
        )
        asked = {(site, prefix) for site, prefix in self._plain("asked", [])}
        waived = dict(self._plain("waived", []))
        self.standing = Standing(self.roster, findings, waived, HostMemory(known, widest, asked), in_doubt)
        self.intervals: Shelf[str, dict[tuple[str, str], Interval]] = Shelf(
            cells, dict[tuple[str, str], Interval], lambda one: self._by_id("interval", one)
        )
        self.holder: Shelf[tuple[str, str], str] = Shelf(cells, str, lambda key: _by_place("holder", key))
        self._live = (
            self.shown, self.here, lives, findings, in_doubt, known, widest, self.intervals, self.holder,
        )  # fmt: skip

    def _by_id(self, kind: str, identifier: str) -> tuple[str, str]:
        return _by_number(kind, self.joined.ids[identifier])

    def _plain(self, name: str, default: Any) -> Any:
        data = self._cells.get(name)
        return default if data is None else json.loads(zlib.decompress(data))

    def _put(self, name: str, value: Any, place: int) -> None:
        self._cells.put(name, zlib.compress(json.dumps(value).encode("ascii")), place)

    def keep_joined(self, place: int) -> None:
        """Write what the joining changed, for a checkpoint."""
        for shelf in self._join:
            shelf.flush(place)
        self._put("count", self.joined.count, place)

    def keep_lives(self, place: int) -> None:
        """Write what the lives changed, for a checkpoint."""
        for shelf in self._live:
            shelf.flush(place)
        self.roster.flush(place)
        self._put("asked", sorted(self.standing.hosts.asked), place)
        self._put("waived", sorted(self.standing.waived.items()), place)

    def all_numbers(self) -> Iterator[int]:
        """Every device that runs showed."""
        return (number for number in range(self.joined.count) if number in self.shown)


class KeptRoster:
    """The devices by their ids, and those of a site, as far as they are asked for.

    Args:
        lives: by their ids.
        cells: in which stands who is where.
    """

    def __init__(self, lives: Shelf[str, DeviceLife], cells: Cells) -> None:
        self._lives, self._cells = lives, cells
        self._members: dict[str, set[str]] = {}

    def _of(self, site: str) -> set[str]:
        if site not in self._members:
            data = self._cells.get(f"site/{site}")
            self._members[site] = set() if data is None else set(json.loads(zlib.decompress(data)))
        return self._members[site]

    def get(self, key: str, default: None = None, /) -> DeviceLife | None:
        """A device; None: there is none of this id."""
        return self._lives[key] if key in self else default

    def __getitem__(self, key: str, /) -> DeviceLife:
        return self._lives[key]

    def __contains__(self, key: object, /) -> bool:
        try:
            return isinstance(key, str) and key in self._lives
        except KeyError:
            return False  # nobody ever had this id

    def __setitem__(self, key: str, value: DeviceLife, /) -> None:
        self._lives[key] = value
        self._of(value.site).add(key)

    def of_site(self, site: str) -> Iterable[DeviceLife]:
        """The devices that were seen last at a site."""
        return [self._lives[one] for one in sorted(self._of(site))]

    def moved(self, life: DeviceLife, before: str) -> None:
        """A device is at another site than before."""
        self._of(before).discard(life.subject)
        self._of(life.site).add(life.subject)

    def flush(self, place: int) -> None:
        """Write who is where, for a checkpoint."""
        for site, members in self._members.items():
            data = zlib.compress(json.dumps(sorted(members)).encode("ascii"), 1) if members else None
            self._cells.put(f"site/{site}", data, place)
