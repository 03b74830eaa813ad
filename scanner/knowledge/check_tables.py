"""Brands, models and MAC blocks held against each other and against their schemas."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.knowledge.schema import check_schema
from scanner.knowledge.signatures import JUDGED, LOOKALIKES
from scanner.knowledge.yaml_lines import Node, load_yaml
from scanner.model.errors import KnowledgeError

if TYPE_CHECKING:
    from scanner.knowledge import Knowledge

_FAMILY_RELATIONS = frozenset({"own", "subsidiary", "joint venture", "sister company"})


def schema_faults(root: Path) -> Iterator[tuple[str, str]]:
    """Files that do not keep to their JSON Schema.

    Yields:
        Pairs of ``file:line`` and what is wrong.
    """
    schemas = root / "schemas"
    files = [
        (root / "brands.yaml", "brands"),
        (root / "models.yaml", "models"),
        (root / "serials.yaml", "serials"),
        (root / "relabels.yaml", "relabels"),
        (root / "software.yaml", "software"),
        (root / "placeholders.yaml", "placeholders"),
        (root / LOOKALIKES, "signatures"),
    ]
    files.extend(
        (path, "judged" if path.name == JUDGED else "signatures")
        for path in sorted((root / "signatures").glob("*.yaml"))
    )
    for path, schema in files:
        yield from _fault_of(load_yaml(path), schemas / f"{schema}.schema.json")
    for path in sorted((root / "oui").glob("*.csv")):
        yield from _fault_of(_csv_node(path), schemas / "oui.schema.json")


def _fault_of(node: Node, schema: Path) -> Iterator[tuple[str, str]]:
    try:
        check_schema(node, schema)
    except KnowledgeError as error:
        where, _, message = str(error).partition(": ")
        yield where, message


def _csv_node(path: Path) -> Node:
    """A table as nodes, so that a fault of the schema names its line."""
    where = f"fingerprints/oui/{path.name}"
    header: dict[str, Node] = {}
    rows: list[Node] = []
    columns: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            header[key.strip()] = Node(value.strip(), number, where)
        elif not columns:
            columns = next(csv.reader([line]))
        else:
            cells: Any = zip(columns, next(csv.reader([line])), strict=False)
            rows.append(Node({key: Node(cell, number, where) for key, cell in cells}, number, where))
    return Node({**header, "rows": Node(rows, 1, where)}, 1, where)


def order_faults(root: Path) -> Iterator[tuple[str, str]]:
    """Entries that do not stand in alphabetical order of their ids: merges stay small when they do."""
    for path in (*sorted((root / "signatures").glob("*.yaml")), root / LOOKALIKES):
        last = ""
        for node in load_yaml(path).items():
            name = node.mapping()["id"].text()
            if name < last:
                yield (
                    f"{node.where}:{node.line}",
                    f"{name} stands after {last}: entries are in alphabetical order",
                )
            last = name


def table_faults(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """What in brands, models and MAC blocks does not fit together."""
    brands = knowledge.brands
    for row in knowledge.oui.rows.values():
        if brands.maker_of(row.brand) is None:
            yield "fingerprints/oui", f"{row.prefix}: neither a brand nor a maker is called {row.brand!r}"
            continue
        brand = brands.lookup(row.brand)
        if row.family and (brand is None or brand.relation not in _FAMILY_RELATIONS):
            yield "fingerprints/oui", f"{row.prefix}: {row.brand!r} is no brand of the family in brands.yaml"
    for rule in knowledge.models.rules:
        for example in rule.examples:
            info = knowledge.models.classify(example)
            if info is None or info.rule != rule.id:
                got = info.rule if info is not None else "no rule"
                yield rule.where, f"{rule.id}: its example {example!r} is decided by {got}"
