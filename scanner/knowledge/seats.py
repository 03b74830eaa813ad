"""Makers and the country of their seat, for the measures that go by country and name no company."""

from __future__ import annotations

from pathlib import Path

from scanner.knowledge.mandate_words import Seat
from scanner.knowledge.schema import check_schema
from scanner.knowledge.yaml_lines import load_yaml


def load_seats(root: Path) -> tuple[Seat, ...]:
    """Every maker of ``fingerprints/makers.yaml``.

    Raises:
        KnowledgeError: an unknown field, or a word that names two makers.
    """
    node = load_yaml(root / "makers.yaml")
    check_schema(node, root / "schemas" / "makers.schema.json")
    found = []
    taken: dict[str, str] = {}
    for entry in node.mapping()["makers"].items():
        parts = entry.mapping()
        seat = Seat(
            parts["name"].text(),
            parts["country"].text(),
            tuple(item.text().casefold() for item in parts["words"].items()),
        )
        for word in seat.words:
            if word in taken:
                raise entry.fail(f"the word {word!r} already names {taken[word]}")
            taken[word] = seat.name
        found.append(seat)
    return tuple(found)
