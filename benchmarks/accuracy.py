"""How often the matcher is right: recall, precision, every field, and each error by name.

    python benchmarks/accuracy.py [CORPUS.jsonl ...] [--write docs/accuracy.md]

A corpus is a file of observations (the input of ``hiksweep identify``) whose lines also hold ``truth``.
Without one the project's own signature examples are the corpus. Lines of one host count together.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.knowledge import Knowledge, load
from scanner.matcher import identify
from scanner.model.device import Confidence, Device
from scanner.model.errors import HiksweepError, Malformed
from scanner.model.evidence import Maker, Strength
from scanner.model.observation import Observation
from scanner.parsers.observations import read_observation
from scanner.reporter.device import device_fields

FIELDS = ("maker_name", "presented_brand", "relation", "device_class", "model", "serial", "firmware")
OWN = "own examples"


@dataclass
class Case:
    """One host: what it answered and what it is."""

    name: str
    observations: list[Observation] = field(default_factory=list)
    truth: dict[str, Any] = field(default_factory=dict)

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


def ratio(part: int, whole: int) -> str:
    """``12/13 (92.3 %)``; nothing to count is no success."""
    return f"{part}/{whole} ({100 * part / whole:.1f} %)" if whole else "0/0"


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
                truth = json.loads(line)["truth"]
            except (Malformed, KeyError) as error:
                raise Malformed(f"{path}:{number}: {error}") from None
            case = cases.setdefault(observation.host, Case(observation.host))
            case.observations.append(observation)
            case.learn(truth)
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
        _count_maker(total, case, device)
        _count_fields(total, case, device)
    return total


def _count_maker(total: Score, case: Case, device: Device) -> None:
    truth, tellable = case.truth["evidenced_maker"], case.truth.get("tellable", True)
    called = device.evidenced_maker is Maker.HIKVISION and device.confidence is not Confidence.NONE
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


def markdown(scores: Iterable[Score], knowledge: Knowledge) -> str:
    """The page of the documentation."""
    signatures = knowledge.versions["signatures"]
    lines = [
        "# Accuracy",
        "",
        "Written by `benchmarks/accuracy.py`; the figures are as they came out. Recall counts the devices",
        "whose maker their replies can tell; precision every device called Hikvision, *possible* or above.",
        "A field is counted where the truth has a value; *beyond* are values where it has none.",
        "",
        "The examples and the corpora were in sight when the signatures were written: the figures show that",
        "nothing known is missed or falsely accused, not how equipment that nobody has seen yet will fare.",
        "",
        f"Signatures: {signatures.version}, as of {signatures.date}.",
        "",
    ]
    for total in scores:
        lines += [
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
            "Errors on devices of the maker, and false alarms:"
            if total.errors
            else "No error, no false alarm.",
            "",
        ]
        if total.errors:
            lines += [*(f"- {error}" for error in total.errors), ""]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Print the page and the speed; write the page where asked."""
    parser = argparse.ArgumentParser(description="How often the matcher is right.")
    parser.add_argument("corpus", nargs="*", type=Path, help="files of observations with their truth")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the page there")
    options = parser.parse_args(arguments)
    try:
        knowledge = load()
        inputs = [
            (OWN, own_examples(knowledge)),
            *((path.name, read_corpus(path)) for path in options.corpus),
        ]
        scores = [
            score(name, cases, knowledge)
            for name, cases in inputs
            if name != OWN or not options.corpus or options.write
        ]
    except (HiksweepError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    page = markdown(scores, knowledge)
    print(page)
    for total in scores:
        print(f"{total.corpus}: {total.replies / max(total.seconds, 1e-9):,.0f} observations a second")
    if options.write:
        options.write.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
