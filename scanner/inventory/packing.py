"""Dataclasses as JSON, by their own annotations: what the store keeps of the state of its views."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

_Way = Callable[[Any], Any]
_Both = tuple[_Way, _Way, str]
"""To JSON, from JSON, and the shape in words."""


def _same(value: Any) -> Any:
    return value


@cache
def both(kind: Any) -> _Both:
    """How values of a type are written and read.

    Raises:
        TypeError: a type that cannot be kept.
    """
    if kind in (str, int, bool, float):
        return _same, _same, kind.__name__
    if kind is datetime:
        return datetime.isoformat, datetime.fromisoformat, "datetime"
    if kind is date:
        return date.isoformat, date.fromisoformat, "date"
    if isinstance(kind, type) and issubclass(kind, Enum):
        members = {one.value: one for one in kind}
        return (lambda one: one.value), members.__getitem__, kind.__name__
    if is_dataclass(kind):
        return _record(kind)
    return _container(kind)


def _container(kind: Any) -> _Both:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType) and len(inner) == 2 and inner[1] is type(None):
        write, read, shape = both(inner[0])
        return (
            (lambda one: None if one is None else write(one)),
            (lambda one: None if one is None else read(one)),
            f"{shape}?",
        )
    if origin in (frozenset, set):
        write, read, shape = both(inner[0])
        return (lambda one: sorted(map(write, one))), (lambda one: origin(map(read, one))), f"{{{shape}}}"
    if origin is tuple and inner[1:] == (Ellipsis,):
        write, read, shape = both(inner[0])
        return (lambda one: list(map(write, one))), (lambda one: tuple(map(read, one))), f"({shape})"
    if origin is tuple:
        parts = [both(one) for one in inner]
        return (
            (lambda one: [part[0](value) for part, value in zip(parts, one, strict=True)]),
            (lambda one: tuple(part[1](value) for part, value in zip(parts, one, strict=True))),
            f"({','.join(part[2] for part in parts)})",
        )
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return _pairs(*inner)
    raise TypeError(f"{kind} cannot be kept")


def _pairs(key: Any, value: Any) -> _Both:
    write_key, read_key, key_shape = both(key)
    if value in (None, type(None)):
        # An ordered set.
        return (
            (lambda one: list(map(write_key, one))),
            (lambda one: dict.fromkeys(map(read_key, one))),
            f"<{key_shape}>",
        )
    write, read, shape = both(value)
    return (
        (lambda one: [[write_key(name), write(kept)] for name, kept in one.items()]),
        (lambda one: {read_key(name): read(kept) for name, kept in one}),
        f"<{key_shape}:{shape}>",
    )


def _record(kind: Any) -> _Both:
    hints = get_type_hints(kind)
    named = [(one.name, both(hints[one.name])) for one in fields(kind)]
    writers = [(name, ways[0]) for name, ways in named]
    readers = [ways[1] for _, ways in named]

    def write(one: Any) -> list[Any]:
        return [way(getattr(one, name)) for name, way in writers]

    def read(kept: list[Any]) -> Any:
        return kind(*[way(value) for way, value in zip(readers, kept, strict=True)])

    inside = ",".join(f"{name}:{ways[2]}" for name, ways in named)
    return write, read, f"{kind.__name__}[{inside}]"


def shape_of(*kinds: Any) -> str:
    """A digest of how types are kept: another one means that what was kept cannot be read."""
    return hashlib.sha256("\n".join(both(kind)[2] for kind in kinds).encode()).hexdigest()[:16]
