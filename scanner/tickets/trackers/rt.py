"""Request Tracker 5: a ticket, its comments, and a custom field for our words, by REST 2.

What is here was learnt from the program itself and from the manual that it serves at ``/REST/2.0/``. It
answers 200 to a change that it refused, so each write is read back. A search shows no deleted ticket, and a
merged one only where the query names ``EffectiveId``. Which states are closed is known to the lifecycle of
each queue alone, and told only as ``Status = '__Inactive__'``. A change may carry ``If-Match``; a comment
that does is always refused.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from scanner.model.errors import Doubtful, ServiceFault, UsageError
from scanner.tickets.markup import TEXT
from scanner.tickets.memo import marks_in
from scanner.tickets.trackers.interface import Draft, Place, after_a_write, union
from scanner.tickets.words import Ticket
from scanner.transports.tracker_http import Answer, TrackerHttp, said

_PAGE = 100
"""More than this is never given at once."""
_MOST_PAGES = 1_000
_REST = "REST/2.0"
_FIELDS = "Subject,Status,Queue,EffectiveId,CustomFields"
_TOKEN = re.compile(r"\d+-\d+-[0-9a-f]{16,}")
_NOON = "12:00:00"
"""Of a due day, in UTC: it is the same day nearly everywhere."""
_GRANTED = re.compile(r'id="SetRights-(\d+)-RT::(?:Queue|System)-\d+-ShowTicket"[^>]*\bchecked\b')


class RequestTracker:
    """One Request Tracker.

    Args:
        http: to its address without ``/REST/2.0``.
        place: ``user`` is our own name; ``project`` the queue; ``field`` the custom field for our words
            (``hiksweep``); ``closed`` the states that we close with, the first that is offered
            (``resolved``); ``reopened`` the state of what is open again (``open``).
    """

    name = "rt"
    markup = TEXT
    lag = 0.0

    def __init__(self, http: TrackerHttp, place: Place) -> None:
        self._http, self._place = http, place
        self._closed = tuple(one.lower() for one in place.closed) or ("resolved",)
        self._reopened = place.reopened.lower() or "open"
        self._me = self._queue = self._field = ""
        self._kinds: dict[tuple[str, str], bool] = {}
        """Whether a state of a queue is an open one."""
        self._merged: dict[str, str] = {}
        """Keys and version of what was merged into a ticket."""

    def who(self) -> str:
        """Find ourselves, the queue and the field, and whether strangers may read what we write."""
        self._me = self._find_me()
        self._queue, fields = self._find_queue()
        name = self._place.field or "hiksweep"
        found = [one for one in fields if name in (one.get("name"), str(one.get("id")))]
        if not found:
            raise UsageError(
                f"rt: its queue has no custom field {name} that we may see; make one (one text area), "
                "apply it to tickets, and grant us SeeCustomField"
            )
        self._field = str(found[0]["id"])
        kind = _data(self._get(f"customfield/{self._field}"))
        if str(kind.get("MaxValues")) != "1" or kind.get("Type") not in ("Text", "Freeform"):
            raise UsageError(f"rt: the custom field {name} has to hold one text; its kind is another")
        if not self._place.public and (group := self._who_reads()):
            raise UsageError(
                f"rt: {group} may read what is in {self._place.project}; take ShowTicket away from them, "
                "or set public = true"
            )
        return self._place.user

    def tickets(self) -> Iterator[Ticket]:
        """Every ticket whose field holds a word of ours, in whatever queue it is by now."""
        return iter(self._search(f"CF.{{{self._field}}} LIKE 'hsk'"))

    def find(self, keys: Sequence[str]) -> list[Ticket]:
        """The tickets whose field holds one of these keys."""
        found: list[Ticket] = []
        for start in range(0, len(keys), 20):
            some = keys[start : start + 20]
            found += self._search(" OR ".join(f"CF.{{{self._field}}} LIKE '{key}'" for key in some))
        wanted = frozenset(keys)
        return [one for one in union(found) if one.keys & wanted]

    def read(self, ticket: str) -> Ticket | None:
        """One ticket with the marks of our comments, which may stand in it though the field has them not."""
        found = self._look(ticket)
        if found is None:
            return None
        return replace(
            found, memo=f"{self._merged.get(found.id, '')} {found.memo}".strip(), said=self._said(found.id)
        )

    def create(self, draft: Draft) -> str:
        """One write; then the field is read back, for without it the ticket would not be found again."""
        data: dict[str, Any] = {
            "Queue": self._queue,
            "Subject": draft.title,
            "Content": draft.body,
            "ContentType": "text/plain",
            "CustomFields": {self._field: draft.memo},
        }
        data |= {"Due": f"{draft.due} {_NOON}"} if draft.due else {}
        data |= {"RefersTo": [draft.relates]} if draft.relates else {}
        answer = self._send("POST", "ticket", data)
        try:
            made = str(answer.json()["id"])
        except (ValueError, KeyError, TypeError):
            raise Doubtful("rt: it says that it was made, and not by which number") from None
        if self._again(made).memo.split() != draft.memo.split():
            raise UsageError(
                f"rt: the custom field of ticket {made}, which was made, stays empty; grant us "
                f"SetInitialCustomField and ModifyCustomField, and delete ticket {made}"
            )
        return made

    def update(self, ticket: Ticket, draft: Draft) -> None:
        """What was written stays as it is, so what is known now is one more comment."""
        self._say(ticket, draft.body, draft.memo)

    def comment(self, ticket: Ticket, text: str, memo: str) -> None:
        """A comment, never a reply: it goes to nobody outside."""
        self._say(ticket, text, memo)

    def close(self, ticket: Ticket, text: str, memo: str) -> bool:
        """The comment, the field and the first of the closed states that the lifecycle offers."""
        offered = self._offered(ticket)
        state = next((one for one in self._closed if one in offered), self._closed[0])
        return not self._say(ticket, text, memo, state).open

    def reopen(self, ticket: Ticket, text: str, memo: str) -> bool:
        """As `close`; where the lifecycle does not offer it, it is tried before anything is said."""
        if self._reopened not in self._offered(ticket):
            ticket = self._change(ticket, {"Status": self._reopened})
            if not ticket.open:
                return False
        return self._say(ticket, text, memo, self._reopened).open

    def duplicate(self, ticket: Ticket, of: Ticket, text: str, memo: str) -> bool:
        """The link first: what is closed without its keys is not looked at again."""
        return self.close(self._change(ticket, {"AddRefersTo": [of.id]}), text, memo)

    # Who we are, and where.

    def _find_me(self) -> str:
        if not self._place.user:
            raise UsageError("rt: name our own user there: [tickets] user")
        answer = self._get(f"user/{quote(self._place.user, safe='')}")
        if answer.status == 401:
            raise UsageError("rt: it does not take our token or password; look at user and secret")
        data = _data(answer) if answer.status == 200 else {}
        if not data.get("id") or str(data.get("Name", "")).lower() != self._place.user.lower():
            # Of anybody else it tells no id, unless to administrators of users.
            raise UsageError(f"rt: the secret is not that of {self._place.user}; look at user and secret")
        return str(data["id"])

    def _find_queue(self) -> tuple[str, list[dict[str, Any]]]:
        name = self._place.project
        if not name:
            raise UsageError("rt: name the queue of our tickets: [tickets] project")
        answer = self._get(f"queue/{quote(name, safe='')}")
        if answer.status in (403, 404):
            raise UsageError(f"rt: it has no queue {name} that we may see; grant us SeeQueue")
        data = _data(answer)
        links = data.get("_hyperlinks") or ()
        if str(data.get("Disabled")) == "1" or not any(one.get("ref") == "create" for one in links):
            raise UsageError(f"rt: we may make no ticket in {name}; grant us CreateTicket there")
        return str(data["id"]), list(data.get("TicketCustomFields") or ())

    def _who_reads(self) -> str:
        """A group of strangers that may see the tickets of our queue; empty if none, or if we cannot tell.

        REST 2 tells no rights; the page of the administrators does, to those who may see it.
        """
        for page in (f"Queues/GroupRights.html?id={self._queue}", "Global/GroupRights.html"):
            try:
                answer = self._http.get(f"Admin/{page}", headers={"Accept": "text/html"})
            except UsageError:  # it leads to the login of another server
                continue
            for group in dict.fromkeys(_GRANTED.findall(answer.body.decode("utf-8", "replace"))):
                found = self._get(f"group/{group}")
                name = _data(found).get("Name") if found.status == 200 else ""
                if name in ("Everyone", "Unprivileged"):
                    return str(name)
        return ""

    # Reading.

    def _search(self, query: str) -> list[Ticket]:
        """All that fits, by pages; what was merged counts for what it became."""
        found: dict[str, Ticket] = {}
        merged: list[tuple[str, Ticket]] = []
        last = 0
        for _ in range(_MOST_PAGES):
            rest = f"({query}) AND EffectiveId > 0 AND id > {last}"
            params = {"query": rest, "fields": _FIELDS, "per_page": _PAGE, "orderby": "id"}
            rows, total = _items(self._get("tickets", params))
            for row in rows:
                ticket = self._ticket(row, "")
                last = max(last, ticket.number)
                into = _id_of(row.get("EffectiveId")) or ticket.id
                if into == ticket.id:
                    found[ticket.id] = ticket
                else:
                    merged.append((into, ticket))
            if not rows or (total is not None and total <= len(rows)):
                break
        self._follow(merged, found)
        return sorted(found.values(), key=lambda one: one.number)

    def _follow(self, merged: Sequence[tuple[str, Ticket]], found: dict[str, Ticket]) -> None:
        """What a merged ticket was about belongs to the one that it became.

        If that is about another device it keeps its own words: the merged one stays in the list by its own
        number, open or closed as the other is, and whoever writes there is told what it is now.
        """
        for into, ticket in merged:
            target = found.get(into) or self._look(into)
            if target is None:
                continue
            if target.keys and not target.keys & ticket.keys:
                found[ticket.id] = replace(ticket, open=target.open, state=target.state)
                continue
            words = " ".join((*sorted(ticket.keys - target.keys), ticket.version)).strip()
            self._merged[into] = " ".join(dict.fromkeys(f"{self._merged.get(into, '')} {words}".split()))
            found[into] = replace(target, memo=f"{words} {target.memo}".strip())

    def _look(self, ticket: str) -> Ticket | None:
        answer = self._get(f"ticket/{quote(ticket, safe='')}")
        if answer.status == 404:
            return None
        fields = _data(answer)
        if str(fields.get("Status")) == "deleted":
            return None
        return self._ticket(fields, answer.headers.get("etag", ""))

    def _said(self, ticket: str) -> frozenset[str]:
        """The marks of what we wrote; what persons attached is not fetched."""
        wanted = {"Creator": self._me, "ContentType": "text/plain"}
        ours = json.dumps([{"field": name, "value": value} for name, value in wanted.items()])
        found: set[str] = set()
        for page in range(1, _MOST_PAGES + 1):
            params = {"query": ours, "fields": "Content", "per_page": _PAGE, "page": page, "orderby": "id"}
            rows, _ = _items(self._get(f"ticket/{ticket}/attachments", params))
            for row in rows:
                found |= marks_in(str(row.get("Content") or ""))
            if not rows:  # a page is short where it holds what we may not see
                break
        return frozenset(found)

    def _ticket(self, fields: Mapping[str, Any], etag: str) -> Ticket:
        number = str(fields.get("id") or "")
        state = str(fields.get("Status") or "").lower()
        if not number.isdigit():
            raise ServiceFault("rt: it names no number of a ticket")
        return Ticket(
            id=number,
            number=int(number),
            title=str(fields.get("Subject") or ""),
            open=state not in self._closed and self._is_open(number, _id_of(fields.get("Queue")), state),
            memo=self._memo(fields),
            url=f"{self._http.address}/Ticket/Display.html?id={number}",
            state=state,
            etag=etag,
        )

    def _memo(self, fields: Mapping[str, Any]) -> str:
        for one in fields.get("CustomFields") or ():
            if str(one.get("id")) == self._field:
                return " ".join(" ".join(map(str, one.get("values") or ())).split())
        return ""

    def _is_open(self, number: str, queue: str, state: str) -> bool:
        """Whether a queue's lifecycle takes a state for an open one, asked of a ticket that is in it."""
        if (known := self._kinds.get((queue, state))) is not None:
            return known
        quoted = state.replace("\\", "\\\\").replace("'", "\\'")
        for kind, is_open in (("__Active__", True), ("__Inactive__", False)):
            query = f"id = {number} AND EffectiveId > 0 AND Status = '{quoted}' AND Status = '{kind}'"
            if _items(self._get("tickets", {"query": query}))[0]:
                self._kinds[queue, state] = is_open
                return is_open
        return True  # it has another state by now; nothing is done without reading it again

    def _offered(self, ticket: Ticket) -> frozenset[str]:
        """The states that the lifecycle offers from the present one, as far as we have the right."""
        links = _data(self._get(f"ticket/{ticket.id}")).get("_hyperlinks") or ()
        return frozenset(str(one.get("to", "")).lower() for one in links if one.get("ref") == "lifecycle")

    # Writing.

    def _say(self, ticket: Ticket, text: str, memo: str, state: str = "") -> Ticket:
        """Comment, field and state in one write, if there is a text; what was not taken is sent after."""
        if not text:
            return self._make_so(ticket, memo, state)
        before = self._look(ticket.id)
        if before is None or before.etag != ticket.etag:
            raise ServiceFault(f"rt: ticket {ticket.id} was changed meanwhile")
        data = {"Content": text, "ContentType": "text/plain", "CustomFields": {self._field: memo}}
        self._send("POST", f"ticket/{ticket.id}/comment", data | ({"Status": state} if state else {}))
        with after_a_write():
            return self._make_so(self._again(ticket.id), memo, state)

    def _make_so(self, ticket: Ticket, memo: str, state: str) -> Ticket:
        """See that field and state are as they are meant to be; a state may be refused by the lifecycle."""
        changes: dict[str, Any] = {}
        if ticket.memo.split() != memo.split():
            changes["CustomFields"] = {self._field: memo}
        if state and ticket.state != state:
            changes["Status"] = state
        if not changes:
            return ticket
        now = self._change(ticket, changes)
        if now.memo.split() != memo.split():
            raise Doubtful(f"rt: the custom field of ticket {ticket.id} does not hold what we wrote")
        return now

    def _change(self, ticket: Ticket, changes: Mapping[str, Any]) -> Ticket:
        self._send("PUT", f"ticket/{ticket.id}", changes, {"If-Match": ticket.etag})
        return self._again(ticket.id)

    def _again(self, ticket: str) -> Ticket:
        """A ticket as it is after a write."""
        with after_a_write():
            now = self._look(ticket)
        if now is None:
            raise Doubtful(f"rt: ticket {ticket} is gone")
        return now

    def _get(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        return self._http.get(f"{_REST}/{path}", params)

    def _send(
        self, method: str, path: str, data: Mapping[str, Any], more: Mapping[str, str] | None = None
    ) -> Answer:
        answer = self._http.send(method, f"{_REST}/{path}", data, more)
        if answer.status == 412:
            raise ServiceFault("rt: the ticket was changed meanwhile")
        if answer.status >= 300:
            raise ServiceFault(f"rt: {said(answer)}")
        return answer


def _data(answer: Answer) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if answer.status >= 300 or not isinstance(found, dict):
        raise ServiceFault(f"rt: {said(answer)}")
    return found


def _items(answer: Answer) -> tuple[list[dict[str, Any]], int | None]:
    """The rows of a page, and of how many in all where that may be told."""
    data = _data(answer)
    rows, total = data.get("items"), data.get("total")
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise ServiceFault(f"rt: {said(answer)}")
    return rows, total if isinstance(total, int) else None


def _id_of(value: object) -> str:
    """The number of what is named, as a list names it or as the thing itself does."""
    return str(value.get("id", "")) if isinstance(value, dict) else str(value or "")


def authorise(user: str, secret: str) -> Mapping[str, str]:
    """A token by its look, else Basic authentication with our own name and password (RFC 7617)."""
    if _TOKEN.fullmatch(secret):
        return {"Authorization": f"token {secret}"}
    return {"Authorization": "Basic " + b64encode(f"{user}:{secret}".encode()).decode("ascii")}


def tracker(http: TrackerHttp, place: Place) -> RequestTracker:
    """The tracker."""
    return RequestTracker(http, place)
