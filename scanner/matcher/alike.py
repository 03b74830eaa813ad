"""Hosts that said the same are described once.

A network of equal devices gives replies that mean the same, word for word or but for a date and a nonce. What
they amount to differs in the host's name, the id that follows from it, and the names of the observations. So
a host is kept as the list of what it said; one that said too much is worked out by an `Identifier` as ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from scanner.knowledge import Knowledge
from scanner.matcher.identifier import Identifier
from scanner.matcher.identity import device_id
from scanner.matcher.reading import Heard
from scanner.model.device import Device
from scanner.model.identity import Identity, Name, Rung
from scanner.model.observation import Observation

MOST_REPLIES = 8
"""Replies of one host that are kept as such; with more it hardly says the same as another."""
MOST_SHARED = 4096
"""Different meanings that hosts are kept by, so that memory does not grow with the number of replies."""
MOST_TOLD = 4096
"""Different hosts whose description is kept for others."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What one host amounts to, for all that said the same."""

    device: Device
    observations: tuple[str, ...] | None = None
    """Names of its observations, in their order; None: nobody shares it."""


class Member(NamedTuple):
    """One host, and what it amounts to."""

    host: str
    told: Told
    observations: tuple[str, ...] | None = None
    """Names of its own observations, in the order of those of ``told``; None: what is told is its own."""

    @property
    def id(self) -> str:
        """The id of its device: by its address where nothing that it said names it."""
        device = self.told.device
        if self.observations is None or device.identity is None or device.identity.rung is not Rung.ADDRESS:
            return device.id
        return device_id(Name(Rung.ADDRESS, self.host))

    @property
    def device(self) -> Device:
        """The device of this host itself."""
        device = self.told.device
        if self.observations is None or self.told.observations is None:
            return device
        own = dict(zip(self.told.observations, self.observations, strict=True))
        evidence = tuple(replace(one, observation=own[one.observation]) for one in device.evidence)
        identity = device.identity
        if identity is not None and identity.rung is Rung.ADDRESS:
            identity = Identity(Rung.ADDRESS, self.host, identity.reasons)
        return replace(device, id=self.id, addresses=(self.host,), evidence=evidence, identity=identity)


class Alike:
    """An `Identifier` of a stream of replies that describes hosts which said the same once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._identifier = Identifier(knowledge)
        self._hosts: dict[str, list[Heard] | None] = {}
        """By host; None: the identifier has it."""
        self._shared: set[int] = set()
        self._told: dict[_Pattern, Told | None] = {}
        """None: what it amounts to names the host in its words."""

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
        elif observation.at:  # what is known of a host's time is no part of what replies mean
            self._work_out(host, replies)
            self._identifier.add(observation)
        else:
            self._add(host, replies, observation)

    def each(self) -> Iterator[Member]:
        """What each host amounts to, in the order of their first appearance."""
        for host, replies in self._hosts.items():
            told = self._told_by(host, replies) if replies is not None else None
            if told is None or replies is None:
                yield Member(host, Told(self._identifier.device(host)))
            elif told.observations is None:
                yield Member(host, told)
            else:
                yield Member(host, told, _names(replies))

    def _add(self, host: str, replies: list[Heard], observation: Observation) -> None:
        reading = self._identifier.read(observation)
        if reading is None:
            return
        heard = reading.heard(observation)
        if heard in replies:
            return  # it said so before
        if len(replies) < MOST_REPLIES and self._is_shared(heard.meaning.number):
            replies.append(heard)
            return
        self._work_out(host, replies)
        self._identifier.hear(host, heard)

    def _is_shared(self, meaning: int) -> bool:
        """Whether hosts may be kept by this meaning."""
        if meaning not in self._shared:
            if len(self._shared) >= MOST_SHARED:
                return False
            self._shared.add(meaning)
        return True

    def _work_out(self, host: str, replies: Sequence[Heard]) -> None:
        """Hand a host's replies to the identifier, which has it from here on."""
        self._hosts[host] = None
        for heard in replies:
            self._identifier.hear(host, heard)

    def _told_by(self, host: str, replies: Sequence[Heard]) -> Told | None:
        pattern = _pattern(replies)
        if pattern in self._told:
            told = self._told[pattern]
        else:
            told = self._first_of(host, replies)
            if len(self._told) < MOST_TOLD:
                self._told[pattern] = told
            elif told is not None:
                return Told(told.device)
        if told is None:
            self._work_out(host, replies)
        return told

    def _first_of(self, host: str, replies: Sequence[Heard]) -> Told | None:
        one = Identifier(self._identifier.knowledge, readings=self._identifier.readings)
        for heard in replies:
            one.hear(host, heard)
        device = one.device(host)
        if device.also or device.ports or one.faults:
            return None
        return Told(device, _names(replies))


_Pattern = tuple[tuple[int, int, int], ...]


def _pattern(replies: Sequence[Heard]) -> _Pattern:
    """What hosts that amount to the same have in common.

    Of each reply the meaning, the port and, since pages are only ever compared with each other, the place of
    the first reply with the same page.
    """
    pages = [heard.page for heard in replies]
    return tuple((heard.meaning.number, heard.port, pages.index(heard.page)) for heard in replies)


def _names(replies: Sequence[Heard]) -> tuple[str, ...]:
    return tuple(heard.name for heard in replies)
