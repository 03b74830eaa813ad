"""The JSON Schemas that ship with the program, one for every JSON output."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def load_schema(name: str) -> dict[str, Any]:
    """The schema of an output: ``scan``, ``scan-jsonl``, ``identify``, ``explain`` and so on.

    Raises:
        FileNotFoundError: no schema of that name is shipped.
    """
    text = files("scanner").joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
