"""Keeps, of each observation that evidence points to, what a report's appendix shows of it.

Memory is bounded twice: by what evidence points to (which is bounded for a host), and by a limit on the bytes
of all excerpts together, after which an observation keeps its digest, its time and no excerpt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from scanner.matcher.host import HostState
from scanner.matcher.rules import MAX_EVIDENCE
from scanner.model.device import Device
from scanner.model.evidence import Evidence
from scanner.model.exhibit import Exhibit
from scanner.model.observation import Observation
from scanner.parsers.secrets import strip_request, strip_secrets

EXCERPT = 384
"""Bytes of one excerpt at most."""
ALL_EXCERPTS = 8 << 20
"""Bytes of all excerpts at most: those of some twenty thousand observations."""
_BEFORE = 64
"""Bytes shown before the words that prove something, where these stand beyond the first `EXCERPT` bytes."""


class Exhibits:
    """The observations that the evidence of a run points to."""

    def __init__(self, limit: int = ALL_EXCERPTS) -> None:
        self._left = limit
        self._hosts: dict[str, dict[str, Exhibit]] = {}

    def keep(self, observation: Observation, state: HostState) -> None:
        """Keep what is shown of an observation if anything known of its host points to it."""
        cited = state.cited()
        evidence = cited.get(observation.id)
        if evidence is None:
            return
        mine = self._hosts.setdefault(observation.host, {})
        mine[observation.id] = self._exhibit(observation, evidence)
        if len(mine) > 2 * MAX_EVIDENCE:
            for name in [name for name in mine if name not in cited]:
                self._left += len(mine.pop(name).excerpt or b"")

    def _exhibit(self, observation: Observation, evidence: Sequence[Evidence]) -> Exhibit:
        payload = strip_secrets(observation.payload)
        offset = _start(payload, evidence)
        excerpt: bytes | None = payload[offset : offset + EXCERPT]
        if excerpt is not None and len(excerpt) > self._left:
            offset, excerpt = 0, None
        self._left -= len(excerpt or b"")
        return Exhibit(
            observation=observation.id,
            host=observation.host,
            protocol=observation.protocol,
            port=observation.port,
            digest=observation.digest or hashlib.sha256(observation.payload).hexdigest(),
            size=len(observation.payload),
            excerpt=excerpt,
            offset=offset,
            request=strip_request(observation.request) if observation.request else None,
            method=observation.method,
            interface=observation.interface,
            at=observation.at,
            dated=observation.dated,
            source=observation.source,
            synthesised=observation.synthesised,
        )

    def named(self) -> dict[str, Exhibit]:
        """All that is kept, by the observation's name."""
        return {name: one for mine in self._hosts.values() for name, one in mine.items()}


def exhibits_of(devices: Iterable[Device], kept: Iterable[Exhibits]) -> tuple[Exhibit, ...]:
    """What the evidence of these devices points to, each once, in the order in which it is pointed to."""
    known = {name: one for part in kept for name, one in part.named().items()}
    names = dict.fromkeys(piece.observation for device in devices for piece in device.evidence)
    return tuple(known[name] for name in names if name in known)


def _start(payload: bytes, evidence: Sequence[Evidence]) -> int:
    """Where an excerpt begins: at the start, unless all the words that prove something stand further on."""
    places = [
        (payload.find(words), len(words))
        for piece in evidence
        if (words := piece.excerpt.removesuffix("…").encode("utf-8", "surrogateescape"))
    ]
    places = [(place, size) for place, size in places if place >= 0]
    if not places or any(place + size <= EXCERPT for place, size in places):
        return 0
    return max(0, min(place for place, _ in places) - _BEFORE)
