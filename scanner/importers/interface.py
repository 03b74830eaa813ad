"""What an importer is: one file format, read row by row into the words of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from scanner.model.ending import Ended
from scanner.model.observation import Observation
from scanner.model.sighting import Sighting

HEAD = 65_536
"""Bytes from the start of a file by which its format is recognised."""


PORTS = frozenset((80, 443, 554, 8000, 8080, 8443))
"""Ports on which a file's word on silence or a refusal counts: those of our own sweep. Others need no ending,
unless they accepted."""


class Stopped(Exception):
    """The user wants no more of a file; raised by its stream. What a reader holds back it gives now."""


@dataclass(frozen=True, slots=True)
class Source:
    """The file that is read."""

    name: str
    """As the user wrote it; printable."""
    dated: str
    """UTC time of its last change, ISO 8601: stands in where a row has no time of its own, and is marked."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: what it gave, or why it gave nothing. Every row that was read becomes one."""

    place: str
    """``line 7``, ``packet 12``, ``host 10.0.0.5``."""
    observations: tuple[Observation, ...] = ()
    endings: tuple[Ended, ...] = ()
    """What the file proves asked besides: method ``tcp``, a port, and refused, silent or complete."""
    sightings: tuple[Sighting, ...] = ()
    names: tuple[str, ...] = ()
    """Addresses that it is about, though it proves nothing asked: a host that did not answer a ping."""
    unused: str = ""
    """Why it gave nothing; empty for a row that was used."""
    broken: bool = False
    """It could not be read; the others are not worse for it."""
    left: tuple[str, ...] = ()
    """Parts of it that gave nothing, though the row may be of use: ``script http-enum``."""


@dataclass(frozen=True, slots=True)
class Importer:
    """One format."""

    name: str
    """The word for ``--as``."""
    title: str
    """``nmap XML (-oX)``."""
    cannot_tell: str
    """What a reader must know: which conclusions its data does not carry. One sentence."""
    recognises: Callable[[bytes], bool]
    """Whether the first `HEAD` bytes of a file are of this format."""
    read: Callable[[IO[bytes], Source], Iterator[Row]]
    """The rows, one by one, in bounded memory, whatever the bytes are. Raises nothing of its own."""
