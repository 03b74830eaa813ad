"""The words of the mandates: what a measure, a profile and a fact are once they are loaded."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scanner.model.errors import UsageError
from scanner.model.finding import Text


class Decision(StrEnum):
    """What a measure asks for, strictest first."""

    REMOVE_REQUIRED = "remove_required"
    STOP_USING = "stop_using"
    DO_NOT_BUY = "do_not_buy"
    REPORT_REQUIRED = "report_required"
    REVIEW = "review"
    ADVISED = "advised"
    NOT_BOUND = "not_bound"

    @property
    def rank(self) -> int:
        """0 for the strictest."""
        return list(Decision).index(self)


class Kind(StrEnum):
    """The kinds of device that a profile decides about."""

    OWN_BRAND_CAMERA = "own_brand_camera"
    """A camera of the maker's own brand, and every class that has no row of its own."""
    OWN_BRAND_OTHER = "own_brand_other"
    """Own brand and not known to be a camera; only where a measure is limited to cameras."""
    RELABEL = "relabel"
    RECORDER = "recorder"
    PLATFORM_SOFTWARE = "platform_software"
    SUBSIDIARY_BRAND = "subsidiary_brand"
    UNKNOWN_MAKER = "unknown_maker"
    COVERED_OTHER_MAKER = "covered_other_maker"
    """Another maker that the measure reaches or may reach."""


REQUIRED_KINDS = (
    Kind.OWN_BRAND_CAMERA,
    Kind.RELABEL,
    Kind.RECORDER,
    Kind.PLATFORM_SOFTWARE,
    Kind.SUBSIDIARY_BRAND,
    Kind.UNKNOWN_MAKER,
)


class Sure(StrEnum):
    """How a date is known."""

    READ = "read"
    """Read in a source that the measure names."""
    PRESS = "press"
    """Stated only by the press report of 28 June 2025 from which the list of measures was drawn up."""
    GENERAL = "general"
    """General knowledge, not read in a source."""


