"""A quarter of all sources is held out: no signature has an example from them, so that a corpus can measure.

Which sources these are is told by a digest of their name alone, so that nobody chooses them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.knowledge import Knowledge
    from scanner.knowledge.earned import Reply

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


def holdout_faults(knowledge: Knowledge, replies: Iterable[Reply]) -> Iterator[tuple[str, str]]:
    """Examples that come from a reply of a corpus that is held out, by its source or by its bytes.

    Args:
        knowledge: what was loaded.
        replies: a corpus; a reply without a source is not held out.

    Yields:
        Pairs of ``file:line`` and what is wrong.
    """
    kept = [reply for reply in replies if reply.source and held_out(reply.source)]
    sources = {name for reply in kept for name in citations(reply.source) or (reply.source,)}
    payloads = {reply.payload: reply.name for reply in kept}
    for entry in (*knowledge.signatures, *knowledge.lookalikes):
        for example in entry.examples:
            for name in citations(example.note):
                if name in sources:
                    yield example.where, f"{entry.id}: its example comes from {name}, which is held out"
            if (reply := payloads.get(example.reply.encode())) is not None:
                yield example.where, f"{entry.id}: its example is the reply {reply}, which is held out"


def from_held_out(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Examples that cite a source that is held out, whether or not a corpus has a reply of it yet.

    Yields:
        Pairs of ``file:line (signature)`` and the source.
    """
    for entry in (*knowledge.signatures, *knowledge.lookalikes):
        for example in entry.examples:
            for name in citations(example.note):
                if held_out(name):
                    yield f"{example.where} ({entry.id})", name
