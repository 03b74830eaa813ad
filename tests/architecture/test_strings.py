"""Data decides: the code names no brand and no mandate.

A new brand, maker or measure is an entry in fingerprints/. So no such name stands in a string of scanner/,
docstrings and help texts apart, and the lab, which plays devices.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HELP = {"help", "short_help", "epilog"}
EXCEPTED = {
    ("model/evidence.py", "hikvision"),  # the one maker that the question is about: Maker.HIKVISION
    ("cli/doctor.py", "microsoft"),  # how the kernel of the Windows Subsystem for Linux names itself
}


def names() -> set[str]:
    """Every brand, maker and measure that the data knows."""
    brands = yaml.safe_load((ROOT / "fingerprints/brands.yaml").read_text(encoding="utf-8"))
    found = {entry["name"].partition(" (")[0] for entry in brands["makers"]}
    for entry in brands["brands"]:
        found.update((entry["name"], *entry.get("aliases", ())))
    for path in (ROOT / "fingerprints/mandates").glob("*.yaml"):
        found.update(one["id"] for one in yaml.safe_load(path.read_text(encoding="utf-8"))["measures"])
    return found


def pattern(name: str) -> re.Pattern[str]:
    """A name as a whole word; a short one, which may be a word of its own, only as it is written."""
    return re.compile(
        rf"(?<![0-9A-Za-z]){re.escape(name)}(?![0-9A-Za-z])", 0 if len(name) <= 4 else re.IGNORECASE
    )


def literals(tree: ast.Module) -> Iterator[str]:
    """Every string and bytes literal, parts of f-strings included, docstrings and help texts left out."""
    left_out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            left_out.add(id(node.value))
        elif isinstance(node, ast.keyword) and node.arg in HELP:
            left_out.update(id(part) for part in ast.walk(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in left_out:
            if isinstance(node.value, str):
                yield node.value
            elif isinstance(node.value, bytes):
                yield node.value.decode("latin-1")


def named(tree: ast.Module, patterns: list[re.Pattern[str]]) -> set[str]:
    """The literals that hold a name."""
    return {text for text in literals(tree) if any(one.search(text) for one in patterns)}


def test_no_string_of_the_code_names_a_brand_a_maker_or_a_measure(sources):
    patterns = [pattern(name) for name in names()]

    found = {
        (path, text)
        for path, tree in sources.items()
        if not path.startswith("lab/")
        for text in named(tree, patterns)
    }

    assert found == EXCEPTED


@pytest.mark.parametrize(
    "line",
    [
        "x = 'Hikvision'",
        "x = b'hikvision-web'",
        "x = f'{y} EZVIZ'",
        "if z == 'us-ndaa-889-b': pass",
        "x = 'LTS'",
    ],
)
def test_a_name_in_a_string_is_found(line):
    assert named(ast.parse(line), [pattern(name) for name in names()])


@pytest.mark.parametrize("line", ["'''Hikvision.'''", "option(help='As Hikvision does')", "x = 'results'"])
def test_docstrings_help_and_other_words_are_let_be(line):
    assert not named(ast.parse(line), [pattern(name) for name in names()])
