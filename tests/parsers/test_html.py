from __future__ import annotations

import pytest

from scanner.parsers.html import (
    ATTRIBUTES_LIMIT,
    COMMENTS_LIMIT,
    LINKS_LIMIT,
    META_LENGTH,
    METAS_LIMIT,
    NAMED_LIMIT,
    TITLES_LIMIT,
    read_html,
)

# The shape of the root page of a V3-V5 web interface (research note signatures.md, http-body-*), shortened.
ROOT_PAGE = """\ufeff<!doctype html>\r\n<html><head><title>index</title><!--去除edge下--><script type="text/javascript"
src="../script/common.js"></script><link rel=stylesheet href='a&amp;b.css'><SCRIPT>window.location.href="doc/page/login.asp?_"+1;
if (1<2) {}</SCRIPT></head><body><form action=/login method=post></body></html>"""


def _all(name, text):
    return [value for found, value in read_html(text) if found == name]


def test_title_scripts_comments_and_links_are_found():
    assert _all("title", ROOT_PAGE) == ["index"]
    assert _all("comment", ROOT_PAGE) == ["去除edge下"]
    assert _all("link", ROOT_PAGE) == ["../script/common.js", "a&b.css", "/login"]
    assert _all("script", ROOT_PAGE) == ['window.location.href="doc/page/login.asp?_"+1;\nif (1<2) {}']


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<title>\n a  b &lt;c&gt; \n</title>", [("title", "a b <c>")]),
        ("<TITLE>x</TITLE>", [("title", "x")]),
        ("<title>cut sho", [("title", "cut sho")]),
        ("<script>var a = '<title>no</title>'", [("script", "var a = '<title>no</title>'")]),
        ("<style><!-- x --></style><!-- y", [("comment", "y")]),
        ("<a href = \"x>y\" src='z'>", [("link", "x>y"), ("link", "z")]),
        ("<a href=x/y>", [("link", "x/y")]),
        ("<a href>", []),
        ("<a href=''>", []),
        ("<img src=a onerror=b/>", [("link", "a")]),
        ("<a = href=x>", [("link", "x")]),
        ("1 < 2 <3 <a href=x>", [("link", "x")]),
        ("<!DOCTYPE html><?php ?></p><a href=x>", [("link", "x")]),
        ("<a href='never closed><title>x</title>", []),
        ("<a", []),
        ("no markup", []),
    ],
)
def test_odd_markup_is_read_as_far_as_it_goes(text, found):
    assert list(read_html(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<meta http-equiv=refresh content='0; url=/doc/x.html#/a'>", ["/doc/x.html#/a"]),
        ("<META HTTP-EQUIV=Refresh CONTENT=\"1.5;URL='x.asp'\">", ["x.asp"]),
        ("<meta http-equiv=refresh content=30>", []),
        ("<meta name=description content='see url=x'>", []),
    ],
)
def test_the_address_of_a_refresh_is_read(text, found):
    assert _all("refresh", text) == found


def test_a_page_of_nothing_but_links_is_bounded():
    assert len(_all("link", "<a href=x>" * 5000)) == LINKS_LIMIT
    assert len(_all("attribute", "<a id=x>" * 5000)) == NAMED_LIMIT
    assert len(_all("meta", "<meta name=a content=b>" * 5000)) == METAS_LIMIT
    assert len(_all("comment", "<!--x-->" * 5000)) == COMMENTS_LIMIT
    assert len(_all("title", "<title>x</title>" * 500)) == TITLES_LIMIT
    assert _all("title", f"<a {'b=c ' * ATTRIBUTES_LIMIT}><title>x</title>") == ["x"]


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<a b=\"", "<a b='", "<!--", "</", "<?", "<script>", "<title>", "<a><b>", "<a href=x>", "=", "&#x1;",
     "<a href='&amp;&lt", "<![CDATA[", "<a/"],
)  # fmt: skip
def test_hostile_pages_cost_little(piece, quickly):
    quickly(lambda text: list(read_html(text)), piece * (65536 // len(piece)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<div class=a ID='divAnonymous'>", ["id=divAnonymous"]),
        (
            '<object classid="clsid:F030" codebase=../a.cab#v=1>',
            ["classid=clsid:F030", "codebase=../a.cab#v=1"],
        ),
        ("<a ng-bind='a&lt;b' ng-click=c>", ["ng-bind=a<b"]),
        ("<p>id=divAnonymous</p>", []),
    ],
)
def test_attributes_that_interfaces_are_known_by_are_read(text, found):
    assert _all("attribute", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<meta name="frameworkId" content="isecure">', ["frameworkId=isecure"]),
        ("<META CONTENT='a &lt; b' NAME=generator />", ["generator=a < b"]),
        ('<meta http-equiv="refresh" content="0; url=/x">', []),
        ("<meta name=a><meta content=b>", []),
        ("<input name=a content=b>", []),
        ("<meta name=a content=b", []),
        (f"<meta name=a content={'b' * 5000}>", [f"a={'b' * META_LENGTH}"]),
    ],
)
def test_what_a_page_says_of_itself_is_read(text, found):
    assert _all("meta", text) == found
