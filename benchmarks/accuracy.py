"""How often the matcher is right: recall, precision, every field, and each error by name.

    python benchmarks/accuracy.py [CORPUS.jsonl ...] [--write docs/accuracy.md] [--picture FILE.svg]

A corpus is a file of observations (the input of ``hiksweep identify``) whose lines also hold ``truth`` and
``source``. The project's own signature examples and `relabels.jsonl` are measured always. Lines of one host
count together. A quarter of each corpus, by digest of the source, is held out: it is measured a second time
without every signature of which an example comes from a reply of that quarter.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scanner.knowledge import Knowledge, load
from scanner.knowledge.match import match
from scanner.knowledge.signatures import Signature
from scanner.matcher import identify
from scanner.model.device import Confidence, Device
from scanner.model.errors import HiksweepError, Malformed
from scanner.model.evidence import Maker, Strength
from scanner.model.observation import Observation
from scanner.parsers import read
from scanner.parsers.observations import read_observation
from scanner.reporter.device import device_fields

FIELDS = ("maker_name", "presented_brand", "relation", "device_class", "model", "serial", "firmware")
OWN = "own examples"
RELABELS = Path(__file__).parent / "relabels.jsonl"
NORMAL = 1.959964
"""Quantile of the normal distribution that leaves 2.5 % on either side."""


@dataclass
class Case:
    """One host: what it answered and what it is."""

    name: str
    observations: list[Observation] = field(default_factory=list)
    truth: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    ids: set[str] = field(default_factory=set)
    """Names of the replies in their corpus."""

    @property
    def held_out(self) -> bool:
        """One source in four, by its digest, so that nobody chooses."""
        return bool(self.source) and hashlib.sha256(self.source.encode()).digest()[0] % 4 == 0

    @property
    def is_ours(self) -> bool:
        """Whether the device is the maker's and its replies can tell."""
        return self.truth["evidenced_maker"] == Maker.HIKVISION.value and self.truth.get("tellable", True)

    def learn(self, truth: Mapping[str, Any]) -> None:
        """The first word on each point stands; a host is tellable if any of its replies is."""
        for key, value in truth.items():
            if key == "tellable":
                self.truth[key] = self.truth.get(key, False) or value
            elif self.truth.get(key) is None:
                self.truth[key] = value


@dataclass
class Score:
    """The count over one corpus."""

    corpus: str
    hosts: int = 0
    replies: int = 0
    seconds: float = 0.0
    found: int = 0
    missed: int = 0
    alarms: int = 0
    others_named: int = 0
    others: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    disputes: list[str] = field(default_factory=list)
    groups: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """Kind of group, group, then: the maker's hosts, found, wrongly called, wrong in a field."""
    hits: dict[str, Counter[str]] = field(default_factory=dict)
    """Signature, then hosts by who made them."""

    @property
    def recall(self) -> str:
        """Of the tellable devices of the maker, those found at possible or better."""
        return ratio(self.found, self.found + self.missed)

    @property
    def precision(self) -> str:
        """Of the devices called the maker's, those that are."""
        called = sum(self.levels.values())
        return ratio(called - self.alarms, called)

    def share(self, name: str) -> str:
        """How often a field was right where the truth has it."""
        return ratio(self.right[name], self.right[name] + self.wrong[name])


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927); the whole of it if nothing was counted."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, NORMAL**2
    middle = share + square / (2 * whole)
    spread = NORMAL * math.sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    below, above = ((middle + sign * spread) / (1 + square / whole) for sign in (-1, 1))
    return max(0.0, below), min(1.0, above)


def ratio(part: int, whole: int) -> str:
    """``12/13 (92.3 %; 66.7–98.6)``, the interval behind the share; nothing to count is no success."""
    if not whole:
        return "0/0"
    below, above = wilson(part, whole)
    return f"{part}/{whole} ({100 * part / whole:.1f} %; {100 * below:.1f}–{100 * above:.1f})"


def read_corpus(path: Path) -> Iterator[Case]:
    """The hosts of a file, in order of first appearance.

    Raises:
        Malformed: a line is not an observation with its truth.
    """
    cases: dict[str, Case] = {}
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                observation = read_observation(line)
                record = json.loads(line)
                truth = record["truth"]
            except (Malformed, KeyError) as error:
                raise Malformed(f"{path}:{number}: {error}") from None
            case = cases.setdefault(observation.host, Case(observation.host))
            case.observations.append(observation)
            case.learn(truth)
            case.source = case.source or str(record.get("source", ""))
            case.ids.add(str(record.get("id", "")) or observation.id)
    return iter(cases.values())


