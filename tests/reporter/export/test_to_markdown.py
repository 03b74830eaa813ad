"""Markdown, rendered by a CommonMark implementation that is not ours."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from scanner.reporter.export.to_markdown import render

TAGS = {"h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "strong"}


def page(data: bytes) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(data.decode())


@pytest.mark.parametrize("known", [False, True])
def test_what_is_rendered_holds_our_own_marks_alone(export, lived, each, known):
    shown = page(render((lived if known else export)(each)))

    assert set(re.findall(r"</?(\w+)", shown)) <= TAGS
    assert "javascript:alert(1)" not in re.sub(r"<(td|p|li)>.*?</\1>", "", shown, flags=re.DOTALL)


def test_every_row_of_a_table_has_the_cells_of_its_header(export, each):
    for block in re.findall(r"(?:^\|.*\n)+", render(export(each)).decode(), flags=re.MULTILINE):
        rows = block.splitlines()
        widths = {len(re.split(r"(?<!\\)\|", row)) for row in rows}
        assert len(widths) == 1


def test_devices_findings_and_coverage_are_there(export):
    text = render(export("french")).decode()

    assert text.startswith("# Found 3\n")
    assert "10.1.0.64" in text
    assert "Take this device out of service" in text
    assert "Mettez cet appareil hors service" in text
    assert "| silent | 248 |" in text
    assert "- mandates 1 (2026-11-23)" in text


def test_an_incomplete_run_says_so_first(export):
    text = render(export("relabel")).decode()

    assert text.startswith("# Found 1, coverage INCOMPLETE\n")
    assert "**This run was ended from outside" in text
