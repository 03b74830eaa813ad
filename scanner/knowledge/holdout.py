"""A quarter of all sources is held out: no signature has an example from them, so that a corpus can measure.

Which sources these are is told by a digest of their name alone, so that nobody chooses them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.knowledge import Knowledge

_CITATION = re.compile(r"https?://[^\s,;)]+|public files? \d+|github [\w.-]+/[\w.-]+ [^\s,;)]+")
_HELD = 64
"""Of the 256 values of the first byte of the digest."""


def citations(text: str) -> tuple[str, ...]:
    """The sources that a text names, each in one spelling: addresses, public files, files of a repository."""
    found = (one.replace("public files", "public file").rstrip(".") for one in _CITATION.findall(text))
    return tuple(dict.fromkeys(found))


def held_out(source: str) -> bool:
    """Whether a source is held out; what stands behind its name does not matter."""
    name = next(iter(citations(source)), source)
    return hashlib.sha256(name.encode("utf-8")).digest()[0] < _HELD


def holdout_faults(knowledge: Knowledge, sources: Collection[str]) -> Iterator[tuple[str, str]]:
    """Examples that come from a source of a corpus that is held out.

    Args:
        knowledge: what was loaded.
        sources: the sources of a corpus, as it names them.

    Yields:
        Pairs of ``file:line`` and what is wrong.
    """
    kept = {name for source in sources if held_out(source) for name in citations(source) or (source,)}
    for entry in (*knowledge.signatures, *knowledge.lookalikes):
        for example in entry.examples:
            for name in citations(example.note):
                if name in kept:
                    yield example.where, f"{entry.id}: its example comes from {name}, which is held out"
