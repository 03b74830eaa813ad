"""Observations in, devices out: the stream that the command line, the scan and the tests all use."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from scanner.knowledge import Knowledge
from scanner.knowledge.match import Match
from scanner.matcher.answers import Answers
from scanner.matcher.describe import describe_apart
from scanner.matcher.exhibits import Exhibits
from scanner.matcher.ghosts import Suspect, find_ghosts, suspect
from scanner.matcher.host import HostState
from scanner.matcher.making import STATED_MAKER, Origin
from scanner.matcher.reading import Heard, Reading, Readings
from scanner.matcher.rules import LEVELS, MAX_EXCERPT
from scanner.matcher.stated import evidence_in
from scanner.matcher.statements import ENDPOINT, SERIAL
from scanner.matcher.weigh import weigh
from scanner.model.device import Device
from scanner.model.errors import Malformed
from scanner.model.evidence import Claims, Evidence, Maker
from scanner.model.observation import Observation
from scanner.model.report import Ignored

logger = logging.getLogger(__name__)


class Identifier:
    """Reads observations one by one and keeps only what they prove.

    Memory grows with the hosts and with what was found on them, never with the number or the size of the
    replies.

    Attributes:
        knowledge: what is known.
        readings: what was read so far.
        malformed: observations whose payload could not be read as what it claims to be.
        faults: observations at which this program failed. Any but none is a bug, and the caller must say so.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        exhibits: Exhibits | None = None,
        *,
        controlled: bool = False,
        readings: Readings | None = None,
    ) -> None:
        """Make one that has heard nothing.

        Args:
            knowledge: what is known.
            exhibits: keeps what the evidence points to; None: nobody does.
            controlled: whether to keep how hosts answer, so that `ghosts` can be told.
            readings: what was read before, where somebody else has use for it too.
        """
        self._controlled = controlled
        self.knowledge = knowledge
        self.readings = readings or Readings(knowledge)
        self._exhibits = exhibits
        self._hosts: dict[str, HostState | None] = {}
        self._silent: dict[str, Answers] = {}
        self.malformed = 0
        self.faults = 0

    def add(self, observation: Observation) -> None:
        """Take one observation into account. Never raises, whatever the payload holds."""
        self._hosts.setdefault(observation.host, None)
        reading = self.read(observation)
        if reading is None:
            return
        try:
            self._take(observation, reading)
            if self._exhibits is not None and (state := self._hosts[observation.host]) is not None:
                self._exhibits.keep(observation, state)
        except Exception:
            self.faults += 1
            logger.exception("fault at observation %s", observation.id)

    def read(self, observation: Observation) -> Reading | None:
        """What one observation says, without taking it into account; None where it cannot be read."""
        try:
            return self.readings.of(observation)
        except Malformed:
            self.malformed += 1
        except Exception:
            self.faults += 1
            logger.exception("fault at observation %s", observation.id)
        return None

    def hear(self, host: str, heard: Heard) -> None:
        """Take a reply into account that was read before."""
        try:
            self._hear(self._state(host), heard)
        except Exception:
            self.faults += 1
            logger.exception("fault at a reply of %s that was read before: %s", host, heard.name)

    def device(self, host: str) -> Device:
        """What one host amounts to so far; an unknown device for a host that was never heard.

        Where several devices stand behind it, the strongest of the maker's, with the others in ``also``.
        """
        rows = self.rows(host)
        best = min(rows, key=_place)
        if len(rows) == 1:
            return best
        reasons = best.identity.reasons[-1:] if best.identity is not None else ()
        others = tuple(one for one in rows if one is not best)
        return replace(best, also=others, contradictions=(*best.contradictions, *reasons))

    def rows(self, host: str) -> tuple[Device, ...]:
        """The devices behind one host's address, each for itself."""
        return describe_apart(self._hosts.get(host) or HostState(host), self.knowledge)

    def devices(self, without: Collection[str] = ()) -> list[Device]:
        """The devices of all hosts but some, in the order in which the hosts first appeared."""
        return [device for host in self._hosts if host not in without for device in self.rows(host)]

    def each(self) -> Iterator[Device]:
        """One device for each host, for callers that need not hold them all."""
        for host in self._hosts:
            yield self.device(host)

    def opened(self, address: str, port: int) -> None:
        """Note that a TCP port accepted a connection."""
        self._answers(address).open.add(port)

    def control(self, address: str, port: int, *, accepted: bool) -> None:
        """Note what came of the connection to a port that nobody opens."""
        answers = self._answers(address)
        answers.control, answers.accepts_control = port, accepted

    def looked(self, address: str) -> None:
        """Note that every conversation with an address is finished: what it has not said it does not say."""
        self._answers(address).looked = True

    def _answers(self, address: str) -> Answers:
        """How an address answers; one that only accepts connections has not spoken, and is no device yet."""
        state = self._hosts.get(address)
        if state is not None:
            return state.answers
        return self._silent.setdefault(address, Answers())

    def ghosts(self) -> tuple[Ignored, ...]:
        """Addresses that answer everything, and so are no devices."""
        silent = [Suspect(host, answers, unexplained=False) for host, answers in self._silent.items()]
        spoke = [self._suspect(host, state) for host, state in self._hosts.items() if state is not None]
        return find_ghosts([*spoke, *silent])

    def is_ghost(self, address: str) -> bool:
        """Whether an address is one by its own answers, its neighbours left aside."""
        state = self._hosts.get(address)
        if state is None:
            answers = self._silent.get(address)
            return answers is not None and bool(find_ghosts([Suspect(address, answers, unexplained=False)]))
        return bool(find_ghosts([self._suspect(address, state)]))

    def _suspect(self, address: str, state: HostState) -> Suspect:
        answers = state.answers
        if not answers.open and not answers.explained and answers.accepts_control is None:
            return Suspect(address, answers, unexplained=True)  # most hosts of a file: nothing was controlled
        counting = weigh(state.evidence, self.knowledge.signature, state.crossing.same_page_ports()).counting
        return suspect(address, answers, counting, named=_is_named(state))

    def _take(self, observation: Observation, reading: Reading) -> None:
        state = self._state(observation.host)
        if state.has_heard(reading.number, observation):
            return
        self._hear(state, reading.heard(observation))
        if self._controlled:
            state.answers.note(observation, reading.fields)

    def _state(self, host: str) -> HostState:
        """What is kept of a host that has spoken."""
        state = self._hosts.get(host)
        if state is None:
            answers = self._silent.pop(host, None) or Answers()
            state = self._hosts[host] = HostState(host, answers=answers)
        return state

    def _hear(self, state: HostState, heard: Heard) -> None:
        state.note(heard)
        said, matches, origin = heard.meaning.said, heard.meaning.matches, heard.origin
        if not matches and not said:
            return
        state.hear(said, heard.port)
        state.keep(_found(origin, found) for found in matches)
        own = evidence_in(self.knowledge, origin, said)
        state.keep(one for one in own if not _is_told(one, matches))


