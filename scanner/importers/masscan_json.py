"""JSON of masscan: ``-oJ`` (a list, often without its end or with a comma too many), ``-oD`` (lines)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.making import TELLS_PORTS, broken, text_of, together, unused
from scanner.importers.masscan import banner_row, port_row
from scanner.importers.records import first_record, records

_PORTS_LIMIT = 64


def recognises(head: bytes) -> bool:
    """The first object is a host with ports, or a record of the other form."""
    first = first_record(head)
    if first is None or not {"ip", "timestamp"} <= set(first):
        return False
    ports = first.get("ports")
    if isinstance(ports, list):
        return bool(ports) and isinstance(ports[0], dict) and {"port", "proto"} <= set(ports[0])
    return {"port", "proto", "rec_type"} <= set(first)


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each object."""
    for record in records(stream):
        if record.value is None:
            yield broken(record.place, record.why)
        elif "rec_type" in record.value:
            yield _flat(record.place, record.value)
        elif isinstance(record.value.get("ports"), list):
            yield _host(record.place, record.value)
        else:
            yield unused(record.place, "no port in it")


def _flat(place: str, said: Mapping[str, Any]) -> Row:
    data = said.get("data")
    if not isinstance(data, dict):
        return broken(place, "no data in it")
    ip, port, at = said.get("ip"), said.get("port"), said.get("timestamp")
    if said.get("rec_type") == "banner":
        return banner_row(
            place, ip, port, text_of(data.get("service_name")), text_of(data.get("banner"), 65536), at
        )
    return port_row(place, ip, port, text_of(said.get("proto")), text_of(data.get("status")), at)


def _host(place: str, said: Mapping[str, Any]) -> Row:
    rows = []
    for port in said["ports"][:_PORTS_LIMIT]:
        if not isinstance(port, dict):
            continue
        service = port.get("service")
        number, at, ip = port.get("port"), said.get("timestamp"), said.get("ip")
        if isinstance(service, dict):
            kind, text = text_of(service.get("name")), text_of(service.get("banner"), 65536)
            rows.append(banner_row(place, ip, number, kind, text, at))
        else:
            rows.append(
                port_row(place, ip, number, text_of(port.get("proto")), text_of(port.get("status")), at)
            )
    return together(place, rows) if rows else broken(place, "no port in it")


IMPORTER = Importer(
    name="masscan-json",
    title="masscan JSON (-oJ, -oD)",
    cannot_tell=TELLS_PORTS,
    recognises=recognises,
    read=read,
)
