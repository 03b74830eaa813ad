"""ServiceNow: the records of one table of tasks, by the Table API.

https://www.servicenow.com/docs/bundle/yokohama-api-reference/page/integrate/inbound-rest/concept/c_TableAPI.html
— ``correlation_id`` holds the first key, ``correlation_display`` as many more as its 100 characters take. All
our words stand in a column of our own, or at the end of the description. An instance drops what it does not
understand: a column that is not there, a condition of a query, what we may not write. So what it finds is
looked through, and what we wrote is read again.
"""

from __future__ import annotations

import contextlib
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scanner.model.errors import Doubtful, ServiceFault, UsageError
from scanner.tickets.markup import TEXT
from scanner.tickets.memo import cut, keys_in, marks_in, words_in
from scanner.tickets.trackers.interface import Draft, Place, after_a_write, union
from scanner.tickets.words import Ticket
from scanner.transports.tracker_http import Answer, TrackerHttp, said

_PAGE = 100
_MOST_PAGES = 1_000
_KEYS_AT_ONCE = 10
_OURS = re.compile(r"\[hiksweep\]\n.*?\n\[/hiksweep\]", re.DOTALL)
_DISPLAY = 100
"""Characters of ``correlation_display``."""
_DESCRIPTION = 4_000
"""Characters of a description, unless the instance's are longer; what is behind them it drops."""
_COLUMNS = (
    "sys_id",
    "number",
    "short_description",
    "description",
    "state",
    "correlation_id",
    "correlation_display",
)
_CODES = ("Solution provided", "Solved (Permanently)", "Resolved by request", "Closed/Resolved by Caller")
"""Close codes of several releases."""
_TAG = re.compile(r"\[(?=/?(?:code|hiksweep)\])", re.IGNORECASE)
"""Between ``[code]`` and ``[/code]`` a work note is HTML."""

NOTES = replace(TEXT, name="notes", escape=lambda text: _TAG.sub("[ ", text))


