"""Patterns held against hostile input: none may take long, whatever a device sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from scanner.knowledge.signatures import Signature

Clock = Callable[[], float]
"""Seconds from any start; handed in, for this room has no clock of its own."""

LONGEST_FIELD = 64 * 1024
"""Characters of the longest field that a parser gives."""
SLOWEST = 0.25
"""Seconds that one search may take; a linear one takes about a thousandth of it."""
_SIZES = (18, 20, 22, 24, 26, 64, 1024, 4096, 16384, LONGEST_FIELD)
"""Small steps first: an exponential pattern shows itself before it could hang."""
_LITERAL = re.compile(r"(?:[A-Za-z0-9_ /:;=\"'<>-]|\\[^A-Za-z0-9])+")
_FILLERS = ("a", "A", "0", "a0", " ", "\n")


def pattern_faults(signatures: Iterable[Signature], clock: Clock | None) -> Iterator[tuple[str, str]]:
    """Patterns that do not compile, or that some input slows down.

    Args:
        signatures: the entries.
        clock: None = time is not looked at.

    Yields:
        Pairs of ``file:line`` and what is wrong.
    """
    known: set[str] = set()
    for signature in signatures:
        for pattern in (signature.pattern, *(one.pattern for one in (*signature.needs, *signature.unless))):
            if pattern in known:
                continue
            known.add(pattern)
            try:
                compiled = re.compile(pattern)
            except re.error as error:
                yield signature.where, f"{signature.id}: {pattern!r} does not compile: {error}"
                continue
            slow = slowest_input(compiled, clock) if clock is not None else None
            if slow is not None:
                yield signature.where, f"{signature.id}: {pattern!r} is slow on input such as {slow!r}…"


def slowest_input(pattern: re.Pattern[str], clock: Clock, limit: float = SLOWEST) -> str | None:
    """The beginning of an input on which a search takes longer than ``limit`` seconds, or None."""
    for seed, end in _seeds(pattern.pattern):
        for size in _SIZES:
            text = (seed * (size // len(seed) + 1))[:size] + end
            if _seconds(pattern, text, clock) > limit and _seconds(pattern, text, clock) > limit:
                return text[:32]
    return None


def _seconds(pattern: re.Pattern[str], text: str, clock: Clock) -> float:
    begun = clock()
    pattern.search(text)
    return clock() - begun


def _seeds(pattern: str) -> Iterator[tuple[str, str]]:
    """Texts to repeat, each with an end that spoils a match: fillers, the pattern's own words, and both."""
    words = [re.sub(r"\\(.)", r"\1", word) for word in _LITERAL.findall(pattern)]
    words = list(dict.fromkeys(word for word in words if word.strip()))[:6]
    for filler in _FILLERS:
        yield filler, "\x00"
    for word in words:
        yield word, "\x00"
        yield word + " ", ""
    if len(words) > 1:
        yield "".join(words), "\x00"
