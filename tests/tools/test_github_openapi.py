from __future__ import annotations

import importlib.util
import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("github_openapi", ROOT / "tools/github_openapi.py")
github_openapi = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(github_openapi)


def test_a_cut_of_the_cut_is_the_same():
    """It has all that it refers to, and a property that is called description stays."""
    whole = json.loads((ROOT / "tests/tickets/trackers/fakes/github_openapi.json").read_text())
    again = github_openapi.cut(whole, "x")
    assert {**again, "x-source": ""} == {**whole, "x-source": ""}
    label = github_openapi.slim({"properties": {"description": {"type": "string", "description": "words"}}})
    assert label == {"properties": {"description": {"type": "string"}}}
