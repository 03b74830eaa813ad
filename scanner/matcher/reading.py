"""What one payload says, read and matched once: a network of equal devices gives equal replies.

A `Reading` follows from protocol, payload and request alone, never from the host, so a reply that was read
before costs a look-up. Its `Meaning` is all that the description of a host takes from it: replies that differ
in a date, a nonce or a session's name alone mean the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scanner.knowledge import Knowledge
from scanner.knowledge.match import Match, match
from scanner.matcher.behind import Hint, hint_of
from scanner.matcher.crossing import Mark, RtspMark, WebMark, mark_of
from scanner.matcher.making import Origin
from scanner.matcher.statements import GUESSED_MACS, MAC, Statement, statements
from scanner.model.evidence import Claims
from scanner.model.fields import Fields
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers import read

MOST_KEPT = 2048
MOST_BYTES = 1024 * 1024
"""Of all payloads together; what is read out of them takes some times as much."""
LONGEST_KEPT = 4096
"""Bytes of a payload; longer ones are read every time."""
MOST_MEANINGS = 4096
"""Different meanings that are remembered; of further replies each has one of its own."""

_Key = tuple[Protocol, bytes, str | None]
_Proofs = tuple[tuple[str, str, Claims], ...]
"""Of each match the signature's id, the excerpt and the claims."""
_Words = tuple[Protocol, tuple[Statement, ...], _Proofs, Mark | None, Hint]


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """What the description of a host takes from one reply, but for port, page and the observation's name."""

    number: int
    """Tells it apart from every other one of the same `Readings`."""
    protocol: Protocol
    said: tuple[Statement, ...]
    matches: tuple[Match, ...]
    mark: Mark | None
    """What may matter beside other replies."""
    hint: Hint
    """What hangs behind it."""
    is_cited: bool
    """Whether evidence may point to the observation, so that its name is needed."""


class Heard(NamedTuple):
    """One reply of a host, without its bytes."""

    meaning: Meaning
    port: int
    page: bytes
    """Digest of the page, where it is one that other replies are compared with."""
    name: str
    """Of the observation; empty where no evidence may point to it."""

    @property
    def origin(self) -> Origin:
        """Where evidence in it comes from."""
        return Origin(self.meaning.protocol, self.port, self.name)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What follows from the bytes of one reply."""

    number: int
    """Tells it apart from every other one of the same `Readings`."""
    key: _Key
    fields: Fields
    meaning: Meaning
    page: bytes

    def heard(self, observation: Observation) -> Heard:
        """The reply as one observation brought it."""
        name = observation.id if self.meaning.is_cited else ""
        return Heard(self.meaning, observation.port, self.page, name)


class Readings:
    """Reads replies and remembers the latest of them."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._kept: OrderedDict[_Key, Reading] = OrderedDict()
        self._bytes = 0
        self._count = 0
        self._meanings: dict[_Words, Meaning] = {}
        self._meant = 0

    def of(self, observation: Observation) -> Reading:
        """Read one reply.

        Raises:
            Malformed: nothing in it could be read.
        """
        key = (observation.protocol, observation.payload, observation.request)
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            return known
        fields = read(*key)
        mark, page = mark_of(observation, fields)
        said = tuple(filter(self._is_believable, statements(observation.protocol, fields)))
        matches = match(self._knowledge, observation.protocol, fields, observation.request)
        hint = hint_of(observation.protocol, fields)
        self._count += 1
        reading = Reading(
            self._count, key, fields, self._meaning(observation.protocol, said, matches, mark, hint), page
        )
        if len(observation.payload) <= LONGEST_KEPT:
            self._keep(reading)
        return reading

    def _meaning(
        self,
        protocol: Protocol,
        said: tuple[Statement, ...],
        matches: Sequence[Match],
        mark: Mark | None,
        hint: Hint,
    ) -> Meaning:
        """The one meaning of all replies from which the same is taken."""
        proofs = tuple((found.signature.id, found.excerpt, found.claims) for found in matches)
        words = (protocol, said, proofs, mark, hint)
        known = self._meanings.get(words)
        if known is not None:
            return known
        self._meant += 1
        cited = bool(said or matches) or _completes_evidence(mark)
        meaning = Meaning(self._meant, protocol, said, tuple(matches), mark, hint, cited)
        if len(self._meanings) < MOST_MEANINGS:
            self._meanings[words] = meaning
        return meaning

    def _is_believable(self, one: Statement) -> bool:
        """False for a guess that names no block of any registry: nothing but chance makes it an address."""
        guessed = one.attribute == MAC and one.field in GUESSED_MACS
        return not guessed or self._knowledge.oui.lookup(one.value) is not None

    def _keep(self, reading: Reading) -> None:
        self._kept[reading.key] = reading
        self._bytes += len(reading.key[1])
        while len(self._kept) > MOST_KEPT or self._bytes > MOST_BYTES:
            forgotten, _ = self._kept.popitem(last=False)
            self._bytes -= len(forgotten[1])


def _completes_evidence(mark: Mark | None) -> bool:
    """Whether evidence of several replies would point to the one that bears this mark."""
    if isinstance(mark, WebMark):
        return mark.asks
    return isinstance(mark, RtspMark) and bool(mark.realm)
