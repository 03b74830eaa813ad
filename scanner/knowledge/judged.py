"""What became of each entry of the research lists: the verdict, our signatures that answer it, the reason.

The lists gathered every public rule for the maker's equipment, its look-alikes and the traps among them. A
rule that was refused stays on record with the reason, so that nobody brings it in again unawares.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.knowledge.entry import Entry
from scanner.knowledge.signatures import JUDGED, Signature
from scanner.knowledge.yaml_lines import load_yaml

if TYPE_CHECKING:
    from scanner.knowledge import Knowledge


class Verdict(StrEnum):
    """What an entry of the research lists is good for."""

    IN = "in"
    """Evidence by itself."""
    PARTNER = "partner"
    """Evidence only beside another trait, or if a table agrees."""
    RULE = "rule"
    """Evidence in several replies together: the matcher holds it."""
    OUT = "out"
    """No evidence."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One entry of the research lists."""

    id: str
    list: str
    """``signature``, ``lookalike`` or ``trap``."""
    verdict: Verdict
    ours: tuple[str, ...]
    """Our signatures and look-alikes that answer it now; of a rule, the names of what does."""
    reason: str
    where: str
    """``file:line``."""


def load_judgements(root: Path) -> tuple[Judgement, ...]:
    """Every judgement, in order of id.

    Raises:
        KnowledgeError: an entry is faulty; the message names file and line.
    """
    path = root / "signatures" / JUDGED
    entries = (
        Entry(node, ("id", "list", "verdict", "ours", "reason")) for node in load_yaml(path).items(path.name)
    )
    return tuple(
        Judgement(
            id=entry.text("id"),
            list=entry.word("list", ("signature", "lookalike", "trap")),
            verdict=Verdict(entry.word("verdict", Verdict)),
            ours=entry.texts("ours"),
            reason=entry.optional("reason"),
            where=entry.where(),
        )
        for entry in entries
    )


def judgement_faults(knowledge: Knowledge, root: Path) -> Iterator[tuple[str, str]]:
    """Judgements that the signatures do not bear out.

    Yields:
        Pairs of ``file:line`` and what is wrong.
    """
    known = {entry.id: entry for entry in (*knowledge.signatures, *knowledge.lookalikes)}
    seen: set[str] = set()
    for one in load_judgements(root):
        if one.id in seen:
            yield one.where, f"{one.id} is judged twice"
        seen.add(one.id)
        for message in _faults(one, known):
            yield one.where, f"{one.id}: {message}"


def _faults(one: Judgement, known: Mapping[str, Signature]) -> Iterator[str]:
    if one.verdict is not Verdict.RULE:
        yield from (f"no signature is called {name!r}" for name in one.ours if name not in known)
    if one.verdict is not Verdict.IN and not one.reason:
        yield f"the verdict {one.verdict!r} needs a reason"
    if one.verdict is Verdict.OUT:
        if one.id in known:
            yield f"is rejected here and used at {known[one.id].where}"
        accusers = [name for name in one.ours if name in known and not known[name].lookalike]
        yield from (f"is rejected here and answered by {name}, which accuses" for name in accusers)
    elif not one.ours:
        yield "nothing of ours answers it"
    if one.verdict is Verdict.PARTNER and not _conditional(one.ours, known):
        yield "none of its signatures asks for anything beside it"


def _conditional(names: Collection[str], known: Mapping[str, Signature]) -> bool:
    found = [known[name] for name in names if name in known]
    return any(one.needs or one.unless or one.partners or one.registered or one.grammar for one in found)
