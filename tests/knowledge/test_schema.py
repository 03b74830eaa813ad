"""A file against its schema: the first fault, in words, at its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.knowledge.schema import check_schema
from scanner.knowledge.yaml_lines import parse_yaml
from scanner.model.errors import KnowledgeError

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$"},
        "kind": {"enum": ["one", "two"]},
        "many": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": ["string", "null"]}},
    },
    "required": ["name"],
    "additionalProperties": False,
}


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "fingerprints" / "schemas" / "x.schema.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(SCHEMA), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\nkind: one\nnmae: b\n", "x.yaml:3: unknown field 'nmae' in the file; known are kind, many, name"),
        ("kind: one\n", "x.yaml:1: the file: name is missing"),
        ("name: a\nkind: three\n", "x.yaml:2: kind: unknown word 'three'; known are one, two"),
        ("name: a\n\nmany: []\n", "x.yaml:3: many must not be empty"),
        ("name: a\nmany:\n- x\n- 2\n", "x.yaml:4: many must be string or null"),
        ("name: 7\n", "x.yaml:1: name must be string"),
        ("name: B\n", "x.yaml:1: name: 'B' does not have the form ^[a-z]+$"),
        ("name: a\nmany: [x, x, x]\n", "x.yaml:2: many: "),
        ("name: B\nkind: three\n", "x.yaml:1: name: 'B'"),
    ],
)  # fmt: skip
def test_the_first_fault_is_said_at_its_line(schema: Path, text: str, message: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        check_schema(parse_yaml(text, "x.yaml"), schema)
    assert str(caught.value).startswith(message)


def test_a_file_that_keeps_to_its_schema_passes(schema: Path) -> None:
    check_schema(parse_yaml("name: a\nkind: two\nmany: [x, null]\n", "x.yaml"), schema)


def test_a_schema_that_cannot_be_read_is_a_fault_of_the_knowledge(schema: Path) -> None:
    node = parse_yaml("name: a\n", "x.yaml")
    schema.write_text("{", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"^fingerprints/schemas/x\.schema\.json:1: no JSON"):
        check_schema(node, schema)
    schema.unlink()
    with pytest.raises(KnowledgeError, match="cannot be read"):
        check_schema(node, schema)
