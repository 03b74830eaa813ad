"""Tables that other systems export as CSV, by the column maps of ``columns.toml``.

Separated by commas, semicolons or tabs, in UTF-8 or, as Windows writes it, UTF-16. A line is a row: a value
with a line feed inside costs that row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import IO

from scanner.importers.columns import Table, matching
from scanner.importers.interface import Importer, Row, Source, Stopped
from scanner.importers.lines import numbered_lines
from scanner.importers.making import (
    CUT,
    HEADING,
    NO_HARDWARE_ADDRESS,
    address_of,
    broken,
    lease,
    opinion,
    station,
    together,
    unused,
)
from scanner.importers.table_text import ROWS_LIMIT, waits, with_uplinks, without_port
from scanner.parsers.mac import canonical_mac

_LINE_LIMIT = 65_536
_LINES_BEFORE = 5
"""Lines in which the heading is looked for."""
_DELIMITERS = (",", ";", "\t")
_ADDRESSES_LIMIT = 8
_NOT_A_HEADING = re.compile(r"#TYPE|sep=", re.IGNORECASE)


def recognises(head: bytes) -> bool:
    """A heading that is known stands in one of the first lines."""
    for number, line, _ in numbered_lines(io.BytesIO(head), _LINE_LIMIT):
        if number > _LINES_BEFORE:
            break
        if _heading(line) is not None:
            return True
    return False


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each line that is not blank."""
    held: list[Row] = []
    try:
        yield from _lines(stream, held)
    except Stopped:
        yield from map(without_port, held)
    else:
        yield from with_uplinks(held)


def _lines(stream: IO[bytes], held: list[Row]) -> Iterator[Row]:
    """Rows as they come; those of which only the whole table tells more are held."""
    heading: tuple[str, list[str], Table] | None = None
    for number, line, cut in numbered_lines(stream, _LINE_LIMIT):
        place = f"line {number}"
        if not line.strip():
            continue
        found = None if cut else _heading(line)
        if found is not None or _NOT_A_HEADING.match(line):
            heading = found or heading
            yield unused(place, HEADING)
            continue
        row = broken(place, CUT) if cut else _row(place, line, heading)
        if waits(row) and len(held) < ROWS_LIMIT:
            held.append(row)
        else:
            yield row


def _values(line: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([line.replace("\x00", "")], delimiter=delimiter), None)
    except csv.Error:
        return None


def _heading(line: str) -> tuple[str, list[str], Table] | None:
    """Delimiter, columns and table of a line that is the heading of a known one."""
    for delimiter in _DELIMITERS:
        if delimiter not in line:
            continue
        columns = [value.strip().lower() for value in _values(line[:8192], delimiter) or ()]
        table = matching(columns)
        if table is not None:
            return delimiter, columns, table
    return None


def _row(place: str, line: str, heading: tuple[str, list[str], Table] | None) -> Row:
    if heading is None:
        return unused(place, HEADING)
    delimiter, columns, table = heading
    values = _values(line, delimiter)
    if values is None or len(values) < len(columns):
        return broken(place, "fewer values than the heading has columns")
    given = dict(zip(columns, (value.strip() for value in values), strict=False))
    said = {meaning: _first(given, names) for meaning, names in table.columns.items()}
    addresses = [
        address for one in re.split(r"[,\s]+", said.get("address", "")) if (address := address_of(one))
    ]
    if not _is_held(table, given):
        addresses = []
    return _device(place, said, addresses[:_ADDRESSES_LIMIT])


def _is_held(table: Table, given: Mapping[str, str]) -> bool:
    """Whether the address is in use; a table without a word on that is taken to be of those that are."""
    if table.active is None or not any(name in given for name in table.active[0]):
        return True
    return _first(given, table.active[0]).lower() in table.active[1]


def _first(given: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((given[name] for name in names if given.get(name)), "")


def _device(place: str, said: Mapping[str, str], addresses: list[str]) -> Row:
    mac, hostname = said.get("mac", ""), said.get("hostname", "")
    switch, port, vlan = said.get("switch", ""), said.get("port", ""), said.get("vlan", "")
    rows: list[Row] = []
    for address in addresses or [""]:
        if hostname and not switch:
            rows.append(lease(place, mac, address, hostname=hostname))
        elif mac:
            rows.append(station(place, mac, address, switch=switch, port=port, vlan=vlan))
    words = [(word, said.get(word, "")) for word in ("vendor", "model", "type")]
    if addresses and (thought := opinion(addresses[0], 0, words)):
        rows.append(Row(place, thought))
    if not rows or (not addresses and not canonical_mac(mac)):
        return Row(place, names=tuple(addresses), unused=NO_HARDWARE_ADDRESS)
    return together(place, rows)


IMPORTER = Importer(
    name="csv",
    title="CSV of Windows DHCP, Netdisco, LibreNMS and NetBox",
    cannot_tell="a table tells who held an address or sat behind a port, and what people wrote of it, not "
    "what a device answers; a MAC address alone makes nothing certain.",
    recognises=recognises,
    read=read,
)
