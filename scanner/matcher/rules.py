"""Every rule by which evidence becomes a level, as tables that a person can check line by line.

Nothing here is computed from weights: a level is a rung of the ladder, a conflict is a row of a table, and
what a reader may do to learn more is a sentence. Sources: the research notes on signatures (strengths,
families, traps).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.model.device import Confidence
from scanner.model.evidence import Maker, Strength

STRENGTHS: Mapping[Strength, int] = {Strength.CONCLUSIVE: 3, Strength.STRONG: 2, Strength.WEAK: 1}
"""Order of the strengths, for sorting and comparing only."""

LEVELS: Mapping[Confidence, int] = {
    Confidence.CONFIRMED: 3,
    Confidence.PROBABLE: 2,
    Confidence.POSSIBLE: 1,
    Confidence.NONE: 0,
}
"""Order of the levels, for sorting and comparing only."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A level and what it takes: so many independent families with evidence of at least this strength."""

    level: Confidence
    strength: Strength
    families: int
    reason: str
    among: frozenset[str] = frozenset()
    """Families that count for it; empty = all."""


LADDER: tuple[Rung, ...] = (
    Rung(Confidence.CONFIRMED, Strength.CONCLUSIVE, 1, "a conclusive statement of the device"),
    Rung(Confidence.CONFIRMED, Strength.STRONG, 2, "two strong signals of different families"),
    Rung(Confidence.PROBABLE, Strength.STRONG, 1, "one strong signal"),
    Rung(Confidence.POSSIBLE, Strength.WEAK, 2, "weak signals of different families that agree"),
    Rung(
        Confidence.POSSIBLE,
        Strength.WEAK,
        1,
        "a MAC block of a brand whose devices the maker builds",
        frozenset({"oui"}),
    ),
)
"""The first rung that holds is the level; below the last there is none."""

PAGE_FAMILIES: frozenset[str] = frozenset(
    {"http-server", "http-header", "http-headers", "http-body", "http-title", "http-cookie", "http-location"}
)
"""A copied or proxied page carries all of these at once, so together they are one family."""

PAGE = "page"
"""The common name of the families of one page."""

SUPPORT: Mapping[str, frozenset[str]] = {"sadp": frozenset({"serial", "oui", "model"})}
"""Families whose word is weak until one of these families agrees in the same reply, or it names a brand.

Boards of other makers imitate the envelope of the discovery answer, but not the serial numbers, the models or
the address blocks.
"""

YIELDING: frozenset[str] = frozenset({"oui", "statement", "wsd-types"})
"""Families whose word for another maker gives way to a strong sign of Hikvision.

A relabel states its own name, a Wi-Fi module or a router in front shows its own MAC address, and a platform
runs on somebody else's computer.
"""


HARDWARE: frozenset[str] = frozenset({"oui", "serial", "model", "sadp", "realm"})
"""Families that only a device of the maker shows; its software on somebody else's machine shows none."""

COST_OF_THE_IMPOSSIBLE: Mapping[Confidence, Confidence] = {
    Confidence.CONFIRMED: Confidence.PROBABLE,
    Confidence.PROBABLE: Confidence.POSSIBLE,
    Confidence.POSSIBLE: Confidence.POSSIBLE,
    Confidence.NONE: Confidence.NONE,
}
"""One level less where a device states what cannot be, such as a day that its serial number rules out.

A sign of the maker stays a sign, so never below possible.
"""

IMPOSSIBLE = "; one level less, since what it states of itself cannot all be true"
"""Added to the rule of a device that paid that cost."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who made the device, and how sure that is, after two makers were found."""

    maker: Maker
    level: Confidence


@dataclass(frozen=True, slots=True)
class Duel:
    """Signs of Hikvision at one level against signs of another maker at another."""

    hikvision: Confidence
    other: Confidence
    together: Outcome
    """Both were seen on one port: one of them is wrong."""
    apart: Outcome
    """They were seen on different ports: perhaps two devices stand behind one address."""


