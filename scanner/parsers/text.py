"""Bytes of strangers as text: decoding that cannot fail, and excerpts that cannot harm a terminal."""

from __future__ import annotations

import codecs
import re
import unicodedata

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_ESCAPE_SEQUENCE = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,16}[@-~]"  # CSI: colours, cursor, screen
    r"|\x1b[\]PX^_][^\x07\x1b]{0,512}(?:\x07|\x1b\\)?"  # OSC, DCS and the other strings up to their end
    r"|\x1b[ -/]{0,16}[0-~]?"
    r"|\x9b[0-?]{0,64}[ -/]{0,16}[@-~]"
)


def decode(raw: bytes) -> str:
    """UTF-8 where it is UTF-8, else Latin-1, in which every byte is a character."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def to_utf8(raw: bytes) -> bytes:
    """The same text in UTF-8 where it is markup in UTF-16, with a byte order mark or by its first bytes."""
    start = raw[:4]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif len(start) == 4 and start[:1] == b"<" and start[1:4:2] == b"\x00\x00" and start[2]:
        encoding = "utf-16-le"
    elif len(start) == 4 and start[:3] == b"\x00<\x00" and start[3]:
        encoding = "utf-16-be"
    else:
        return raw
    return raw.decode(encoding, "replace").encode("utf-8", "replace")


def printable(text: str, limit: int = 200) -> str:
    """One line that is safe to print: no escape sequences, controls or direction marks.

    Runs of white space become one blank. What is longer than ``limit`` characters is cut and ends in an
    ellipsis.
    """
    cut = text[: 4 * limit + 64]
    if cut.isprintable() and len(cut) <= limit:  # by far the most
        return " ".join(cut.split())
    without_sequences = _ESCAPE_SEQUENCE.sub("", cut)
    shown = "".join(_shown(character) for character in without_sequences)
    line = " ".join(shown.split())
    if len(line) > limit:
        return line[: max(limit - 1, 0)] + "…"
    return line + "…" if len(cut) < len(text) else line


def _shown(character: str) -> str:
    if character in "\t\n\r\v\f":
        return " "
    if character in "\ufeff\u200b":
        return ""
    return "\ufffd" if unicodedata.category(character) in _UNSAFE_CATEGORIES else character