def own_examples(knowledge: Knowledge) -> Iterator[Case]:
    """Every example of a signature or look-alike that says who made the device, as a host of its own.

    What a weak signature says need not be found. A look-alike that names nobody must accuse nobody.
    """
    for signature in (*knowledge.signatures, *knowledge.lookalikes):
        if signature.maker is None and not signature.lookalike:
            continue
        for number, example in enumerate(signature.examples, 1):
            name = f"{signature.id}/{number}"
            truth: dict[str, Any] = {key: value for key, value in example.gives.items() if key in FIELDS}
            truth["presented_brand"] = example.gives.get("brand")
            truth["evidenced_maker"] = example.gives.get("maker", Maker.UNKNOWN.value)
            truth["tellable"] = "maker" in example.gives and signature.strength is not Strength.WEAK
            observation = Observation(
                host=name, protocol=example.protocol, payload=example.reply.encode(), request=example.request
            )
            yield Case(name, [observation], truth)


def score(name: str, cases: Iterable[Case], knowledge: Knowledge) -> Score:
    """Identify every host and hold it against its truth."""
    total = Score(name)
    known = list(cases)
    begun = time.perf_counter()
    devices = identify((one for case in known for one in case.observations), knowledge)
    total.seconds = time.perf_counter() - begun
    for case, device in zip(known, devices, strict=True):
        total.hosts += 1
        total.replies += len(case.observations)
        errors = len(total.errors)
        _count_maker(total, case, device)
        alarm = len(total.errors)
        _count_fields(total, case, device)
        _count_groups(total, case, device, wrong=len(total.errors) > alarm)
        _count_hits(total, case, knowledge)
        total.errors[errors:] = [f"{error}: {_explained(device)}" for error in total.errors[errors:]]
    return total


def _explained(device: Device) -> str:
    """What the matcher went by, for whoever reads an error."""
    evidence = ", ".join(f"{one.signature} ({one.strength.value})" for one in device.evidence[:4])
    against = "; ".join(device.contradictions[:2])
    return f"evidence {evidence or 'none'}" + (f"; {against}" if against else "")


def is_called(device: Device) -> bool:
    """Whether the device is called the maker's at any level."""
    return device.evidenced_maker is Maker.HIKVISION and device.confidence is not Confidence.NONE


def generation(case: Case) -> str:
    """The major version of the firmware, which is how the maker's devices changed."""
    firmware = str(case.truth.get("firmware") or "").lstrip("vV")
    major = firmware.partition(".")[0]
    return f"V{major}" if major.isdigit() else "not stated"


def _count_groups(total: Score, case: Case, device: Device, *, wrong: bool) -> None:
    called = is_called(device)
    foreign = case.truth["evidenced_maker"] == Maker.OTHER.value
    groups = [("protocol", one.protocol.value) for one in case.observations]
    if not foreign:
        groups += [
            ("brand", case.truth.get("presented_brand") or "none stated"),
            ("generation", generation(case)),
        ]
    for kind, name in dict.fromkeys(groups):
        counts = total.groups.setdefault(kind, {}).setdefault(name, [0, 0, 0, 0])
        counts[0] += case.is_ours
        counts[1] += case.is_ours and called
        counts[2] += foreign and called
        counts[3] += wrong


def _count_hits(total: Score, case: Case, knowledge: Knowledge) -> None:
    found: set[str] = set()
    for one in case.observations:
        try:
            fields = read(one.protocol, one.payload, one.request)
        except Malformed:
            continue
        found.update(hit.signature.id for hit in match(knowledge, one.protocol, fields, one.request))
    for name in found:
        total.hits.setdefault(name, Counter())[case.truth["evidenced_maker"]] += 1


def touched(signature: Signature, cases: Iterable[Case]) -> bool:
    """Whether an example of a signature comes from one of these hosts: by its origin or by the same bytes."""
    replies = {one.payload for case in cases for one in case.observations}
    ids = {name for case in cases for name in case.ids}
    sources = {case.source.partition(" (")[0] for case in cases}
    return any(
        any(name in example.note for name in ids | sources) or example.reply.encode() in replies
        for example in signature.examples
    )


def without(knowledge: Knowledge, cases: Iterable[Case]) -> tuple[Knowledge, list[str]]:
    """The knowledge without every signature that learnt from these hosts, and the names of those."""
    known = list(cases)
    names = [one.id for one in (*knowledge.signatures, *knowledge.lookalikes) if touched(one, known)]
    gone = set(names)
    return replace(
        knowledge,
        signatures=tuple(one for one in knowledge.signatures if one.id not in gone),
        lookalikes=tuple(one for one in knowledge.lookalikes if one.id not in gone),
    ), names


