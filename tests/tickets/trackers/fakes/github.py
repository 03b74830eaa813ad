"""GitHub as its documents describe it; what each behaviour is taken from stands beside it.

DOCS: https://docs.github.com/en/rest (the page after ``rest/`` below). Each request of ours and each answer is
held against the OpenAPI description that GitHub publishes (`github_openapi.json`, which says its version).
"""

from __future__ import annotations

import copy
import importlib.util
import json
import re
from pathlib import Path
from types import MappingProxyType

from jsonschema import Draft202012Validator

_SPEC = importlib.util.spec_from_file_location("fake_desk", Path(__file__).with_name("desk.py"))
desk = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(desk)
Refusal = desk.Refusal

ABOUT = json.loads(Path(__file__).with_name("github_openapi.json").read_text())
ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}"


def _nullable(node):
    """OpenAPI 3.0 says ``nullable`` where JSON Schema has a type more."""
    if isinstance(node, list):
        return [_nullable(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {name: _nullable(value) for name, value in node.items() if name != "nullable"}
    return {"anyOf": [{"type": "null"}, made]} if node.get("nullable") is True else made


COMPONENTS = _nullable(ABOUT["components"])


def wrong(schema, value):
    """What of a value is not as a schema of the description has it."""
    whole = {"allOf": [_nullable(schema)], "components": COMPONENTS}
    return [f"{one.json_path}: {one.message[:200]}" for one in Draft202012Validator(whole).iter_errors(value)]


def resolved(node):
    while "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        node = ABOUT["components"][kind][name]
    return node


def unlike(path, verb, query, data, status, body):
    """What of a request and its answer is not as the description has it."""
    told = ABOUT["paths"][path][verb.lower()]
    known = {one["name"] for one in map(resolved, told.get("parameters", ())) if one["in"] == "query"}
    found = [f"no parameter {name}" for name in query if name != "*" and name not in known]
    if data is not None:
        schema = told["requestBody"]["content"]["application/json"]["schema"]
        found += wrong(schema, data)
        # The description lets anything pass beside what it names; what it does not name is a slip of ours.
        found += [f"no property {name}" for name in data if name not in schema["properties"]]
    if str(status) not in told["responses"]:
        return [*found, f"no answer {status}"]
    content = resolved(told["responses"][str(status)]).get("content", {}).get("application/json")
    return found + (wrong(content["schema"], body) if content and body is not None else [])


class GitHubFake(desk.Desk):
    PROJECT = "org/removal"
    HOME = "https://api.github.com"
    _ONE = r"/repos/([\w.-]+/[\w.-]+)/issues/(\d+)"
    table = (
        ("GET", "/user", "me"),
        ("GET", r"/repos/([\w.-]+/[\w.-]+)", "repository"),
        ("GET", r"/repos/([\w.-]+/[\w.-]+)/issues", "list"),
        ("POST", r"/repos/([\w.-]+/[\w.-]+)/issues", "create"),
        ("GET", _ONE, "issue"),
        ("PATCH", _ONE, "edit"),
        ("GET", f"{_ONE}/comments", "comments"),
        ("POST", f"{_ONE}/comments", "comment"),
    )
    described = MappingProxyType({
        "me": "/user", "repository": "/repos/{owner}/{repo}", "list": "/repos/{owner}/{repo}/issues",
        "create": "/repos/{owner}/{repo}/issues", "issue": ISSUE, "edit": ISSUE,
        "comments": f"{ISSUE}/comments", "comment": f"{ISSUE}/comments",
    })  # fmt: skip

    def __init__(self):
        super().__init__()
        self.issues, self.clock, self.unlike = {}, 0, []
        self.visibility, self.role, self.archived = "private", "push", False
        self.transferred, self.deleted = {}, set()
        self.said, self.duplicates = {}, {}
        self.elsewhere = ""
        self.knows_duplicates = True
        self.refuse = None
        for name, path in self.described.items():
            setattr(self, name, self._held(getattr(self, name), path))

    def _held(self, method, path):
        def call(*given):
            verb = self.asked[-1][0]
            try:
                status, body, *more = method(*given)
            except Refusal as error:
                status, body, more = error.status, error.body, None
                self.unlike += unlike(path, verb, given[-2], given[-1], status, body)
                raise
            self.unlike += unlike(path, verb, given[-2], given[-1], status, body)
            return (status, body, *more)

        return call

    def user_of(self, headers):
        """DOCS authentication/authenticating-to-the-rest-api: a token as Bearer; 401 for a bad one."""
        if self.refuse:
            raise self.refuse
        if headers.get("Authorization") != f"Bearer {self.SECRET}":
            raise Refusal(401, self.error("Bad credentials"))
        return self.USER

    def error(self, sentence):
        return {"message": sentence, "documentation_url": "https://docs.github.com/rest", "status": "0"}

    def _now(self):
        self.clock += 1
        return f"2026-01-05T{self.clock // 3600 % 24:02d}:{self.clock // 60 % 60:02d}:{self.clock % 60:02d}Z"

    # Who and where.

    def me(self, query, data):
        """DOCS users/users#get-the-authenticated-user."""
        urls = ("url html_url followers_url following_url gists_url starred_url subscriptions_url "
                "organizations_url repos_url events_url received_events_url").split()  # fmt: skip
        counts = "id public_repos public_gists followers following".split()
        return 200, {
            **dict.fromkeys(urls, self.HOME), **dict.fromkeys(counts, 1), "login": self.USER, "type": "User",
            "node_id": "U", "avatar_url": self.HOME, "gravatar_id": "", "site_admin": False, "name": None,
            "company": None, "blog": None, "location": None, "email": None, "hireable": None, "bio": None,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
        }  # fmt: skip

    def repository(self, project, query, data):
        """DOCS repos/repos#get-a-repository: 404 for what we may not see, as for what is not there."""
        if project != self.PROJECT:
            raise Refusal(404, self.error("Not Found"))
        needed = resolved(ABOUT["components"]["schemas"]["full-repository"])
        body = {name: _any(needed["properties"][name]) for name in needed["required"]}
        levels = ("pull", "triage", "push", "maintain", "admin")
        has = levels.index(self.role)
        return 200, body | {
            "full_name": project, "visibility": self.visibility, "private": self.visibility != "public",
            "has_issues": True, "archived": self.archived,
            "permissions": {name: place <= has for place, name in enumerate(levels)},
        }  # fmt: skip

    # Issues.

    def list(self, project, query, data):
        """DOCS issues/issues#list-repository-issues: state is open unless asked; labels; since; pages of at most
        100; "GitHub's REST API considers every pull request an issue"."""
        assert query["state"] == "all"
        found = [
            one for one in self.issues.values()
            if query["labels"] in [label["name"] for label in one["labels"]]
            and one["updated_at"] >= query.get("since", "")
            and one["number"] not in self.deleted and one["number"] not in self.transferred
        ]  # fmt: skip
        size, page = min(int(query.get("per_page", 30)), 100), int(query.get("page", 1))
        return 200, copy.deepcopy(found[(page - 1) * size : page * size])

    def create(self, project, query, data):
        """DOCS issues/issues#create-an-issue: 201; labels are dropped silently without push access."""
        number, at = len(self.issues) + 1, self._now()
        labels = data.get("labels", []) if self.role not in ("pull", "triage") else []
        urls = dict.fromkeys(("url", "labels_url", "comments_url", "events_url"), self.HOME)
        self.issues[number] = {
            **urls, "id": 900_000 + number, "node_id": "I", "number": number, "title": data["title"],
            "body": data.get("body"), "state": "open", "state_reason": None, "assignee": None, "milestone": None,
            "labels": [{"id": 1, "name": one, "color": "ededed", "default": False} for one in labels],
            "html_url": f"https://github.com/{project}/issues/{number}", "locked": False, "comments": 0,
            "repository_url": f"{self.HOME}/repos/{project}", "user": None, "closed_at": None,
            "created_at": at, "updated_at": at, "author_association": "NONE",
        }  # fmt: skip
        self.said[number] = []
        return 201, copy.deepcopy(self.issues[number])

    def _found(self, project, number):
        """DOCS issues/issues#get-an-issue: 301 if it was transferred, 410 if it was deleted and we may read
        the repository, 404 else."""
        number = int(number)
        if project == self.PROJECT and number in self.transferred:
            where = f"{self.elsewhere or self.url}/repos/{self.transferred[number]}"
            raise Refusal(301, {"message": "Moved Permanently", "url": where}, Location=where)
        if number in self.deleted:
            raise Refusal(410, self.error("This issue was deleted"))
        if number not in self.issues:
            raise Refusal(404, self.error("Not Found"))
        return self.issues[number]

    def issue(self, project, number, query, data):
        return 200, copy.deepcopy(self._found(project, number))

    def edit(self, project, number, query, data):
        """DOCS issues/issues#update-an-issue: state_reason is ignored unless state is changed; 422 for a value
        that is not known, as ``duplicate`` is to an older server."""
        one = self._found(project, number)
        if data.get("state_reason") == "duplicate" and not self.knows_duplicates:
            raise Refusal(422, {**self.error("Validation Failed"), "errors": []})
        if "state" in data and data["state"] != one["state"]:
            one["state"], one["state_reason"] = data["state"], data.get("state_reason")
            if data.get("state_reason") == "duplicate":
                self.duplicates[one["number"]] = str(data["duplicate_issue_id"] - 900_000)
        for name in ("title", "body"):
            one[name] = data.get(name, one[name])
        one["updated_at"] = self._now()
        return 200, copy.deepcopy(one)

    def comments(self, project, number, query, data):
        """DOCS issues/comments#list-issue-comments: ascending by id, by pages."""
        found = self.said[self._found(project, number)["number"]]
        size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
        return 200, copy.deepcopy(found[(page - 1) * size : page * size])

    def comment(self, project, number, query, data):
        """DOCS issues/comments#create-an-issue-comment: 201; it changes the issue's updated_at."""
        one = self._found(project, number)
        at = one["updated_at"] = self._now()
        made = {
            "id": self.clock, "node_id": "C", "url": self.HOME, "html_url": self.HOME, "issue_url": self.HOME,
            "body": data["body"], "user": None, "created_at": at, "updated_at": at, "author_association": "NONE",
        }  # fmt: skip
        self.said[one["number"]].append(made)
        return 201, copy.deepcopy(made)

    # What a person sees.

    def view(self, kind):
        return _View(self, kind)


class _View:
    def __init__(self, fake, kind):
        self._fake, self._kind = fake, kind

    def tickets(self):
        return [
            self._kind(
                id=str(number), open=one["state"] == "open", body=one["body"],
                memo=" ".join(re.findall(r"^<sub>(.*)</sub>$", one["body"], re.MULTILINE)[-1:]),
                comments=tuple(said["body"] for said in self._fake.said[number]),
                duplicate_of=self._fake.duplicates.get(number, ""),
            )
            for number, one in self._fake.issues.items()
        ]  # fmt: skip


def _any(schema):
    """Some value of a schema."""
    schema = resolved(schema)
    if schema.get("nullable"):
        return None
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _any(schema[several][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {name: _any(schema["properties"][name]) for name in schema.get("required", ())}
    return {"string": "x", "integer": 1, "boolean": True, "array": [], "number": 1}[schema["type"]]
