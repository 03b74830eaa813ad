"""What another tool concluded of a host, as one line for each of its words: ``product: x``.

An opinion and not a reply: whatever is read here is weak, and all of it is one family.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.parsers.text import decode, printable

NAMES = ("product", "vendor", "model", "type", "os", "extra")
"""The words that are kept of a tool's conclusion."""
LINES_LIMIT = 64
VALUE_LENGTH = 256
_LINE = re.compile(rf"[ \t]{{0,16}}({'|'.join(NAMES)})[ \t]{{0,8}}:[ \t]{{0,8}}(.*)", re.IGNORECASE)


def opinion_text(words: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> bytes:
    """The canonical text of a conclusion; empty words are left out."""
    lines = [f"{name}: {printable(value, VALUE_LENGTH)}\n" for name, value in words if value.strip()]
    return "".join(lines[:LINES_LIMIT]).encode("utf-8", "replace")


def read(payload: bytes, _request: str | None = None) -> Fields:
    """The field ``tool.<word>`` for each line.

    Raises:
        Malformed: no line of that form.
    """
    lines = decode(payload[: LINES_LIMIT * (VALUE_LENGTH + 32)]).splitlines()[:LINES_LIMIT]
    found = [match for line in lines if (match := _LINE.match(line))]
    if not found:
        raise Malformed("no line of a tool's conclusion")
    return Fields(
        (f"tool.{match[1].lower()}", value)
        for match in found
        if (value := printable(match[2].strip(), VALUE_LENGTH))
    )
