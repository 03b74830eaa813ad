"""Jira Cloud: REST v3, texts as documents of nodes.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/ — our own e-mail address and an API token. A text
is Atlassian's document format (https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/),
in which a string is a string: what a device says can be no markup. The lines of a text say which node each
becomes by characters that `plain` lets no value hold.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.tickets.markup import Markup
from scanner.tickets.memo import keys_in
from scanner.tickets.trackers.atlassian import PAGE, Issues
from scanner.tickets.trackers.interface import Place
from scanner.transports.tracker_http import TrackerHttp

_MOST_PAGES = 1_000
_RECONCILED = 50
"""Issues that one search takes to be asked about as they are now."""
_HEADING, _ITEM, _STRONG, _LINK, _END = "\x01", "\x02", "\x03", "\x04", "\x05"
_INLINE = re.compile(f"[{_STRONG}{_LINK}][^{_END}]*{_END}?")

NODES = Markup(
    "nodes", str, f"{_HEADING}{{}}\n", f"{_ITEM}{{}}\n", f"{_STRONG}{{}}{_END}", f"{_LINK}{{}}{_END}",
)  # fmt: skip


class JiraCloud(Issues):
    """One project of a Jira in Atlassian's cloud; see `Issues`."""

    name = "jira-cloud"
    markup = NODES
    lag = 600.0
    """A search may lag by seconds to minutes
    (https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/); longer, to be sure."""
    _api = "rest/api/3"

    def __init__(self, http: TrackerHttp, place: Place) -> None:
        super().__init__(http, place)
        self._new: dict[str, None] = {}
        """Ids of what we wrote last: a search is told to see these as they are now."""

    def _search(self, jql: str) -> Iterator[Any]:
        asked: dict[str, Any] = {"jql": jql, "fields": self._fields, "maxResults": PAGE}
        if self._new:
            asked["reconcileIssues"] = [*self._new]
        for _ in range(_MOST_PAGES):
            page = self._good(self._http.get(f"{self._api}/search/jql", asked))
            yield from page.get("issues") or []
            if not page.get("nextPageToken") or page.get("isLast"):
                return
            asked["nextPageToken"] = page["nextPageToken"]

    def _wrote(self, ident: str) -> None:
        if ident.isdigit():
            self._new.pop(ident, None)
            self._new[ident] = None
            for old in [*self._new][:-_RECONCILED]:
                del self._new[old]

    def _text(self, text: str) -> dict[str, Any]:
        return document(text)

    def _block(self, before: Any, text: str) -> dict[str, Any]:
        panel = {"type": "panel", "attrs": {"panelType": "info"}, "content": document(text)["content"]}
        old = list((before or {}).get("content") or ())
        for place, node in enumerate(old):
            if node.get("type") == "panel" and keys_in(json.dumps(node)):
                return _document([*old[:place], panel, *old[place + 1 :]])
        return _document([*old, panel])

    def _calls_us(self, me: Mapping[str, Any]) -> bool:
        # A person may hide the address from everybody; then the token alone says who we are.
        return me.get("emailAddress", "") in ("", self._place.user) or not self._place.user


def document(text: str) -> dict[str, Any]:
    """A text of `NODES` as a document: headings, lists, and a paragraph for any other line."""
    nodes: list[dict[str, Any]] = []
    for line in text.splitlines():
        words = _inline(line.strip(f" \t{_HEADING}{_ITEM}"))
        if not words:
            continue
        if line.startswith(_HEADING):
            nodes.append({"type": "heading", "attrs": {"level": 3}, "content": words})
            continue
        paragraph = {"type": "paragraph", "content": words}
        if not line.startswith(_ITEM):
            nodes.append(paragraph)
            continue
        if not nodes or nodes[-1]["type"] != "bulletList":
            nodes.append({"type": "bulletList", "content": []})
        nodes[-1]["content"].append({"type": "listItem", "content": [paragraph]})
    return _document(nodes)


def _document(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": nodes}


def _inline(line: str) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    begun = 0
    for match in _INLINE.finditer(line):
        words = match[0].strip(f"{_STRONG}{_LINK}{_END}")
        mark = {"type": "link", "attrs": {"href": words}} if match[0][0] == _LINK else {"type": "strong"}
        nodes += [_node(line[begun : match.start()]), _node(words, mark)]
        begun = match.end()
    return [one for one in (*nodes, _node(line[begun:])) if one["text"]]


def _node(text: str, *marks: dict[str, Any]) -> dict[str, Any]:
    shown = re.sub(f"[{_HEADING}-{_END}]", "", text)
    return {"type": "text", "text": shown, **({"marks": list(marks)} if marks else {})}


def authorise(user: str, secret: str) -> Mapping[str, str]:
    """Our e-mail address and an API token."""
    return {"Authorization": "Basic " + b64encode(f"{user}:{secret}".encode()).decode("ascii")}


def tracker(http: TrackerHttp, place: Place) -> JiraCloud:
    """The tracker."""
    return JiraCloud(http, place)
