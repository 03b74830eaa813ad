"""What knows asks no clock: the moment is handed to it. The import contract covers modules, this covers calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

CLOCKS = {"now", "today", "utcnow"}
FROM_THE_NETWORK = {
    "urllib.request",
    "http.client",
    "http.server",
    "socketserver",
    "ftplib",
    "smtplib",
    "telnetlib",
}

IN_ITS_TRANSPORT = {"transports/smtp.py": {"smtplib"}}
"""Where such a module is the transport's own tool."""


def clocks(tree: ast.Module) -> Iterator[str]:
    """Each place that reads the clock by way of a date."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            yield f"line {node.lineno}: {ast.unparse(node)}"


def imported(tree: ast.Module) -> Iterator[str]:
    """Each module that is imported, by its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_no_pure_room_reads_the_clock(pure_sources):
    found = {path: list(clocks(tree)) for path, tree in pure_sources.items()}

    assert {path: places for path, places in found.items() if places} == {}


def test_no_module_reaches_a_network_past_the_transports(sources):
    found = {
        path: FROM_THE_NETWORK.intersection(imported(tree)) - IN_ITS_TRANSPORT.get(path, set())
        for path, tree in sources.items()
    }

    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("line", ["datetime.now(UTC)", "date.today()", "datetime.datetime.utcnow()"])
def test_a_clock_is_recognised(line):
    assert len(list(clocks(ast.parse(line)))) == 1


@pytest.mark.parametrize(
    "line", ["import urllib.request", "from urllib import request", "from http.client import X"]
)
def test_a_way_past_the_transports_is_recognised(line):
    assert FROM_THE_NETWORK.intersection(imported(ast.parse(line)))