def measure(name: str, cases: Iterable[Case], knowledge: Knowledge) -> list[Score]:
    """One corpus whole and, where its sources are known, its held-out quarter and the rest."""
    known = list(cases)
    held = [case for case in known if case.held_out]
    scores = [score(name, known, knowledge)]
    if held and len(held) < len(known):
        scores.append(score(f"{name}, rest", (case for case in known if not case.held_out), knowledge))
        scores.append(score(f"{name}, held out", held, knowledge))
        less, names = without(knowledge, held)
        if names:
            title = f"{name}, held out, without {len(names)} signatures that learnt from it"
            scores.append(score(title, held, less))
    return scores


def _count_maker(total: Score, case: Case, device: Device) -> None:
    truth, tellable = case.truth["evidenced_maker"], case.truth.get("tellable", True)
    called = is_called(device)
    if not tellable and total.corpus != OWN and device.evidenced_maker is not Maker.UNKNOWN:
        total.disputes.append(
            f"{case.name}: called {device.evidenced_maker.value} ({device.confidence.value}) though "
            f"the corpus says that its replies cannot tell; it says {truth}"
        )
    if called:
        total.levels[device.confidence.value] += 1
    if truth == Maker.HIKVISION.value and tellable:
        total.found += called
        total.missed += not called
        if not called:
            total.errors.append(f"{case.name}: missed")
    elif called and truth != Maker.HIKVISION.value:
        total.alarms += 1
        total.errors.append(
            f"{case.name}: false alarm ({device.confidence.value}; it is {case.truth.get('maker_name')})"
        )
    if truth == Maker.OTHER.value and tellable:
        total.others += 1
        total.others_named += device.evidenced_maker is Maker.OTHER


def _count_fields(total: Score, case: Case, device: Device) -> None:
    """Fields of devices whose maker can be told; a value where the truth has none is counted apart."""
    if not case.truth.get("tellable", True):
        return
    given = device_fields(device)
    ours = case.truth["evidenced_maker"] == Maker.HIKVISION.value
    for name in FIELDS:
        truth, value = case.truth.get(name), given[name]
        if truth is None:
            total.beyond[name] += value is not None
        elif same(name, truth, value):
            total.right[name] += 1
        else:
            total.wrong[name] += 1
            if ours:
                total.errors.append(f"{case.name}: {name} is {value!r}, not {truth!r}")


def same(name: str, truth: str, value: str | None) -> bool:
    """Equal but for case; of a maker's name the part in front of a bracket decides."""
    if value is None:
        return False
    one, two = truth.casefold(), value.casefold()
    if name == "maker_name":
        one, two = one.partition(" (")[0], two.partition(" (")[0]
    return one == two


PREFACE = """# Accuracy

Written by `make accuracy` (`benchmarks/accuracy.py`); the figures are as they came out. Recall counts the
devices whose maker their replies can tell; precision every device called Hikvision, *possible* or above.
Behind each share stands its 95 % interval (Wilson). A field is counted where the truth has a value;
*beyond* are values where it has none.

A quarter of each corpus is held out, by the digest of the source. Some signatures have an example from a
reply of that quarter, since the replies were in sight when the signatures were written; so the quarter is
measured a second time without any of these signatures. That figure is the nearest to equipment that
nobody has seen yet; the others show that nothing known is missed or falsely accused.

![Recall and precision with their intervals](images/accuracy.svg)
"""


def markdown(scores: Iterable[Score], knowledge: Knowledge) -> str:
    """The page of the documentation."""
    signatures = knowledge.versions["signatures"]
    known = list(scores)
    lines = [PREFACE, f"Signatures: {signatures.version}, as of {signatures.date}.", "", *_overview(known)]
    for total in known:
        lines += section(total)
    lines += _signature_table(known, knowledge)
    return "\n".join(lines)


def _overview(scores: Iterable[Score]) -> list[str]:
    rows = [
        f"| {one.corpus} | {one.hosts} | {one.recall} | {one.precision} | {one.alarms} | {len(one.errors)} |"
        for one in scores
    ]
    head = ["| corpus | hosts | recall | precision | false alarms | errors |", "|---|---|---|---|---|---|"]
    return [*head, *rows, ""]


def section(total: Score) -> list[str]:
    """One corpus, or a part of one."""
    lines = [
        f"## {total.corpus}",
        "",
        f"{total.replies} replies of {total.hosts} hosts.",
        "",
        "| measure | figure |",
        "|---|---|",
        f"| recall | {total.recall} |",
        f"| precision | {total.precision} |",
        f"| false alarms | {total.alarms} |",
        f"| other makers told as other | {ratio(total.others_named, total.others)} |",
        *(f"| found at *{level}* | {count} |" for level, count in total.levels.most_common()),
        "",
        "| field | right | beyond |",
        "|---|---|---|",
        *(f"| {name} | {total.share(name)} | {total.beyond[name]} |" for name in FIELDS),
        "",
    ]
    for kind in sorted(total.groups):
        lines += [f"| {kind} | found | wrongly called | hosts with a wrong field |", "|---|---|---|---|"]
        for name, (ours, found, alarms, wrong) in sorted(total.groups[kind].items()):
            lines.append(f"| {name} | {ratio(found, ours)} | {alarms} | {wrong} |")
        lines.append("")
    for heading, told in (
        ("Errors on devices of the maker, and false alarms:", total.errors),
        ("Disputes, the corpus's word stands:", total.disputes),
    ):
        if told:
            lines += [heading, "", *(f"- {one}" for one in told), ""]
    if not total.errors:
        lines += ["No error, no false alarm.", ""]
    return lines


