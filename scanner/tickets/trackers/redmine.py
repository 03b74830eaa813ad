"""Redmine: an issue, its notes, and a custom field for our words.

What is here was learnt from the program itself, beside https://www.redmine.org/projects/redmine/wiki/Rest_api.
A search shows closed issues only if it says so, and ignores a filter that it does not know. A change that we
have no right to, an unknown state among it, is answered 204 and left out, so each write is read back. Nothing
makes a change depend on what we read; but notes, field and state are one write, which touches nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from scanner.model.errors import Doubtful, ServiceFault, UsageError
from scanner.tickets.markup import REDMINE
from scanner.tickets.memo import LENGTH, marks_in
from scanner.tickets.trackers.interface import Draft, Place, after_a_write, union
from scanner.tickets.words import Ticket
from scanner.transports.tracker_http import Answer, TrackerHttp, said

_PAGE = 100
"""More than this is never given at once."""
_MOST_PAGES = 1_000
_WHOLE = {"include": "journals,relations,allowed_statuses"}
_RIGHTS = frozenset({"view_issues", "add_issues", "edit_issues", "add_issue_notes", "manage_issue_relations"})
_MARGIN = timedelta(seconds=10)
"""So much later than it says may a change have become visible."""


class Redmine:
    """One Redmine.

    Args:
        http: to its address.
        place: ``project`` is an identifier; ``field`` the custom field for our words (``hiksweep``); ``kind``
            a tracker of the project, else its first; ``user`` our own name, where it is to be checked;
            ``closed`` names of states that we close with, the first that is allowed, else the first closed
            one; ``reopened`` the state of what is open again, else the one in which issues begin.
    """

    name = "redmine"
    markup = REDMINE
    lag = 0.0

    def __init__(self, http: TrackerHttp, place: Place) -> None:
        self._http, self._place = http, place
        self._field = self._kind = 0
        self._project = 0
        self._states: dict[str, Mapping[str, Any]] = {}
        """Every state by its name, in the tracker's order."""
        self._begins = ""
        """The state in which an issue begins."""
        self._read: dict[str, Ticket] | None = None
        """What was read whole."""
        self._since = ""
        """When the latest of that was changed."""

    def who(self) -> str:
        """Find ourselves, the project, the field and our rights, and whether strangers may read it."""
        me = self._find_me()
        project = self._find_project()
        self._find_kind(project)
        self._find_field(project)
        if not me.get("admin"):
            self._check_rights(me)
        if project.get("is_public", True) and not self._place.public:
            raise UsageError(
                f"redmine: the project {self._place.project} is public; make it private, or set public = true"
            )
        states = _data(self._http.get("issue_statuses.json"), "issue_statuses")
        self._states = {str(one.get("name")): one for one in states}
        missing = {*self._place.closed, self._place.reopened} - {"", *self._states}
        if missing:
            raise UsageError(
                f"redmine: it has no state {', '.join(sorted(missing))}; set closed and reopened"
            )
        return str(me["login"])

    def tickets(self) -> Iterator[Ticket]:
        """Every issue whose field holds a word of ours, in whatever project it is by now."""
        self._read, self._since = {}, ""
        self._take(self._search("hsk"))
        yield from self._read.values()

    def find(self, keys: Sequence[str]) -> list[Ticket]:
        """The issues that hold one of these keys: a search for each, or, once all were read, what is new."""
        if self._read is None:
            found = union(*([one for one, _ in self._search(key)] for key in keys))
        else:
            changed = {"updated_on": f">={self._since}"} if self._since else {}
            self._take(self._search("hsk", changed))
            found = list(self._read.values())
        wanted = frozenset(keys)
        return [one for one in found if one.keys & wanted]

    def read(self, ticket: str) -> Ticket | None:
        """One issue with the marks of its notes."""
        found = self._look(ticket)
        return None if found is None else found[0]

    def create(self, draft: Draft) -> str:
        """One write; then the field is read back, for without it the issue would not be found again."""
        memo = f"{draft.memo} {_digest(draft.body)}"
        issue: dict[str, Any] = {
            "project_id": self._project,
            "tracker_id": self._kind,
            "subject": draft.title,
            "description": draft.body,
            **self._words(memo),
        }
        if draft.due:
            issue["due_date"] = draft.due
            if draft.due <= (datetime.now(UTC) + timedelta(days=1)).date().isoformat():
                issue["start_date"] = draft.due  # it begins today otherwise, and must not end before
        answer = self._send("POST", "issues.json", {"issue": issue})
        try:
            made = str(answer.json()["issue"]["id"])
        except (ValueError, KeyError, TypeError):
            raise Doubtful("redmine: it says that it was made, and not by which number") from None
        with after_a_write():
            now = self.read(made)
        if now is None or now.memo.split() != memo.split():
            raise UsageError(
                f"redmine: the custom field of issue {made}, which was made, stays empty; see that it is "
                f"one of our tracker's and not read-only, and delete issue {made}"
            )
        if draft.relates:
            with suppress(ServiceFault):  # the text names it as well
                self._relate(made, draft.relates, "relates")
        return made

    def update(self, ticket: Ticket, draft: Draft) -> None:
        """In place of our block, where nobody wrote in it; else it is one more note."""
        found = self._unchanged(ticket)
        if _digest(str(found.get("description") or "")) in ticket.memo.split():
            memo = f"{draft.memo} {_digest(draft.body)}"
            self._put(ticket, "", memo, {"description": draft.body})
        else:
            self._put(ticket, draft.body, draft.memo)

    def comment(self, ticket: Ticket, text: str, memo: str) -> None:
        """A note and the field, in one write."""
        self._unchanged(ticket)
        self._put(ticket, text, memo)

    def close(self, ticket: Ticket, text: str, memo: str) -> bool:
        """The note, the field and a closed state that the workflow allows, in one write."""
        allowed = self._allowed(self._unchanged(ticket))
        wanted = self._place.closed or tuple(
            name for name, one in self._states.items() if one.get("is_closed")
        )
        state = next((one for one in wanted if one in allowed), "")
        return not self._put(ticket, text, memo, self._state(state)).open

    def reopen(self, ticket: Ticket, text: str, memo: str) -> bool:
        """As `close`; where no open state is allowed, nothing is said."""
        found = self._unchanged(ticket)
        allowed = self._allowed(found)
        wanted = [self._place.reopened] if self._place.reopened else [self._begins, *self._states]
        state = next((one for one in wanted if one in allowed and self._opens(one)), "")
        if not state:
            return False
        if "allowed_statuses" not in found:  # of an older one it is not known before it is tried
            ticket = self._put(ticket, "", ticket.memo, self._state(state))
            if not ticket.open:
                return False
        return self._put(ticket, text, memo, self._state(state)).open

    def duplicate(self, ticket: Ticket, of: Ticket, text: str, memo: str) -> bool:
        """The relation first: what is closed without its keys is not looked at again."""
        links = self._unchanged(ticket).get("relations") or ()
        if not any(of.id in (str(one.get("issue_to_id")), str(one.get("issue_id"))) for one in links):
            self._relate(ticket.id, of.id, "duplicates")
            with after_a_write():
                now = self.read(ticket.id)
            if now is None:
                raise Doubtful(f"redmine: issue {ticket.id} is gone")
            ticket = now
        return self.close(ticket, text, memo)

    # Who we are, and where.

    def _find_me(self) -> dict[str, Any]:
        answer = self._http.get("users/current.json", {"include": "memberships"})
        if answer.status == 401:
            raise UsageError("redmine: it does not take our key; look at secret, which is the API key")
        if answer.status == 403:
            raise UsageError("redmine: its REST interface is off, or our user may not use it")
        me: dict[str, Any] = _data(answer, "user", dict)
        if self._place.user and str(me.get("login", "")).lower() != self._place.user.lower():
            raise UsageError(f"redmine: the key is not that of {self._place.user}; look at user and secret")
        return me

    def _find_project(self) -> dict[str, Any]:
        name = self._place.project
        if not name:
            raise UsageError("redmine: name the project of our tickets by its identifier: [tickets] project")
        include = {"include": "trackers,enabled_modules,issue_custom_fields"}
        answer = self._http.get(f"projects/{quote(name, safe='')}.json", include)
        if answer.status in (403, 404):
            raise UsageError(f"redmine: it has no project {name} that we may see; make us a member of it")
        project: dict[str, Any] = _data(answer, "project", dict)
        modules = {one.get("name") for one in project.get("enabled_modules") or ()}
        if project.get("status", 1) != 1 or "issue_tracking" not in modules:
            raise UsageError(f"redmine: the project {name} is closed, or has no issues")
        self._project = int(project["id"])
        return project

    def _find_kind(self, project: Mapping[str, Any]) -> None:
        kinds = [one for one in project.get("trackers") or () if self._place.kind in ("", one.get("name"))]
        if not kinds:
            named = f"no tracker {self._place.kind}" if self._place.kind else "no tracker"
            raise UsageError(f"redmine: the project {self._place.project} has {named}; set kind")
        self._kind = int(kinds[0]["id"])
        trackers = _data(self._http.get("trackers.json"), "trackers")
        mine: dict[str, Any] = next((one for one in trackers if one.get("id") == self._kind), {})
        self._begins = str((mine.get("default_status") or {}).get("name", ""))

    def _find_field(self, project: Mapping[str, Any]) -> None:
        name = self._place.field or "hiksweep"
        fields = project.get("issue_custom_fields") or ()
        found = next((str(one["id"]) for one in fields if one.get("name") == name), name)
        if not found.isdecimal():  # of those that are for all projects only administrators are told
            raise UsageError(
                f"redmine: the project {self._place.project} has no custom field {name} of its own; make one "
                "(long text, used as a filter), or set field to the number of one that all projects have"
            )
        self._field = int(found)
        # A filter that is there wants a value; of one that is not, nothing is said at all.
        asked = self._http.get("issues.json", {f"cf_{self._field}": "~", "status_id": "*", "limit": 1})
        if asked.status != 422:
            _data(asked, "issues")
            raise UsageError(
                f"redmine: the custom field {name} is no filter; set 'Used as a filter', and show it to us"
            )

    def _check_rights(self, me: Mapping[str, Any]) -> None:
        mine = [one for one in me.get("memberships") or () if one["project"]["id"] == self._project]
        roles = [
            _data(self._http.get(f"roles/{role['id']}.json"), "role", dict)
            for one in mine
            for role in one.get("roles") or ()
        ]
        missing = _RIGHTS - {str(right) for role in roles for right in role.get("permissions") or ()}
        if missing:
            raise UsageError(f"redmine: our role in {self._place.project} lacks {', '.join(sorted(missing))}")
        if all(role.get("issues_visibility") == "own" for role in roles):
            raise UsageError("redmine: our role shows us our own issues alone; let it show those of others")

    # Reading.

    def _search(self, word: str, more: Mapping[str, str] | None = None) -> Iterator[tuple[Ticket, str]]:
        """What holds a word, by number, and when each was changed.

        A page begins behind the last number, so that what leaves the list meanwhile hides nothing.
        """
        last = 0
        for _ in range(_MOST_PAGES):
            params = {
                **(more or {}),
                f"cf_{self._field}": f"~{word}",
                "issue_id": f">={last + 1}",
                "status_id": "*",
                "sort": "id",
                "limit": _PAGE,
            }
            rows = _data(self._http.get("issues.json", params), "issues")
            for row in rows:
                ticket = self._ticket(row)
                last = max(last, ticket.number)
                yield ticket, str(row.get("updated_on") or "")
            if len(rows) < _PAGE:
                return

    def _take(self, found: Iterator[tuple[Ticket, str]]) -> None:
        known = {} if self._read is None else self._read
        latest = ""
        for ticket, changed in found:
            known[ticket.id] = ticket
            latest = max(latest, changed)
        with suppress(ValueError):
            until = datetime.fromisoformat(latest) - _MARGIN
            self._since = max(self._since, until.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def _look(self, number: str) -> tuple[Ticket, dict[str, Any]] | None:
        answer = self._http.get(f"issues/{quote(number, safe='')}.json", _WHOLE)
        if answer.status == 404:
            return None
        found: dict[str, Any] = _data(answer, "issue", dict)
        return self._ticket(found), found

    def _ticket(self, row: Mapping[str, Any]) -> Ticket:
        state = str((row.get("status") or {}).get("name", ""))
        notes = row.get("journals") or ()
        latest = max((int(one.get("id", 0)) for one in notes), default=0)
        return Ticket(
            id=str(row["id"]),
            number=int(row["id"]),
            title=str(row.get("subject") or ""),
            open=self._opens(state),
            memo=self._memo(row),
            said=frozenset(mark for one in notes for mark in marks_in(str(one.get("notes") or ""))),
            url=f"{self._http.address}/issues/{row['id']}",
            state=state,
            etag=f"{row.get('updated_on')} {latest}",
        )

    def _memo(self, row: Mapping[str, Any]) -> str:
        for one in row.get("custom_fields") or ():
            if one.get("id") == self._field:
                return " ".join(str(one.get("value") or "").split())
        return ""

    def _opens(self, state: str) -> bool:
        return state not in self._place.closed and not self._states.get(state, {}).get("is_closed")

    def _allowed(self, found: Mapping[str, Any]) -> list[str]:
        """The states that the workflow allows us from here; all where it does not tell (before 5)."""
        some = found.get("allowed_statuses")
        return list(self._states) if some is None else [str(one.get("name")) for one in some]

    # Writing.

    def _unchanged(self, ticket: Ticket) -> dict[str, Any]:
        """The issue as it is, which is as we read it."""
        found = self._look(ticket.id)
        if found is None or found[0].etag != ticket.etag:
            raise ServiceFault(f"redmine: issue {ticket.id} was changed meanwhile")
        return found[1]

    def _put(self, ticket: Ticket, text: str, memo: str, more: Mapping[str, Any] | None = None) -> Ticket:
        """A note, the field and more in one write; what has no right is left out without a word."""
        issue = {**(more or {}), **self._words(memo), **({"notes": text} if text else {})}
        self._send("PUT", f"issues/{quote(ticket.id, safe='')}.json", {"issue": issue})
        with after_a_write():
            now = self.read(ticket.id)
        if now is None:
            raise Doubtful(f"redmine: issue {ticket.id} is gone")
        if now.memo.split() != memo.split():
            raise ServiceFault(f"redmine: the field of issue {ticket.id} does not take what we write")
        if not marks_in(text) <= now.said:
            raise ServiceFault(f"redmine: issue {ticket.id} does not take our notes")
        return now

    def _words(self, memo: str) -> dict[str, Any]:
        return {"custom_fields": [{"id": self._field, "value": memo}]}

    def _state(self, name: str) -> dict[str, Any]:
        return {"status_id": self._states[name]["id"]} if name else {}

    def _relate(self, ticket: str, other: str, kind: str) -> None:
        relation = {"issue_to_id": other, "relation_type": kind}
        self._send("POST", f"issues/{quote(ticket, safe='')}/relations.json", {"relation": relation})

    def _send(self, method: str, path: str, data: Mapping[str, Any]) -> Answer:
        answer = self._http.send(method, path, data)
        if answer.status >= 300:
            raise ServiceFault(f"redmine: {said(answer)}")
        return answer


def _data(answer: Answer, name: str, kind: type = list) -> Any:
    """What an answer holds under a name."""
    try:
        found = answer.json()[name]
    except (ValueError, KeyError, TypeError):
        found = None
    if answer.status >= 300 or not isinstance(found, kind):
        raise ServiceFault(f"redmine: {said(answer)}")
    return found


def _digest(text: str) -> str:
    """A word by which we know that a description is still what we wrote."""
    return f"hsb-{hashlib.sha256(' '.join(text.split()).encode('utf-8', 'replace')).hexdigest()[:LENGTH]}"


def authorise(_user: str, secret: str) -> Mapping[str, str]:
    """Our API key, as it stands on the page of our account."""
    return {"X-Redmine-API-Key": secret}


def tracker(http: TrackerHttp, place: Place) -> Redmine:
    """The tracker."""
    return Redmine(http, place)
