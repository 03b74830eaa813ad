"""What would be said of a host if its source had never been read.

Each host is identified without every signature and look-alike that was learnt from its source, by the name of
the source or by the bytes of a reply, and of which no example, nor its reference, names another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from benchmarks.measure.cases import Case
from scanner.knowledge import Knowledge
from scanner.knowledge.holdout import citations
from scanner.knowledge.signatures import Signature
from scanner.matcher import identify
from scanner.model.device import Device


def unread(cases: Sequence[Case], knowledge: Knowledge) -> tuple[list[tuple[Case, Device]], int]:
    """What is said of each host without what its source taught, in order; and how many lose something."""
    entries = (*knowledge.signatures, *knowledge.lookalikes)
    groups: dict[frozenset[str], list[Case]] = {}
    for case in cases:
        gone = frozenset(entry.id for entry in entries if _learnt_from(case, entry))
        groups.setdefault(gone, []).append(case)
    told = {
        id(case): device
        for gone, group in groups.items()
        for case, device in _identified(group, _without(knowledge, gone))
    }
    lessened = sum(len(group) for gone, group in groups.items() if gone)
    return [(case, told[id(case)]) for case in cases], lessened


def _identified(cases: Sequence[Case], knowledge: Knowledge) -> Iterable[tuple[Case, Device]]:
    return zip(cases, identify((one for case in cases for one in case.observations), knowledge), strict=True)


def _learnt_from(case: Case, entry: Signature) -> bool:
    """Whether nothing but the source of a host is known to have taught a signature."""
    names = set(citations(case.source) or (case.source,))
    replies = {one.payload for one in case.observations}
    own = other = False
    for example in entry.examples:
        cited = set(citations(example.note))
        if names & cited or example.reply.encode() in replies:
            own = True
        else:
            other |= bool(cited)
    return own and not other and _refers_to(entry.source, names)


def _refers_to(reference: str, names: set[str]) -> bool:
    """Whether a reference names no source but these; a corpus is no source, it has the reply from one."""
    cited = set(citations(reference))
    return cited <= names if cited else reference.startswith("corpus")


def _without(knowledge: Knowledge, gone: frozenset[str]) -> Knowledge:
    if not gone:
        return knowledge
    return replace(
        knowledge,
        signatures=tuple(one for one in knowledge.signatures if one.id not in gone),
        lookalikes=tuple(one for one in knowledge.lookalikes if one.id not in gone),
    )
