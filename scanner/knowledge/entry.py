"""One map of a data file, read key by key; every complaint names file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NoReturn

from scanner.knowledge.yaml_lines import Node


class Entry:
    """A mapping node with typed access to its keys.

    Raises:
        KnowledgeError: the node is no mapping, or has a key outside ``allowed``.
    """

    __slots__ = ("_nodes", "node")

    def __init__(self, node: Node, allowed: Iterable[str] | None = None) -> None:
        self.node = node
        self._nodes: Mapping[str, Node] = node.mapping()
        if allowed is not None:
            known = set(allowed)
            for key in self._nodes:
                if key not in known:
                    self.fail(f"unknown key {key!r}; known are {', '.join(sorted(known))}", key)

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def where(self, key: str | None = None) -> str:
        """``file:line`` of the map or of one of its keys."""
        node = self._nodes.get(key, self.node) if key is not None else self.node
        return f"{node.where}:{node.line}"

    def fail(self, message: str, key: str | None = None) -> NoReturn:
        """Raise the error that names the line of the map or of one of its keys."""
        node = self._nodes.get(key, self.node) if key is not None else self.node
        raise node.fail(message)

    def text(self, key: str) -> str:
        """A text that must be there and not be empty; blanks around it are kept."""
        value = self._nodes[key].value if key in self._nodes else None
        if not isinstance(value, str) or not value:
            self.fail(f"{key!r} must be a text and not empty", key)
        return value

    def optional(self, key: str, default: str = "") -> str:
        """A text that may be left out."""
        return self.text(key) if key in self._nodes else default

    def word(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """A text out of a closed list."""
        if default is not None and key not in self._nodes:
            return default
        value = self.text(key)
        known = list(allowed)
        if value not in known:
            self.fail(f"{key!r} is {value!r} and must be one of {', '.join(known)}", key)
        return value

    def flag(self, key: str) -> bool:
        """A truth value; left out = no."""
        value = self._nodes[key].value if key in self._nodes else False
        if not isinstance(value, bool):
            self.fail(f"{key!r} must be true or false", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text; left out = none."""
        if key not in self._nodes:
            return ()
        node = self._nodes[key]
        if isinstance(node.value, str):
            return (self.text(key),)
        values: list[str] = []
        for item in node.items(f"{key!r}"):
            if not isinstance(item.value, str) or not item.value:
                raise item.fail(f"{key!r} must hold texts")
            values.append(item.value)
        return tuple(values)

    def entries(self, key: str, allowed: Iterable[str] | None = None) -> tuple[Entry, ...]:
        """A list of maps; left out = none."""
        if key not in self._nodes:
            return ()
        return tuple(Entry(item, allowed) for item in self._nodes[key].items(f"{key!r}"))

    def entry(self, key: str, allowed: Iterable[str] | None = None) -> Entry:
        """A map that must be there."""
        if key not in self._nodes:
            self.fail(f"{key!r} is missing")
        return Entry(self._nodes[key], allowed)

    def compiled(self, key: str) -> re.Pattern[str]:
        """A regular expression, compiled at once."""
        text = self.text(key)
        try:
            return re.compile(text)
        except re.error as error:
            self.fail(f"{key!r} does not compile: {error}", key)
