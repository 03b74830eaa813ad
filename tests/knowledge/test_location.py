"""The data is found in a checkout and in a wheel, and its absence is said plainly."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.knowledge import location
from scanner.model.errors import KnowledgeError


def test_the_data_of_this_installation_is_found() -> None:
    assert (location.fingerprints_root() / "brands.yaml").is_file()


def test_a_wheel_carries_the_data_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "scanner"
    (package / "fingerprints").mkdir(parents=True)
    (tmp_path / "fingerprints").mkdir()
    monkeypatch.setattr(location, "__file__", str(package / "knowledge" / "location.py"))
    assert location.fingerprints_root() == package / "fingerprints"


def test_missing_data_is_an_error_that_names_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(location, "__file__", str(tmp_path / "scanner" / "knowledge" / "location.py"))
    with pytest.raises(KnowledgeError, match="install hiksweep again"):
        location.fingerprints_root()


def test_the_digest_changes_with_any_data_and_with_nothing_else(tmp_path: Path) -> None:
    root = tmp_path / "fingerprints"
    (root / "signatures").mkdir(parents=True)
    (root / "signatures" / "http.yaml").write_text("- id: a\n")
    first = location.digest_of(root)
    blocks = tmp_path / "oui.csv"

    (root / "README.md").write_text("not data")
    assert location.digest_of(root, blocks) == first
    blocks.write_text("x")
    assert location.digest_of(root, blocks) != first
    (root / "signatures" / "http.yaml").write_text("- id: b\n")
    assert location.digest_of(root) != first
