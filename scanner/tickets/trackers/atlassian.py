"""What both Jiras have in common: issues, labels, comments and a workflow that is discovered.

The paths are the same in Data Center's REST v2
(https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/) and in Cloud's v3
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/); what differs is how a text is written and how
a search is asked. Each key is a label of the issue, since a search for labels is exact. Jira knows no
``If-Match``: labels are added and removed one by one, so that a person's stay.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from scanner.model.errors import Doubtful, ServiceFault, Throttled, UsageError
from scanner.tickets.markup import Markup
from scanner.tickets.memo import cut, keys_in, marks_in, words_in
from scanner.tickets.trackers import jira_ways
from scanner.tickets.trackers.interface import Draft, Place, after_a_write, union
from scanner.tickets.trackers.jira_ways import same
from scanner.tickets.words import Ticket
from scanner.transports.tracker_http import Answer, TrackerHttp, said

LABEL = "hiksweep"
"""Stands on each issue of ours, and is the title of our block."""
PAGE = 100
_MOST_PAGES = 1_000
_KEYS_AT_ONCE = 25
"""Keys in one question; the address of a request is not endless."""
_RIGHTS = ("BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "ADD_COMMENTS", "TRANSITION_ISSUES")
_LONGEST = 32_000
"""Characters of a text: Jira takes 32,767 (``jira.text.field.character.limit``)."""


class Issues:
    """The issues of one project.

    Args:
        http: to the address of Jira.
        place: ``project`` is the project's key; ``kind`` the type of issue (``Task``); ``field`` a text field
            for our words, without which all of them are labels; ``closed`` states that mean closed (those
            of the category *done*); ``reopened`` the state of what is open again.
    """

    name = ""
    markup: Markup
    lag = 0.0
    _api = ""

    def __init__(self, http: TrackerHttp, place: Place) -> None:
        self._http, self._place = http, place
        self._kind = place.kind or "Task"
        self._field = ""
        """The id of the field for our words."""

    # What differs.

    def _search(self, jql: str) -> Iterator[Any]:
        """Every issue that a question finds, by pages."""
        raise NotImplementedError

    def _text(self, text: str) -> Any:
        """A text of ours as it is sent."""
        raise NotImplementedError

    def _block(self, before: Any, text: str) -> Any:
        """A description with a new block in place of ours, or at its end."""
        raise NotImplementedError

    def _calls_us(self, me: Mapping[str, Any]) -> bool:
        """Whether these are we."""
        raise NotImplementedError

    def _wrote(self, ident: str) -> None:
        """An issue was written."""

    def who(self) -> str:
        """Find ourselves, the project, its types, our rights and the field."""
        answer = self._http.get(f"{self._api}/myself")
        if answer.status in (401, 403) or not isinstance(me := _json(answer), dict) or not me:
            raise UsageError(f"{self.name}: it does not know us; look at user and secret ({said(answer)})")
        if not self._calls_us(me):
            raise UsageError(f"{self.name}: the secret is not {self._place.user}'s")
        self._see_project()
        self._see_rights()
        if self._place.field:
            self._see_field()
        return self._place.user or str(me.get("displayName") or me.get("name") or "")

    def _see_project(self) -> None:
        key = self._place.project
        path = f"{self._api}/project/{quote(key, safe='')}"
        answer = self._http.get(path) if key else None
        if answer is None or answer.status == 404:
            raise UsageError(f"{self.name}: we see no project {key!r}; set project to its key")
        kinds = [str(one.get("name")) for one in self._good(answer).get("issueTypes") or ()]
        if kinds and self._kind not in kinds:
            raise UsageError(f"{self.name}: {key} has no type {self._kind}; set kind, to one of {kinds}")
        if not self._place.public:
            stranger = self._http.stranger()
            try:
                seen = stranger.get(path)
            finally:
                stranger.close()
            if seen.status == 200:
                raise UsageError(
                    f"{self.name}: strangers can read project {key}; take Browse Projects from anyone, "
                    "or say public = true"
                )

    def _see_rights(self) -> None:
        wanted = {"projectKey": self._place.project, "permissions": ",".join(_RIGHTS)}
        answer = self._http.get(f"{self._api}/mypermissions", wanted)
        if answer.status == 404:  # none of the real ones; each write tells as well
            return
        found = self._good(answer).get("permissions") or {}
        missing = [one for one in _RIGHTS if one in found and not found[one].get("havePermission")]
        if missing:
            raise UsageError(f"{self.name}: we lack the right {', '.join(missing)} in {self._place.project}")

    def _see_field(self) -> None:
        fields = _json(self._http.get(f"{self._api}/field"))
        wanted = self._place.field
        found = [one["id"] for one in fields or () if wanted in (one.get("id"), one.get("name"))]
        if len(found) != 1:
            raise UsageError(f"{self.name}: it has {len(found)} fields {wanted}; set field to the id of one")
        self._field = str(found[0])

    # Reading.

    def tickets(self) -> Iterator[Ticket]:
        """Every issue with our label, in whatever project it is by now."""
        for one in self._search(f'labels = "{LABEL}" ORDER BY key ASC'):
            yield self._ticket(one)

    def find(self, keys: Sequence[str]) -> list[Ticket]:
        """The issues that have one of these keys as a label."""
        parts = [keys[first : first + _KEYS_AT_ONCE] for first in range(0, len(keys), _KEYS_AT_ONCE)]
        found = (
            self._ticket(one)
            for part in parts
            for one in self._search(f"labels in ({', '.join(map(_quoted, part))}) ORDER BY key ASC")
        )
        return [one for one in union(found) if not one.keys.isdisjoint(keys)]

    def read(self, ticket: str) -> Ticket | None:
        """One issue; under its new key if it was moved to another project."""
        found = self._issue(ticket)
        return None if found is None else self._ticket(found, self._said(str(found["key"])))

    @property
    def _fields(self) -> str:
        return ",".join(filter(None, ("summary", "status", "labels", self._field)))

    def _issue(self, ticket: str, fields: str = "") -> dict[str, Any] | None:
        answer = self._http.get(f"{self._api}/{_issue(ticket)}", {"fields": fields or self._fields})
        if answer.status == 404:
            return None
        found = self._good(answer)
        if "key" not in found or not isinstance(found.get("fields"), dict):
            raise ServiceFault(f"{self.name}: {said(answer)}")
        return found

    def _again(self, ticket: str) -> dict[str, Any] | None:
        """What we wrote a moment ago; if it cannot be read, nobody knows what became of it."""
        with after_a_write():
            return self._issue(ticket)

    def _said(self, ticket: str) -> frozenset[str]:
        """The marks of its comments."""
        marks: set[str] = set()
        begun = 0
        for _ in range(_MOST_PAGES):
            path = f"{self._api}/{_issue(ticket)}/comment"
            page = self._good(self._http.get(path, {"startAt": begun, "maxResults": PAGE}))
            comments = page.get("comments") or []
            marks.update(*(marks_in(str(one.get("body"))) for one in comments))
            begun += len(comments)
            if not comments or begun >= int(page.get("total") or 0):
                break
        return frozenset(marks)

    def _ticket(self, issue: Mapping[str, Any], marks: frozenset[str] = frozenset()) -> Ticket:
        fields, key = issue["fields"], str(issue["key"])
        status = fields.get("status") or {}
        words = words_in(" ".join(map(str, fields.get("labels") or ())))
        memo = fields.get(self._field) if self._field else None
        return Ticket(
            id=key,
            number=_number(issue),
            title=str(fields.get("summary") or ""),
            open=not self._ends(status),
            memo=" ".join(words) if memo is None else str(memo),
            said=marks,
            url=f"{self._http.address}/browse/{key}",
            state=str(status.get("name") or ""),
            etag=str(issue.get("id") or ""),
        )

    def _ends(self, status: Mapping[str, Any]) -> bool:
        """Whether a state means closed."""
        if self._place.closed:
            return same(status.get("name"), self._place.closed)
        return bool((status.get("statusCategory") or {}).get("key") == jira_ways.DONE)

    def create(self, draft: Draft) -> str:
        """An issue; a day is set where the project has one to set."""
        words = self._words(draft.memo)
        fields = {
            "project": {"key": self._place.project},
            "issuetype": {"name": self._kind},
            "summary": draft.title,
            "description": self._block(None, cut(draft.body, _LONGEST)),
            "labels": [LABEL, *words],
        }
        if self._field:
            fields[self._field] = draft.memo
        if draft.due:
            fields["duedate"] = draft.due
        answer = self._http.send("POST", f"{self._api}/issue", {"fields": fields})
        if answer.status == 400 and "duedate" in fields and "duedate" in str(_json(answer)):
            del fields["duedate"]
            answer = self._http.send("POST", f"{self._api}/issue", {"fields": fields})
        if answer.status >= 300:
            raise ServiceFault(f"{self.name}: {said(answer)}")
        made = _json(answer)
        if not isinstance(made, dict) or not made.get("key"):
            raise Doubtful(f"{self.name}: it says that it was made, and not by which key")
        key = str(made["key"])
        self._wrote(str(made.get("id")))
        now = self._again(key)
        if now is None:
            raise Doubtful(f"{self.name}: it says that {key} was made, and does not have it")
        if self._ticket(now).keys.isdisjoint(draft.keys):
            raise UsageError(
                f"{self.name}: {key} was made without its labels; delete it, and see who drops them"
            )
        if draft.relates:
            with contextlib.suppress(ServiceFault, Doubtful, Throttled):  # our text names it as well
                self._link("Relates", key, draft.relates)
        return key

    def update(self, ticket: Ticket, draft: Draft) -> None:
        """Our block in the description, and the labels, in one write."""
        now = self._issue(ticket.id, "description")
        if now is None:
            raise ServiceFault(f"{self.name}: {ticket.id} is gone")
        block = self._block(now["fields"].get("description"), cut(draft.body, _LONGEST))
        self._edit(ticket, draft.memo, {"description": block})

    def comment(self, ticket: Ticket, text: str, memo: str) -> None:
        """The comment first: it carries its mark, so that a labels' write that is missing does no harm."""
        self._say(ticket, text)
        self._edit(ticket, memo, {})

    def close(self, ticket: Ticket, text: str, memo: str) -> bool:
        """The comment, the transition, our words."""
        self._say(ticket, text)
        return self._end(ticket, memo, jira_ways.RESOLUTIONS)

    def reopen(self, ticket: Ticket, text: str, memo: str) -> bool:
        """The same, if a way leads back."""
        names = (self._place.reopened,) if self._place.reopened else ()
        way = self._way(ticket, names, () if names else jira_ways.OPEN)
        if way is None:
            return False
        self._say(ticket, text)
        both = " ".join(dict.fromkeys((*ticket.memo.split(), *memo.split())))
        with contextlib.suppress(ServiceFault):  # what is closed can't be edited in some workflows
            self._edit(ticket, both, {})  # so that it is known why it is open, wherever this ends
            ticket = replace(ticket, memo=both)
        if not self._go(ticket, way, (), ends=False):
            return False
        self._edit(ticket, memo, {})
        return True

    def duplicate(self, ticket: Ticket, of: Ticket, text: str, memo: str) -> bool:
        """Linked as a duplicate of what stays, and closed."""
        self._say(ticket, text)
        self._link("Duplicate", ticket.id, of.id)
        return self._end(ticket, memo, ("Duplicate", *jira_ways.RESOLUTIONS))

    def _end(self, ticket: Ticket, memo: str, resolutions: Sequence[str]) -> bool:
        way = self._way(
            ticket, self._place.closed or jira_ways.ENDS, () if self._place.closed else (jira_ways.DONE,)
        )
        if way is None or not self._go(ticket, way, resolutions, ends=True):
            return False
        # What is closed can't be edited in some workflows (jira.issue.editable); closed it is all the same.
        with contextlib.suppress(ServiceFault):
            self._edit(ticket, memo, {})
        return True

    def _say(self, ticket: Ticket, text: str) -> None:
        if not text:
            return
        answer = self._send("POST", f"{_issue(ticket.id)}/comment", {"body": self._text(cut(text, _LONGEST))})
        found = _json(answer)
        if not isinstance(found, dict) or not marks_in(text) <= marks_in(str(found.get("body"))):
            raise Doubtful(f"{self.name}: {ticket.id} does not say what we said")

    def _edit(self, ticket: Ticket, memo: str, fields: dict[str, Any]) -> None:
        """Change fields and our words, and see that they are so."""
        before, after = set(self._words(ticket.memo)), set(self._words(memo))
        labels = [{"add": one} for one in sorted(after - before)]
        labels += [{"remove": one} for one in sorted(before - after)]
        if self._field:
            fields[self._field] = memo
        change: dict[str, Any] = {"fields": fields} if fields else {}
        if labels:
            change["update"] = {"labels": labels}
        if not change:
            return
        self._send("PUT", _issue(ticket.id), change)
        self._wrote(ticket.etag)
        now = self._again(ticket.id)
        if now is None or set(self._ticket(now).memo.split()) != set(memo.split()):
            raise Doubtful(f"{self.name}: {ticket.id} does not hold our words as they were sent")

    def _words(self, memo: str) -> list[str]:
        """What of a memo stands in labels."""
        if self._field:
            return sorted(keys_in(memo))
        return words_in(memo)

    def _way(
        self, ticket: Ticket, names: Sequence[str], categories: Sequence[str]
    ) -> Mapping[str, Any] | None:
        """The transition that leads to one of these states, or else to a state of these categories."""
        path = f"{self._api}/{_issue(ticket.id)}/transitions"
        found = self._good(self._http.get(path, {"expand": "transitions.fields"}))
        return jira_ways.pick(found.get("transitions") or (), names, categories)

    def _go(self, ticket: Ticket, way: Mapping[str, Any], resolutions: Sequence[str], *, ends: bool) -> bool:
        """Take a transition, and see where the issue is then: a validator or a post function may differ."""
        data: dict[str, Any] = {"transition": {"id": str(way["id"])}}
        if ends and (fits := jira_ways.resolution(way, resolutions)):
            data["fields"] = {"resolution": {"name": fits}}
        answer = self._http.send("POST", f"{self._api}/{_issue(ticket.id)}/transitions", data)
        if answer.status == 400:
            return False
        if answer.status >= 300:
            raise ServiceFault(f"{self.name}: {said(answer)}")
        self._wrote(ticket.etag)
        now = self._again(ticket.id)
        return now is not None and self._ends(now["fields"].get("status") or {}) is ends

    def _link(self, kind: str, source: str, target: str) -> None:
        """``source`` duplicates, or relates to, ``target``; nothing where it does so already."""
        types = self._http.get(f"{self._api}/issueLinkType")
        known = self._good(types).get("issueLinkTypes") or () if types.status == 200 else ()
        name = next((one["name"] for one in known if same(one.get("name"), (kind,))), "")
        now = self._issue(source, "issuelinks")
        if not name or now is None:  # links are switched off, or their types are others; our text says it too
            return
        for one in now["fields"].get("issuelinks") or ():
            if (one.get("outwardIssue") or {}).get("key") == target and one["type"]["name"] == name:
                return
        link = {"type": {"name": name}, "inwardIssue": {"key": source}, "outwardIssue": {"key": target}}
        self._send("POST", "issueLink", link)

    def _send(self, method: str, path: str, data: Mapping[str, Any]) -> Answer:
        answer = self._http.send(method, f"{self._api}/{path}", data)
        if answer.status >= 300:
            raise ServiceFault(f"{self.name}: {said(answer)}")
        return answer

    def _good(self, answer: Answer) -> dict[str, Any]:
        found = _json(answer)
        if answer.status >= 300 or not isinstance(found, dict):
            raise ServiceFault(f"{self.name}: {said(answer)}")
        return found


def _json(answer: Answer) -> Any:
    with contextlib.suppress(ValueError):
        return answer.json()
    return None


def _issue(ticket: str) -> str:
    return f"issue/{quote(ticket, safe='')}"


def _quoted(word: str) -> str:
    return '"' + re.sub(r'["\\]', "", word) + '"'


def _number(issue: Mapping[str, Any]) -> int:
    """The place of an issue: its id counts up over all projects and stays when it is moved."""
    text = str(issue.get("id") or "")
    return int(text) if text.isdigit() else 0
