"""What holds for every export, whatever it is written in, and how a new one is added."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import scanner.reporter.export as room
from scanner.reporter.export import FORMATS, format_of

ROOT = Path(__file__).parents[3]
FOLDER = Path(room.__file__).parent
ADDED = '''"""A count, for a status board."""

from __future__ import annotations

from scanner.reporter.export.interface import Export, ExportFormat


def render(export: Export) -> bytes:
    """How many were found, and whether all was looked at."""
    whole = "complete" if export.report.coverage.complete else "INCOMPLETE"
    return f"{export.report.found} {whole}\\n".encode()


FORMAT = ExportFormat(name="count", title="A count, for a status board", ending=".txt", render=render)
'''


def test_every_file_is_listed_and_every_listed_format_has_a_file():
    files = {path.stem.removeprefix("to_").replace("_", "-") for path in FOLDER.glob("to_*.py")}

    assert files == set(FORMATS)
    assert len(set(FORMATS)) == len(FORMATS)


def test_a_format_says_what_it_is(form):
    found = format_of(form)

    assert found.name == form
    assert found.ending.startswith(".")
    assert found.title
    assert not found.title.endswith(".")
    assert all(setting.help.endswith(".") for setting in found.settings)


def test_the_same_export_gives_the_same_bytes(export, lived, form, each):
    for make in (export, lived):
        once, again = (format_of(form).render(make(each, form)) for _ in range(2))
        assert once == again
        assert once


def test_no_text_of_a_device_reaches_a_reader_who_would_obey_it(lived, form):
    data = format_of(form).render(lived("worst", form))
    if format_of(form).binary:
        return  # what is packed is looked into by its own test
    text = data.decode("utf-8")

    for character in ("\x00", "\x1b", "\x07", "\u202e", "\u2066", "\ud83d"):
        assert character not in text
    assert "\U0001f4a9" in text or "\\ud83d\\udca9" in text or "emoji" in form or form in WITHOUT_MODELS


WITHOUT_MODELS = frozenset({"bod-23-01"})
"""Formats that name no device."""


def test_coverage_that_is_not_complete_is_said_in_every_format(export, form):
    cut = format_of(form).render(export("nothing-incomplete", form))
    whole = format_of(form).render(export("nothing-complete", form))

    assert cut != whole
    if not format_of(form).binary:
        assert any(word in cut.decode().lower() for word in ("incomplete", "not complete", "blind"))


def test_a_new_format_is_one_file_and_its_line_in_the_list(tmp_path):
    import shutil

    shutil.copytree(ROOT / "scanner", tmp_path / "scanner", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "fingerprints").symlink_to(ROOT / "fingerprints")
    copy = tmp_path / "scanner/reporter/export"
    (copy / "to_count.py").write_text(ADDED, encoding="utf-8")
    listing = copy / "__init__.py"
    text = listing.read_text(encoding="utf-8")
    listing.write_text(text.replace('    "ocsf",\n', '    "ocsf",\n    "count",\n'), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "scanner", "export", "--list"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert "A count, for a status board" in done.stdout
