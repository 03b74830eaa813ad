"""Patterns mean the same on every Python that we run on.

Before Python 3.11.5, so on Debian 12 (3.11.2), a possessive repeat of a group keeps a half-matched last turn
(bpo gh-106052); of a single character or class it is right. So groups repeat greedily, with possessive parts.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{\d*,?\d*\})\+|\(\?>")


def test_no_pattern_of_the_code_repeats_a_group_possessively(sources):
    found = {
        f"{path}:{node.lineno}"
        for path, tree in sources.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str | bytes)
        and POSSESSIVE_GROUP.search(
            node.value if isinstance(node.value, str) else node.value.decode("latin-1")
        )
    }

    assert found == set()


@pytest.mark.parametrize("path", sorted((ROOT / "fingerprints").rglob("*.yaml")), ids=lambda path: path.stem)
def test_no_pattern_of_the_data_repeats_a_group_possessively(path):
    lines = path.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if "pattern:" in line and POSSESSIVE_GROUP.search(line)] == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("(?:ab)*+", True),
        ("(a){2,3}+", True),
        ("(?>ab)", True),
        (r"\)*+", False),
        ("[^)]*+x", False),
        ("(a)*", False),
    ],
)
def test_a_possessive_group_is_told_from_a_possessive_class(pattern, found):
    assert (POSSESSIVE_GROUP.search(pattern) is not None) is found
