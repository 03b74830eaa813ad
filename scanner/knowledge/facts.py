"""The facts that a site tells, or that a device proves, as declared in ``fingerprints/facts.yaml``."""

from __future__ import annotations

import re
from pathlib import Path

from scanner.knowledge.mandate_words import FactKind, Reading
from scanner.knowledge.schema import check_schema
from scanner.knowledge.sentences import read_text
from scanner.knowledge.yaml_lines import Node, load_yaml

PROFILE_FACT = "profile"
"""Not a fact of the file: what ``needs:`` names when no profile was chosen."""


def load_facts(root: Path) -> tuple[dict[str, FactKind], Node]:
    """Every fact by name.

    Returns:
        The facts, and the list of their nodes for checks across files.

    Raises:
        KnowledgeError: a field or a value is unknown, a name is given twice, a pattern is no pattern.
    """
    node = load_yaml(root / "facts.yaml")
    check_schema(node, root / "schemas" / "facts.schema.json")
    entries = node.mapping()["facts"]
    found: dict[str, FactKind] = {}
    for entry in entries.items():
        fact = _fact(entry)
        if fact.name in found:
            raise entry.fail(f"the fact {fact.name!r} is declared twice")
        found[fact.name] = fact
    return found, entries


def _fact(entry: Node) -> FactKind:
    parts = entry.mapping()
    kind = FactKind(
        name=parts["name"].text(),
        type=parts["type"].text(),
        question=read_text(parts["question"]),
        given_by=parts["given_by"].text(),
        choices={word: read_text(text) for word, text in parts["choices"].mapping().items()}
        if "choices" in parts
        else {},
        note=parts["note"].text() if "note" in parts else "",
        reading=_reading(parts["reading"]) if "reading" in parts else None,
    )
    if (kind.type == "choice") != bool(kind.choices):
        raise entry.fail(f"{kind.name}: a fact has choices if, and only if, its type is choice")
    if (kind.given_by == "site") != (kind.reading is None):
        raise entry.fail(f"{kind.name}: a fact has a reading if, and only if, a device can give it")
    return kind


def _reading(entry: Node) -> Reading:
    parts = entry.mapping()
    try:
        pattern = re.compile(parts["pattern"].text())
    except re.error as error:
        raise parts["pattern"].fail(f"not a regular expression: {error}") from None
    value = parts["value"].text() if "value" in parts else None
    if value is None and "value" not in pattern.groupindex:
        raise parts["pattern"].fail("the pattern needs a group named 'value', or the entry a value")
    classes = tuple(item.text() for item in parts["classes"].items()) if "classes" in parts else ()
    return Reading(parts["field"].text(), pattern, classes, value)