@dataclass(frozen=True, slots=True)
class PublishedDate:
    """A date of a measure; a value of None means that none could be supported."""

    value: str | None
    precision: str | None
    """``year``, ``month`` or ``day``."""
    sure: Sure | None
    computed: bool = False
    """True for a value that we derived; it is never printed as published."""
    note: str = ""
    what: str = ""
    """For a date beside the five that every measure has: what happened on it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a measure reaches one sort of thing, and why we think so."""

    value: str
    """``yes``, ``probably``, ``conditional``, ``unclear``, ``no`` or ``not_applicable``."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class OtherMakers:
    """Which other makers a measure reaches."""

    rule: str
    """``none``, ``named`` (those in ``names``), ``seat`` (those seated in ``seats``) or ``every``."""
    names: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition, a limit or an exception, with who can decide it."""

    role: str
    """``condition``, ``limit`` or ``exception``."""
    says: str
    decided_by: str
    """``scan``, ``fact`` or ``person``."""
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One report that is due, and when."""

    clause: str
    within: str
    elements: tuple[tuple[str, str], ...] = ()
    """What it holds, and whether a scan can give it: ``yes``, ``often``, ``partly`` or ``no``."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReportDuty:
    """Who must tell whom, when they find such equipment."""

    trigger: str = ""
    to: str = ""
    note: str = ""
    see: str | None = None
    """Another measure that holds the duty."""
    clocks: tuple[Clock, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where the facts of a measure were read."""

    what: str
    url: str | None = None
    official: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """One law, order, rule, decision or advice, whole."""

    id: str
    jurisdiction: Text
    code: str
    """Of the jurisdiction, as in ISO 3166."""
    languages: tuple[str, ...]
    short: Text
    title: Text
    title_is: str
    """``official`` or ``descriptive``."""
    title_note: str
    authority: Text
    kind: str
    binds: tuple[str, ...]
    addresses: tuple[str, ...]
    """Whom it speaks to without binding them."""
    binds_note: str
    announced: PublishedDate
    in_force: PublishedDate
    no_buying: PublishedDate
    no_use: PublishedDate
    removal_by: PublishedDate
    more_dates: tuple[PublishedDate, ...]
    makers: tuple[str, ...]
    """The makers, in the words of the instrument."""
    reaches: Mapping[str, Reach]
    """``own_brand``, ``subsidiary``, ``relabel``, ``components``, ``services``."""
    classes: tuple[str, ...]
    """Device classes that it speaks of; empty = no limit."""
    other_makers: OtherMakers
    purpose_limit: str | None
    obligations: tuple[str, ...]
    obligation_note: Text | None
    does_not_say: Text
    exceptions: str
    """``listed``, ``none``, ``none_known`` or ``unknown``."""
    clauses: tuple[Clause, ...]
    report: ReportDuty | None
    citation: Text
    sources: tuple[Source, ...]
    background: tuple[str, ...]
    as_of: str

    @property
    def dates(self) -> Mapping[str, PublishedDate]:
        """The five dates that every measure has, by name."""
        return {
            "announced": self.announced,
            "in_force": self.in_force,
            "no_buying": self.no_buying,
            "no_use": self.no_use,
            "removal_by": self.removal_by,
        }


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact held against one value."""

    fact: str
    test: str
    """``after`` (a later day), ``until`` (that day or an earlier one) or ``is``."""
    value: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows for a device, if all conditions hold."""

    when: tuple[Condition, ...]
    applies: str
    decision: Decision
    also: tuple[Decision, ...]
    say: str
    """Key of the sentence."""
    reason: Text


@dataclass(frozen=True, slots=True)
class Duty:
    """What one measure means to one profile, by kind of device."""

    measure: str
    """Its id; empty = every measure that could speak of the device."""
    rows: Mapping[Kind, tuple[Outcome, ...]]
    """The first outcome whose conditions hold is taken; the last has none."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An organisation that may be bound, and what the measures mean to it."""

    id: str
    label: Text
    languages: tuple[str, ...]
    asks: tuple[str, ...]
    """Facts that sharpen its decisions."""
    note: Text | None
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a fact is read from the device itself."""

    field: str
    """``serial`` or ``model``."""
    pattern: re.Pattern[str]
    classes: tuple[str, ...] = ()
    """Device classes for which it holds; empty = all."""
    value: str | None = None
    """What a match means; None = the group ``value``, as YYYYMMDD."""


@dataclass(frozen=True, slots=True)
class FactKind:
    """A fact about a site or a device that no scan sees, or that the device proves."""

    name: str
    type: str
    """``date``, ``choice``, ``bool`` or ``text``."""
    question: Text
    given_by: str
    """``site``, ``device`` or ``either``."""
    choices: Mapping[str, Text] = field(default_factory=dict)
    note: str = ""
    reading: Reading | None = None

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        if self.type == "date":
            return "a day such as 2023-12-22"
        if self.type == "bool":
            return "yes or no"
        if self.type == "choice":
            return "one of " + ", ".join(self.choices)
        return "text"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with slots in braces."""

    text: Text
    says: tuple[str, ...] = ()
    """``removal_date`` where it already speaks of the date, or of there being none."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A maker and the country where it has its seat."""

    name: str
    country: str
    """ISO 3166 code."""
    words: tuple[str, ...]
    """Words, lower case, any of which names it."""


@dataclass(frozen=True, slots=True)
class MandateLibrary:
    """All that is known of measures, profiles, facts and sentences."""

    measures: Mapping[str, Measure]
    profiles: Mapping[str, Profile]
    facts: Mapping[str, FactKind]
    general: Mapping[str, Sentence]
    sentences: Mapping[str, Mapping[str, Sentence]]
    """By profile, then by key."""
    words: Mapping[Decision, Text]
    seats: tuple[Seat, ...]
    as_of: str
    """The oldest date at which one of the files was true, ISO."""
    version: str

    def measure(self, name: str) -> Measure:
        """A measure by its id.

        Raises:
            UsageError: there is none; the message names near ones.
        """
        if name not in self.measures:
            raise UsageError(f"unknown measure {name!r}; {_near(name, self.measures, 'mandates list')}")
        return self.measures[name]

    def profile(self, name: str) -> Profile:
        """A profile by its id.

        Raises:
            UsageError: there is none; the message names near ones.
        """
        if name not in self.profiles:
            raise UsageError(f"unknown profile {name!r}; {_near(name, self.profiles, 'mandates profiles')}")
        return self.profiles[name]

    def sentence(self, profile: str, key: str) -> Sentence:
        """The profile's own sentence, else the general one of that key."""
        return self.sentences.get(profile, {}).get(key) or self.general[key]


def _near(name: str, known: Mapping[str, object], command: str) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(near)}? " if near else ""
    return f"{hint}`hiksweep {command}` lists them"
