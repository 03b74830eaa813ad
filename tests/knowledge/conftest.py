"""A copy of the data that a test may break, and helpers to break it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.knowledge.location import fingerprints_root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A private copy of the folder ``fingerprints``."""
    copy = tmp_path / "fingerprints"
    shutil.copytree(fingerprints_root(), copy)
    return copy


@pytest.fixture
def edit(root: Path) -> Callable[[str, str, str], None]:
    """Replace a text in one file of the copy; the text must be there."""

    def replace(name: str, old: str, new: str) -> None:
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
