"""Jira Data Center (and Server) 8 to 10: REST v2, texts in wiki markup.

https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/ — a token of a person's own (``Bearer``) or a
name and a password; for wiki markup
https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.tickets.markup import WIKI
from scanner.tickets.trackers.atlassian import LABEL, PAGE, Issues
from scanner.tickets.trackers.interface import Place
from scanner.transports.tracker_http import TrackerHttp

_MOST_PAGES = 1_000
_OURS = re.compile(rf"\{{panel:title={LABEL}[^}}\n]*\}}.*?\{{panel\}}", re.DOTALL)
"""Our block; no value in it can hold a brace that is not escaped."""


class Jira(Issues):
    """One project of a Jira of the organisation's own; see `Issues`."""

    name = "jira"
    markup = WIKI
    lag = 60.0
    """Each node of a cluster takes over what the others have indexed every 5 seconds, later under load
    (https://confluence.atlassian.com/enterprise/jira-data-center-search-indexing-939499986.html)."""
    _api = "rest/api/2"

    def _search(self, jql: str) -> Iterator[Any]:
        begun = 0
        for _ in range(_MOST_PAGES):
            asked = {"jql": jql, "fields": self._fields, "startAt": begun, "maxResults": PAGE}
            page = self._good(self._http.get(f"{self._api}/search", asked))
            issues = page.get("issues") or []
            yield from issues
            begun += len(issues)  # an administrator may have set a smaller page than we ask for
            if not issues or begun >= int(page.get("total") or 0):
                return

    def _text(self, text: str) -> str:
        return text

    def _block(self, before: Any, text: str) -> str:
        block = f"{{panel:title={LABEL}}}\n{text.strip()}\n{{panel}}"
        old = str(before or "").replace("\r\n", "\n")
        if _OURS.search(old):
            return _OURS.sub(lambda _: block, old, count=1)
        return f"{old.rstrip()}\n\n{block}".strip()

    def _calls_us(self, me: Mapping[str, Any]) -> bool:
        return self._place.user in ("", me.get("name"), me.get("key"), me.get("emailAddress"))


def authorise(user: str, secret: str) -> Mapping[str, str]:
    """Name and password, or without a name a personal access token."""
    if not user:
        return {"Authorization": f"Bearer {secret}"}
    return {"Authorization": "Basic " + b64encode(f"{user}:{secret}".encode()).decode("ascii")}


def tracker(http: TrackerHttp, place: Place) -> Jira:
    """The tracker."""
    return Jira(http, place)
