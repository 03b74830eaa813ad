from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("changelog_tool", ROOT / "tools/changelog.py")
changelog = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(changelog)

DAY = date(2026, 12, 1)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "changelog.d").mkdir()
    (tmp_path / "changelog.d/README.md").write_text("how\n")
    (tmp_path / "changelog.d/sweep.added.md").write_text("A sweep\nof subnets.\n")
    (tmp_path / "changelog.d/oui.knowledge.md").write_text("More blocks.\n")
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{changelog.MARK}\n\n## [0.0.1] - 2026-01-01\n")
    return tmp_path


def test_the_pieces_of_this_project_are_fit_to_be_released():
    found = changelog.pieces(ROOT / "changelog.d")

    assert all(path.suffix == ".md" for paths in found.values() for path in paths)
    assert changelog.MARK in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_a_release_gathers_the_pieces_by_kind_above_the_older_ones_and_removes_them(project):
    assert changelog.main(["2026-12-01"], project) == 0

    text = (project / "CHANGELOG.md").read_text()
    version = changelog.__version__
    assert text.index(f"## [{version}] - 2026-12-01") < text.index("### Added") < text.index("### Knowledge")
    assert text.index("### Knowledge") < text.index("## [0.0.1]")
    assert "- A sweep\n  of subnets." in text
    assert [path.name for path in (project / "changelog.d").iterdir()] == ["README.md"]


@pytest.mark.parametrize("words", [[], ["soon"], ["2026-12-01", "2026-12-02"]])
def test_without_a_day_nothing_is_touched(project, words, capsys):
    assert changelog.main(words, project) == 2

    assert "changelog:" in capsys.readouterr().err
    assert (project / "changelog.d/sweep.added.md").exists()


@pytest.mark.parametrize(("name", "text"), [("sweep.md", "x"), ("sweep.news.md", "x"), ("x.fixed.md", " \n")])
def test_a_piece_that_would_be_lost_is_refused(project, name, text):
    (project / "changelog.d" / name).write_text(text)

    with pytest.raises(changelog.Unfit, match=name):
        changelog.pieces(project / "changelog.d")


def test_a_version_is_released_once_and_never_empty(project):
    found = changelog.pieces(project / "changelog.d")
    text = changelog.release((project / "CHANGELOG.md").read_text(), found, "1.0.0", DAY)

    with pytest.raises(changelog.Unfit, match="already"):
        changelog.release(text, found, "1.0.0", DAY)
    with pytest.raises(changelog.Unfit, match="no change"):
        changelog.release(text, {kind: [] for kind in changelog.KINDS}, "1.1.0", DAY)
    with pytest.raises(changelog.Unfit, match="missing"):
        changelog.release("# Changelog\n", found, "1.0.0", DAY)
