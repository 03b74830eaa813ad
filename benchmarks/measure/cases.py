"""What is measured: hosts with what they answered and what they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.knowledge import Knowledge
from scanner.knowledge.holdout import held_out
from scanner.model.errors import Malformed
from scanner.model.evidence import Maker, Strength
from scanner.model.observation import Observation
from scanner.parsers.observations import read_observation

FIELDS = ("maker_name", "presented_brand", "relation", "device_class", "model", "serial", "firmware")
OWN = "own examples"


@dataclass
class Case:
    """One host: what it answered and what it is."""

    name: str
    observations: list[Observation] = field(default_factory=list)
    truth: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    """Where its first reply was published."""

    @property
    def held_out(self) -> bool:
        """Whether no example may come from it."""
        return bool(self.source) and held_out(self.source)

    @property
    def tellable(self) -> bool:
        """Whether its replies can tell who made it."""
        return bool(self.truth.get("tellable", True))

    @property
    def is_ours(self) -> bool:
        """Whether the device is the maker's and its replies can tell."""
        return bool(self.truth["evidenced_maker"] == Maker.HIKVISION.value) and self.tellable

    @property
    def is_foreign(self) -> bool:
        """Whether another maker made it."""
        return bool(self.truth["evidenced_maker"] == Maker.OTHER.value)

    def learn(self, truth: Mapping[str, Any]) -> None:
        """The first word on each point stands; a host is tellable if any of its replies is."""
        for key, value in truth.items():
            if key == "tellable":
                self.truth[key] = self.truth.get(key, False) or value
            elif self.truth.get(key) is None:
                self.truth[key] = value


def read_corpus(path: Path) -> list[Case]:
    """The hosts of a file, in order of first appearance.

    Raises:
        Malformed: a line is not an observation with its truth.
        OSError: the file cannot be read.
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
    return list(cases.values())


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