class ServiceNow:
    """One table.

    Args:
        http: to the instance.
        place: ``project`` is the table (``incident``); ``kind`` the category of what is made; ``field`` a
            column for our words; ``closed`` states that mean closed, by value or label (6, 7 and 8);
            ``reopened`` the state of what is open again (2).
    """

    name = "servicenow"
    markup = NOTES
    lag = 0.0

    def __init__(self, http: TrackerHttp, place: Place) -> None:
        self._http, self._place = http, place
        self._table = place.project or "incident"
        self._path = f"api/now/table/{self._table}"
        self._columns = (*_COLUMNS, *filter(None, (place.field,)))
        self._closed = place.closed or ("6", "7", "8")
        self._reopened = place.reopened or "2"
        self._codes: tuple[str, ...] = ()

    def who(self) -> str:
        """See that we may read the table with what we need, and which states and close codes there are."""
        columns = (*self._columns, "work_notes")
        asked = {"sysparm_limit": 1, "sysparm_fields": ",".join(columns)}
        answer = self._http.get(self._path, asked)
        if answer.status in (401, 403):
            raise UsageError(f"servicenow: we may not read {self._table}; look at user, secret and roles")
        if answer.status == 400:
            raise UsageError(f"servicenow: it has no table {self._table}; set project")
        for row in _rows(answer):
            if missing := [one for one in columns if one not in row]:
                raise UsageError(f"servicenow: {self._table} shows us no {', '.join(missing)}; see its ACLs")
        if not self._place.public:
            self._refuse_strangers(asked)
        states = self._choices("state")
        self._closed = tuple(_choice(one, states, "closed") for one in self._closed)
        self._reopened = _choice(self._reopened, states, "reopened")
        self._codes = tuple(self._choices("close_code"))
        return self._place.user

    def _refuse_strangers(self, asked: Mapping[str, Any]) -> None:
        stranger = self._http.stranger()
        try:
            seen = stranger.get(self._path, asked)
        finally:
            stranger.close()
        if seen.status == 200:
            raise UsageError(
                f"servicenow: strangers can read {self._table}; change that, or say public = true"
            )

    def _choices(self, column: str) -> dict[str, str]:
        """What a column may hold, with its label; empty where we may not see it."""
        query = f"nameIN{self._table},task^element={column}^inactive=false^ORDERBYsequence"
        asked = {"sysparm_query": query, "sysparm_fields": "name,element,value,label", "sysparm_limit": 200}
        answer = self._http.get("api/now/table/sys_choice", asked)
        if answer.status != 200:
            return {}
        rows = [one for one in _rows(answer) if one.get("element") == column]
        own = [one for one in rows if one.get("name") == self._table]
        return {str(one.get("value")): str(one.get("label")) for one in own or rows}

    # Reading.

    def tickets(self) -> Iterator[Ticket]:
        """Every record whose correlation is one of our keys."""
        yield from (one for one in self._search("correlation_idSTARTSWITHhsk") if one.keys)

    def find(self, keys: Sequence[str]) -> list[Ticket]:
        """The records that hold one of these keys."""
        found = (
            one
            for first in range(0, len(keys), _KEYS_AT_ONCE)
            for one in self._search(self._query(keys[first : first + _KEYS_AT_ONCE]))
        )
        return [one for one in union(found) if not one.keys.isdisjoint(keys)]

    def _query(self, keys: Sequence[str]) -> str:
        held = ("correlation_display", self._place.field or "description")
        conditions = [
            f"correlation_idIN{','.join(keys)}",
            *(f"{one}LIKE{key}" for one in held for key in keys),
        ]
        return "^OR".join(conditions)

    def read(self, ticket: str) -> Ticket | None:
        """One record with the marks of its work notes."""
        row = self._row(ticket)
        if row is None:
            return None
        return self._ticket(row, marks_in(_shown(row, "work_notes")))

    def _row(self, number: str) -> dict[str, Any] | None:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", number):
            return None
        asked = {
            "sysparm_query": f"number={number}",
            "sysparm_fields": ",".join((*self._columns, "work_notes")),
            "sysparm_display_value": "all",  # a journal is told as it is shown only
            "sysparm_exclude_reference_link": "true",
            "sysparm_limit": 2,
        }
        return next((one for one in self._rows_of(asked)[0] if _value(one, "number") == number), None)

    def _again(self, number: str) -> dict[str, Any] | None:
        """What we wrote a moment ago; if it cannot be read, nobody knows what became of it."""
        with after_a_write():
            return self._row(number)

    def _search(self, query: str) -> Iterator[Ticket]:
        begun = 0
        for _ in range(_MOST_PAGES):
            rows, total = self._rows_of(
                {
                    "sysparm_query": f"{query}^ORDERBYnumber",
                    "sysparm_fields": ",".join(self._columns),
                    "sysparm_exclude_reference_link": "true",
                    "sysparm_limit": _PAGE,
                    "sysparm_offset": begun,
                }
            )
            yield from (self._ticket(one) for one in rows if _value(one, "number"))
            begun += (
                _PAGE  # rows that we may not see are missing from a page, and it is not the last for that
            )
            if begun >= total if total else not rows:
                return

    def _rows_of(self, asked: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
        answer = self._http.get(self._path, asked)
        count = answer.headers.get("x-total-count", "")
        return _rows(answer), int(count) if count.isdigit() else 0

    def _ticket(self, row: Mapping[str, Any], marks: frozenset[str] = frozenset()) -> Ticket:
        number, state, name = (_value(row, one) for one in ("number", "state", "sys_id"))
        held = (self._place.field or "description", "correlation_id", "correlation_display")
        place = re.search(r"(\d+)$", number)
        return Ticket(
            id=number,
            number=int(place[1]) if place else 0,
            title=_value(row, "short_description"),
            open=state not in self._closed,
            memo=" ".join(words_in(" ".join(_value(row, one) for one in held))),
            said=marks,
            url=f"{self._http.address}/{self._table}.do?sys_id={name}",
            state=state,
            etag=name,
        )

    # Writing.

    def create(self, draft: Draft) -> str:
        """A record; an insert is no more than that, and two of them are two records."""
        data = self._held(draft.memo)
        data |= {"short_description": draft.title, "description": self._block("", draft.body)}
        if self._place.kind:
            data["category"] = self._place.kind
        if draft.due:
            data["due_date"] = f"{draft.due} 12:00:00"  # UTC: the same day nearly everywhere
        answer = self._http.send("POST", self._path, data)
        if answer.status >= 300:
            raise ServiceFault(f"servicenow: {said(answer)}")
        number = next((_value(one, "number") for one in _rows(answer, Doubtful)), "")
        found = self._again(number)
        if found is None:
            raise Doubtful("servicenow: it says that a record was made, and does not have it")
        if self._ticket(found).keys.isdisjoint(draft.keys):
            raise UsageError(
                f"servicenow: {number} was made without its correlation_id; delete it, and let us write that"
            )
        return number

    def update(self, ticket: Ticket, draft: Draft) -> None:
        """Our block in the description, and our words."""
        self._put(ticket, {"description": self._block(self._description(ticket), draft.body)}, draft.memo)

    def comment(self, ticket: Ticket, text: str, memo: str) -> None:
        """A work note, which no caller sees, and our words, in one write."""
        self._put(ticket, {"work_notes": text} if text else {}, memo)

    def close(self, ticket: Ticket, text: str, memo: str) -> bool:
        """The note, our words, the state and what it wants with it, in one write."""
        return self._move(ticket, text, memo, self._end(text, _CODES))

    def reopen(self, ticket: Ticket, text: str, memo: str) -> bool:
        """As for `close`; what a rule refuses is not done at all."""
        return self._move(ticket, text, memo, {"state": self._reopened}, says=False)

    def duplicate(self, ticket: Ticket, of: Ticket, text: str, memo: str) -> bool:
        """Closed, below the one that stays."""
        parent = "parent_incident" if self._table == "incident" else "parent"
        return self._move(ticket, text, memo, {**self._end(text, ("Duplicate", *_CODES)), parent: of.etag})

    def _end(self, text: str, codes: Sequence[str]) -> dict[str, str]:
        data = {"state": self._closed[0], "close_notes": text or "See the work notes."}
        if self._codes:
            data["close_code"] = next((one for one in codes if one in self._codes), self._codes[0])
        return data

    def _move(
        self, ticket: Ticket, text: str, memo: str, data: Mapping[str, str], *, says: bool = True
    ) -> bool:
        note = {"work_notes": text} if text else {}
        try:
            now = self._put(ticket, {**data, **note}, memo)
        except _Refused:
            if says and note:
                self._put(ticket, note, ticket.memo)
            return False
        if now.state == data["state"]:
            return True
        self._put(ticket, {}, ticket.memo)  # a rule put the state back, so the mark of it is none
        return False

    def _put(self, ticket: Ticket, data: Mapping[str, str], memo: str) -> Ticket:
        """Write, and see that our words and the note are there."""
        change = {**self._held(memo), **data}
        if not self._place.field and "description" not in data:
            change["description"] = _with_words(self._description(ticket), memo)
        answer = self._http.send("PATCH", f"{self._path}/{ticket.etag}", change)
        if answer.status in (400, 403):
            raise _Refused(f"servicenow: {said(answer)}")
        if answer.status >= 300:
            raise ServiceFault(f"servicenow: {said(answer)}")
        row = self._again(ticket.id)
        now = None if row is None else self._ticket(row, marks_in(_shown(row, "work_notes")))
        if now is None or not set(memo.split()) <= set(now.memo.split()):
            raise Doubtful(f"servicenow: {ticket.id} does not hold our words as they were sent")
        if not marks_in(data.get("work_notes", "")) <= now.said:
            raise Doubtful(f"servicenow: {ticket.id} does not say what we said")
        return now

    def _held(self, memo: str) -> dict[str, str]:
        """What the columns for a correlation hold, and our own."""
        first, *more = [one for one in memo.split() if keys_in(one)] or [""]
        display = ""
        for key in more:
            if len(display) + len(key) < _DISPLAY:
                display = f"{display} {key}".strip()
        held = {"correlation_id": first, "correlation_display": display}
        return held | ({self._place.field: memo} if self._place.field else {})

    def _description(self, ticket: Ticket) -> str:
        row = self._row(ticket.id)
        if row is None:
            raise ServiceFault(f"servicenow: {ticket.id} is gone")
        return _value(row, "description").replace("\r\n", "\n")

    def _block(self, before: str, body: str) -> str:
        """A description with a new block in place of ours, or at its end."""
        rest = _OURS.sub("", before, count=1)
        room = _DESCRIPTION - len(rest) - len("[hiksweep]\n\n[/hiksweep]\n\n")
        block = f"[hiksweep]\n{cut(body.strip(), room).strip()}\n[/hiksweep]"
        if len(block) + len(rest) > _DESCRIPTION:
            raise ServiceFault("servicenow: the description has no room for our words; set field to a column")
        if _OURS.search(before):
            return _OURS.sub(lambda _: block, before, count=1)
        return f"{before.rstrip()}\n\n{block}".strip()


class _Refused(ServiceFault):
    """A business rule, a data policy or a right says no; nothing was written."""


def _with_words(description: str, memo: str) -> str:
    """A description with other words at the end of our block."""
    found = _OURS.search(description)
    if found is None:
        return f"{description.rstrip()}\n\n[hiksweep]\n{memo}\n[/hiksweep]".strip()
    lines = found[0].split("\n")
    kept = [one for one in lines[:-1] if not one.split() or words_in(one) != list(dict.fromkeys(one.split()))]
    block = "\n".join([*kept, memo, lines[-1]])
    return description[: found.start()] + block + description[found.end() :]


def _rows(answer: Answer, fault: type[Exception] = ServiceFault) -> list[dict[str, Any]]:
    """What an answer holds; older releases answer 404 where nothing is found."""
    if answer.status == 404:
        return []
    with contextlib.suppress(ValueError, KeyError, TypeError):
        found = answer.json()["result"]
        if answer.status < 300 and isinstance(found, (list, dict)):
            return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]
    raise fault(f"servicenow: {said(answer)}")


def _value(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return str((value.get("value") if isinstance(value, dict) else value) or "")


def _shown(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return str((value.get("display_value") if isinstance(value, dict) else value) or "")


def _choice(wanted: str, choices: Mapping[str, str], key: str) -> str:
    """The value of a choice by its value or label."""
    for value, label in choices.items():
        if wanted in (value, label):
            return value
    if choices:
        known = ", ".join(f"{value} ({label})" for value, label in choices.items())
        raise UsageError(f"servicenow: it has no state {wanted}; set {key}: {known}")
    return wanted


def authorise(user: str, secret: str) -> Mapping[str, str]:
    """Name and password, or without a name an OAuth token."""
    if not user:
        return {"Authorization": f"Bearer {secret}"}
    return {"Authorization": "Basic " + b64encode(f"{user}:{secret}".encode()).decode("ascii")}


def tracker(http: TrackerHttp, place: Place) -> ServiceNow:
    """The tracker."""
    return ServiceNow(http, place)
