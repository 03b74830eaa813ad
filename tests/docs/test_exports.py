"""Every export has its place in the guide, with the version that it follows."""

from __future__ import annotations

import re
from pathlib import Path

from scanner.reporter.export import FORMATS, format_of

PAGE = Path(__file__).parents[2] / "docs/guide/exports.md"


def test_every_format_stands_in_the_table_with_its_standard_and_no_other_does():
    text = PAGE.read_text(encoding="utf-8").partition("## The formats")[2].partition("\n#")[0]
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    named = {name: row for row in rows for name in re.findall(r"`([\w-]+)`", row.split("|")[1])}

    assert set(named) == set(FORMATS)
    for name, row in named.items():
        assert format_of(name).standard in row


def test_every_setting_is_explained():
    text = PAGE.read_text(encoding="utf-8")

    for name in FORMATS:
        for setting in format_of(name).settings:
            assert f"`{setting.name}`" in text, f"{name}: {setting.name}"
