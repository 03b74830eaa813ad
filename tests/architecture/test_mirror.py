"""Each ``scanner/x/y.py`` has ``tests/x/test_y.py``: whoever looks for the proof of a file knows its name."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]

WITHOUT: frozenset[str] = frozenset()
"""Files that still lack their test. It only shrinks: a file that has its test by now must leave the list."""


def lacking(root: Path) -> set[str]:
    """The source files without a test of their name.

    A package's ``__init__`` and ``__main__`` list and start things that other tests go through; the words of
    ``model/`` are declarations, which every test uses.
    """
    found = set()
    for path in (root / "scanner").rglob("*.py"):
        place = path.relative_to(root / "scanner")
        if path.stem in {"__init__", "__main__"} or place.parts[0] == "model":
            continue
        if not (root / "tests" / place.with_name(f"test_{place.name}")).is_file():
            found.add(str(place))
    return found


def test_each_source_file_has_a_test_of_its_name():
    found = lacking(ROOT)

    assert found == WITHOUT, "\n".join(sorted(found ^ WITHOUT))


def test_a_file_without_a_test_is_found(tmp_path):
    (tmp_path / "scanner" / "probes").mkdir(parents=True)
    (tmp_path / "tests" / "probes").mkdir(parents=True)
    for name in ("__init__", "tested", "forgotten"):
        (tmp_path / "scanner" / "probes" / f"{name}.py").touch()
    (tmp_path / "tests" / "probes" / "test_tested.py").touch()

    assert lacking(tmp_path) == {"probes/forgotten.py"}
