"""An instance of ServiceNow as its documents describe it; what each behaviour is taken from stands beside it.

API: https://www.servicenow.com/docs/bundle/yokohama-api-reference/page/integrate/inbound-rest/concept/
c_TableAPI.html; CODES: …/page/integrate/inbound-rest/reference/r_RESTHTTPResponseCodes.html.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location("fake_desk", Path(__file__).with_name("desk.py"))
desk = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(desk)
Refusal = desk.Refusal

WIDTHS = {
    # https://www.servicenow.com/docs/bundle/yokohama-platform-administration/page/administer/reference-pages/
    # reference/r_FieldTypes.html and the dictionary of task: what is longer is cut without a word.
    "number": 40,
    "short_description": 160,
    "description": 4_000,
    "state": 40,
    "correlation_id": 100,
    "correlation_display": 100,
    "category": 40,
    "close_code": 40,
    "close_notes": 4_000,
    "due_date": 40,
    "parent_incident": 32,
}
STATES = {"1": "New", "2": "In Progress", "3": "On Hold", "6": "Resolved", "7": "Closed", "8": "Canceled"}
"""https://www.servicenow.com/docs/bundle/yokohama-it-service-management/page/product/incident-management/
concept/c_IncidentManagementStateModel.html"""
CODES = ("Duplicate", "Known error", "Solution provided", "Workaround provided")


class ServiceNowFake(desk.Desk):
    """The table `incident`, and what `sys_choice` says of it."""

    table = (
        ("GET", "/api/now/table/sys_choice", "choices"),
        ("GET", "/api/now/table/([a-z_]+)", "rows"),
        ("POST", "/api/now/table/([a-z_]+)", "insert"),
        ("PATCH", "/api/now/table/([a-z_]+)/([0-9a-f]{32})", "change"),
    )

    def __init__(self):
        super().__init__()
        self.records = {}
        self.widths = dict(WIDTHS)
        self.hidden = set()
        """Numbers of records that an access rule keeps from us."""
        self.unreadable, self.unwritable = set(), set()
        """Columns that an access rule keeps from us."""
        self.refuses = set()
        """States that a business rule lets nobody set."""
        self.puts_back = set()
        """States that a business rule takes back without a word."""
        self.codes, self.states = CODES, STATES
        self.public = False
        self.counts = True
        self.made = 0

    def error(self, sentence):
        """API: an error is a message, its detail and the status `failure`."""
        return {"error": {"message": sentence, "detail": None}, "status": "failure"}

    def _may(self, table):
        """CODES: 401 for nobody; 400 and `Invalid table` for one that there is not."""
        if self.user is None and not self.public:
            raise Refusal(401, self.error("User Not Authenticated"))
        if table != "incident":
            raise Refusal(400, self.error(f"Invalid table {table}"))

    def choices(self, query, data):
        """…/page/administer/field-administration/concept/c_ChoiceLists.html: a row for each choice."""
        if self.user is None:
            raise Refusal(401, self.error("User Not Authenticated"))
        element = re.search(r"element=(\w+)", query["sysparm_query"])[1]
        known = {"state": self.states.items(), "close_code": [(one, one) for one in self.codes]}[element]
        return 200, {
            "result": [
                {"name": "incident", "element": element, "value": value, "label": label}
                for value, label in known
            ]
        }

    def rows(self, table, query, data):
        """API: by query, offset and limit; the number of all in X-Total-Count, other pages in Link.

        The access rules are asked for each row after the page was cut, so that it may hold fewer than the
        limit, while the count is of all
        (https://www.servicenow.com/community/developer-forum/table-api-sys-user-is-not-returning-all-accounts-or-retuned/m-p/1373779).
        """
        self._may(table)
        found = self._by(query.get("sysparm_query", ""))
        begun, size = int(query.get("sysparm_offset", 0)), int(query.get("sysparm_limit", 10_000))
        fields = query["sysparm_fields"].split(",")
        shown = query.get("sysparm_display_value") == "all"
        page = [one for one in found[begun : begun + size] if one["number"] not in self.hidden]
        headers = {"Link": f'<https://elsewhere.example/api/now/table/{table}?sysparm_offset=9>;rel="next"'}
        if self.counts:
            headers["X-Total-Count"] = str(len(found))
        return 200, {"result": [self._shown(one, fields, shown) for one in page]}, headers

    def insert(self, table, query, data):
        """API: 201 with the record as it is after the rules; another insert is another record."""
        self._may(table)
        self.made += 1
        number = f"INC{self.made:07d}"
        record = {"sys_id": f"{self.made:032x}", "number": number, "state": "1", "notes": []}
        record |= {name: "" for name in self.widths if name not in record}
        self.records[record["sys_id"]] = record
        self._write(record, data)
        return 201, {"result": self._shown(record, [*self.widths, "sys_id"], False)}

    def change(self, table, sys_id, query, data):
        """API: 200 with the record; 404 for one that there is not.

        CODES: 403 where a business rule aborts it (…/page/script/server-scripting/concept/
        c_BusinessRules.html) or a data policy misses a field (…/page/administer/field-administration/
        concept/c_DataPolicy.html).
        """
        self._may(table)
        record = self.records.get(sys_id)
        if record is None:
            raise Refusal(404, self.error("No Record found"))
        after = {**record, **data}
        if data.get("state") in self.refuses:
            raise Refusal(403, self.error("Operation Failed"))
        if data.get("state") in ("6", "7") and not (after["close_code"] and after["close_notes"]):
            raise Refusal(403, self.error("Data Policy Exception: Close code, Close notes are mandatory"))
        if after["close_code"] and after["close_code"] not in self.codes:
            raise Refusal(403, self.error("Invalid close code"))
        if data.get("state") in self.puts_back:
            data = {**data, "state": record["state"]}
        self._write(record, data)
        return 200, {"result": self._shown(record, [*self.widths, "sys_id"], False)}

    def _write(self, record, data):
        """API: a column that there is not, or that one may not write, is left out without a word."""
        for name, value in data.items():
            if name == "work_notes" and name not in self.unwritable:
                # …/page/administer/field-administration/concept/c_JournalFields.html: each entry stays.
                record["notes"].append(value)
            elif name in self.widths and name not in self.unwritable:
                record[name] = str(value)[: self.widths[name]]

    def _shown(self, record, fields, shown):
        """API: of a journal only the display value holds the entries, the newest first, with their heads."""
        row = {}
        for name in fields:
            if name in self.unreadable:
                continue
            if name == "work_notes":
                entries = "".join(
                    f"2026-01-06 00:00:00 - Sweep (Work notes)\n{one}\n\n"
                    for one in reversed(record["notes"])
                )
                row[name] = {"display_value": entries, "value": ""} if shown else ""
            elif name in record:
                label = self.states.get(record[name], record[name]) if name == "state" else record[name]
                row[name] = {"display_value": label, "value": record[name]} if shown else record[name]
        return row

    def _by(self, query):
        """…/page/use/common-ui-elements/reference/r_OpAvailableFiltersQueries.html: operators.

        …/page/app-store/dev_portal/API_reference/GlideRecord/concept/c_GlideRecordAPI.html: a condition on a
        column that there is not is dropped, so that all may be found.
        """
        found, order = list(self.records.values()), "number"
        either = []
        for part in filter(None, query.split("^")):
            if part.startswith("ORDERBY"):
                order = part.removeprefix("ORDERBY")
                continue
            name, operator, value = re.fullmatch(r"(?:OR)?([a-z_]+)(=|IN|LIKE|STARTSWITH)(.*)", part).groups()
            if name in self.widths:
                either.append((name, operator, value))
        if either:
            found = [one for one in found if any(_holds(one[name], *rest) for name, *rest in either)]
        return sorted(found, key=lambda one: one[order])

    # What a person does and sees.

    def view(self, seen):
        return Person(self, seen)

    def record(self, number):
        return next(one for one in self.records.values() if one["number"] == number)


def _holds(value, operator, wanted):
    return {
        "=": value == wanted,
        "IN": value in wanted.split(","),
        "LIKE": wanted.lower() in value.lower(),
        "STARTSWITH": value.lower().startswith(wanted.lower()),
    }[operator]


class Person:
    """A person's view, by the digits of the number."""

    def __init__(self, fake, seen):
        self._fake, self._seen = fake, seen

    def tickets(self):
        fake = self._fake
        return [
            self._seen(
                id=one["number"][3:],
                open=one["state"] not in ("6", "7", "8"),
                memo=" ".join(
                    one.get(name, "") for name in ("correlation_id", "correlation_display", "u_hiksweep")
                ),
                body=one["description"],
                comments=tuple(one["notes"]),
                duplicate_of=fake.records[one["parent_incident"]]["number"][3:]
                if one["parent_incident"]
                else "",
            )
            for one in fake.records.values()
        ]

    def close(self, ident):
        self._fake.record(f"INC{ident}")["state"] = "7"
