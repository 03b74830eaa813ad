"""Hosts that said the same, word for word, are described once.

A network of equal devices gives equal replies, and what they amount to differs in the host's name, the id
that follows from it, and the names of the observations. So a host is kept as the list of its replies for as
long as each of them has been read before; any other is worked out by an `Identifier` as ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from scanner.knowledge import Knowledge
from scanner.matcher.identifier import Identifier
from scanner.matcher.identity import device_id, name_of
from scanner.matcher.reading import Reading
from scanner.model.device import Device
from scanner.model.identity import Identity, Rung
from scanner.model.observation import Observation

MOST_REPLIES = 8
"""Replies of one host that are kept as such; with more it hardly says the same as another."""
MOST_SHARED = 4096
"""Different replies that hosts are kept by, so that their memory does not grow with the number of replies."""

MOST_TOLD = 4096
"""Different hosts whose description is kept for others."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What one host amounts to, for all that said the same."""

    device: Device
    observations: tuple[str, ...] = ()
    """Names of its observations, in their order; empty: nobody shares it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One host, and what it amounts to."""

    host: str
    told: Told
    observations: tuple[str, ...] = ()
    """Names of its own observations, in the order of those of ``told``."""

    @property
    def id(self) -> str:
        """The id of its device: by its address where nothing that it said names it."""
        device = self.told.device
        if not self.observations or device.identity is None or device.identity.rung is not Rung.ADDRESS:
            return device.id
        return device_id(name_of((), (self.host,)))

    @property
    def device(self) -> Device:
        """The device of this host itself."""
        device = self.told.device
        if not self.observations:
            return device
        own = dict(zip(self.told.observations, self.observations, strict=True))
        evidence = tuple(replace(one, observation=own[one.observation]) for one in device.evidence)
        identity = device.identity
        if identity is not None and identity.rung is Rung.ADDRESS:
            identity = Identity(Rung.ADDRESS, name_of((), (self.host,)).key, identity.reasons)
        return replace(device, id=self.id, addresses=(self.host,), evidence=evidence, identity=identity)


class _Reply(NamedTuple):
    """A reply that was read before."""

    observation: str
    """Name of the observation."""
    port: int
    reading: Reading


class Alike:
    """An `Identifier` of a stream of replies that describes hosts which said the same once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._identifier = Identifier(knowledge)
        self._hosts: dict[str, list[_Reply] | None] = {}
        """By host; None: the identifier has it."""
        self._shared: set[int] = set()
        self._told: dict[tuple[tuple[int, int], ...], Told | None] = {}
        """By the numbers and ports of the replies; None: what it amounts to names the host in its words."""

    @property
    def malformed(self) -> int:
        """Observations whose payload could not be read as what it claims to be."""
        return self._identifier.malformed

    @property
    def faults(self) -> int:
        """Observations at which this program failed."""
        return self._identifier.faults

    def add(self, observation: Observation) -> None:
        """Take one observation into account. Never raises, whatever the payload holds."""
        host = observation.host
        replies = self._hosts.setdefault(host, [])
        if replies is None:
            self._identifier.add(observation)
            return
        reading = self._known(observation)
        if reading is not None:
            port = observation.port
            if any(reply.reading is reading and reply.port == port for reply in replies):
                return  # word for word what it said before
            if len(replies) < MOST_REPLIES:
                replies.append(_Reply(observation.id, port, reading))
                return
        self._work_out(host, replies)
        self._identifier.add(observation)

    def each(self) -> Iterator[Member]:
        """What each host amounts to, in the order of their first appearance."""
        for host, replies in self._hosts.items():
            told = self._told_by(host, replies) if replies is not None else None
            if told is None or replies is None:
                yield Member(host, Told(self._identifier.device(host)))
            elif not told.observations:
                yield Member(host, told)
            else:
                yield Member(host, told, tuple(reply.observation for reply in replies))

    def _known(self, observation: Observation) -> Reading | None:
        """The reading of a reply that came before and of which only the bytes count."""
        if observation.at:
            return None
        reading = self._identifier.readings.known(observation)
        if reading is None or reading.number in self._shared:
            return reading
        if len(self._shared) >= MOST_SHARED:
            return None
        self._shared.add(reading.number)
        return reading

    def _work_out(self, host: str, replies: list[_Reply]) -> None:
        """Hand a host's replies to the identifier, which has it from here on."""
        self._hosts[host] = None
        for reply in replies:
            self._identifier.add(reply.reading.observation(host, reply.port))

    def _told_by(self, host: str, replies: list[_Reply]) -> Told | None:
        key = tuple((reply.reading.number, reply.port) for reply in replies)
        if key in self._told:
            told = self._told[key]
        else:
            told = self._first_of(host, replies)
            if len(self._told) < MOST_TOLD:
                self._told[key] = told
            elif told is not None:
                return Told(told.device)
        if told is None:
            self._work_out(host, replies)
        return told

    def _first_of(self, host: str, replies: list[_Reply]) -> Told | None:
        one = Identifier(self._identifier.knowledge, readings=self._identifier.readings)
        for reply in replies:
            one.add(reply.reading.observation(host, reply.port))
        device = one.device(host)
        if device.also or device.ports or one.faults:
            return None
        return Told(device, tuple(reply.observation for reply in replies))
