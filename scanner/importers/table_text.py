"""Tables that people copy from a terminal: lines of columns, prompts and headings between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import IO

from scanner.importers.interface import Importer, Row, Source, Stopped
from scanner.importers.lines import numbered_lines
from scanner.importers.making import CUT, HEADING, NO_ADDRESS, address_of, broken, station, unused
from scanner.parsers.mac import canonical_mac

LINE_LIMIT = 4096
"""Characters of a line; no terminal is wider."""
ROWS_LIMIT = 1 << 17
"""Entries of one table that are held until its ports are counted; more come without a word on uplinks."""
MANY = 8
"""Stations behind one port of a switch from which on it leads to another switch and not to a device."""
INCOMPLETE = "no hardware address: nobody answered for this address"

MAC = r"[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}|(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}"
ADDRESS = r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]{2,39}(?:%[\w.-]{1,16})?"
_PROMPT = re.compile(
    r"(?:[\w-]{1,32}@)?([A-Za-z][\w. -]{0,62})(?:\([\w-]{1,32}\))?[#>] ?(?:sh|show|do sh|arp|ip)\b.*"
)
_VLAN_INTERFACE = re.compile(r"vl(?:an)?[. ]?(\d{1,4})", re.IGNORECASE)
_LEADS_ON = re.compile(r"vpc peer-?link|nve\d|vtep|vxlan|tunnel", re.IGNORECASE)
"""Ports that are no sockets: what is behind them is plugged in at another switch."""
_ANY_MAC = re.compile(rf"(?<![\w.:-])(?:{MAC})(?![\w.:-])")


def patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    """Lines of a table; ``{mac}`` and ``{address}`` stand for any spelling of these.

    Groups: ``mac``, ``address``, ``port`` (of a switch), ``interface`` (of a router or computer, where no
    device is plugged in), ``vlan``; a line without ``mac`` is an address that nobody has.
    """
    mac, address = f"(?P<mac>{MAC})", f"(?P<address>{ADDRESS})"
    return tuple(
        re.compile(text.replace("{mac}", mac).replace("{address}", address), re.IGNORECASE) for text in texts
    )


def table(
    name: str,
    title: str,
    lines: Sequence[re.Pattern[str]],
    *,
    cannot_tell: str,
    recognises: Callable[[bytes], bool],
) -> Importer:
    """The importer of a table: a row for each line that is not blank."""

    def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
        return _rows(stream, lines)

    return Importer(name, title, cannot_tell, recognises, read)


def headed(heading: re.Pattern[str], lines: Sequence[re.Pattern[str]]) -> Callable[[bytes], bool]:
    """Recognises a text that has the heading of such a table, or the command, and a line of it."""

    def recognises(head: bytes) -> bool:
        text = head.decode("utf-8", "replace")[:16384].replace("\r", "")
        rows = text.split("\n")[:200]
        return any(heading.search(row[:200]) for row in rows) and any(
            pattern.fullmatch(row.rstrip()[:200]) for row in rows for pattern in lines
        )

    return recognises


def _rows(stream: IO[bytes], lines: Sequence[re.Pattern[str]]) -> Iterator[Row]:
    """A row for each line that is not blank."""
    held: list[Row] = []
    try:
        yield from _lines(stream, lines, held)
    except Stopped:
        yield from map(without_port, held)
    else:
        yield from with_uplinks(held)


def _lines(stream: IO[bytes], lines: Sequence[re.Pattern[str]], held: list[Row]) -> Iterator[Row]:
    """Rows as they come; those of which only the whole table tells more are held."""
    switch = ""
    for number, line, cut in numbered_lines(stream, LINE_LIMIT):
        text, place = line.rstrip()[:LINE_LIMIT], f"line {number}"
        if not text.strip():
            continue
        if (prompt := _PROMPT.fullmatch(text.strip()[:512])) is not None:
            yield from with_uplinks(held)
            held.clear()
            switch = prompt[1]
            yield unused(place, HEADING)
            continue
        row = broken(place, CUT) if cut else _row(place, text, lines, switch)
        if waits(row) and len(held) < ROWS_LIMIT:
            held.append(row)
        else:
            yield row


def _row(place: str, text: str, lines: Sequence[re.Pattern[str]], switch: str) -> Row:
    for pattern in lines:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        said = {name: value for name, value in found.groupdict().items() if value}
        address = address_of(said.get("address", ""))
        if "address" in said and not address:
            return unused(place, NO_ADDRESS)
        if "mac" not in said:
            return Row(place, names=(address,) if address else (), unused=INCOMPLETE)
        port, vlan = said.get("port", "").strip(), said.get("vlan", "")
        if (routed := _VLAN_INTERFACE.fullmatch(said.get("interface", ""))) is not None:
            vlan = routed[1]
        return station(place, said["mac"], address, switch=switch, port=port, vlan=vlan)
    found = _ANY_MAC.search(text)
    if found is not None and canonical_mac(found[0]):
        return broken(place, "a line of another form")
    return unused(place, HEADING)


def waits(row: Row) -> bool:
    """Whether a row names a port, of which only the whole table tells whether it leads on."""
    return any(seen.port for seen in row.sightings)


def without_port(row: Row) -> Row:
    """A row of a table that was not read to its end: whether its port leads on is not known."""
    return replace(row, sightings=tuple(replace(seen, port="") for seen in row.sightings))


def with_uplinks(held: Sequence[Row]) -> Iterator[Row]:
    """A port of a forwarding table behind which many stations are leads on; the device is not at its end.

    So does the link between a pair of switches, and a tunnel.
    """
    stations = {
        (seen.switch, seen.port, seen.mac)
        for row in held
        for seen in row.sightings
        if seen.port and not seen.address
    }
    behind = Counter((switch, port) for switch, port, _ in stations)
    for row in held:
        marked = tuple(
            replace(
                seen,
                uplink=behind[seen.switch, seen.port] >= MANY or _LEADS_ON.match(seen.port) is not None,
            )
            for seen in row.sightings
        )
        yield replace(row, sightings=marked)
