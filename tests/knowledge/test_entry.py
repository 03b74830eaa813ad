"""Typed access to one map of a file; every complaint stands at its line."""

from __future__ import annotations

import pytest

from scanner.knowledge.entry import Entry
from scanner.knowledge.yaml_lines import parse_yaml
from scanner.model.errors import KnowledgeError

TEXT = """\
name: x
many: [a, b]
one: a
flag: true
number: 3
inner: {k: v}
rows:
  - {k: v}
pattern: '^a$'
broken: '('
empty: ''
mixed: [a, 1]
"""


@pytest.fixture
def entry() -> Entry:
    return Entry(parse_yaml(TEXT, "x.yaml"))


def test_values_come_out_in_their_kinds(entry: Entry) -> None:
    assert entry.text("name") == "x"
    assert entry.optional("absent", "y") == "y"
    assert entry.optional("name") == "x"
    assert entry.word("one", ("a", "b")) == "a"
    assert entry.word("absent", ("a",), "a") == "a"
    assert entry.flag("flag") is True
    assert entry.flag("absent") is False
    assert entry.texts("many") == ("a", "b")
    assert entry.texts("one") == ("a",)
    assert entry.texts("absent") == ()
    assert entry.entry("inner").text("k") == "v"
    assert [row.text("k") for row in entry.entries("rows", {"k"})] == ["v"]
    assert entry.entries("absent") == ()
    assert entry.compiled("pattern").match("a")
    assert "name" in entry
    assert list(entry)[:2] == ["name", "many"]


def test_it_says_where_it_stands(entry: Entry) -> None:
    assert entry.where() == "x.yaml:1"
    assert entry.where("flag") == "x.yaml:4"
    assert entry.where("absent") == "x.yaml:1"


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda e: e.text("absent"), 1),
        (lambda e: e.text("number"), 5),
        (lambda e: e.text("empty"), 11),
        (lambda e: e.word("name", ("a", "b")), 1),
        (lambda e: e.flag("name"), 1),
        (lambda e: e.texts("number"), 5),
        (lambda e: e.texts("mixed"), 12),
        (lambda e: e.entry("absent"), 1),
        (lambda e: e.entry("inner", {"other"}), 6),
        (lambda e: e.compiled("broken"), 10),
    ],
)
def test_a_wrong_value_is_refused_at_its_line(entry: Entry, call, line: int) -> None:
    with pytest.raises(KnowledgeError, match=rf"^x\.yaml:{line}: "):
        call(entry)


def test_an_unknown_key_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(KnowledgeError, match=r"x\.yaml:2: unknown key 'nmae'; known are name"):
        Entry(parse_yaml("name: x\nnmae: y\n", "x.yaml"), {"name"})
