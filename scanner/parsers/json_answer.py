"""Device information and events in JSON, which terminals give in the place of XML.

An object with one member, ``DeviceInfo``, holds what the XML of the same name holds (public client code
asks for ``/ISAPI/System/deviceInfo?format=json``). An event has no name of its own: it is an object that has
`EVENT_MEMBERS` among its members, as a door station sends it. Both are read into the same fields as XML, so
that whatever knows the one form knows the other. Any other JSON is left alone: its names are everybody's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice

ROOT = "DeviceInfo"
EVENT_ROOT = "EventNotificationAlert"
EVENT_MEMBERS = frozenset({"macAddress", "dateTime", "activePostCount", "eventType", "eventState"})
"""Members that an event has in JSON (https://github.com/mezz64/pyHik/issues/77)."""
LEAVES_LIMIT = 512
DEPTH_LIMIT = 8
NAME_LENGTH = 128
TEXT_LENGTH = 4096

_START = re.compile(r"\ufeff?[ \t\r\n]{0,1024}\{[ \t\r\n]{0,1024}\"DeviceInfo\"[ \t\r\n]{0,1024}:")
_EVENT = re.compile(r"\ufeff?[ \t\r\n]{0,1024}\{")
_NAME = re.compile(r"[A-Za-z_][\w.-]*")


def json_fields(text: str) -> Iterator[tuple[str, str]]:
    """The ``xml.*`` fields of device information or an event; none for anything else, or what was cut."""
    if _START.match(text) is None and not ('"activePostCount"' in text and _EVENT.match(text)):
        return
    try:
        # numbers stay as written: they are names and versions here, and no sum
        whole = json.loads(text.lstrip("\ufeff"), parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return
    if whole.keys() >= EVENT_MEMBERS:
        root, members = EVENT_ROOT, whole
    elif set(whole) == {ROOT} and isinstance(whole[ROOT], dict):
        root, members = ROOT, whole[ROOT]
    else:
        return
    yield "xml.root", root
    yield "xml.element", root
    yield from islice(_leaves(members, DEPTH_LIMIT), LEAVES_LIMIT)


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
