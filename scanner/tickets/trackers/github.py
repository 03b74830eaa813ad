"""GitHub: an issue with our label, its comments, and our words in small print at the end of our block.

By its REST interface, version 2022-11-28 (https://docs.github.com/en/rest/issues). GitHub's search lags and
shows a thousand at most, so issues are listed by their label, open and closed, by pages. What is a pull
request is listed there too, and left out.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from scanner.model.errors import Doubtful, ServiceFault, Throttled, UsageError
from scanner.tickets.markup import MARKDOWN
from scanner.tickets.memo import cut, marks_in
from scanner.tickets.trackers.interface import Draft, Place, union
from scanner.tickets.trackers.markdown_block import block, memo_in, remembered, replaced
from scanner.tickets.words import Ticket
from scanner.transports.tracker_http import Answer, TrackerHttp, said

LABEL = "hiksweep"
_PAGE = 100
_MOST_PAGES = 1_000
_LONGEST = 65_000
"""Characters of a text: GitHub takes 65,536."""
_ACCEPT = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_ELSEWHERE = re.compile(r"([\w.-]+/[\w.-]+)#(\d+)")
_OVERLAP = timedelta(seconds=2)
"""Times of change are told to the second."""


class GitHub:
    """The issues of one repository.

    Args:
        http: to the interface: ``https://api.github.com``, or ``https://HOST/api/v3``.
        place: ``project`` is the repository as ``owner/name``; ``user`` our own login, if it is
            to be checked.
    """

    name = "github"
    markup = MARKDOWN
    lag = 60.0
    """No document says that a list shows at once what was made; a minute is our own precaution."""

    def __init__(self, http: TrackerHttp, place: Place) -> None:
        self._http, self._place = http, place
        self._read: dict[str, Ticket] | None = None
        self._changed = ""
        """When the issue that was changed last was changed, by GitHub's own clock."""

    # Who and where.

    def who(self) -> str:
        """Find ourselves, the repository and our rights in it."""
        answer = self._get("user")
        if answer.status in (401, 403):
            raise UsageError(f"github: it does not know us; look at secret ({said(answer)})")
        login = str(self._object(answer).get("login") or "")
        if not login or (self._place.user and login.lower() != self._place.user.lower()):
            raise UsageError(f"github: the secret is {login or 'nobody'}'s and not {self._place.user}'s")
        project = self._place.project
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", project):
            raise UsageError("github: set project to owner/name of a repository")
        answer = self._get(f"repos/{project}")
        if answer.status in (403, 404):
            raise UsageError(f"github: we see no repository {project}; look at project and secret")
        found = self._object(answer)
        shown = found.get("visibility", "private" if found.get("private") else "public")
        if shown == "public" and not self._place.public:
            raise UsageError(f"github: strangers can read {project}; make it private, or say public = true")
        if found.get("archived") or not found.get("has_issues", True):
            raise UsageError(f"github: {project} is archived or has no issues")
        rights = found.get("permissions") or {}
        if rights and not any(rights.get(one) for one in ("admin", "maintain", "push")):
            raise UsageError(f"github: we may not set labels in {project}; it needs the role Write")
        return login

    # Reading.

    def tickets(self) -> Iterator[Ticket]:
        """Every issue with our label."""
        self._read, self._changed = {}, ""
        self._look()
        yield from sorted(self._read.values(), key=lambda one: one.number)

    def find(self, keys: Sequence[str]) -> list[Ticket]:
        """The issues whose memo has one of these keys; once all were read, what is new is asked for."""
        if self._read is None:
            self._read = {}
        self._look()
        wanted = frozenset(keys)
        return union(one for one in self._read.values() if one.keys & wanted)

    def _look(self) -> None:
        known = self._read if self._read is not None else {}
        wanted: dict[str, Any] = {
            "labels": LABEL,
            "state": "all",
            "sort": "created",
            "direction": "asc",
            "per_page": _PAGE,
        }
        if self._changed:
            since = datetime.fromisoformat(self._changed) - _OVERLAP
            wanted["since"] = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        for issue in self._pages(f"repos/{self._place.project}/issues", wanted):
            if "pull_request" not in issue:
                known[str(issue["number"])] = self._ticket(issue)
                self._changed = max(self._changed, str(issue.get("updated_at") or ""))

    def _pages(self, path: str, wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for page in range(1, _MOST_PAGES + 1):
            answer = self._get(path, {**wanted, "page": page})
            found = _json(answer)
            if answer.status != 200 or not isinstance(found, list):
                raise ServiceFault(f"github: {said(answer)}")
            yield from found
            if len(found) < _PAGE:
                return

    def read(self, ticket: str) -> Ticket | None:
        """One issue with the marks of its comments; the one that it became if it was transferred."""
        found = self._issue(ticket)
        if found is None or "pull_request" in found:
            return None
        one = self._ticket(found)
        marks: set[str] = set()
        for comment in self._pages(f"{self._path(one.id)}/comments", {"per_page": _PAGE}):
            marks |= marks_in(str(comment.get("body") or ""))
        return self._ticket(found, frozenset(marks))

    def _path(self, ticket: str) -> str:
        there = _ELSEWHERE.fullmatch(ticket)
        project, number = there.groups() if there else (self._place.project, ticket)
        return f"repos/{project}/issues/{quote(number, safe='')}"

    def _issue(self, ticket: str) -> dict[str, Any] | None:
        if not (ticket.isdecimal() or _ELSEWHERE.fullmatch(ticket)):
            return None
        answer = self._get(self._path(ticket))
        if answer.status in (404, 410):
            return None
        return self._object(answer)

    def _ticket(self, issue: Mapping[str, Any], marks: frozenset[str] = frozenset()) -> Ticket:
        number, state = str(issue["number"]), str(issue.get("state"))
        home = "/".join(str(issue.get("repository_url") or "").split("/")[-2:])
        ours = not home or home.lower() == self._place.project.lower()
        return Ticket(
            id=number if ours else f"{home}#{number}",
            number=int(number),
            title=str(issue.get("title") or ""),
            open=state == "open",
            memo=memo_in(str(issue.get("body") or "")),
            said=marks,
            url=str(issue.get("html_url") or ""),
            state=" ".join(filter(None, (state, issue.get("state_reason")))),
            etag=str(issue.get("id") or ""),
        )

    # Writing.

    def create(self, draft: Draft) -> str:
        """An issue with our label, which GitHub drops without a word where we may not set it."""
        new = {"title": draft.title, "body": block(draft.body, draft.memo, _LONGEST), "labels": [LABEL]}
        made = self._object(self._send("POST", f"repos/{self._place.project}/issues", new), written=True)
        number = str(made.get("number") or "")
        if not number.isdecimal():
            raise Doubtful("github: it says that it was made, and not by which number")
        now = self._issue(number)
        if now is None:
            raise Doubtful(f"github: it says that {number} was made, and does not have it")
        labels = {one.get("name") if isinstance(one, dict) else one for one in now.get("labels") or ()}
        if LABEL not in labels or self._ticket(now).keys.isdisjoint(draft.keys):
            raise UsageError(
                f"github: issue {number} has no label of ours; delete it, and get the role Write"
            )
        return number

    def update(self, ticket: Ticket, draft: Draft) -> None:
        """A new block in place of ours; what persons wrote around it stays."""
        new = block(draft.body, draft.memo, _LONGEST)
        self._change(ticket, lambda body: replaced(body, new), draft.memo)

    def comment(self, ticket: Ticket, text: str, memo: str) -> None:
        """The comment first: it carries its mark."""
        self._say(ticket, text)
        self._change(ticket, lambda body: remembered(body, memo), memo)

    def close(self, ticket: Ticket, text: str, memo: str) -> bool:
        """The comment; then memo and state in one write."""
        return self._move(ticket, text, memo, {"state": "closed", "state_reason": "completed"})

    def reopen(self, ticket: Ticket, text: str, memo: str) -> bool:
        """As for `close`."""
        return self._move(ticket, text, memo, {"state": "open", "state_reason": "reopened"})

    def duplicate(self, ticket: Ticket, of: Ticket, text: str, memo: str) -> bool:
        """Closed as a duplicate of the one that stays; as not planned where GitHub knows no duplicates."""
        self._say(ticket, text)
        change = {"state": "closed", "state_reason": "duplicate", "duplicate_issue_id": int(of.etag)}
        if not of.etag.isdecimal():
            del change["duplicate_issue_id"]
        try:
            return self._move(ticket, "", memo, change)
        except _Refused:
            return self._move(ticket, "", memo, {"state": "closed", "state_reason": "not_planned"})

    def _say(self, ticket: Ticket, text: str) -> None:
        if not text:
            return
        answer = self._send("POST", f"{self._path(ticket.id)}/comments", {"body": cut(text, _LONGEST)})
        if not marks_in(text) <= marks_in(str(self._object(answer, written=True).get("body"))):
            raise Doubtful(f"github: issue {ticket.id} does not say what we said")

    def _move(self, ticket: Ticket, text: str, memo: str, change: dict[str, Any]) -> bool:
        self._say(ticket, text)
        now = self._change(ticket, lambda body: remembered(body, memo), memo, change)
        return now.open is (change["state"] == "open")

    def _change(
        self, ticket: Ticket, edit: Callable[[str], str], memo: str, change: Mapping[str, Any] | None = None
    ) -> Ticket:
        """Change the text as it is now, and see that it is so; GitHub knows no condition for a write."""
        now = self._issue(ticket.id)
        if now is None:
            raise ServiceFault(f"github: issue {ticket.id} is gone")
        body = edit(str(now.get("body") or ""))
        if len(body) > 65_536:
            raise ServiceFault(f"github: the text of issue {ticket.id} is full; a person has to shorten it")
        self._send("PATCH", self._path(ticket.id), {"body": body, **(change or {})})
        after = self._issue(ticket.id)
        if after is None or set(self._ticket(after).memo.split()) != set(memo.split()):
            raise Doubtful(f"github: issue {ticket.id} does not hold our words as they were sent")
        return self._ticket(after)

    # Answers.

    def _get(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        answer = self._http.get(path, params, _ACCEPT)
        _unthrottled(answer)
        return answer

    def _send(self, method: str, path: str, data: Mapping[str, Any]) -> Answer:
        answer = self._http.send(method, path, data, _ACCEPT)
        _unthrottled(answer)
        if answer.status >= 300:
            raise (_Refused if answer.status == 422 else ServiceFault)(f"github: {said(answer)}")
        return answer

    @staticmethod
    def _object(answer: Answer, *, written: bool = False) -> dict[str, Any]:
        found = _json(answer)
        if answer.status >= 300 or not isinstance(found, dict):
            raise (Doubtful if written else ServiceFault)(f"github: {said(answer)}")
        return found


class _Refused(ServiceFault):
    """A value that this GitHub does not take."""


def _unthrottled(answer: Answer) -> None:
    """Both limits are told by 403 as well as by 429.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: wait as Retry-After says;
    without it until X-RateLimit-Reset where nothing remains; else a minute.
    """
    if answer.status not in (403, 429):
        return
    after, left = answer.headers.get("retry-after", ""), answer.headers.get("x-ratelimit-remaining", "")
    if after.isdecimal():
        raise Throttled(f"github: {said(answer)}", float(after[:6]))
    reset = answer.headers.get("x-ratelimit-reset", "")
    if left == "0" and reset.isdecimal():
        raise Throttled(f"github: {said(answer)}", max(1.0, float(reset[:12]) - time.time()))
    if "rate limit" in said(answer).lower():
        raise Throttled(f"github: {said(answer)}", 60.0)


def _json(answer: Answer) -> Any:
    with contextlib.suppress(ValueError):
        return answer.json()
    return None


def authorise(_user: str, secret: str) -> Mapping[str, str]:
    """A token (https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api)."""
    return {"Authorization": f"Bearer {secret}"}


def tracker(http: TrackerHttp, place: Place) -> GitHub:
    """The tracker."""
    return GitHub(http, place)
