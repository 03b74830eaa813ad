"""What the tests of the tree share: where it lies, and its files as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = ("model", "scope", "parsers", "knowledge", "probes", "matcher", "mandates", "importers", "reporter")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def sources() -> dict[str, ast.Module]:
    """Each Python file of scanner/, by its path below it (``probes/http.py``), parsed."""
    folder = ROOT / "scanner"
    return {
        str(path.relative_to(folder)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    }


@pytest.fixture(scope="session")
def pure_sources(sources: dict[str, ast.Module]) -> dict[str, ast.Module]:
    """The files of the rooms that know and do not act."""
    return {path: tree for path, tree in sources.items() if path.split("/")[0].removesuffix(".py") in PURE}


@pytest.fixture(scope="session")
def functions() -> Callable[[ast.AST], Iterator[ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Gives every function of a tree, methods and inner ones included."""

    def walk(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    return walk
