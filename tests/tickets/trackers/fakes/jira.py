"""Both Jiras as their documents describe them; what each behaviour is taken from stands beside it.

DC: https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/ (the part after ``#`` below).
CLOUD: https://developer.atlassian.com/cloud/jira/platform/rest/v3/ (the page after ``v3/`` below).
"""

from __future__ import annotations

import copy
import html
import importlib.util
import re
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location("fake_desk", Path(__file__).with_name("desk.py"))
desk = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(desk)
Refusal = desk.Refusal

# Categories of states. CLOUD api-group-workflow-status-categories: new, indeterminate and done.
STATES = {"To Do": "new", "In Progress": "indeterminate", "Done": "done", "Rejected": "done"}
SIMPLE = {  # CLOUD https://support.atlassian.com/jira-cloud-administration/docs/work-with-issue-workflows/
    "To Do": ("In Progress", "Rejected", "Done"),
    "In Progress": ("To Do", "Rejected", "Done"),
    "Done": ("To Do",),
    "Rejected": ("To Do",),
}


class JiraFake(desk.Desk):
    """Data Center's REST v2."""

    API = "/rest/api/2"
    MORE = ()

    @property
    def table(self):
        issue = rf"{self.API}/issue/([^/]+)"
        return (
            ("GET", f"{self.API}/myself", "myself"),
            ("GET", f"{self.API}/mypermissions", "mypermissions"),
            ("GET", f"{self.API}/field", "all_fields"),
            ("GET", f"{self.API}/project/([^/]+)", "project"),
            ("GET", f"{self.API}/issueLinkType", "link_types"),
            ("POST", f"{self.API}/issueLink", "link"),
            ("POST", f"{self.API}/issue", "create"),
            ("GET", issue, "issue"),
            ("PUT", issue, "edit"),
            ("GET", f"{issue}/comment", "comments"),
            ("POST", f"{issue}/comment", "comment"),
            ("GET", f"{issue}/transitions", "transitions"),
            ("POST", f"{issue}/transitions", "transition"),
            *self.MORE,
            ("GET", f"{self.API}/search", "search"),
        )

    def __init__(self):
        super().__init__()
        self.issues, self.indexed = {}, {}
        self.keys = {}
        """Id by key, old ones too."""
        self.numbers = {}
        self.workflow = dict(SIMPLE)
        self.asks = {}
        """By state: fields that the screen of the way there has."""
        self.refuses = set()
        """States that a validator keeps everybody from."""
        self.sealed = set()
        """States in which nothing can be edited."""
        self.lacks = set()
        self.public = False
        self.no_due = False
        self.lags = False
        self.most = 1_000
        self.moves = self.posted = 0

    # Who and where.

    def myself(self, query, data):
        """DC #api/2/myself-getUser: 401 for nobody. CLOUD api-group-myself/#api-rest-api-3-myself-get: the
        address is told only as the person's privacy settings allow it."""
        self._somebody()
        return 200, {"name": self.user, "key": self.user, "displayName": "Sweep", "active": True}

    def mypermissions(self, query, data):
        """DC #api/2-getPermissions; CLOUD api-group-permissions/#api-rest-api-3-mypermissions-get."""
        self._somebody()
        wanted = query["permissions"].split(",")
        return 200, {
            "permissions": {one: {"key": one, "havePermission": one not in self.lacks} for one in wanted}
        }

    def all_fields(self, query, data):
        """DC #api/2/field-getFields; CLOUD api-group-issue-fields/#api-rest-api-3-field-get."""
        return 200, [{"id": "summary", "name": "Summary"}, {"id": "customfield_10100", "name": "hiksweep"}]

    def project(self, key, query, data):
        """DC #api/2/project-getProject: 404 if it is not there or cannot be seen, and a stranger sees it where
        Browse Projects is anyone's (https://confluence.atlassian.com/adminjiraserver/allowing-anonymous-
        access-to-your-project-938847081.html). CLOUD api-group-projects: "can be accessed anonymously"."""
        if key not in ("SEC", "OPS") or (self.user is None and not self.public):
            raise Refusal(404, self.error(f"No project could be found with key '{key}'."))
        return 200, {"key": key, "issueTypes": [{"name": "Task"}, {"name": "Bug"}]}

    def link_types(self, query, data):
        """DC #api/2/issueLinkType-getIssueLinkTypes; CLOUD api-group-issue-link-types."""
        names = {"Duplicate": ("is duplicated by", "duplicates"), "Relates": ("relates to", "relates to")}
        types = [{"name": name, "inward": one, "outward": other} for name, (one, other) in names.items()]
        return 200, {"issueLinkTypes": types}

    # Issues.

    def create(self, query, data):
        """DC #api/2/issue-createIssue; CLOUD api-group-issues/#api-rest-api-3-issue-post: 201 with id, key,
        self; 400 with the errors by field."""
        self._somebody()
        fields = dict(data["fields"])
        project = fields.pop("project")["key"]
        if "duedate" in fields and self.no_due:
            self._wrong("duedate", "Field 'duedate' cannot be set. It is not on the appropriate screen.")
        self._check(fields)
        self.numbers[project] = self.numbers.get(project, 0) + 1
        # Ids count up over all projects, keys within one.
        ident, key = str(10_000 + len(self.keys) + 1), f"{project}-{self.numbers[project]}"
        self.issues[ident] = {
            "id": ident, "key": key, "status": "To Do", "resolution": None, "labels": [], "comments": [],
            "links": [], "description": None, **fields,
        }  # fmt: skip
        self.issues[ident]["labels"] = sorted(set(self.issues[ident]["labels"]))
        self.keys[key] = ident
        self._index(ident)
        return 201, {"id": ident, "key": key, "self": f"https://elsewhere.example{self.API}/issue/{ident}"}

    def issue(self, name, query, data):
        """DC #api/2/issue-getIssue; CLOUD api-group-issues/#api-rest-api-3-issue-issueidorkey-get: by id or
        key; what was moved is found by its old key too and no redirect is sent; 404 for what is deleted."""
        return 200, self._shown(self._found(name), query.get("fields", "*all"))

    def edit(self, name, query, data):
        """DC #api/2/issue-editIssue; CLOUD api-group-issues/#api-rest-api-3-issue-issueidorkey-put: 204;
        ``update`` holds operations, of labels add, set and remove; a field stands in one of the two only."""
        issue = self._found(name)
        if issue["status"] in self.sealed:
            # https://confluence.atlassian.com/adminjiraserver/workflow-properties-938847526.html:
            # jira.issue.editable = false.
            raise Refusal(400, self.error("You do not have permission to edit issues in this state."))
        fields, update = data.get("fields") or {}, data.get("update") or {}
        if set(fields) & set(update):
            self._wrong(next(iter(set(fields) & set(update))), "Field cannot appear in both")
        self._check(fields)
        labels = set(issue["labels"])
        for one in update.get("labels", ()):
            ((verb, word),) = one.items()
            self._check({"labels": [word]})
            (labels.add if verb == "add" else labels.discard)(word)
        issue.update(fields)
        issue["labels"] = sorted(labels)
        self._index(issue["id"])
        return 204, None

    def comments(self, name, query, data):
        """DC #api/2/issue-getComments; CLOUD api-group-issue-comments/#api-rest-api-3-issue-issueidorkey-
        comment-get: by pages."""
        found = self._found(name)["comments"]
        begun, size = int(query.get("startAt", 0)), min(int(query.get("maxResults", 50)), self.most)
        page = found[begun : begun + size]
        return 200, {"startAt": begun, "maxResults": size, "total": len(found), "comments": page}

    def comment(self, name, query, data):
        """DC #api/2/issue-addComment; CLOUD …-issueidorkey-comment-post: 201 with the comment."""
        issue = self._found(name)
        self._text(data["body"])
        self.posted += 1
        made = {"id": str(self.posted), "author": {"name": self.user}, "body": data["body"]}
        issue["comments"].append(made)
        return 201, made

    def transitions(self, name, query, data):
        """DC #api/2/issue-getTransitions; CLOUD …-issueidorkey-transitions-get: what can be done in this state
        by this person, with the fields of its screen where they are asked for."""
        issue = self._found(name)
        ways = []
        for state in self.workflow[issue["status"]]:
            way = {"id": str(11 + [*STATES].index(state)), "name": f"To {state}", "to": self._state(state)}
            if query.get("expand") == "transitions.fields":
                way["fields"] = copy.deepcopy(self.asks.get(state, {}))
            ways.append(way)
        return 200, {"transitions": ways}

    def transition(self, name, query, data):
        """DC #api/2/issue-doTransition; CLOUD …-issueidorkey-transitions-post: 204; 400 where the way is none
        or the screen's required fields are not given."""
        issue = self._found(name)
        state = [*STATES][int(data["transition"]["id"]) - 11]
        if state not in self.workflow[issue["status"]]:
            raise Refusal(400, self.error("It seems that you have tried to perform a workflow operation"))
        fields = data.get("fields") or {}
        for field, asked in self.asks.get(state, {}).items():
            if asked.get("required") and field not in fields and not asked.get("hasDefaultValue"):
                self._wrong(field, f"{field} is required.")
        if set(fields) - set(self.asks.get(state, {})):
            self._wrong("resolution", "Field 'resolution' cannot be set. It is not on the appropriate screen")
        if state in self.refuses:
            raise Refusal(400, self.error("A validator says no."))
        self.moves += 1
        issue["status"] = state
        issue["resolution"] = (fields.get("resolution") or {}).get("name")
        self._index(issue["id"])
        return 204, None

    def link(self, query, data):
        """DC #api/2/issueLink-linkIssues; CLOUD api-group-issue-links/#api-rest-api-3-issuelink-post: 201, no
        body; the inward issue gets the outward words: it "duplicates" the outward one."""
        source, target = self._found(data["inwardIssue"]["key"]), self._found(data["outwardIssue"]["key"])
        source["links"].append({"type": {"name": data["type"]["name"]}, "outwardIssue": target["id"]})
        return 201, None

    # Searches.

    def search(self, query, data):
        """DC #api/2/search-search: startAt, maxResults (which an administrator caps), total."""
        found = self._by(query["jql"], self.issues if not self.lags else self.indexed)
        begun, size = int(query.get("startAt", 0)), min(int(query.get("maxResults", 50)), self.most)
        page = [self._shown(one, query["fields"]) for one in found[begun : begun + size]]
        return 200, {"startAt": begun, "maxResults": size, "total": len(found), "issues": page}

    def _by(self, jql, index):
        """See https://support.atlassian.com/jira-software-cloud/docs/jql-fields/#Labels: = and in, whole labels."""
        match = re.fullmatch(r"labels (?:= |in )\(?(\"[^)]*\")\)? ORDER BY key ASC", jql)
        if not match:
            raise Refusal(400, self.error(f"Error in the JQL Query: {jql}"))
        wanted = set(re.findall('"([^"]*)"', match[1]))
        found = [one for one in index.values() if wanted & set(one["labels"])]
        return sorted(found, key=lambda one: (one["key"].split("-")[0], int(one["key"].split("-")[1])))

    def index(self):
        """The search has caught up."""
        self.indexed = copy.deepcopy(self.issues)

    def _index(self, ident):
        if not self.lags:
            self.indexed[ident] = copy.deepcopy(self.issues[ident])

    # Parts.

    def _somebody(self):
        if self.user is None:
            raise Refusal(401, self.error("You are not authenticated."))

    def _found(self, name):
        self._somebody()
        issue = self.issues.get(self.keys.get(name, name))
        if issue is None:
            raise Refusal(404, self.error("Issue Does Not Exist"))
        return issue

    def _state(self, name):
        return {"name": name, "statusCategory": {"key": STATES[name]}}

    def _shown(self, issue, fields):
        links = [
            {**one, "outwardIssue": {"key": self.issues[one["outwardIssue"]]["key"]}}
            for one in issue["links"]
            if one["outwardIssue"] in self.issues
        ]
        known = {**issue, "status": self._state(issue["status"]), "issuelinks": links}
        for name in ("id", "key", "comments", "links"):
            del known[name]
        wanted = fields.split(",")
        return {
            "id": issue["id"],
            "key": issue["key"],
            "fields": {name: value for name, value in known.items() if "*all" in wanted or name in wanted},
        }

    def _check(self, fields):
        for name, value in fields.items():
            if name == "labels":
                # https://confluence.atlassian.com/jirasoftwareserver/editing-and-collaborating-on-issues-
                # 939938924.html: no blanks in a label; 255 characters at most.
                if any(" " in one or len(one) > 255 for one in value):
                    self._wrong("labels", "The label contains spaces which is invalid.")
            elif name == "summary":
                # https://confluence.atlassian.com/jirakb/the-summary-is-invalid-because-it-contains-newline-
                # characters-error-779160773.html
                if "\n" in value:
                    self._wrong("summary", "The summary is invalid because it contains newline characters.")
            elif name == "description":
                self._text(value)
            elif name not in ("issuetype", "duedate", "customfield_10100"):
                self._wrong(name, f"Field '{name}' cannot be set. It is not on the appropriate screen.")

    def _text(self, value):
        """Jira.text.field.character.limit: https://confluence.atlassian.com/jirakb/how-to-limit-the-number-of-
        characters-in-jira-text-fields-873872107.html: 32767."""
        if not isinstance(value, str) or len(value) > 32_767:
            self._wrong("description", "The entered text is too long.")

    def _wrong(self, field, sentence):
        raise Refusal(400, {"errorMessages": [], "errors": {field: sentence}})

    # What a person does and sees.

    WHERE = "labels"

    def view(self, seen):
        return Person(self, seen)

    def plain(self, body):
        """See https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=miscellaneous: a backslash
        takes its meaning from the character behind it. HTML entities are those characters
        (https://github.com/jgm/pandoc/issues/5926)."""
        return html.unescape(re.sub(r"\\([^\w\s])", r"\1", body or ""))

    def move(self, key, project):
        """To another project: it gets a new key, and the old one leads to it (`issue`)."""
        issue = self.issues[self.keys[key]]
        self.numbers[project] = self.numbers.get(project, 0) + 1
        issue["key"] = f"{project}-{self.numbers[project]}"
        self.keys[issue["key"]] = issue["id"]
        self._index(issue["id"])
        return issue["key"]

    def delete(self, key):
        del self.issues[self.keys[key]]
        self.indexed.pop(self.keys[key], None)


