"""Zeek logs as JSON, an entry a line: of one log, or of all, each entry then naming its log in ``_path``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.making import TELLS_TRAFFIC, broken, text_of
from scanner.importers.records import first_record, records
from scanner.importers.zeek import Joined, kind_of, row_of

_VALUE_LENGTH = 65_536
_RENAMED = {f"id_{end}_{what}": f"id.{end}_{what}" for end in ("orig", "resp") for what in "hp"}


def recognises(head: bytes) -> bool:
    """The first entry has a time and the fields of a connection, or names its log, or is a known host."""
    first = first_record(head)
    if first is None or "ts" not in first:
        return False
    entry = _entry(first)
    return (
        "_path" in entry
        or bool(kind_of(entry))
        or {"uid", "id.orig_h"} <= set(entry)
        or set(entry) == {"ts", "host"}
    )


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each entry."""
    joined = Joined()
    for record in records(stream):
        if record.value is None:
            yield broken(record.place, record.why)
            continue
        entry = _entry(record.value)
        kind = text_of(record.value.get("_path"), 64) or kind_of(entry)
        if not kind and set(record.value) == {"ts", "host"}:
            kind = "known_hosts"
        yield row_of(record.place, kind, entry, joined)


def _entry(value: Mapping[str, Any]) -> dict[str, str]:
    """Fields as text, as in the other form: lists joined by commas, truth as T and F.

    What is nested gets dotted names, and so do the ends of a connection that a database renamed.
    """
    entry: dict[str, str] = {}
    for name, one in list(value.items())[:256]:
        if isinstance(one, dict):
            entry.update({f"{name}.{below}": _text(deep) for below, deep in list(one.items())[:64]})
        elif isinstance(one, list):
            entry[name] = ",".join(text_of(part, 1024) for part in one[:64])
        else:
            entry[_RENAMED.get(name, name)] = _text(one)
    return {name: text for name, text in entry.items() if text}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    return text_of(value, _VALUE_LENGTH)


IMPORTER = Importer(
    name="zeek-json",
    title="Zeek logs as JSON (conn, http, ssl, x509, dhcp, known_*, software)",
    cannot_tell=TELLS_TRAFFIC,
    recognises=recognises,
    read=read,
)
