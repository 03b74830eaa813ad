"""The state of the views in cells: small compressed pieces, read when asked for, with what they were before.

A refresh goes on from the state after the last run instead of telling every run again. Of a few earlier
moments, the checkpoints, it can be restored: each checkpoint keeps what its cells held at the one before.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from scanner.inventory.packing import both
from scanner.inventory.schema import cell, former

Key = TypeVar("Key")
Value = TypeVar("Value")


class Cells:
    """The cells as they were at a checkpoint, and as they are by now.

    Args:
        connection: to the store; None: there is nothing yet.
        base: the checkpoint to go on from; 0 = from nothing.
    """

    def __init__(self, connection: Connection | None = None, base: int = 0) -> None:
        self._connection = connection if base else None
        self._base = base
        self._now: dict[str, bytes | None] = {}
        self._missed: Counter[str] = Counter()
        self._newest: bool | None = None
        self._changed: set[str] = set()
        self.former: list[dict[str, bytes | None]] = []
        """For each checkpoint that was made since: the cells that changed, as they were at the one before."""

    def read_by(self, connection: Connection) -> None:
        """From now on by another connection, to which the store is at the same checkpoint or later."""
        self._connection = connection if self._base else None

    def get(self, name: str) -> bytes | None:
        """What a cell holds; None: it is empty."""
        if name not in self._now:
            self._now[name] = self._stored(name)
        return self._now[name]

    def _stored(self, name: str) -> bytes | None:
        if self._connection is None:
            return None
        if self._newest is None:
            changed = select(former.c.name).where(former.c.checkpoint > self._base).limit(1)
            self._newest = self._connection.execute(changed).first() is None
        if self._newest:
            self._read_on(name)
            if name in self._now:
                return self._now[name]
        later = select(former.c.data).where(former.c.name == name, former.c.checkpoint > self._base)
        row = self._connection.execute(later.order_by(former.c.checkpoint).limit(1)).one_or_none()
        if row is None:
            row = self._connection.execute(select(cell.c.data).where(cell.c.name == name)).one_or_none()
        return None if row is None else row.data

    def _read_on(self, name: str) -> None:
        """Read a cell and the next ones of its kind: the more, the more of them were asked for one by one."""
        kind = name.partition("/")[0]
        self._missed[kind] += 1
        following = select(cell).where(cell.c.name >= name, cell.c.name < f"{kind}0")
        count = 1 << min(self._missed[kind] - 1, 12)
        if self._connection is not None:
            for row in self._connection.execute(following.order_by(cell.c.name).limit(count)):
                self._now.setdefault(row.name, row.data)

    def put(self, name: str, data: bytes | None, place: int) -> None:
        """Fill a cell.

        Args:
            name: which.
            data: with what; None empties it.
            place: which of the checkpoints made since this is for.
        """
        before = self.get(name)
        if data == before:
            return
        while len(self.former) <= place:
            self.former.append({})
        self.former[place].setdefault(name, before)
        self._now[name] = data
        self._changed.add(name)

    def changed(self) -> Iterator[tuple[str, bytes | None]]:
        """Every cell that is not what it was at the checkpoint gone on from."""
        for name in sorted(self._changed):
            yield name, self._now[name]


class Shelf(MutableMapping[Key, Value]):
    """A mapping whose parts are read from cells when they are asked for. Nobody can go through all of it.

    Args:
        cells: where they are.
        kind: the type of its values.
        cell_of: in which cell the value of a key is, and by which name.
    """

    def __init__(self, cells: Cells, kind: Any, cell_of: Callable[[Key], tuple[str, str]]) -> None:
        self._cells, self._cell_of = cells, cell_of
        self._write, self._read, _ = both(kind)
        self._raw: dict[str, dict[str, Any]] = {}
        self._live: dict[str, dict[str, Value]] = {}

    def _page(self, name: str) -> dict[str, Value]:
        page = self._live.get(name)
        if page is None:
            page = self._live[name] = {}
            data = self._cells.get(name)
            self._raw[name] = {} if data is None else json.loads(zlib.decompress(data))
        return page

    def __getitem__(self, key: Key) -> Value:
        name, inner = self._cell_of(key)
        page = self._page(name)
        if inner not in page:
            page[inner] = self._read(self._raw[name][inner])
        return page[inner]

    def __setitem__(self, key: Key, value: Value) -> None:
        name, inner = self._cell_of(key)
        self._page(name)[inner] = value

    def __delitem__(self, key: Key) -> None:
        name, inner = self._cell_of(key)
        page, raw = self._page(name), self._raw[name]
        if inner not in page and inner not in raw:
            raise KeyError(key)
        page.pop(inner, None)
        raw.pop(inner, None)

    def __iter__(self) -> Iterator[Key]:
        raise TypeError("a shelf is looked into, never gone through")

    def __len__(self) -> int:
        raise TypeError("a shelf is looked into, never counted")

    def flush(self, place: int) -> None:
        """Write what changed into the cells, for a checkpoint."""
        for name, page in self._live.items():
            raw = self._raw[name]
            raw.update({inner: self._write(value) for inner, value in page.items()})
            text = json.dumps(raw, sort_keys=True, separators=(",", ":"))
            self._cells.put(name, zlib.compress(text.encode("ascii"), 1) if raw else None, place)
