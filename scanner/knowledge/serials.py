"""When a device was made, by the counter in its short serial number.

``fingerprints/serials.yaml`` holds numbers whose day of production is known. The counter is one for nearly
all that the maker builds and rises with time, so a number between two known ones was given out between their
days. Numbers of a form that is marked ``apart`` are counted by themselves. Beyond the last known number a
period is open: how far a counter runs is not guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from scanner.knowledge.entry import Entry
from scanner.knowledge.yaml_lines import load_yaml

FILE = "serials.yaml"
_TOP = frozenset(
    {"as_of", "slack_months", "tolerance_months", "forms", "anchors", "made_up"}
    | {"generations", "generation_tolerance_months"}
)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_LETTERS = 26


@dataclass(frozen=True, slots=True)
class Period:
    """Months between which a device was made."""

    first: str
    """``YYYY-MM``."""
    last: str | None
    """None = no later number is known."""

    @property
    def interval(self) -> str | None:
        """``2019-11/2020-06``; None when it is open."""
        return f"{self.first}/{self.last}" if self.last else None

    def __str__(self) -> str:
        return f"{self.first} to {self.last}" if self.last else f"from {self.first}"


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which the counter is written."""

    pattern: re.Pattern[str]
    source: str
    apart: bool = False
    """Numbers of this form are a counter of their own, beside the one of all others."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A number whose day of production is known."""

    short: str
    day: date
    model: str
    source: str


@dataclass(frozen=True, slots=True)
class Generation:
    """Models that did not exist before a month."""

    pattern: re.Pattern[str]
    since: int
    source: str


@dataclass(frozen=True)
class SerialCounter:
    """The counter: known numbers, how it is written, and how closely it is believed."""

    as_of: str
    slack: int
    """Months added on both sides of a period: neighbours in the counter are not made on one day."""
    tolerance: int
    """Months beyond a period from which on a day is impossible."""
    forms: tuple[Form, ...]
    anchors: tuple[Anchor, ...]
    """In the order of the counter."""
    generations: tuple[Generation, ...]
    generation_tolerance: int
    made_up: frozenset[str]
    """Numbers that people write where they have none: rows of digits."""

    @cached_property
    def order(self) -> tuple[tuple[int, int], ...]:
        """Place of each known number in the counter."""
        return tuple(self._key(anchor.short) or (0, 0) for anchor in self.anchors)

    @cached_property
    def _runs(self) -> Mapping[int, tuple[list[tuple[int, int]], list[Anchor]]]:
        """The known numbers of each counter, by the place of its form; those of the main one by -1."""
        runs: dict[int, tuple[list[tuple[int, int]], list[Anchor]]] = {}
        for key, anchor in zip(self.order, self.anchors, strict=True):
            keys, anchors = runs.setdefault(self._run(key), ([], []))
            keys.append(key)
            anchors.append(anchor)
        return runs

    def _run(self, key: tuple[int, int]) -> int:
        return key[0] if self.forms[key[0]].apart else -1

    def _key(self, short: str) -> tuple[int, int] | None:
        """Place in the counter: how it is written, then its value."""
        for place, form in enumerate(self.forms):
            if form.pattern.match(short):
                return place, _value(short)
        return None

    def period(self, short: str) -> Period | None:
        """When the device of a short serial number was made; None if it is no such number, or zeroed."""
        bounds = self._bounds(short.strip().upper())
        if bounds is None:
            return None
        first, last = bounds
        return Period(_month_text(first), None if last is None else _month_text(last))

    def fits(self, short: str, day: date) -> bool:
        """False when a device with this number cannot have been made on that day."""
        bounds = self._bounds(short.strip().upper())
        if bounds is None:
            return True
        month, (first, last) = _month_of(day), bounds
        return not (month < first - self.tolerance or (last is not None and month > last + self.tolerance))

    def not_before(self, model: str) -> str | None:
        """The month before which a model of this generation cannot have been made, tolerance included."""
        for generation in self.generations:
            if generation.pattern.match(model):
                return _month_text(generation.since - self.generation_tolerance)
        return None

    def _bounds(self, short: str) -> tuple[int, int | None] | None:
        key = self._key(short)
        if key is None or short in self.made_up or short.endswith("0000000"):
            return None
        keys, anchors = self._runs.get(self._run(key), ([], []))
        after, upto = bisect_right(keys, key) - 1, bisect_left(keys, key)
        if after < 0:  # below every known number: it may be of another counter
            return None
        last = _month_of(anchors[upto].day) + self.slack if upto < len(anchors) else None
        return _month_of(anchors[after].day) - self.slack, last


def _value(short: str) -> int:
    digits = short.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    letters = short[: len(short) - len(digits)]
    value = 0
    for letter in letters:
        value = value * _LETTERS + ord(letter) - ord("A")
    return int(value * 10 ** len(digits) + int(digits))


def _month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_text(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def load_serials(root: Path) -> SerialCounter:
    """Read ``serials.yaml``.

    Raises:
        KnowledgeError: an entry is faulty, or a number is out of order; the message names file and line.
    """
    top = Entry(load_yaml(root / FILE), _TOP)
    counter = SerialCounter(
        as_of=top.text("as_of"),
        slack=_number(top, "slack_months"),
        tolerance=_number(top, "tolerance_months"),
        forms=tuple(_form(one) for one in top.entries("forms", {"pattern", "source", "apart"})),
        anchors=tuple(_anchor(one) for one in top.entries("anchors", {"short", "day", "model", "source"})),
        generations=tuple(
            Generation(one.compiled("pattern"), _month(one, "since") or 0, one.text("source"))
            for one in top.entries("generations", {"pattern", "since", "source"})
        ),
        generation_tolerance=_number(top, "generation_tolerance_months"),
        made_up=frozenset(one.text("short") for one in top.entries("made_up", {"short", "source"})),
    )
    if list(counter.order) != sorted(counter.order):
        top.fail("the numbers are not in the order of the counter", "anchors")
    return counter


def _form(entry: Entry) -> Form:
    return Form(
        entry.compiled("pattern"),
        entry.text("source"),
        apart=entry.flag("apart"),
    )


def _anchor(entry: Entry) -> Anchor:
    try:
        day = date.fromisoformat(entry.text("day"))
    except ValueError:
        entry.fail("the day is not in the calendar", "day")
    return Anchor(entry.text("short"), day, entry.text("model"), entry.text("source"))


def _month(entry: Entry, key: str) -> int | None:
    if key not in entry:
        return None
    found = _MONTH.fullmatch(entry.text(key))
    if found is None:
        entry.fail(f"{key!r} must be a month, YYYY-MM", key)
    return int(found[1]) * 12 + int(found[2]) - 1


def _number(entry: Entry, key: str) -> int:
    value = entry.node.mapping()[key].value if key in entry else None
    if not isinstance(value, int) or value < 0:
        entry.fail(f"{key!r} must be a number of months", key)
    return value
