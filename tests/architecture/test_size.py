"""A module is read in one sitting and a function on one screen."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 60


def test_no_module_is_longer_than_one_sitting():
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("scanner", "docs", "tools")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LINES_OF_A_MODULE
    }

    assert long == {}


def test_no_function_is_longer_than_one_screen(sources, functions):
    long = {
        f"{path}:{function.name}": lines
        for path, tree in sources.items()
        for function in functions(tree)
        if (lines := function.end_lineno - function.lineno + 1) > LINES_OF_A_FUNCTION
    }

    assert long == {}
