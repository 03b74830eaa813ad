"""Roundup 2: an issue, its messages, and a property of its own for our words.

Its REST interface (https://www.roundup-tracker.org/docs/rest.html) wants the ETag of the last read with each
change, so that a change and its comment are one write and nobody's work is overwritten. A search never shows
what was retired, while a read still does; so a ticket is read by a search for its number.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from scanner.model.errors import Doubtful, ServiceFault, UsageError
from scanner.tickets.markup import TEXT
from scanner.tickets.trackers.interface import Draft, Place, union
from scanner.tickets.words import Ticket
from scanner.transports.tracker_http import Answer, TrackerHttp, said

_PAGE = 100
_MOST_PAGES = 1_000
_ISSUE = "rest/data/issue"
_FIELDS = "title,status,activity"


class Roundup:
    """One Roundup tracker.

    Args:
        http: to the tracker, as ``https://host/tracker``.
        place: ``user`` is our own name; ``field`` the property for our words (``hiksweep``); ``closed`` the
            names of closed states, the first of which we set; ``reopened`` the state of what is open again.
    """

    name = "roundup"
    markup = TEXT
    lag = 0.0

    def __init__(self, http: TrackerHttp, place: Place) -> None:
        self._http, self._place = http, place
        self._field = place.field or "hiksweep"
        self._closed = place.closed or ("resolved",)
        self._reopened = place.reopened or "chatting"
        self._states: dict[str, str] = {}
        self._read: dict[str, tuple[str, Ticket]] | None = None
        """What was read whole: when it was changed last, and what it was."""
        self._clock = self._since = ""
        """When the last answer came, and the last one before what was read; by the tracker's own clock."""
        self._me = ""

    def who(self) -> str:
        """Find ourselves and the states, and see that the property is there."""
        answer = self._http.get("rest/data/user", {"username": self._place.user, "@fields": "username"})
        found = [one["id"] for one in _collection(answer) if one.get("username") == self._place.user]
        if not found:
            raise UsageError(f"roundup: {self._place.user} is no user that may ask; look at user and secret")
        self._me = found[0]
        states = self._http.get("rest/data/status", {"@fields": "name", "@page_size": 500})
        self._states = {one["id"]: one["name"] for one in _collection(states)}
        missing = {*self._closed, self._reopened} - set(self._states.values())
        if missing:
            raise UsageError(
                f"roundup: it has no state {', '.join(sorted(missing))}; set closed and reopened"
            )
        field = self._http.get(_ISSUE, {"@fields": self._field, "@page_size": 1})
        if field.status == 400:
            raise UsageError(
                f"roundup: an issue has no property {self._field}; add {self._field}=String() to schema.py"
            )
        _collection(field)
        self._clock = _when(field)
        return self._place.user

    def tickets(self) -> Iterator[Ticket]:
        """Every issue whose property holds a word of ours."""
        self._since = self._clock
        self._read = dict(self._search({self._field: "hsk"}))
        yield from (ticket for _, ticket in self._read.values())

    def find(self, keys: Sequence[str]) -> list[Ticket]:
        """The issues that hold one of these keys: a search for each, or, once all were read, what is new."""
        if self._read is None:
            return union(*((one for _, (_, one) in self._search({self._field: key})) for key in keys))
        begun = self._clock
        for name, (changed, ticket) in self._search({self._field: "hsk"}, "-activity"):
            # Changes are told to the second: one of the second in which we read may have another behind it.
            if changed < self._since and self._read.get(name, ("",))[0] == changed:
                break
            self._read[name] = changed, ticket
        self._since = begun
        wanted = frozenset(keys)
        return union(one for _, one in self._read.values() if one.keys & wanted)

    def read(self, ticket: str) -> Ticket | None:
        """One issue with its ETag."""
        if not dict(self._search({"id": ticket})):
            return None
        answer = self._http.get(f"{_ISSUE}/{quote(ticket, safe='')}")
        data = _data(answer)
        return self._ticket(data["id"], data["attributes"], answer.headers.get("etag", ""))

    def create(self, draft: Draft) -> str:
        """A message, and the issue that begins with it."""
        issue = {"title": draft.title, "messages": [self._message(draft.body)], self._field: draft.memo}
        if draft.relates:
            issue["superseder"] = []
        return self._made(self._send("POST", _ISSUE, issue))

    def update(self, ticket: Ticket, draft: Draft) -> None:
        """Roundup keeps messages as they are, so what is known now is one more."""
        self._put(ticket, draft.body, {self._field: draft.memo})

    def comment(self, ticket: Ticket, text: str, memo: str) -> None:
        """A message and the memo, in one write."""
        self._put(ticket, text, {self._field: memo})

    def close(self, ticket: Ticket, text: str, memo: str) -> bool:
        """The message, the memo and the state, in one write."""
        return self._move(ticket, text, {self._field: memo, "status": self._closed[0]})

    def reopen(self, ticket: Ticket, text: str, memo: str) -> bool:
        """As for `close`."""
        return self._move(ticket, text, {self._field: memo, "status": self._reopened})

    def duplicate(self, ticket: Ticket, of: Ticket, text: str, memo: str) -> bool:
        """Closed, and superseded by the one that stays."""
        changes = {self._field: memo, "status": self._closed[0], "superseder": [of.id]}
        return self._move(ticket, text, changes)

    # Reading.

    def _search(
        self, wanted: Mapping[str, str], sort: str = "id"
    ) -> Iterator[tuple[str, tuple[str, Ticket]]]:
        params: dict[str, Any] = {
            **wanted,
            "@fields": f"{_FIELDS},{self._field}",
            "@page_size": _PAGE,
            "@sort": sort,
            "@verbose": 1,
        }
        for page in range(1, _MOST_PAGES + 1):
            answer = self._http.get(_ISSUE, {**params, "@page_index": page})
            found, self._clock = _collection(answer), _when(answer)
            for one in found:
                yield str(one["id"]), (str(one.get("activity")), self._ticket(one["id"], one, ""))
            if len(found) < _PAGE:
                return

    def _ticket(self, number: str, fields: Mapping[str, Any], etag: str) -> Ticket:
        status = (fields.get("status") or {}).get("id", "")
        state = self._states.get(status, status)
        return Ticket(
            id=str(number),
            number=int(number),
            title=str(fields.get("title") or ""),
            open=state not in self._closed,
            memo=str(fields.get(self._field) or ""),
            url=f"{self._http.address}/issue{number}",
            state=state,
            etag=etag,
        )

    # Writing.

    def _message(self, text: str) -> str:
        return self._made(self._send("POST", "rest/data/msg", {"content": text, "author": self._me}))

    def _move(self, ticket: Ticket, text: str, changes: dict[str, Any]) -> bool:
        """Change a state and see that it is so: a detector of the tracker may say otherwise."""
        self._put(ticket, text, changes)
        now = self.read(ticket.id)
        return now is not None and now.state == changes["status"]

    def _put(self, ticket: Ticket, text: str, changes: dict[str, Any]) -> None:
        if text:
            answer = self._http.get(f"{_ISSUE}/{quote(ticket.id, safe='')}")
            if answer.headers.get("etag", "") != ticket.etag:
                raise ServiceFault(f"roundup: issue {ticket.id} was changed meanwhile")
            before = [one["id"] for one in _data(answer)["attributes"].get("messages") or ()]
            changes = {**changes, "messages": [*before, self._message(text)]}
        self._send("PUT", f"{_ISSUE}/{quote(ticket.id, safe='')}", changes, {"If-Match": ticket.etag})

    def _send(
        self, method: str, path: str, data: Mapping[str, Any], more: Mapping[str, str] | None = None
    ) -> Answer:
        place = urlsplit(self._http.address)
        headers = {
            "X-Requested-With": "rest",  # against forged requests of a browser, as is the origin
            "Origin": f"{place.scheme}://{place.netloc}",
            **(more or {}),
        }
        answer = self._http.send(method, path, data, headers)
        if answer.status == 412:
            raise ServiceFault("roundup: the issue was changed meanwhile")
        if answer.status >= 300:
            raise ServiceFault(f"roundup: {said(answer)}")
        return answer

    @staticmethod
    def _made(answer: Answer) -> str:
        try:
            return str(answer.json()["data"]["id"])
        except (ValueError, KeyError, TypeError):
            raise Doubtful("roundup: it says that it was made, and not by which number") from None


def _data(answer: Answer) -> Any:
    try:
        return answer.json()["data"]
    except (ValueError, KeyError, TypeError):
        raise ServiceFault(f"roundup: {said(answer)}") from None


def _when(answer: Answer) -> str:
    """The time of an answer as Roundup writes one; empty where it tells none."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).strftime("%Y-%m-%d.%H:%M:%S")
    except ValueError:
        return ""


def _collection(answer: Answer) -> list[Any]:
    found = _data(answer)
    if not isinstance(found, dict) or not isinstance(found.get("collection"), list):
        raise ServiceFault(f"roundup: {said(answer)}")
    return list(found["collection"])


def authorise(user: str, secret: str) -> Mapping[str, str]:
    """Basic authentication with our own name and password (RFC 7617)."""
    return {"Authorization": "Basic " + b64encode(f"{user}:{secret}".encode()).decode("ascii")}


def tracker(http: TrackerHttp, place: Place) -> Roundup:
    """The tracker."""
    return Roundup(http, place)
