"""How the matcher writes down evidence of its own, beside that of single-reply signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from scanner.matcher.rules import MAX_EXCERPT
from scanner.model.evidence import Claims, Evidence, Strength
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers.text import printable


class Origin(NamedTuple):
    """Where a reply came from, without its bytes."""

    protocol: Protocol
    port: int
    observation: str
    """Name of the observation."""


def origin_of(observation: Observation) -> Origin:
    """The origin of one observation."""
    return Origin(observation.protocol, observation.port, observation.id)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of evidence that no pattern over one field can give."""

    id: str
    """Stands where a signature's id stands."""
    family: str
    says: str
    """What it means, for documents and for the claim."""
    why: str
    """What the knowledge rests on."""


REGISTRY = "source: the registry of MAC blocks"
_GRAMMAR = "source: its grammar, collected from public reports and the maker's own lists"

MAC_OF_FAMILY = Kind(
    "mac-block-family", "oui", "MAC block registered to the maker or a company that it controls", REGISTRY
)
MAC_OF_AFFILIATE = Kind(
    "mac-block-affiliate",
    "affiliate",
    "MAC block registered to a company that the maker does not control",
    REGISTRY,
)
MAC_OF_RELABEL = Kind("mac-block-relabel", "oui", "MAC block registered to a brand that relabels", REGISTRY)
MAC_OF_OTHER = Kind("mac-block-other", "oui", "MAC block registered to another maker", REGISTRY)
SERIAL_GRAMMAR = Kind(
    "serial-grammar", "serial", "serial number in the maker's grammar: date, mark, counter", _GRAMMAR
)
MODEL_GRAMMAR = Kind("model-grammar", "model", "model name in the maker's own grammar", _GRAMMAR)
STATED_MAKER = Kind(
    "stated-maker", "statement", "the device names another maker", "source: the device's own words"
)
SERIAL_COUNTER = Kind(
    "serial-counter",
    "age",
    "the counter of its short serial number says when it was made",
    "source: serial numbers whose day of production is known",
)
FIRMWARE_BUILD = Kind("firmware-build", "age", "day of its firmware", "source: the device's own words")
OEM_CODE_SIGN = Kind(
    "oem-code",
    "oem",
    "customer's number of its firmware, which is none of the maker's own",
    "source: the device's own words; what the numbers mean is not published",
)
RELABEL_MARK = Kind(
    "relabel-mark", "oem", "a mark of firmware for another label", "source: the maker's own client program"
)
DIFFERENTIAL = Kind(
    "isapi-differential",
    "isapi-behaviour",
    "the /ISAPI tree asks for a login where an unknown path does not",
    "source: two replies of one port held against each other",
)
RTSP_COMBINATION = Kind(
    "rtsp-combination",
    "rtsp-combination",
    "list of methods, spelling of the date and realm, all as the maker's",
    "source: each of the three is copied somewhere, the combination was seen with the maker alone",
)

KINDS: tuple[Kind, ...] = (
    MAC_OF_FAMILY,
    MAC_OF_AFFILIATE,
    MAC_OF_RELABEL,
    MAC_OF_OTHER,
    SERIAL_GRAMMAR,
    MODEL_GRAMMAR,
    STATED_MAKER,
    SERIAL_COUNTER,
    FIRMWARE_BUILD,
    OEM_CODE_SIGN,
    RELABEL_MARK,
    DIFFERENTIAL,
    RTSP_COMBINATION,
)
"""All of them, for documents."""

DESCRIBING: frozenset[str] = frozenset(
    kind.id for kind in (SERIAL_COUNTER, FIRMWARE_BUILD, OEM_CODE_SIGN, RELABEL_MARK)
)
"""Kinds that tell something of the maker's devices only, and of nobody's maker."""


def evidence_of(
    kind: Kind,
    origin: Origin,
    strength: Strength,
    excerpt: str,
    claims: Claims,
    claim: str | None = None,
) -> Evidence:
    """Evidence of one kind, found in (or completed by) one observation."""
    return Evidence(
        signature=kind.id,
        protocol=origin.protocol,
        port=origin.port,
        claim=claim or kind.says,
        strength=strength,
        excerpt=printable(excerpt, MAX_EXCERPT),
        observation=origin.observation,
        family=kind.family,
        claims=claims,
    )
