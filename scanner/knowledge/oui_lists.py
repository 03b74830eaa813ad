"""Public lists of MAC blocks, read line by line: who registered which prefix. Recognised by content alone.

* the IEEE's own CSV files (MA-L, MA-M, MA-S): ``Registry,Assignment,Organization Name,Organization Address``
* Wireshark's ``manuf``: ``00:1B:C5:00:00:00/36<TAB>short<TAB>long name``
* nmap's ``nmap-mac-prefixes``: ``001BC5000 name``
* arp-scan's ``ieee-oui.txt``: ``001BC5000<TAB>name``
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

HEAD = 65_536
"""Bytes from the start of a file by which it is recognised."""
LINE_LIMIT = 4096
LINES_LIMIT = 1_000_000
"""The registry has some 60,000 blocks."""
_NAME_LENGTH = 200
_LENGTHS = {6: 24, 7: 28, 9: 36}
_IEEE = re.compile(r"\ufeff?Registry,Assignment,Organization Name", re.IGNORECASE)
_MANUF = re.compile(
    r"([0-9A-F]{2}(?:[:-][0-9A-F]{2}){2,5})(?:/(24|28|36))?[ ]*\t+([^\t]+)(?:\t+(.+))?", re.IGNORECASE
)
_TABBED = re.compile(r"([0-9A-F]{6}|[0-9A-F]{7}|[0-9A-F]{9})\t+(\S.*)", re.IGNORECASE)
_BLANKED = re.compile(r"([0-9A-F]{6}|[0-9A-F]{7}|[0-9A-F]{9}) (\S.*)", re.IGNORECASE)
_DATED = re.compile(r"\b(20\d{2})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\b")
_ENOUGH = 3
"""Lines of the form that must stand in the head."""


@dataclass(frozen=True, slots=True)
class Registration:
    """One block of a list."""

    prefix: str
    """Hexadecimal digits, lower case, as many as ``bits`` need."""
    bits: int
    registrant: str


@dataclass(frozen=True, slots=True)
class ListFormat:
    """One kind of list."""

    title: str
    recognises: Callable[[str], bool]
    read: Callable[[str], Registration | None]
    """One line; None for one that it cannot read."""
    quotes: bool = False
    """A cell in quotes may go on in the next line."""


def _of(digits: str, registrant: str, bits: int | None = None) -> Registration | None:
    plain = re.sub(r"[^0-9a-f]", "", digits.lower())
    size = bits or _LENGTHS.get(len(plain))
    visible = "".join(one if one.isprintable() else " " for one in registrant[: 2 * _NAME_LENGTH])
    name = " ".join(visible.split())[:_NAME_LENGTH]
    if size is None or len(plain) * 4 < size or not name:
        return None
    return Registration(plain[: size // 4], size, name)


def _ieee(line: str) -> Registration | None:
    try:
        cells = next(csv.reader([line]), [])
    except csv.Error:
        return None
    return _of(cells[1], cells[2]) if len(cells) >= 3 and len(cells[1]) in _LENGTHS else None


def _manuf(line: str) -> Registration | None:
    found = _MANUF.fullmatch(line)
    if found is None:
        return None
    return _of(found[1], found[4] or found[3], int(found[2]) if found[2] else 24)


def _by(pattern: re.Pattern[str]) -> Callable[[str], Registration | None]:
    def read(line: str) -> Registration | None:
        found = pattern.fullmatch(line)
        return _of(found[1], found[2]) if found is not None else None

    return read


def _holds(read: Callable[[str], Registration | None]) -> Callable[[str], bool]:
    """Whether most of the lines of a head, and some at least, are of a form."""

    def recognises(head: str) -> bool:
        lines = [line for line in head.splitlines()[:-1] if line.strip() and not line.startswith("#")][:50]
        good = sum(read(line.rstrip()) is not None for line in lines)
        return good >= _ENOUGH and good * 2 > len(lines)

    return recognises


FORMATS: tuple[ListFormat, ...] = (
    ListFormat("IEEE CSV", lambda head: _IEEE.match(head) is not None, _ieee, quotes=True),
    ListFormat("Wireshark manuf", _holds(_manuf), _manuf),
    ListFormat("nmap-mac-prefixes", _holds(_by(_BLANKED)), _by(_BLANKED)),
    ListFormat("arp-scan ieee-oui.txt", _holds(_by(_TABBED)), _by(_TABBED)),
)
"""In the order in which they are tried."""


def recognise(head: bytes) -> ListFormat | None:
    """The kind of a list, by its first `HEAD` bytes; None if it is none of ours."""
    text = head.decode("utf-8", "replace")
    text = text if len(head) >= HEAD else text + "\n"
    return next((one for one in FORMATS if one.recognises(text)), None)


def date_in(head: bytes) -> str | None:
    """The latest day that the comments at the start of a list give; None if they give none."""
    comments = [line for line in head.decode("utf-8", "replace").splitlines()[:60] if line.startswith("#")]
    return max(
        ("-".join(found.groups()) for line in comments for found in _DATED.finditer(line)), default=None
    )


def read_list(stream: IO[bytes], kind: ListFormat) -> Iterator[tuple[int, Registration | None]]:
    """Each line that should be a block, with its number; None for one that could not be read."""
    pending = ""
    for number, line in enumerate(_lines(stream), 1):
        text = pending + line.decode("utf-8", "replace").strip("\r\n\ufeff ")
        pending = ""
        if kind.quotes and text.count('"') % 2 and len(text) < LINE_LIMIT:
            pending = f"{text} "  # an address over several lines
            continue
        if not text or text.startswith("#") or (number == 1 and _IEEE.match(text)):
            continue
        yield number, kind.read(text)


def _lines(stream: IO[bytes]) -> Iterable[bytes]:
    """Lines of bounded length and number; the rest of a longer line is a line that cannot be read."""
    for _ in range(LINES_LIMIT):
        line = stream.readline(LINE_LIMIT)
        if not line:
            return
        yield line