def _is_named(state: HostState) -> bool:
    """Whether it states what names a device elsewhere than on a page that it gives for every path."""
    return bool(state.stated(ENDPOINT)) or bool(state.stated_at(SERIAL).keys() - state.answers.explained)


def _place(device: Device) -> tuple[bool, int]:
    return device.evidenced_maker is not Maker.HIKVISION, -LEVELS[device.confidence]


def _is_told(one: Evidence, matches: Sequence[Match]) -> bool:
    """True for what a signature has made evidence of already: under another family it would count twice."""
    makers = [found.claims for found in matches if found.claims.maker]
    if one.signature == STATED_MAKER.id:
        return any(claims.maker is Maker.OTHER for claims in makers)
    return not set(_values(one.claims)).isdisjoint(value for claims in makers for value in _values(claims))


def _values(claims: Claims) -> Iterator[str]:
    """What a claim pins down, in one spelling."""
    for value in (claims.mac, claims.serial, claims.model):
        if value:
            yield value.casefold()


def _found(origin: Origin, found: Match) -> Evidence:
    return Evidence(
        signature=found.signature.id,
        protocol=origin.protocol,
        port=origin.port,
        claim=found.signature.says,
        strength=found.signature.strength,
        excerpt=_cut(found.excerpt),
        observation=origin.observation,
        family=found.signature.family,
        claims=found.claims,
    )


def _cut(excerpt: str) -> str:
    """The excerpt, printable already, at the length of a report."""
    return excerpt if len(excerpt) <= MAX_EXCERPT else excerpt[: MAX_EXCERPT - 1] + "…"


def identify(observations: Iterable[Observation], knowledge: Knowledge) -> list[Device]:
    """What observations show: one device for each host in order of first appearance."""
    identifier = Identifier(knowledge)
    for observation in observations:
        identifier.add(observation)
    return list(identifier.each())
