"""Who registered a MAC block.

Three tables under ``fingerprints/oui/``: the Hikvision family, brands that relabel, and other makers. Each
file starts with comment lines that give the date of the snapshot and its source. The longest prefix wins (36,
28, 24 bits); multicast and locally administered addresses belong to nobody (IEEE 802-2014 §8.2).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scanner.model.errors import KnowledgeError, unreadable
from scanner.model.report import KnowledgeVersion

FAMILY_KINDS = frozenset({"own", "subsidiary", "joint venture", "affiliate"})
"""Kinds of block whose registrant is Hikvision or is controlled by it."""
_KINDS = FAMILY_KINDS | {"relabel", "other"}
_CONFIDENCES = frozenset({"certain", "high", "medium", "low"})
COLUMNS = ("prefix", "bits", "registrant", "brand", "kind", "confidence", "note")
_FILES = ("family.csv", "oem.csv", "other.csv")
_LENGTHS = (36, 28, 24)

_NOT_HEX = re.compile(r"[^0-9a-f]")
_EUI64 = re.compile(r"([0-9a-f]{1,4}):([0-9a-f]{1,2})ff:fe([0-9a-f]{2}):([0-9a-f]{1,4})", re.IGNORECASE)
_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OuiRow:
    """One registered block."""

    prefix: str
    """Hexadecimal digits, lower case, as many as ``bits`` need."""
    bits: int
    registrant: str
    brand: str
    """A name of ``brands.yaml`` for the family and for relabels; a maker's name for the others."""
    kind: str
    """``own``, ``subsidiary``, ``joint venture``, ``affiliate``, ``relabel`` or ``other``."""
    confidence: str
    note: str = ""

    @property
    def family(self) -> bool:
        """True when the registrant is Hikvision or is controlled by it."""
        return self.kind in FAMILY_KINDS


@dataclass(frozen=True)
class OuiTable:
    """All known blocks."""

    rows: Mapping[tuple[int, str], OuiRow]
    """Keyed by length in bits and prefix."""
    version: KnowledgeVersion
    built_in: KnowledgeVersion
    """Of the tables that came with the program."""
    updated: KnowledgeVersion | None = None
    """Of the newer blocks that the user added; None without any."""

    def lookup(self, mac: str) -> OuiRow | None:
        """The block of a MAC address in any usual notation, or None.

        An IPv6 interface identifier with ``ff:fe`` in its middle (EUI-64) is read as the MAC that it holds.
        """
        canonical = canonical_mac(mac)
        if canonical is None:
            return None
        digits = canonical.replace(":", "")
        if int(digits[:2], 16) & 0b11:
            return None
        for bits in _LENGTHS:
            row = self.rows.get((bits, digits[: bits // 4]))
            if row is not None:
                return row
        return None


def canonical_mac(text: str) -> str | None:
    """``aa:bb:cc:dd:ee:ff`` of a MAC address or an EUI-64 interface identifier; None if it is neither.

    All zeros and all ones are no address of a device.
    """
    text = text.strip()
    if _MAC.fullmatch(text):
        digits = _NOT_HEX.sub("", text.lower())
    else:
        found = _EUI64.search(text)
        if found is None:
            return None
        digits = _from_eui64(found)
    if digits in {"0" * 12, "f" * 12}:
        return None
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def _from_eui64(found: re.Match[str]) -> str:
    """RFC 4291, appendix A: the universal/local bit is turned, ``fffe`` stands in the middle."""
    groups = found[1].zfill(4) + found[2].zfill(2) + found[3] + found[4].zfill(4)
    return f"{int(groups[:2], 16) ^ 2:02x}{groups[2:].lower()}"


def load_oui(root: Path, added: Path | None = None) -> OuiTable:
    """Read the three tables, and the blocks that the user added.

    Args:
        root: the folder ``fingerprints``.
        added: a table of newer blocks, as `hiksweep oui update` writes it; where a block is ours, ours stays.

    Raises:
        KnowledgeError: a row is faulty or stands twice; the message names file and line.
    """
    rows: dict[tuple[int, str], OuiRow] = {}
    # The oldest of the three dates is the honest one for the whole.
    date = min(_read(root / "oui" / name, rows) for name in _FILES)
    built_in = KnowledgeVersion(version=str(len(rows)), date=date)
    if added is None or not added.is_file():
        return OuiTable(rows, built_in, built_in)
    newer: dict[tuple[int, str], OuiRow] = {}
    newer_date = _read(added, newer)
    updated = KnowledgeVersion(version=str(len(newer)), date=newer_date)
    if updated.date < date:  # the program itself is newer than the list
        return OuiTable(rows, built_in, built_in, updated)
    whole = KnowledgeVersion(
        version=f"{built_in.version}+{len(newer.keys() - rows.keys())}", date=updated.date
    )
    return OuiTable({**newer, **rows}, whole, built_in, updated)


def _read(path: Path, rows: dict[tuple[int, str], OuiRow]) -> str:
    """Add the rows of a table; returns its date.

    Raises:
        KnowledgeError: a row is faulty or stands twice.
    """
    header, body = _lines(path)
    for line, cells in body:
        row = _row(cells, f"{path}:{line}")
        key = (row.bits, row.prefix)
        if key in rows:
            raise KnowledgeError(f"{path}:{line}: the prefix {cells['prefix']} stands twice")
        rows[key] = row
    return header["snapshot_date"]


def _lines(path: Path) -> tuple[dict[str, str], list[tuple[int, dict[str, str]]]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(unreadable(f"{path}:1", error)) from error
    header: dict[str, str] = {}
    body: list[tuple[int, dict[str, str]]] = []
    columns: list[str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            header[key.strip()] = value.strip()
            continue
        if not line.strip():
            continue
        cells = next(csv.reader([line]))
        if columns is None:
            columns = cells
            if tuple(columns) != COLUMNS:
                raise KnowledgeError(f"{path}:{number}: the columns must be {', '.join(COLUMNS)}")
            continue
        if len(cells) != len(columns):
            raise KnowledgeError(f"{path}:{number}: {len(cells)} cells where {len(columns)} are needed")
        body.append((number, dict(zip(columns, cells, strict=True))))
    for key in ("snapshot_date", "source"):
        if not header.get(key):
            raise KnowledgeError(f"{path}:1: the comment line '# {key}: …' is missing")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", header["snapshot_date"]):
        raise KnowledgeError(f"{path}:1: snapshot_date must be YYYY-MM-DD")
    return header, body


def _row(cells: dict[str, str], where: str) -> OuiRow:
    if cells["bits"] not in {str(length) for length in _LENGTHS}:
        raise KnowledgeError(f"{where}: bits must be 24, 28 or 36")
    bits = int(cells["bits"])
    digits = _NOT_HEX.sub("", cells["prefix"].lower())
    if len(digits) * 4 < bits:
        raise KnowledgeError(f"{where}: {cells['prefix']!r} is shorter than {bits} bits")
    if cells["kind"] not in _KINDS:
        raise KnowledgeError(f"{where}: the kind {cells['kind']!r} is not one of {', '.join(sorted(_KINDS))}")
    if cells["confidence"] not in _CONFIDENCES:
        raise KnowledgeError(f"{where}: the confidence {cells['confidence']!r} is not known")
    if not cells["registrant"] or not cells["brand"]:
        raise KnowledgeError(f"{where}: registrant and brand must not be empty")
    return OuiRow(
        prefix=digits[: bits // 4],
        bits=bits,
        registrant=cells["registrant"],
        brand=cells["brand"],
        kind=cells["kind"],
        confidence=cells["confidence"],
        note=cells["note"],
    )
