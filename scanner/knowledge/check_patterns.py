"""Patterns held against hostile input: none may take long, whatever a device sends.

Each is searched in 64 KiB of what leads it on: the beginnings of the values that its own examples match, its
literal words, members of its character classes, and blanks and letters, each repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from scanner.knowledge.signatures import Signature

Clock = Callable[[], float]
"""Seconds of processor time from any start; handed in, for this room has no clock of its own."""
Values = Callable[[Signature, tuple[str, ...]], Iterable[str]]
"""The values that an entry's examples hold in the named fields."""

LONGEST_FIELD = 64 * 1024
"""Characters of the longest field that a parser gives."""
SLOWEST = 0.05
"""Seconds of processor time that one search may take; a linear one takes about a hundredth of it."""
_REPEATS = (8, 12, 16, 20, 24)
"""Small steps first: an exponential pattern shows itself before it could hang."""
_SIZES = (256, 1024, 8192, LONGEST_FIELD)
_LITERAL = re.compile(r"(?:[A-Za-z0-9_ /:;=\"'<>-]|\\[^A-Za-z0-9])+")
_CLASS = re.compile(r"\\[dDsSwW]|\[\^?\]?(?:\\.|[^\]\\])*\]")
_FILLERS = ("a", "A", "0", "a0", " ", "\n")
_MEMBERS = "-./:_<=\"'%,;海"
"""Characters besides the fillers that a class of ours may hold."""
_PREFIXES = 4
"""Beginnings of a value that are tried, each twice as long as the one before, up to the whole."""
_VALUES = 3
"""Values of an entry that are tried."""
_LONGEST_SEED = 512


def pattern_faults(
    signatures: Iterable[Signature], clock: Clock | None, values: Values | None = None
) -> Iterator[tuple[str, str]]:
    """Patterns that do not compile, or that some input slows down.

    Args:
        signatures: the entries.
        clock: None = time is not looked at.
        values: what the entries' examples hold; None = their beginnings are not tried.

    Yields:
        Pairs of ``file:line`` and what is wrong.
    """
    known: set[str] = set()
    for signature in signatures:
        conditions = (*signature.needs, *signature.unless)
        places = [(signature.pattern, signature.fields), *((one.pattern, (one.field,)) for one in conditions)]
        for pattern, fields in places:
            if pattern in known:
                continue
            known.add(pattern)
            try:
                compiled = re.compile(pattern)
            except re.error as error:
                yield signature.where, f"{signature.id}: {pattern!r} does not compile: {error}"
                continue
            if clock is None:
                continue
            begun = beginnings(values(signature, fields)) if values is not None else ()
            slow = slowest_input(compiled, clock, begun)
            if slow is not None:
                yield signature.where, f"{signature.id}: {pattern!r} is slow on input such as {slow!r}…"


def beginnings(values: Iterable[str]) -> list[str]:
    """Prefixes of the first few values, each twice as long as the one before; every one once."""
    found: dict[str, None] = {}
    for value in [value for value in dict.fromkeys(values) if value][:_VALUES]:
        length = min(len(value), _LONGEST_SEED)
        for step in range(_PREFIXES):
            found.setdefault(value[: max(1, length >> step)])
    return list(found)


def slowest_input(
    pattern: re.Pattern[str], clock: Clock, begun: Iterable[str] = (), limit: float = SLOWEST
) -> str | None:
    """The beginning of an input on which a search takes longer than ``limit`` seconds, or None."""
    for seed, end in _seeds(pattern.pattern, begun):
        sizes = (*(len(seed) * times for times in _REPEATS), *_SIZES)
        for size in sorted(size for size in sizes if size <= LONGEST_FIELD):
            text = (seed * (size // len(seed) + 1))[:size] + end
            if _seconds(pattern, text, clock) > limit and _seconds(pattern, text, clock) > limit:
                return text[:32]
    return None


def _seconds(pattern: re.Pattern[str], text: str, clock: Clock) -> float:
    begun = clock()
    pattern.search(text)
    return clock() - begun


def _seeds(pattern: str, begun: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Texts to repeat, each with an end that spoils a match."""
    words = [re.sub(r"\\(.)", r"\1", word) for word in _LITERAL.findall(pattern)]
    words = list(dict.fromkeys(word for word in words if word.strip()))[:6]
    for filler in (*_FILLERS, *_members(pattern)):
        yield filler, "\x00"
    for word in words:
        yield word, "\x00"
        yield word + " ", ""
    if len(words) > 1:
        yield "".join(words), "\x00"
    for value in begun:
        yield value, "\x00"


def _members(pattern: str) -> list[str]:
    """Members of the pattern's character classes, one by one and all together."""
    classes = [re.compile(found) for found in set(_CLASS.findall(pattern))]
    members = [one for one in _MEMBERS if any(known.match(one) for known in classes)]
    return [*members, "".join(members)] if len(members) > 1 else members