_HIKVISION = Maker.HIKVISION
_OTHER = Maker.OTHER
_CONFIRMED, _PROBABLE, _POSSIBLE = Confidence.CONFIRMED, Confidence.PROBABLE, Confidence.POSSIBLE
_NOBODY = Outcome(Maker.UNKNOWN, Confidence.NONE)

DUELS: tuple[Duel, ...] = (
    Duel(_CONFIRMED, _CONFIRMED, Outcome(_HIKVISION, _PROBABLE), Outcome(_HIKVISION, _CONFIRMED)),
    Duel(_CONFIRMED, _PROBABLE, Outcome(_HIKVISION, _PROBABLE), Outcome(_HIKVISION, _CONFIRMED)),
    Duel(_CONFIRMED, _POSSIBLE, Outcome(_HIKVISION, _CONFIRMED), Outcome(_HIKVISION, _CONFIRMED)),
    Duel(_PROBABLE, _CONFIRMED, Outcome(_OTHER, _CONFIRMED), Outcome(_OTHER, _CONFIRMED)),
    Duel(_PROBABLE, _PROBABLE, Outcome(_OTHER, _POSSIBLE), Outcome(_HIKVISION, _POSSIBLE)),
    Duel(_PROBABLE, _POSSIBLE, Outcome(_HIKVISION, _POSSIBLE), Outcome(_HIKVISION, _PROBABLE)),
    Duel(_POSSIBLE, _CONFIRMED, Outcome(_OTHER, _CONFIRMED), Outcome(_OTHER, _CONFIRMED)),
    Duel(_POSSIBLE, _PROBABLE, Outcome(_OTHER, _PROBABLE), Outcome(_OTHER, _PROBABLE)),
    Duel(_POSSIBLE, _POSSIBLE, _NOBODY, _NOBODY),
)
"""A row for every pair of levels."""


NOTHING = "none: nothing that was heard speaks for any maker"
TOO_LITTLE = "none: weak signs of a single family reach no level"
GIVES_WAY = (
    "; the name or address block of somebody else gives way, "
    "for relabels, network modules and computers have their own"
)


def duel_words(ours: Rung, theirs: Rung, outcome: Outcome, *, apart: bool) -> str:
    """The row of the duels that decided, as a sentence."""
    where = "on different ports" if apart else "on one port"
    if outcome.maker is Maker.UNKNOWN:
        end = "neither stands"
    else:
        end = "the maker stands" if outcome.maker is _HIKVISION else "the other maker stands"
        end += f" and is {outcome.level}"
    return (
        f"{outcome.level}: {ours.reason} for the maker (alone {ours.level}) against {theirs.reason} "
        f"for another (alone {theirs.level}), seen {where}: {end}"
    )


@dataclass(frozen=True, slots=True)
class Advice:
    """A question that would say more, and the families whose presence makes it needless."""

    families: frozenset[str]
    sentence: str


ADVICE: tuple[Advice, ...] = (
    Advice(
        frozenset({"sadp", "serial"}),
        "a SADP answer with the serial number (ask from the same network segment, or by unicast if routed)",
    ),
    Advice(
        frozenset({"isapi", "xml-namespace", "isapi-namespace"}),
        "an answer to GET /SDK/activateStatus or to any /ISAPI path, without credentials",
    ),
    Advice(
        frozenset({"isapi-behaviour"}),
        "the status of GET /ISAPI/System/deviceInfo beside that of a path that does not exist",
    ),
    Advice(frozenset({"oui"}), "the MAC address (ARP or neighbour table, from the same network segment)"),
    Advice(frozenset({"realm"}), "an RTSP DESCRIBE without credentials: the realm of its challenge"),
)
"""In the order in which they are offered."""

SOFTWARE_ADVICE: tuple[str, ...] = (
    "the programs that are installed on the server, or its login page in a browser",
)
"""What would say more of software: no question to the server's own hardware does."""

MAX_ADVICE = 3
"""Sentences at most: a reader acts on the first ones."""

MAX_EVIDENCE = 64
"""Pieces of evidence kept of one host; the strongest stay."""

MAX_EXCERPT = 120
"""Characters of an excerpt."""
