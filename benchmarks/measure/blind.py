"""First looks: what came out before anything was changed for the hosts, as `blind.yaml` keeps it.

The figures of a corpus get better once its errors have been repaired; the first look does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.measure.counting import Score
from benchmarks.measure.interval import ratio
from scanner.model.errors import Malformed

BLIND = Path(__file__).parents[1] / "blind.yaml"


@dataclass(frozen=True, slots=True)
class Look:
    """One first look at hosts that were new to everybody."""

    date: str
    corpus: str
    hosts: tuple[str, ...]
    tellable: int
    """Devices of the maker among them whose replies can tell."""
    found: Mapping[str, int]
    """How many of these were called the maker's, by level."""
    alarms: int
    wrong: tuple[tuple[str, str, str], ...]
    """Host, kind of error, what was wrong."""


def read_looks(path: Path = BLIND) -> tuple[Look, ...]:
    """The first looks, in order.

    Raises:
        Malformed: an entry lacks something.
    """
    looks = []
    for number, entry in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))["looks"], 1):
        try:
            looks.append(
                Look(
                    date=entry["date"],
                    corpus=entry["corpus"],
                    hosts=tuple(entry["hosts"]),
                    tellable=entry["tellable"],
                    found=dict(entry["found"]),
                    alarms=entry["alarms"],
                    wrong=tuple((one["host"], one["kind"], one["text"]) for one in entry["wrong"]),
                )
            )
        except KeyError as missing:
            raise Malformed(f"{path.name}: entry {number} has no {missing}") from None
    return tuple(looks)


def section(looks: Sequence[Look], scores: Iterable[Score]) -> list[str]:
    """The part of the page on first looks; nothing of a corpus that was not measured this time."""
    whole = {one.corpus: one for one in scores if not one.part}
    known = [look for look in looks if look.corpus in whole]
    if not known:
        return []
    lines = [
        "## First looks",
        "",
        "New lines of a corpus are identified once before anything is changed for them; what came out stays",
        "here (`benchmarks/blind.yaml`), whatever the figures of the corpus become.",
        "",
        "| day | corpus | hosts | recall | false alarms | wrong fields | of these wrong today |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_row(look, whole[look.corpus]) for look in known]
    return [*lines, "", *_told(known)]


def _row(look: Look, today: Score) -> str:
    found = ratio(sum(look.found.values()), look.tellable)
    open_now = {(one.host, one.kind) for one in (*today.errors, *today.disputes)}
    still = sum((host, kind) in open_now for host, kind, _ in look.wrong)
    return (
        f"| {look.date} | {look.corpus} | {len(look.hosts)} | {found} | {look.alarms} | {len(look.wrong)} "
        f"| {still} |"
    )


def _told(looks: Iterable[Look]) -> Iterator[str]:
    lines = [f"- {look.date}, {host}: {kind} {text}." for look in looks for host, kind, text in look.wrong]
    if lines:
        yield from ("What was wrong then:", "", *lines, "")
