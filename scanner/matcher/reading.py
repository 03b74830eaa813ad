"""What one payload says, read and matched once: a network of equal devices gives equal replies.

All that is kept follows from protocol, payload and request alone, never from the host, so a reply that was
read before costs a look-up.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from scanner.knowledge import Knowledge
from scanner.knowledge.match import Match, match
from scanner.matcher.statements import GUESSED_MACS, MAC, Statement, statements
from scanner.model.fields import Fields
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers import read

MOST_KEPT = 2048
MOST_BYTES = 1024 * 1024
"""Of all payloads together; what is read out of them takes some times as much."""
LONGEST_KEPT = 4096
"""Bytes of a payload; longer ones are read every time."""

_Key = tuple[Protocol, bytes, str | None]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What follows from the bytes of one reply."""

    number: int
    """Tells it apart from every other one of the same `Readings`."""
    key: _Key
    fields: Fields
    said: tuple[Statement, ...]
    matches: tuple[Match, ...]

    def observation(self, host: str, port: int) -> Observation:
        """The reply, as a host gave it."""
        protocol, payload, request = self.key
        return Observation(host, protocol, payload, port, request)


class Readings:
    """Reads replies and remembers the latest of them."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._kept: OrderedDict[_Key, Reading] = OrderedDict()
        self._bytes = 0
        self._count = 0

    def known(self, observation: Observation) -> Reading | None:
        """What a reply says if it was read before; None if not, or if that is forgotten."""
        return self._kept.get((observation.protocol, observation.payload, observation.request))

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
        self._count += 1
        reading = Reading(
            self._count,
            key,
            fields,
            tuple(filter(self._is_believable, statements(observation.protocol, fields))),
            tuple(match(self._knowledge, observation.protocol, fields, observation.request)),
        )
        if len(observation.payload) <= LONGEST_KEPT:
            self._keep(reading)
        return reading

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
