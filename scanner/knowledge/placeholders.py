"""Values that many devices carry and that therefore name none: ``fingerprints/placeholders.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scanner.knowledge.entry import Entry
from scanner.knowledge.yaml_lines import load_yaml

FILE = "placeholders.yaml"
_KINDS = ("serials", "macs", "endpoints", "tls_keys")


@dataclass(frozen=True, slots=True)
class Placeholders:
    """What each value is, in words, by the value in lower case."""

    as_of: str
    serials: Mapping[str, str]
    macs: Mapping[str, str]
    endpoints: Mapping[str, str]
    tls_keys: Mapping[str, str]


def load_placeholders(root: Path) -> Placeholders:
    """Read ``placeholders.yaml``.

    Raises:
        KnowledgeError: an entry is faulty.
    """
    top = Entry(load_yaml(root / FILE), {"as_of", *_KINDS})
    serials, macs, endpoints, keys = (_read(top, kind) for kind in _KINDS)
    return Placeholders(top.text("as_of"), serials, macs, endpoints, keys)


def _read(top: Entry, kind: str) -> dict[str, str]:
    entries = top.entries(kind, {"value", "says", "source"})
    return {entry.text("value").lower(): entry.text("says") for entry in entries if entry.text("source")}
