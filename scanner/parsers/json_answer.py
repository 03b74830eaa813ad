"""Device information in JSON, which terminals give when a client asks for that form of it.

An object with one member, ``DeviceInfo``, holds what the XML of the same name holds (public client code
asks for ``/ISAPI/System/deviceInfo?format=json``). It is read into the same fields, so that whatever knows
the one form knows the other. Any other JSON is left alone: its names are everybody's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice

ROOT = "DeviceInfo"
LEAVES_LIMIT = 512
DEPTH_LIMIT = 8
NAME_LENGTH = 128
TEXT_LENGTH = 4096

_START = re.compile(r"\ufeff?[ \t\r\n]{0,1024}\{[ \t\r\n]{0,1024}\"DeviceInfo\"[ \t\r\n]{0,1024}:")
_NAME = re.compile(r"[A-Za-z_][\w.-]*")


def json_fields(text: str) -> Iterator[tuple[str, str]]:
    """The ``xml.*`` fields of device information in JSON; none for anything else, or what was cut."""
    if _START.match(text) is None:
        return
    try:
        # numbers stay as written: they are names and versions here, and no sum
        whole = json.loads(text.lstrip("\ufeff"), parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return
    if set(whole) != {ROOT} or not isinstance(whole[ROOT], dict):
        return
    yield "xml.root", ROOT
    yield "xml.element", ROOT
    yield from islice(_leaves(whole[ROOT], DEPTH_LIMIT), LEAVES_LIMIT)


def _leaves(members: dict[str, object], depth: int) -> Iterator[tuple[str, str]]:
    for name, value in members.items():
        if len(name) > NAME_LENGTH or _NAME.fullmatch(name) is None:
            continue
        if isinstance(value, dict):
            if depth > 1:
                yield from _leaves(value, depth - 1)
        elif isinstance(value, bool):
            yield f"xml.{name}", "true" if value else "false"
        elif isinstance(value, str):
            yield f"xml.{name}", value[:TEXT_LENGTH].strip()
