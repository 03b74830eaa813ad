"""What the store keeps of states comes back as it was, and says when its shape has changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from scanner.inventory.packing import both, shape_of
from scanner.inventory.presence import DeviceLife, Place, Socket
from scanner.inventory.words import Presence, Seen
from scanner.model.identity import Name, Rung


@dataclass
class Everything:
    """One of each kind of field."""

    text: str
    moment: datetime
    day: date | None
    names: dict[Name, None]
    pairs: dict[tuple[str, str], int]
    some: frozenset[str]
    pair: tuple[str, int]
    many: tuple[Name, ...]
    state: Presence
    inner: list[int] = field(default_factory=list)


AT = datetime(2026, 1, 5, 2, 0, 1, 5, tzinfo=UTC)
NAME = Name(Rung.SERIAL, "A")


def through(kind, value):
    write, read, _ = both(kind)
    return read(json.loads(json.dumps(write(value))))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (datetime, AT),
        (date | None, None),
        (dict[Name, None], {Name(Rung.MAC, "b"): None, NAME: None}),
        (dict[tuple[str, str], int], {("s", "10.1.0.5"): 0}),
        (frozenset[str], frozenset("ba")),
        (set[str], set()),
        (tuple[str, int], ("a", 1)),
        (Presence, Presence.MISSING),
        (Seen, Seen("inv-1", (NAME,), ("10.1.0.5",), frozenset({"tcp"}), {"model": "M"}, heard=AT)),
        (
            DeviceLife,
            DeviceLife(
                "inv-1",
                "s",
                AT,
                AT,
                "missing",
                places=(Place("10.1.0.5", "10.1.0.0/24", coverable=True),),
                socket=Socket("sw", "1", frozenset({"x"})),
                gone_on=date(2026, 1, 5),
            ),
        ),
    ],
)
def test_what_is_kept_comes_back(kind, value):
    assert through(kind, value) == value


def test_the_order_of_names_is_kept():
    names = {Name(Rung.MAC, "b"): None, NAME: None}

    assert list(through(dict[Name, None], names)) == list(names)


def test_what_cannot_be_kept_is_refused():
    with pytest.raises(TypeError, match="cannot be kept"):
        both(Everything)


def test_another_shape_has_another_digest():
    assert shape_of(Seen) != shape_of(DeviceLife) != shape_of(Seen, DeviceLife)