class Person:
    """A person's view, by ids, which count up as the keys of one project do."""

    def __init__(self, fake, seen):
        self._fake, self._seen = fake, seen

    def tickets(self):
        fake = self._fake
        return [
            self._seen(
                id=one["id"],
                open=STATES[one["status"]] != "done",
                memo=" ".join(one["labels"]) + " " + str(one.get("customfield_10100") or ""),
                body=fake.plain(one["description"]),
                comments=tuple(fake.plain(said["body"]) for said in one["comments"]),
                duplicate_of=next(
                    (link["outwardIssue"] for link in one["links"] if link["type"]["name"] == "Duplicate"), ""
                ),
            )
            for one in fake.issues.values()
        ]

    def close(self, ident):
        self._fake.issues[ident]["status"] = "Done"
        self._fake._index(ident)


_BLOCKS = {"paragraph", "heading", "bulletList", "panel"}
_HOLDS = {
    "doc": _BLOCKS,
    "panel": {"paragraph", "heading", "bulletList"},
    "bulletList": {"listItem"},
    "listItem": {"paragraph"},
    "paragraph": {"text"},
    "heading": {"text"},
}


def wrong_nodes(node):
    """What of a document its structure does not allow.

    CLOUD https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ and the pages of the
    nodes and marks: what each may hold, and that a text is never empty.
    """
    kind = node.get("type")
    if kind == "text":
        marks = [one["type"] for one in node.get("marks", ())]
        return [node] if not node.get("text") or set(marks) - {"strong", "link"} else []
    wrong = []
    if kind == "heading" and node.get("attrs", {}).get("level") not in range(1, 7):
        wrong.append(node)
    if kind == "panel" and node.get("attrs", {}).get("panelType") not in ("info", "note", "warning"):
        wrong.append(node)
    if kind in ("panel", "bulletList", "listItem") and not node.get("content"):
        wrong.append(node)
    for inner in node.get("content", ()):
        if inner.get("type") not in _HOLDS.get(kind, ()):
            wrong.append(inner)
        wrong += wrong_nodes(inner)
    return wrong


