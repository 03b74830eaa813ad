"""Cut out of GitHub's OpenAPI description what our paths use.

npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz
python tools/github_openapi.py package tests/tickets/trackers/fakes/github_openapi.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}"
PATHS = {
    "/user": ("get",),
    "/repos/{owner}/{repo}": ("get",),
    "/repos/{owner}/{repo}/issues": ("get", "post"),
    ISSUE: ("get", "patch"),
    f"{ISSUE}/comments": ("get", "post"),
}
_DROPPED = {
    "description",
    "examples",
    "example",
    "x-github",
    "externalDocs",
    "tags",
    "summary",
    "operationId",
}


def slim(node, *, names=False):
    """A node without what is for readers; the names of properties stay."""
    if isinstance(node, list):
        return [slim(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: slim(value, names=key in ("properties", "schemas", "responses", "parameters", "headers"))
        for key, value in node.items()
        if names or key not in _DROPPED
    }


def references(node):
    """Every reference in a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def cut(whole, version):
    """The description of `PATHS` with all that they refer to."""
    paths = {
        path: {verb: slim(whole["paths"][path][verb]) for verb in verbs} for path, verbs in PATHS.items()
    }
    found = {
        "x-source": f"npm @octokit/openapi {version} (MIT): api.github.com.json, cut by github_openapi.py",
        "openapi": whole["openapi"],
        "paths": paths,
        "components": {},
    }
    left = set(references(paths))
    seen = set()
    while left:
        reference = left.pop()
        if reference in seen:
            continue
        seen.add(reference)
        _, _, kind, name = reference.split("/")
        part = slim(whole["components"][kind][name])
        found["components"].setdefault(kind, {})[name] = part
        left |= set(references(part))
    return found


if __name__ == "__main__":
    folder, target = map(Path, sys.argv[1:])
    described = json.loads((folder / "generated/api.github.com.json").read_text())
    numbered = json.loads((folder / "package.json").read_text())["version"]
    target.write_text(json.dumps(cut(described, numbered), indent=1, sort_keys=True) + "\n")
