"""Our words in a ticket: keys, the version of our block, marks of what we did; found again in any text.

A tracker may have a field of its own for them. Whether it has or not, they are words that survive every
markup: letters, digits and one hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LENGTH = 20
"""Hexadecimal digits of a digest in a word."""
REOPENED, CLOSED, SAID = "r", "c", "s"
"""What a mark is of: a comment that reopened, one that closed, any other."""
_BEFORE, _AFTER = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"
"""Around a word; an underscore may be markup."""
_KEY = re.compile(rf"{_BEFORE}hsk[abdfns]-[0-9a-f]{{{LENGTH}}}{_AFTER}")
_VERSION = re.compile(rf"{_BEFORE}hsv-[0-9a-f]{{{LENGTH}}}{_AFTER}")
_MARK = re.compile(rf"{_BEFORE}hsm[crs]-[0-9a-f]{{{LENGTH}}}{_AFTER}")
_MOST = 500
"""Keys or marks that are read out of one text."""
_MARKS = 40
"""Marks that a memo keeps, the newest; a field of a tracker is not endless."""


def add_mark(memo: str, mark: str, *without: str) -> str:
    """A memo with one more mark, and without those of some kinds.

    Args:
        memo: as the ticket has it.
        mark: of what is done now.
        without: kinds that hold no longer.
    """
    dropped = tuple(f"hsm{kind}-" for kind in without)
    words = [word for word in memo.split() if not (dropped and word.startswith(dropped)) and word != mark]
    marks = [word for word in words if _MARK.fullmatch(word)]
    old = frozenset(marks[: max(0, len(marks) + 1 - _MARKS)])
    return " ".join((*(word for word in words if word not in old), mark))


def join_memo(keys: Iterable[str], version: str, marks: Iterable[str]) -> str:
    """A memo of these words, each once."""
    return " ".join(dict.fromkeys((*keys, version, *marks)))


def keys_in(text: str) -> frozenset[str]:
    """The keys that a text carries."""
    return _some(_KEY, text)


def marks_in(text: str) -> frozenset[str]:
    """The marks that a text carries."""
    return _some(_MARK, text)


def version_in(text: str) -> str:
    """The last version that a text carries; empty for none."""
    found = _VERSION.findall(text)
    return found[-1] if found else ""


def words_in(text: str) -> list[str]:
    """Our words in a text, each once, in their order: what a memo was made of."""
    return [
        word
        for word in dict.fromkeys(text.split())
        if any(pattern.fullmatch(word) for pattern in (_KEY, _VERSION, _MARK))
    ]


def cut(text: str, longest: int) -> str:
    """A text of so many characters at most: whole lines, and the last one, which holds our words."""
    if len(text) <= longest:
        return text
    head, _, words = text.rstrip().rpartition("\n")
    return f"{head[: max(0, longest - len(words) - 5)].rpartition(chr(10))[0]}\n…\n\n{words}\n"


def _some(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    found: dict[str, None] = {}
    for match in pattern.finditer(text):
        found[match[0]] = None
        if len(found) >= _MOST:
            break
    return frozenset(found)
