from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.tickets.markup import HTML, MARKDOWN, REDMINE, TEXT, WIKI, Raw, plain

ALL = (TEXT, MARKDOWN, REDMINE, WIKI, HTML)
HOSTILE = (
    "<script>alert(1)</script> [x](http://evil) *b* @admin #12 |a| ``` `x` \x1b[31m\u202e\n\nh1. big\x00"
)


@pytest.mark.parametrize("markup", ALL, ids=lambda one: one.name)
def test_a_value_stays_on_its_line_and_steers_no_terminal(markup):
    shown = markup.text(HOSTILE)
    assert "\n" not in shown
    assert not re.search(r"[\x00-\x1f\u202e]", shown)


@given(st.text(max_size=200))
def test_html_of_any_value_is_text_alone(value):
    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            self.found.append(tag)

    reader = Tags()
    reader.found = []
    reader.feed(HTML.text(value))
    reader.close()
    assert reader.found == []


@pytest.mark.parametrize(
    "value", ["@admin", "see #12", "http://evil.example", "deadbeef0", "a`b@c", "`@x`", "``@``"]
)
def test_markdown_calls_nobody_and_links_nowhere(value):
    shown = MARKDOWN.text(value)
    fence = re.match("`+", shown)[0]
    assert shown.endswith(fence)
    inner = shown[len(fence) : -len(fence)]
    assert fence not in re.findall("`+", inner)
    assert inner.strip() == value


def test_markdown_escapes_what_it_would_read():
    assert MARKDOWN.text("DS_2 *x* [y](z)") == r"DS\_2 \*x\* \[y\]\(z\)"


def test_what_is_markup_already_stays():
    assert HTML.text(HTML.bold("a<b")) == "<b>a&lt;b</b>"
    assert isinstance(HTML.items(["a", HTML.bold("b")]), Raw)
    assert HTML.items(["a"]) == "<ul><li>a</li></ul>"


def test_only_web_addresses_are_links():
    assert HTML.link("https://a.example/?x=1&y=2") == (
        '<a href="https://a.example/?x=1&amp;y=2">https://a.example/?x=1&amp;y=2</a>'
    )
    assert "href" not in HTML.link("javascript:alert(1)")
    assert MARKDOWN.link("https://a.example/r") == "<https://a.example/r>"


def test_a_long_value_is_cut():
    assert len(plain("x" * 100_000)) == 2_000
    assert plain("a\t\n b") == "a b"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("DS-2 at 10.0.0.1 (site)", "DS-2 at 10.0.0.1 (site)"),
        ("44:19:b6:00:00:0a", "44:19:b6:00:00:0a"),
        ("h1. *b*", "h1&#46; &#42;b&#42;"),
        ("call @admin", "call |&#64;admin"),
        ("##1", "|&#35;|&#35;1"),
        ("user:admin", "user|&#58;admin"),
        ("[[Wiki]] {{toc}}", "&#91;|&#91;Wiki&#93;&#93; &#123;|&#123;toc&#125;&#125;"),
        ("see r12 é", "see |r12 é"),
    ],
)
def test_redmine_reads_nothing_in_a_value_in_any_of_its_formats(value, shown):
    assert REDMINE.text(value).replace("\u2060", "|") == shown
