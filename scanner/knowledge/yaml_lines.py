"""YAML read into a tree that remembers the line of every value, so that a fault can be shown in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from scanner.model.errors import KnowledgeError, unreadable

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"

_STRING = "tag:yaml.org,2002:str"


_Base: type[yaml.SafeLoader] = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # the C reader is ten times faster


class _Loader(_Base):  # type: ignore[valid-type,misc]
    """Dates stay text: the data says itself how precise a date is."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a YAML file: a scalar, a list of nodes, or a mapping from text to nodes."""

    value: str | int | float | bool | list[Node] | dict[str, Node] | None
    line: int
    """Where it begins, or its key where it has one; 1 is the first line of the file."""
    where: str
    """The file, as it is to be named to a reader."""

    def fail(self, message: str) -> KnowledgeError:
        """The error for this value, naming file and line; the caller raises it."""
        return KnowledgeError(f"{self.where}:{self.line}: {message}")

    def mapping(self, what: str = "this entry") -> dict[str, Node]:
        """The value as a mapping.

        Raises:
            KnowledgeError: it is something else.
        """
        if not isinstance(self.value, dict):
            raise self.fail(f"{what} must be a mapping")
        return self.value

    def items(self, what: str = "this entry") -> list[Node]:
        """The value as a list.

        Raises:
            KnowledgeError: it is something else.
        """
        if not isinstance(self.value, list):
            raise self.fail(f"{what} must be a list")
        return self.value

    def text(self, what: str = "this entry") -> str:
        """The value as text that is not empty.

        Raises:
            KnowledgeError: it is something else; unquoted ``yes``, ``no`` and numbers are not text.
        """
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fail(f"{what} must be text (quote it if it is a number, yes or no)")
        return self.value.strip()

    def plain(self) -> Plain:
        """The value and all that it holds as ordinary Python objects."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def walk(self) -> Iterator[Node]:
        """This node and every node below it, in the order of the file."""
        yield self
        if isinstance(self.value, dict):
            for child in self.value.values():
                yield from child.walk()
        elif isinstance(self.value, list):
            for child in self.value:
                yield from child.walk()

    def at(self, path: tuple[str | int, ...]) -> Node:
        """The deepest node on a path of keys and positions that exists, such as a schema error names."""
        node = self
        for step in path:
            if isinstance(node.value, dict) and step in node.value:
                node = node.value[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
            else:
                break
        return node


def parse_yaml(text: str, where: str) -> Node:
    """The tree of one YAML document.

    Args:
        text: the document.
        where: how the file is named in errors, for example ``fingerprints/brands.yaml``.

    Raises:
        KnowledgeError: not YAML, empty, a key given twice, a key that is no text, or an unknown tag.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        raise KnowledgeError(f"{where}:{line}: not readable as YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise KnowledgeError(f"{where}:1: not readable as YAML: {error}") from None
    if root is None:
        raise KnowledgeError(f"{where}:1: the file is empty")
    return _build(root, where, set())


def load_yaml(path: Path, where: str | None = None) -> Node:
    """The tree of a YAML file.

    Args:
        path: the file.
        where: how it is named in errors; by default its path from the folder ``fingerprints`` on.

    Raises:
        KnowledgeError: the file cannot be read or is faulty; the message names file and line.
    """
    name = where or name_of(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(unreadable(f"{name}:1", error)) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise KnowledgeError(f"{name}:{line}: not UTF-8") from None
    return parse_yaml(text, name)


def name_of(path: Path) -> str:
    """The path from the last folder ``fingerprints`` on, or the last two parts where there is none."""
    parts = path.parts
    for index in range(len(parts) - 1, -1, -1):
        if parts[index] == "fingerprints":
            return "/".join(parts[index:])
    return "/".join(parts[-2:])


def _build(node: yaml.Node, where: str, seen: set[int], key_line: int = 0) -> Node:
    line = key_line or node.start_mark.line + 1
    if id(node) in seen:  # a file of nested aliases could grow without bound, or hold itself
        raise KnowledgeError(f"{where}:{line}: anchors and aliases are not used here")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Node] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag != _STRING:
                raise KnowledgeError(f"{where}:{at}: a key must be text")
            if key.value in found:
                raise KnowledgeError(f"{where}:{at}: {key.value!r} is given twice")
            found[key.value] = _build(value, where, seen, at)
        return Node(found, line, where)
    if isinstance(node, yaml.SequenceNode):
        return Node([_build(item, where, seen) for item in node.value], line, where)
    return Node(_scalar(node, where, line), line, where)


def _scalar(node: yaml.Node, where: str, line: int) -> str | int | float | bool | None:
    if node.tag == _STRING and isinstance(node.value, str):
        return node.value  # nearly all of the data: no need to ask the library
    try:
        value = yaml.SafeLoader("").construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError) as error:
        problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else error
        raise KnowledgeError(f"{where}:{line}: {problem}") from None
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    raise KnowledgeError(f"{where}:{line}: a value of kind {node.tag!r} is not used here")
