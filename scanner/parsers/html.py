"""Title, scripts, comments, links, refreshes and telling attributes of an HTML page.

A scanner of its own instead of `html.parser`: that one takes quadratic time on hostile pages in releases of
Python that this project runs on (3.11.7 needs 2.6 s for 16 KiB of ``<a ``). Here every step consumes what it
looked at, so a page costs time in proportion to its length.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

TITLES_LIMIT = 4
SCRIPTS_LIMIT = 64
COMMENTS_LIMIT = 64
LINKS_LIMIT = 256
NAMED_LIMIT = 256
METAS_LIMIT = 32
TAGS_LIMIT = 10_000
"""Pieces of markup of a page that are looked at; 64 KiB of a real page hold a third of that."""
ATTRIBUTES_LIMIT = 4096
"""Attributes of a page that are looked at; one tag may have any number, a page of real people has fewer."""
TITLE_LENGTH = 1024
LINK_LENGTH = 2048
META_LENGTH = 256

_MARKUP = re.compile(r"<[A-Za-z!/?]")
_TAG_NAME_END = re.compile(r"[\s/>]|\Z")
_ATTRIBUTE = re.compile(r"[\s/]*+(?:(>)|([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+(?:(\")|(')|([^\s>]*+)))?|=)")
_LINK_ATTRIBUTES = frozenset({"src", "href", "action"})
_NAMED_ATTRIBUTES = frozenset({"id", "classid", "codebase", "ng-bind"})
"""Attributes that web interfaces of devices are known by; ``class`` would be most of a page."""
_REFRESH = re.compile(
    r"\s{0,8}\d{1,6}(?:\.\d{0,6})?\s{0,8}[;,]\s{0,8}url\s{0,8}=\s{0,8}[\"']?([^\"'\s]+)", re.IGNORECASE
)
"""Content of a ``meta`` refresh: seconds, then the address; no other content has this form."""
_RAW_TEXT = {
    name: re.compile(rf"</{name}(?=[\s/>]|\Z)", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea")
}


def read_html(text: str) -> Iterator[tuple[str, str]]:
    """Yield ``title``, ``script``, ``comment``, ``link``, ``refresh``, ``meta``, ``attribute`` in page order.

    ``refresh`` is the address that a ``meta`` element sends the browser to, ``meta`` the name and content of
    another such element, as ``generator=x``, ``attribute`` a pair such as ``id=divAnonymous`` of an attribute
    that interfaces of devices are known by.
    """
    page = _Page(text)
    for _ in range(TAGS_LIMIT):
        if not page.step():
            break
    yield from page.found


class _Page:
    """A walk over the page; every step moves ``position`` on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.found: list[tuple[str, str]] = []
        self._counts = {"title": TITLES_LIMIT, "script": SCRIPTS_LIMIT, "comment": COMMENTS_LIMIT}
        self._counts["link"] = LINKS_LIMIT
        self._counts["refresh"] = TITLES_LIMIT
        self._counts["attribute"] = NAMED_LIMIT
        self._counts["meta"] = METAS_LIMIT
        self._attributes = ATTRIBUTES_LIMIT
        self._meta: list[str] | None = None
        """Name and content of the ``meta`` element that is read."""

    def step(self) -> bool:
        """Read the next piece of markup; False at the end of the page."""
        text = self.text
        markup = _MARKUP.search(text, self.position)
        if markup is None:
            return False
        at = markup.start()
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            self._add("comment", text[at + 4 : end if end >= 0 else len(text)].strip())
            return self._go(end, 3)
        if text.startswith(("<!", "<?", "</"), at):
            return self._go(text.find(">", at + 2), 1)
        name_end = _TAG_NAME_END.search(text, at + 1)
        self.position = name_end.start() if name_end else len(text)
        tag = text[at + 1 : self.position].lower()
        self._meta = ["", ""] if tag == "meta" else None
        return self._read_attributes() and (tag not in _RAW_TEXT or self._read_raw_text(tag))

    def _go(self, end: int, length: int) -> bool:
        """Go on behind a mark that was found at ``end``; a mark that never comes ends the page."""
        self.position = end + length
        return end >= 0

    def _read_attributes(self) -> bool:
        text = self.text
        while self._attributes > 0:
            self._attributes -= 1
            found = _ATTRIBUTE.match(text, self.position)
            if found is None:
                return False
            closes, name, double, single, bare = found.groups()
            self.position = found.end()
            if closes:
                self._note_meta()
                return True
            value = bare
            if double or single:
                end = text.find(double or single, self.position)
                if end < 0:
                    return False
                value = text[self.position : end]
                self.position = end + 1
            if name and value:
                self._note_attribute(name.lower(), value[:LINK_LENGTH])
        return self._go(text.find(">", self.position), 1)

    def _note_attribute(self, name: str, value: str) -> None:
        if name in _LINK_ATTRIBUTES:
            self._add("link", html.unescape(value).strip())
        elif name in _NAMED_ATTRIBUTES:
            self._add("attribute", f"{name}={html.unescape(value).strip()}")
        elif self._meta is not None and name == "name":
            self._meta[0] = html.unescape(value[:META_LENGTH]).strip()
        elif name == "content":
            if self._meta is not None:
                self._meta[1] = html.unescape(value[:META_LENGTH]).strip()
            target = _REFRESH.match(html.unescape(value))
            self._add("refresh", target[1] if target else "")

    def _note_meta(self) -> None:
        if self._meta is not None and all(self._meta):
            self._add("meta", "=".join(self._meta))

    def _read_raw_text(self, tag: str) -> bool:
        end = _RAW_TEXT[tag].search(self.text, self.position)
        inner = self.text[self.position : end.start() if end else len(self.text)]
        if tag == "script":
            self._add("script", inner.strip())
        elif tag == "title":
            self._add("title", " ".join(html.unescape(inner[:TITLE_LENGTH]).split()))
        self.position = end.start() if end else len(self.text)
        return end is not None

    def _add(self, name: str, value: str) -> None:
        if value and self._counts[name] > 0:
            self._counts[name] -= 1
            self.found.append((name, value))
