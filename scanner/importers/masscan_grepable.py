"""The grepable form of masscan (``-oG``): ``Timestamp:``, ``Host:``, then ``Ports:`` or ``Banner:``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.making import TELLS_PORTS
from scanner.importers.masscan import banner_row, line_rows, port_row, unescaped

_HOST = r"(?:Timestamp: (?P<at>\d{1,12})\s+)?Host: (?P<ip>[0-9a-fA-F.:]{2,45}) \([^)\t]{0,255}\)\s+"
_PORTS = re.compile(_HOST + r"Ports: (?P<port>\d{1,5})/(?P<state>[a-z]{1,12})/(?P<proto>[a-z]{1,8})/.*")
_BANNER = re.compile(_HOST + r"Port: (?P<port>\d{1,5})\s+Service: (?P<kind>\S{1,64})\s+Banner: ?(?P<text>.*)")
_MARK = re.compile(r"^# Masscan \d[\w.]* scan initiated ")


def recognises(head: bytes) -> bool:
    """The line that masscan writes on top, or a first line of its form with a time in front."""
    lines = head[:4096].decode("utf-8", "replace").split("\n")[:4]
    return any(
        _MARK.match(line)
        or (line.startswith("Timestamp: ") and (_PORTS.fullmatch(line) or _BANNER.fullmatch(line)))
        for line in lines
    )


def _row(place: str, line: str) -> Row | None:
    if found := _PORTS.fullmatch(line):
        return port_row(place, found["ip"], found["port"], found["proto"], found["state"], found["at"])
    if found := _BANNER.fullmatch(line):
        text = unescaped(found["text"])
        return banner_row(place, found["ip"], found["port"], found["kind"], text, found["at"])
    return None


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each line that is not blank."""
    return line_rows(stream, _row, "no line of this form")


IMPORTER = Importer(
    name="masscan-grepable",
    title="masscan grepable (-oG)",
    cannot_tell=TELLS_PORTS,
    recognises=recognises,
    read=read,
)