def _signature_table(scores: Iterable[Score], knowledge: Knowledge) -> list[str]:
    """What claims the maker, by who made what it hit. The parts of a corpus are not counted twice."""
    hits: dict[str, Counter[str]] = {}
    for total in scores:
        if ", " in total.corpus or total.corpus == OWN:
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
    lines += [
        f"| {one.id} | {one.strength.value} | {counts['hikvision']} | {counts['other']} "
        f"| {counts['unknown']} |"
        for one in sorted(knowledge.signatures, key=lambda signature: signature.id)
        if one.maker is Maker.HIKVISION and (counts := hits.get(one.id))
    ]
    return [*lines, ""]


def unearned(scores: Iterable[Score], knowledge: Knowledge) -> list[str]:
    """Conclusive signatures that hit a foreign device."""
    foreign = {name for total in scores for name, counts in total.hits.items() if counts["other"]}
    return [
        one.id
        for one in knowledge.signatures
        if one.id in foreign and one.maker is Maker.HIKVISION and one.strength is Strength.CONCLUSIVE
    ]


_STYLE = """<style>
  text { font: 13px sans-serif; fill: #24292f } .axis { stroke: #8c959f }
  .recall { stroke: #0969da; fill: #0969da }
  .precision { stroke: #bc4c00; fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .recall { stroke: #58a6ff; fill: #58a6ff }
    .precision { stroke: #ffa657; fill: #ffa657 }
  }
</style>"""


def picture(scores: Iterable[Score]) -> str:
    """Recall and precision with their intervals, one row each, as SVG that is readable in light and dark."""
    rows: list[tuple[str, str, int, int]] = []
    for one in scores:
        ours, called = one.found + one.missed, sum(one.levels.values())
        if ours:
            rows.append((f"{one.corpus}: recall", "recall", one.found, ours))
        if called:
            rows.append((f"{one.corpus}: precision", "precision", called - one.alarms, called))
    height = 40 + 26 * len(rows)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 980 {height}" role="img">',
        "<title>Recall and precision with 95 % intervals</title>",
        _STYLE,
    ]
    for percent in (0, 25, 50, 75, 100):
        x = 560 + 4 * percent
        lines.append(f'<line class="axis" x1="{x}" x2="{x}" y1="24" y2="{height - 8}" stroke-width="0.5"/>')
        lines.append(f'<text x="{x}" y="16" text-anchor="middle">{percent} %</text>')
    for number, (name, kind, part, whole) in enumerate(rows):
        y = 40 + 26 * number
        below, above = wilson(part, whole)
        lines.append(f'<text x="0" y="{y + 4}">{name} {part}/{whole}</text>')
        lines.append(
            f'<line class="{kind}" x1="{560 + 400 * below:.1f}" x2="{560 + 400 * above:.1f}" y1="{y}" '
            f'y2="{y}" stroke-width="3"/>'
        )
        lines.append(f'<circle class="{kind}" cx="{560 + 400 * part / whole:.1f}" cy="{y}" r="5"/>')
    return "\n".join([*lines, "</svg>", ""])


def main(arguments: list[str] | None = None) -> int:
    """Print the page and the speed; write page and picture where asked."""
    parser = argparse.ArgumentParser(description="How often the matcher is right.")
    parser.add_argument("corpus", nargs="*", type=Path, help="files of observations with their truth")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the page there")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="write the picture of the page there")
    options = parser.parse_args(arguments)
    try:
        knowledge = load()
        scores = [score(OWN, own_examples(knowledge), knowledge)]
        for path in dict.fromkeys((RELABELS, *options.corpus)):
            scores += measure(path.name, read_corpus(path), knowledge)
    except (HiksweepError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    page = markdown(scores, knowledge)
    print(page)
    for total in scores:
        print(f"{total.corpus}: {total.replies / max(total.seconds, 1e-9):,.0f} observations a second")
    wrong = unearned(scores, knowledge)
    for name in wrong:
        print(f"{name} is conclusive and hit a foreign device", file=sys.stderr)
    if options.write:
        options.write.write_text(page, encoding="utf-8")
    if options.picture:
        options.picture.write_text(picture(scores), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
