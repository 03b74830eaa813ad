"""``ip -j neigh`` of Linux (iproute2): a list of neighbours as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.making import TELLS_NEIGHBOURS, address_of, broken, station, text_of
from scanner.importers.records import first_record, records
from scanner.importers.table_text import INCOMPLETE


def recognises(head: bytes) -> bool:
    """The first object is a neighbour."""
    first = first_record(head)
    return first is not None and {"dst", "dev", "state"} <= set(first)


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each neighbour."""
    for record in records(stream):
        if record.value is None:
            yield broken(record.place, record.why)
            continue
        address = address_of(record.value.get("dst"))
        if not address:
            yield broken(record.place, "no address of a host")
        elif mac := text_of(record.value.get("lladdr"), 32):
            yield station(record.place, mac, address)
        else:
            yield Row(record.place, names=(address,), unused=INCOMPLETE)


IMPORTER = Importer(
    name="ip-neigh-json",
    title="neighbour table of Linux as JSON (ip -j neigh)",
    cannot_tell=TELLS_NEIGHBOURS,
    recognises=recognises,
    read=read,
)
