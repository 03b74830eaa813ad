"""The tree with lines: values as written, and every fault shown in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.knowledge.yaml_lines import Node, load_yaml, name_of, parse_yaml
from scanner.model.errors import KnowledgeError

DOCUMENT = """\
# a comment
name: Paris
when: 2025-06-27
many:
  - 1
  - yes
  - {deep: "text", nothing: null}
"""


def test_values_keep_their_kind_and_a_date_stays_text() -> None:
    assert parse_yaml(DOCUMENT, "x.yaml").plain() == {
        "name": "Paris",
        "when": "2025-06-27",
        "many": [1, True, {"deep": "text", "nothing": None}],
    }


def test_every_value_knows_its_line() -> None:
    root = parse_yaml(DOCUMENT, "x.yaml")
    assert root.mapping()["when"].line == 3
    assert [node.line for node in root.mapping()["many"].items()] == [5, 6, 7]
    assert root.at(("many", 2, "deep")).line == 7
    assert root.at(("many", 9, "deep")).line == 4
    assert root.at(("absent",)) is root
    assert len(list(root.walk())) == 9


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.yaml:1: the file is empty"),
        ("a: 1\nb: ]1\nc: 2\n", "x.yaml:2: not readable as YAML"),
        ("a: 1\nb: 2\na:\n  - 3\n", "x.yaml:3: 'a' is given twice"),
        ("a: 1\n2: b\n", "x.yaml:2: a key must be text"),
        ("a: 1\nb: !!binary aGk=\n", "x.yaml:2: a value of kind"),
        ("a: 1\nb: !strange x\n", "x.yaml:2: could not determine a constructor"),
        ("a: &one [1]\nb: *one\n", "x.yaml:2: anchors and aliases are not used here"),
        ("a: &one\n  b: *one\n", "anchors and aliases are not used here"),
        ("a: \x01", "x.yaml:1: not readable as YAML"),
    ],
)
def test_a_fault_names_file_and_line(text: str, message: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        parse_yaml(text, "x.yaml")
    assert message in str(caught.value)


def test_a_value_of_the_wrong_kind_is_refused_where_it_stands() -> None:
    root = parse_yaml(DOCUMENT, "x.yaml").mapping()
    with pytest.raises(KnowledgeError, match=r"^x\.yaml:2: the name must be a mapping$"):
        root["name"].mapping("the name")
    with pytest.raises(KnowledgeError, match=r"^x\.yaml:2: this entry must be a list$"):
        root["name"].items()
    with pytest.raises(KnowledgeError, match=r"^x\.yaml:6: a word must be text"):
        root["many"].items()[1].text("a word")
    assert root["name"].text() == "Paris"


def test_a_file_is_named_from_the_folder_of_the_knowledge_on(tmp_path: Path) -> None:
    folder = tmp_path / "fingerprints" / "mandates"
    folder.mkdir(parents=True)
    path = folder / "x.yaml"
    path.write_text("a: 1\n", encoding="utf-8")
    assert load_yaml(path) == parse_yaml("a: 1\n", "fingerprints/mandates/x.yaml")
    assert isinstance(load_yaml(path, "y"), Node)
    assert name_of(Path("/one/two/three.yaml")) == "two/three.yaml"


def test_an_unreadable_file_is_a_fault_of_the_knowledge(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"gone\.yaml:1: cannot be read"):
        load_yaml(tmp_path / "gone.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: \xe9\n")
    with pytest.raises(KnowledgeError, match=r"latin\.yaml:2: not UTF-8"):
        load_yaml(tmp_path / "latin.yaml")
