"""Who gets the messages of a tracker that cannot be asked, and puts them together by their ids."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def module(name: str, path: Path):
    """A module of the tests, by its file."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


once = module("once", Path(__file__).parents[1] / "once.py")


class Reader:
    """A person who reads each message once, however often it came.

    Args:
        came: gives what came so far, as mappings with id, act, ticket, text and other.
    """

    def __init__(self, came) -> None:
        self._came = came

    def tickets(self) -> list:
        found: dict = {}
        for one in {each["id"]: each for each in reversed(self._came())}.values():
            found.setdefault(one["ticket"], []).append(one)
        return [self._ticket(name, messages[::-1]) for name, messages in reversed(found.items())]

    @staticmethod
    def _ticket(name: str, messages: list):
        first = next(one for one in messages if one["act"] == "create")
        blocks = [one["text"] for one in messages if one["act"] in ("create", "update")]
        ends = [one["act"] for one in messages if one["act"] in ("close", "duplicate", "reopen")]
        dropped = "duplicate" in ends
        return once.Seen(
            id=name,
            open=not ends or ends[-1] == "reopen",
            memo="" if dropped else blocks[-1],
            body=first["text"],
            comments=tuple(one["text"] for one in messages if one is not first),
            duplicate_of=next((one["other"] for one in messages if one["act"] == "duplicate"), ""),
        )
