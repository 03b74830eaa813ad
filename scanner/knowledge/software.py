"""Names of the maker's software that runs on somebody else's computer: ``fingerprints/software.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from scanner.knowledge.entry import Entry
from scanner.knowledge.yaml_lines import load_yaml

FILE = "software.yaml"


@dataclass(frozen=True, slots=True)
class Software:
    """One program or family of programs."""

    name: str
    signatures: tuple[str, ...]
    """Ids of the signatures that find it; ``*`` stands for anything."""
    exact: re.Pattern[str] | None
    """Finds a fuller name in the words that matched."""
    source: str


@dataclass(frozen=True, slots=True)
class SoftwareList:
    """All programs, in order."""

    as_of: str
    software: tuple[Software, ...]

    def name(self, signature: str, excerpt: str) -> str | None:
        """The name of what a signature found, as full as the words that matched give it; None = unnamed."""
        for one in self.software:
            if any(fnmatchcase(signature, pattern) for pattern in one.signatures):
                found = one.exact.search(excerpt[:512]) if one.exact is not None else None
                return found[0] if found is not None else one.name
        return None


def load_software(root: Path) -> SoftwareList:
    """Read ``software.yaml``.

    Raises:
        KnowledgeError: an entry is faulty; the message names file and line.
    """
    top = Entry(load_yaml(root / FILE), {"as_of", "software"})
    return SoftwareList(
        top.text("as_of"),
        tuple(_one(entry) for entry in top.entries("software", {"name", "signatures", "exact", "source"})),
    )


def _one(entry: Entry) -> Software:
    signatures = entry.texts("signatures")
    if not signatures:
        entry.fail("'signatures' must hold texts")
    exact = entry.compiled("exact") if "exact" in entry else None
    return Software(entry.text("name"), signatures, exact, entry.text("source"))
