"""Text that a device controls, made fit for a reader's eyes.

A name that comes from the network may hold terminal escapes, control characters, marks that reverse the
direction of reading, or a heap of accents over one letter. None of these may reach a terminal, a page or a
cell. The JSON forms keep such text as it came, written with escapes.
"""

from __future__ import annotations

import re
import unicodedata

ACCENTS = 3
"""Combining marks kept in a row: enough for any written language, too few to cover the lines around."""

_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # control sequences: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # strings: titles, links
    r"|\x1b[ -/]*[0-~]?"  # all others, an unfinished string's opening among them
)
_ACCENT_HEAP = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+)"
)
_BLANKS = re.compile(r" {2,}")


def clean(text: str | None) -> str:
    """One line of visible text: no escapes, control characters or direction marks; line ends made blanks."""
    if not text:
        return ""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(map(_visible, _ESCAPE.sub("", text)))
    shown = _ACCENT_HEAP.sub(lambda heap: heap.group(1)[:ACCENTS], shown)
    return _BLANKS.sub(" ", shown).strip()


def _visible(character: str) -> str:
    if character in "\t\n\r\v\f\x85":
        return " "
    category = unicodedata.category(character)
    if category in {"Zs", "Zl", "Zp"}:
        return " "
    if category in {"Cc", "Cf", "Cs"}:
        return ""
    return character


def shorten(text: str, limit: int) -> str:
    """``text``, cut to ``limit`` characters with three dots when it is longer."""
    return text if len(text) <= limit else text[: max(limit - 3, 0)].rstrip() + "..."


def plural(count: int, one: str, many: str | None = None) -> str:
    """A number and its noun, with the thousands apart: ``1 address``, ``1,200 addresses``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
