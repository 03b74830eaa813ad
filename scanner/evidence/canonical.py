"""Canonical JSON (RFC 8785) of whatever JSON holds, and back without loss.

RFC 8785 knows no number beyond what a double holds and no half of a surrogate pair, and it sorts the members
of objects. All of this matters in what is sealed, so such values are written as objects of one member whose
name begins with ``#``; names that begin so themselves get one ``#`` more. Without fractions, what Python's
own writer gives with sorted names is canonical.
"""

from __future__ import annotations

import json
from typing import Any

_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_MOST = 2**53 - 1
"""Whole numbers beyond are not exact in a double (RFC 8785, section 3.2.2.3)."""
_NUMBER, _ESCAPED, _MEMBERS = "#number", "#escaped", "#members"


def canonical(value: Any) -> bytes:
    """The one way to write a value of texts, whole numbers within a double, truth values, lists, objects.

    Raises:
        ValueError: it holds something else.
    """
    # Names are sorted by code point here, by UTF-16 unit there; `wrapped` leaves none for which it matters.
    return _ENCODE(value).encode()


def wrapped(value: Any) -> Any:
    """A value as `canonical` takes it."""
    if isinstance(value, str):
        return value if value.isascii() or _is_text(value) else {_ESCAPED: json.dumps(value)}
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_MOST <= value <= _MOST else {_NUMBER: str(value)}
    if isinstance(value, float):
        return {_NUMBER: repr(value)}
    if isinstance(value, list):
        return [wrapped(one) for one in value]
    if not all(name.isascii() for name in value):
        return {_ESCAPED: json.dumps(value)}
    if list(value) != sorted(value):
        return {_MEMBERS: [[name, wrapped(one)] for name, one in value.items()]}
    return {f"#{name}" if name.startswith("#") else name: wrapped(one) for name, one in value.items()}


def unwrapped(value: Any) -> Any:
    """What was wrapped.

    Raises:
        ValueError: nothing that `wrapped` gives.
    """
    if isinstance(value, list):
        return [unwrapped(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, one),) = value.items()
        if name in (_NUMBER, _ESCAPED):
            return json.loads(one)
        if name == _MEMBERS:
            return {name: unwrapped(one) for name, one in one}
    return {name.removeprefix("#"): unwrapped(one) for name, one in value.items()}


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
