"""The page of the documentation: the figures as they came out, and every error with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from benchmarks.measure.cases import FIELDS, OWN
from benchmarks.measure.counting import UNREAD, Error, Score
from benchmarks.measure.explained import Key, key_of
from benchmarks.measure.interval import ratio
from scanner.knowledge import Knowledge
from scanner.model.evidence import Maker

PREFACE = """# Accuracy

Written by `make accuracy` (`benchmarks/accuracy.py`); the figures are as they came out. Recall counts the
devices whose maker their replies can tell; precision every device called Hikvision, *possible* or above.
Behind each share stands its 95 % interval (Wilson). A field is counted where the truth has a value: *right*
of those where we say one, *not said* where we say none; *beyond* are values where the truth has none.

A quarter of all sources is held out, by a digest of their name (`scanner/knowledge/holdout.py`). No
signature has an example from a source or a reply of a corpus that is held out, so that no row needs to
leave signatures out. foreign.jsonl comes from twelve files of one project, of which the digest holds out
none. *Each source unread* is all of a corpus, but each host is identified without every signature that
only its own source is known to have taught. Neither is the same as equipment that nobody has seen yet:
whoever wrote the signatures could read these replies.

![Recall and precision with their intervals](images/accuracy.svg)
"""


def markdown(
    scores: Sequence[Score], knowledge: Knowledge, reasons: Mapping[Key, str], more: Sequence[str] = ()
) -> str:
    """The whole page.

    Args:
        scores: the corpora and their parts, in order.
        knowledge: what was measured.
        reasons: why errors came out so.
        more: the lines of the sections on first looks and on other tools.
    """
    signatures = knowledge.versions["signatures"]
    lines = [PREFACE, f"Signatures: {signatures.version}, as of {signatures.date}.", "", *_overview(scores)]
    lines += more
    for total in scores:
        lines += section(total, reasons)
    lines += _signature_table(scores, knowledge)
    return "\n".join(lines)


def section(total: Score, reasons: Mapping[Key, str]) -> list[str]:
    """One corpus, or a part of one."""
    if total.part == UNREAD:
        return _unread(total, reasons)
    lines = [
        f"## {total.title}",
        "",
        f"{total.replies} replies of {total.hosts} hosts.",
        "",
        "| measure | figure |",
        "|---|---|",
        f"| recall | {total.recall} |",
        f"| precision | {total.precision} |",
        f"| false alarms | {total.alarms} |",
        f"| false alarms at *confirmed* | {total.alarms_confirmed} |",
        f"| other makers told as other | {ratio(total.others_named, total.others)} |",
        *(f"| found at *{level}* | {count} |" for level, count in total.levels.most_common()),
        "",
        "| field | right | not said | beyond |",
        "|---|---|---|---|",
        *(
            f"| {name} | {total.share(name)} | {total.unsaid[name]} | {total.beyond[name]} |"
            for name in FIELDS
        ),
        "",
    ]
    for kind in sorted(total.groups):
        lines += [f"| {kind} | found | wrongly called | hosts with a wrong field |", "|---|---|---|---|"]
        lines += [
            f"| {name} | {ratio(one.found, one.ours)} | {one.alarms} | {one.wrong} |"
            for name, one in sorted(total.groups[kind].items())
        ]
        lines.append("")
    return [*lines, *_errors(total, reasons)]


def _unread(total: Score, reasons: Mapping[Key, str]) -> list[str]:
    """What is lost without what was learnt from a host's own source."""
    return [
        f"## {total.title}",
        "",
        f"{total.lessened} of {total.hosts} hosts lose a signature or a look-alike. Recall {total.recall},",
        f"precision {total.precision}. What goes wrong on the whole corpus too is not told again.",
        "",
        *_errors(total, reasons),
    ]


def _overview(scores: Iterable[Score]) -> list[str]:
    rows = [
        f"| {one.title} | {one.hosts} | {one.recall} | {one.precision} | {one.alarms} | {len(one.errors)} |"
        for one in scores
    ]
    head = ["| corpus | hosts | recall | precision | false alarms | errors |", "|---|---|---|---|---|---|"]
    return [*head, *rows, ""]


def _errors(total: Score, reasons: Mapping[Key, str]) -> list[str]:
    lines: list[str] = []
    for heading, told in (
        ("Errors:", total.errors),
        ("Disputes, the corpus's word stands:", total.disputes),
    ):
        if told:
            lines += [heading, "", *(_line(total, one, reasons) for one in told), ""]
    return lines if total.errors else [*lines, "No error, no false alarm.", ""]


def _line(total: Score, error: Error, reasons: Mapping[Key, str]) -> str:
    why = reasons.get(key_of(total, error), "not explained yet")
    return f"- {error.host}: {error.text}. *Why:* {why}."


def _signature_table(scores: Iterable[Score], knowledge: Knowledge) -> list[str]:
    """What claims the maker, by who made what it hit. The parts of a corpus are not counted twice."""
    hits: dict[str, Counter[str]] = {}
    for total in scores:
        if total.part or total.corpus == OWN:
            continue
        for name, counts in total.hits.items():
            hits.setdefault(name, Counter()).update(counts)
    lines = [
        "## Signatures by what they hit",
        "",
        "Hosts of the corpora on which a signature that claims the maker matched. None that hit a foreign",
        "device may be conclusive. Those without a line matched only examples.",
        "",
        "| signature | strength | Hikvision | other | cannot be told |",
        "|---|---|---|---|---|",
    ]
    for one in sorted(knowledge.signatures, key=lambda signature: signature.id):
        if one.maker is Maker.HIKVISION and one.id in hits:
            by = hits[one.id]
            figures = f"{by['hikvision']} | {by['other']} | {by['unknown']}"
            lines.append(f"| {one.id} | {one.strength.value} | {figures} |")
    return [*lines, ""]
