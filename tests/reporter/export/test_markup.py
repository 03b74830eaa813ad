"""Markdown that shows hostile text literally, rendered by a CommonMark implementation that is not ours."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from scanner.reporter.export import said
from scanner.reporter.export.markup import escaped, table

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = (
    "<script>alert(1)</script>",
    "[a](javascript:alert(1)) ![i](http://x/y) **b** __c__ `d` | e ~~f~~",
    "# heading",
    "- bullet",
    "+ bullet",
    "1. number",
    "> quote",
    "a\n\nb\n=====\n---",
    "&lt;b&gt; &#60;",
    "\\[x](y)",
    "    code",
    "<http://example.org>",
    "| a | b |\n|---|---|\n| c | d |",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_rendered_is_the_text_and_no_markup(text):
    page = READER.render(escaped(text))

    assert page.startswith("<p>")
    assert set(re.findall(r"</?(\w+)", page)) == {"p"}
    shown = page.removeprefix("<p>").rstrip().removesuffix("</p>")
    plain = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert plain == said.text(text)


@pytest.mark.parametrize("text", ["see www.example.org", "http://example.org/x", "@everyone look"])
def test_what_readers_link_by_themselves_is_broken(text):
    assert not re.search(r"www\.|[a-z]://|@\w", escaped(text))
    assert READER.render(escaped(text)) == f"<p>{text}</p>\n"


def test_a_cell_stays_a_cell():
    page = READER.render("\n".join(table(("A", "B"), [(escaped("x | y"), escaped("z\nw"))])))

    assert page.count("<td>") == 2
    assert "x | y" in page


def test_no_rows_no_table():
    assert table(("A",), []) == []
