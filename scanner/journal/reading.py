"""Reads a journal. What cannot be read costs itself only, and is said."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Iterator, Mapping, MutableMapping
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from scanner.journal.records import FIELDS, KINDS, Record, RunStarted
from scanner.model.ending import Ending
from scanner.model.errors import UsageError, unreadable
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.report import RunError
from scanner.model.sighting import Sighting

LINE_LIMIT = 4 * 1024 * 1024
"""Bytes of a line at most; no scan writes a longer one."""
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_TUPLES = {
    kind: [name for name, hint in hints.items() if get_origin(hint) is tuple]
    for kind, hints in FIELDS.items()
}


def is_mac(host: str) -> bool:
    """Whether a host is known by its MAC address alone, spelt in the canonical way."""
    return _MAC.fullmatch(host) is not None


def read_journal(path: Path) -> Iterator[Record]:
    """The records of a journal, in order. What cannot be read becomes a `RunError` record.

    Raises:
        UsageError: the file cannot be read or is no journal.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(unreadable(path, error)) from None
    with file:
        bodies: dict[str, bytes] = {}
        started = False
        for number, line in enumerate(iter(lambda: file.readline(LINE_LIMIT), b""), 1):
            try:
                record = record_of(line, bodies)
            except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
                if number == 1:
                    break
                what = "cut short" if not line.endswith(b"\n") else "not readable"
                yield RunError(f"{path.name}:{number}", f"a record is {what}; it was left out")
                continue
            if number == 1 and not isinstance(record, RunStarted):
                break
            started = True
            if record is not None:
                yield record
        if not started:
            raise UsageError(f"{path}: not a journal of a scan")


def record_of(line: str | bytes, bodies: MutableMapping[str, bytes]) -> Record | None:
    """Read one line; None for a body, which goes into ``bodies``.

    Args:
        line: as a journal holds it.
        bodies: payloads by digest, to which observations point.

    Raises:
        ValueError, KeyError, TypeError, RecursionError: no scan wrote it, or its payload is not there.
    """
    entry = json.loads(line)
    if not isinstance(entry, dict):
        raise TypeError(entry)
    kind = entry.pop("kind")
    if kind == "body":
        bodies[entry["digest"]] = base64.b64decode(entry["data"], validate=True)
        return None
    if kind == "observation":
        entry["protocol"] = Protocol(entry["protocol"])
        return _checked(Observation(payload=bodies[entry["digest"]], **entry))
    if kind in ("ended", "proven"):
        entry["ending"] = Ending(entry["ending"])
    entry |= {name: tuple(entry[name]) for name in _TUPLES[KINDS[kind]]}
    record: Record = KINDS[kind](**entry)
    return _checked(record)


def _checked(record: Record) -> Record:
    """A record as a scan writes it: a file may be damaged, or somebody may have written into it.

    Raises:
        ValueError, TypeError: a value that no scan writes.
    """
    for name, kind in FIELDS[type(record)].items():
        value = getattr(record, name)
        if not _fits(value, kind):
            raise TypeError(name)
        if name in ("host", "address"):
            _check_address(record, value)
    if isinstance(record, RunStarted):
        date.fromisoformat(record.started[:10])
        for prefix in record.connected:
            ipaddress.ip_network(prefix)
    return record


def _check_address(record: Record, value: str) -> None:
    """Refuse what names no host: another table may know a MAC address only, everybody else knows the address.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(record, Sighting):
        if not is_mac(record.mac):
            raise ValueError(record.mac)
        if not value:
            return
    if not (isinstance(record, Observation) and is_mac(value)):
        ipaddress.ip_address(value)


def _fits(value: object, kind: Any) -> bool:
    """Whether a value read from JSON is of the type that a record's field declares."""
    arguments = get_args(kind)
    if isinstance(kind, UnionType):
        return any(_fits(value, one) for one in arguments)
    if get_origin(kind) is tuple:
        return isinstance(value, tuple) and all(_fits(one, arguments[0]) for one in value)
    if get_origin(kind) is Mapping and arguments[1] is not Any:
        return isinstance(value, Mapping) and all(_fits(one, arguments[1]) for one in value.values())
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, get_origin(kind) or kind)