def words_of(node):
    """The words of a document, a line for each block."""
    if node.get("type") == "text":
        return node["text"]
    inner = "".join(words_of(one) for one in node.get("content", ()))
    return f"{inner}\n" if node.get("type") in ("paragraph", "heading") else inner


class JiraCloudFake(JiraFake):
    """Cloud's REST v3."""

    API = "/rest/api/3"
    MORE = (("GET", "/rest/api/3/search/jql", "search_jql"),)

    def search(self, query, data):
        """CLOUD https://developer.atlassian.com/changelog/#CHANGE-2046: /rest/api/3/search is gone."""
        raise Refusal(410, self.error("The requested API has been removed."))

    def search_jql(self, query, data):
        """CLOUD api-group-issue-search/#api-rest-api-3-search-jql-get: nextPageToken, no total; the query has
        to be bounded. https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/: what is
        found may be old, but not of the issues (50 at most) that reconcileIssues names."""
        self._somebody()
        index = dict(self.indexed if self.lags else self.issues)
        named = query["*"].get("reconcileIssues", [])
        if len(named) > 50:
            raise Refusal(400, self.error("Too many issues to reconcile."))
        index |= {ident: self.issues[ident] for ident in named if ident in self.issues}
        found = self._by(query["jql"], index)
        begun = int(query.get("nextPageToken", "t0")[1:])
        size = min(int(query.get("maxResults", 50)), self.most)
        page = [self._shown(one, query["fields"]) for one in found[begun : begun + size]]
        more = begun + size < len(found)
        return 200, {
            "issues": page,
            "isLast": not more,
            **({"nextPageToken": f"t{begun + size}"} if more else {}),
        }

    def _text(self, value):
        """CLOUD https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#about: rich text fields
        take and give documents, and refuse a string."""
        if not isinstance(value, dict) or value.get("type") != "doc" or value.get("version") != 1:
            self._wrong("description", "Operation value must be an Atlassian Document")
        if wrong_nodes(value):
            self._wrong("description", "INVALID_INPUT")

    def plain(self, body):
        return words_of(body) if body else ""
