"""The lease file of ISC dhcpd (dhcpd.leases(5)): blocks ``lease ADDRESS { … }``, appended as they change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from scanner.importers.current import Current, Lease, mac_of_identifier, octets
from scanner.importers.interface import Importer, Row, Source, Stopped
from scanner.importers.lines import numbered_lines
from scanner.importers.making import HEADING, TELLS_LEASES, address_of, broken, time_of, unused

LINES_LIMIT = 256
"""Statements of one block that are read; real ones have a dozen."""
_BLOCK = re.compile(r"\s{0,8}(lease|iaaddr)\s{1,8}([0-9a-fA-F.:]{2,45})\s{0,8}\{\s*")
_IDENTITY = re.compile(
    r'\s{0,8}ia-(?:na|ta|pd)\s{1,8}(?:"((?:[^"\\]|\\.){0,512})"|([0-9a-fA-F:]{2,600}))\s{0,8}\{\s*'
)
_END = re.compile(r"\s{0,16}\}\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.){0,1024})"')
_TIME = re.compile(r"(?:[0-6] )?(\d{4})/(\d\d)/(\d\d) (\d\d:\d\d:\d\d)")
_SECONDS = re.compile(r"epoch (\d{1,12})")
_OCTAL = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_MARKS = re.compile(
    rb"^# This lease file was written by isc-dhcp|^server-duid\s+\S"
    rb"|^[ \t]*(?:lease|iaaddr)[ \t]+[0-9a-fA-F.:]{2,45}[ \t]*\{",
    re.MULTILINE,
)


def recognises(head: bytes) -> bool:
    """A block of a lease, or the line that the server writes on top."""
    return _MARKS.search(head) is not None and b"\x00" not in head[:4096]


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each lease, and for each line that belongs to none."""
    current = Current()
    with suppress(Stopped):
        yield from _lines(stream, current)
    yield from current.rest()


def _lines(stream: IO[bytes], current: Current) -> Iterator[Row]:
    open_block: tuple[str, str] | None = None
    statements: list[str] = []
    client = b""
    for number, line, _ in numbered_lines(stream):
        place = f"line {number}"
        begun = _BLOCK.fullmatch(line)
        if begun is not None:
            if open_block is not None:
                yield broken(open_block[0], "a lease without its end")
            open_block, statements = (place, begun[2]), []
        elif open_block is not None and _END.fullmatch(line):
            yield from _finished(open_block, statements, client, current)
            open_block = None
        elif open_block is not None:
            if len(statements) < LINES_LIMIT:
                statements.append(line[:2048])
        else:
            if (identity := _IDENTITY.fullmatch(line[:2048])) is not None:
                client = (_bytes(identity[1]) if identity[1] else octets(identity[2] or ""))[4:]
            elif _END.fullmatch(line):
                client = b""
            if line.strip():
                yield unused(place, HEADING)
    if open_block is not None:
        yield broken(open_block[0], "a lease without its end")


def _finished(
    block: tuple[str, str], statements: list[str], client: bytes, current: Current
) -> Iterator[Row]:
    place, address = block[0], address_of(block[1])
    if not address:
        yield broken(place, "no address of a host")
        return
    said: dict[str, str] = {}
    for line in statements:
        words, _, value = line.strip().rstrip(";").partition(" ")
        if words in ("set", "binding", "hardware"):  # two words name these
            second, _, value = value.partition(" ")
            words = f"{words} {second}"
        said[words] = value
    identifier = _identifier(said.get("uid", "")) or client
    yield from current.take(
        Lease(
            place,
            address,
            said.get("hardware ethernet", "").strip() or mac_of_identifier(identifier),
            said.get("binding state", "active").strip() == "active",
            hostname=_quoted(said.get("client-hostname", "")),
            vendor_class=_quoted(said.get("set vendor-class-identifier", "")),
            client_id=identifier.hex(":") if len(identifier) > 1 else "",
            at=_when(said.get("cltt", "") or said.get("starts", "")),
        )
    )


def _quoted(value: str) -> str:
    found = _QUOTED.search(value)
    return _bytes(found[1]).decode("utf-8", "replace") if found is not None else ""


def _bytes(text: str) -> bytes:
    """What a quoted text stands for: octal escapes, and a backslash in front of anything else."""
    raw = text.encode("utf-8", "replace")
    return _OCTAL.sub(lambda found: _escape(found[1]), raw)


def _escape(written: bytes) -> bytes:
    return bytes((int(written, 8) & 255,)) if len(written) == 3 else written


def _identifier(value: str) -> bytes:
    found = _QUOTED.search(value)
    return _bytes(found[1]) if found is not None else octets(value.strip())


def _when(value: str) -> str:
    if (seconds := _SECONDS.search(value)) is not None:
        return time_of(seconds[1])
    found = _TIME.match(value)
    return time_of(f"{found[1]}-{found[2]}-{found[3]}T{found[4]}Z") if found is not None else ""


IMPORTER = Importer(
    name="dhcpd",
    title="lease file of ISC dhcpd (dhcpd.leases)",
    cannot_tell=TELLS_LEASES,
    recognises=recognises,
    read=read,
)
