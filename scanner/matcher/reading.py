"""What one payload says, read and matched once: a network of equal devices gives equal replies.

All that is kept follows from protocol, payload and request alone, never from the host, so a reply that was
read before costs a look-up.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from scanner.knowledge import Knowledge
from scanner.knowledge.match import Match, match
from scanner.matcher.statements import Statement, statements
from scanner.model.fields import Fields
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers import read

MOST_KEPT = 256
LONGEST_KEPT = 4096
"""Bytes of a payload; longer ones are read every time, so that what is kept takes a few megabytes at most."""


class Reading(NamedTuple):
    """What follows from the bytes of one reply."""

    fields: Fields
    said: tuple[Statement, ...]
    matches: tuple[Match, ...]


class Readings:
    """Reads replies and remembers the latest of them."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._kept: OrderedDict[tuple[Protocol, bytes, str | None], Reading] = OrderedDict()

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
        reading = Reading(
            fields,
            tuple(statements(observation.protocol, fields)),
            tuple(match(self._knowledge, observation.protocol, fields, observation.request)),
        )
        if len(observation.payload) <= LONGEST_KEPT:
            self._kept[key] = reading
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return reading
