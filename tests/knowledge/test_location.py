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
