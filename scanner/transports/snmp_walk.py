"""Walks columns of a router's or switch's tables by SNMP v2c or v3: lockstep, paced, bounded, reads alone.

Each message unit passes the gate before a message is put around it. The socket is connected, so only the
asked host can answer. The credential is in messages on the wire and nowhere else. Until it has been answered
once it is tried exactly once: an unanswered v2c community and a report of a failed authentication are not
repeated, because each repetition is one more alarm, or one step nearer to a lock, at the other end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.model.credential import Community, Credential
from scanner.model.ending import Ending
from scanner.policy.gate import Gate
from scanner.policy.rules import SNMP_PORT
from scanner.policy.tables import SUBTREES

if TYPE_CHECKING:
    from scanner.transports.snmp_message import Value
    from scanner.transports.snmp_units import Question, Unit
    from scanner.transports.snmp_usm import UsmPeer

TIMEOUT = 2.0
"""Seconds for an answer, each time; four times that for the first, which is not asked again."""
ASKS = 3
"""The first and two more, once the credential has been answered."""
ROWS_A_QUESTION = 25
FEW_ROWS = 5
"""Asked for when more are met with silence: their answer fits into a packet, whatever drops fragments."""
_ANSWER_LIMIT = 16_384
_STRAYS = 8
"""Datagrams looked at per ask that are no answer to it."""

_USM_STATS = (1, 3, 6, 1, 6, 3, 15, 1, 1)
_CONTEXT_STATS = (1, 3, 6, 1, 6, 3, 12, 1)
_NOT_IN_TIME = (*_USM_STATS, 2)
_DENIED = {
    (*_USM_STATS, 1): "the router does not take this security level of the user",
    (*_USM_STATS, 3): "the router does not know the user",
    (*_USM_STATS, 5): "the router refused the signature: another authentication password or algorithm",
    (*_USM_STATS, 6): "the router could not decrypt: another privacy password or algorithm",
}
"""Reports of a failed authentication (RFC 3414 §3.2)."""
_NO_ACCESS = frozenset(("noAccess", "authorizationError"))


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a question has no rows."""

    ending: Ending
    detail: str
    denied: bool = False
    """The credential was refused, or never answered: nothing more is to be asked with it."""


@dataclass(frozen=True, slots=True)
class Column:
    """The rows of one column as far as they came: what follows its identifier, and the value."""

    name: str
    rows: tuple[tuple[tuple[int, ...], Value], ...]
    failure: Failure | None = None
    """None: it was read to its end."""


class TableWalk:
    """One router, one credential; used by one task.

    Args:
        gate: judges every unit and gives the pace.
        address: of the router.
        credential: which the site has given for it.
        deadline: loop time after which nothing more is asked; None = the gate's limit from now on.
        port: UDP.
        timeout: seconds for an answer.
        first_timeout: seconds for the first answer to a credential.
    """

    def __init__(
        self,
        gate: Gate,
        address: str,
        credential: Credential,
        *,
        deadline: float | None = None,
        port: int = SNMP_PORT,
        timeout: float = TIMEOUT,
        first_timeout: float | None = None,
    ) -> None:
        self._gate = gate
        self._address = address
        self.__credential = credential
        self._port = port
        self._timeout = timeout
        self._first_timeout = 4 * timeout if first_timeout is None else first_timeout
        self._deadline = deadline
        self._peer: UsmPeer | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._answers = _Answers()
        self._proven: set[str] = set()
        self._next = 0.0
        self.asked = 0
        """Messages sent so far."""

    def __repr__(self) -> str:
        return f"TableWalk({self._address!r}, credential hidden)"

    async def open(self) -> Failure | None:
        """Open the socket and, for v3, learn the engine's name; None when tables can be read.

        Raises:
            Refused: the gate did not let it pass.
        """
        loop = asyncio.get_running_loop()
        if self._deadline is None:
            self._deadline = loop.time() + self._gate.limits.router_time
        try:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: self._answers, remote_addr=(self._address, self._port)
            )
        except OSError as error:
            return Failure(Ending.NEVER_ASKED, error.strerror or str(error))
        self._transport = transport
        if isinstance(self.__credential, Community):
            return None
        from scanner.transports.snmp_usm import UsmPeer

        self._peer = peer = UsmPeer(self.__credential)
        if peer.cannot_encrypt:
            return Failure(
                Ending.NEVER_ASKED, "nothing here can encrypt; install a newer package cryptography"
            )
        # This question bears no name and no secret, so it may be asked again like any other.
        found = await self._rounds(peer.discovery, ASKS, self._timeout, discovering=True)
        if isinstance(found, Failure):
            return found
        return None if peer.knows_engine else Failure(Ending.MALFORMED, "the router does not say its engine")

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()

    async def column(self, name: str, *, vlan: str = "", rows: int = ROWS_A_QUESTION) -> Column:
        """Read a column to its end, or as far as it goes.

        Args:
            name: of `SUBTREES`.
            vlan: the context of one VLAN of a switch that keeps a table for each; empty = the default one.
            rows: asked for at a time; 1 looks at no more than one row behind the end of the column.

        Raises:
            Refused: the gate did not let it pass.
        """
        from scanner.transports.snmp_units import next_rows

        prefix = tuple(map(int, SUBTREES[name].split(".")))
        last = prefix
        found: list[tuple[tuple[int, ...], Value]] = []
        failure: Failure | None = None
        while failure is None:
            if len(found) >= self._gate.limits.router_rows:
                limit = f"more than {self._gate.limits.router_rows} rows; the rest was not read"
                failure = Failure(Ending.CUT, limit)
                break
            unit = await self._ask(next_rows(last, rows), vlan)
            if (
                rows > FEW_ROWS
                and isinstance(unit, Failure)
                and unit.ending is Ending.SILENT
                and not unit.denied
            ):
                rows = FEW_ROWS
                unit = await self._ask(next_rows(last, rows), vlan, most=1)
            if isinstance(unit, Failure):
                failure = unit
            elif unit.error == "tooBig" and rows > 1:
                rows = max(1, rows // 2)
            elif unit.error == "noSuchName":
                break  # an agent of version 1 behind a newer face: there is no more
            elif unit.error:
                failure = _refused(unit.error)
            else:
                before, last = last, _take(unit, prefix, last, found)
                if last == before:
                    failure = None if _is_end(unit, prefix) else _wrong(unit)
                    break
                if _is_end(unit, prefix):
                    break
        return Column(name, tuple(found[: self._gate.limits.router_rows]), failure)

    async def _ask(self, question: Question, vlan: str, most: int = ASKS) -> Unit | Failure:
        """Ask one question, with as many retries as are due, ``most`` in all."""
        from scanner.transports.snmp_units import read_community_message, wrap_community

        known = vlan in self._proven or (self._peer is not None and bool(self._proven))
        asks, patience = (most, self._timeout) if known else (1, self._first_timeout)
        peer, credential = self._peer, self.__credential
        if peer is not None:
            context = f"vlan-{vlan}".encode() if vlan else b""
            found = await self._rounds(lambda: (question, peer.wrap(question, context)), asks, patience)
            if isinstance(found, _Late):
                # Not a failed authentication: the clock of the engine was another, and is known now.
                found = await self._rounds(lambda: (question, peer.wrap(question, context)), asks, patience)
        elif isinstance(credential, Community):
            name = f"{credential.value}@{vlan}" if vlan else credential.value
            message = wrap_community(name, question)
            found = await self._rounds(
                lambda: (question, message), asks, patience, read=read_community_message
            )
        if isinstance(found, _Late):
            return Failure(Ending.REFUSED, "the router's clock is not what it says", denied=not known)
        if isinstance(found, Failure) and found.ending is Ending.SILENT and not known:
            words = "no answer: no SNMP there, a filter on the way, or another credential"
            return Failure(Ending.SILENT, words, denied=True)
        if not isinstance(found, Failure):
            self._proven.add(vlan)
        return found

    async def _rounds(
        self,
        make: Callable[[], tuple[Question, bytes]],
        asks: int,
        patience: float,
        *,
        read: Callable[[bytes], Unit | None] | None = None,
        discovering: bool = False,
    ) -> Unit | Failure | _Late:
        """Send and wait, up to ``asks`` times while nothing comes."""
        loop = asyncio.get_running_loop()
        detail = "no answer"
        for _ in range(asks):
            await self._pace()
            if self._deadline is not None and loop.time() >= self._deadline:
                limit = f"the {self._gate.limits.router_time:g} s for a router are used up"
                return Failure(Ending.STOPPED_BY_US, limit)
            question, message = make()
            self._gate.table(self._address, question.data)
            if self._transport is None:
                return Failure(Ending.FAULT, "the walk was not opened")
            self._answers.clear()
            self._transport.sendto(message)
            self.asked += 1
            until = loop.time() + patience
            for _ in range(_STRAYS):
                try:
                    data = await asyncio.wait_for(self._answers.waiting.get(), until - loop.time())
                except TimeoutError:
                    break
                if data is None:
                    return Failure(Ending.REFUSED, "UDP port 161 is closed there")
                unit = (read or self._read_signed)(data)
                if unit is None or (unit.request_id != question.request_id and not unit.report):
                    detail = "answers that are none"
                    continue
                if discovering or not unit.report:
                    return unit
                return _reported(unit)
        return Failure(Ending.SILENT, detail)

    def _read_signed(self, data: bytes) -> Unit | None:
        return self._peer.read(data) if self._peer is not None else None

    async def _pace(self) -> None:
        """Keep to the rate of one host, and to the rate over all."""
        loop = asyncio.get_running_loop()
        wait = max(self._next - loop.time(), self._gate.pace(1))
        if wait > 0:
            await asyncio.sleep(wait)
        self._next = loop.time() + 1.0 / self._gate.limits.host_rate


class _Late:
    """The engine says that our idea of its clock is wrong (RFC 3414 §3.2 step 7)."""


class _Answers(asyncio.DatagramProtocol):
    """Holds the first few datagrams; None stands for *port unreachable*."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[bytes | None] = asyncio.Queue(_STRAYS)

    def clear(self) -> None:
        """Forget what came too late for an earlier question."""
        while not self.waiting.empty():
            self.waiting.get_nowait()

    def datagram_received(self, data: bytes, _: object) -> None:
        if not self.waiting.full() and len(data) <= _ANSWER_LIMIT:
            self.waiting.put_nowait(data)

    def error_received(self, error: Exception) -> None:
        if isinstance(error, ConnectionRefusedError) and not self.waiting.full():
            self.waiting.put_nowait(None)


def _reported(unit: Unit) -> Failure | _Late:
    """What a report says about a question: it is never an answer to it."""
    what = unit.values[0][0][:-1] if unit.values else ()
    if what == _NOT_IN_TIME:
        return _Late()
    if what in _DENIED:
        return Failure(Ending.REFUSED, _DENIED[what], denied=True)
    if what[: len(_CONTEXT_STATS)] == _CONTEXT_STATS:
        return Failure(Ending.REFUSED, "the router has no such context")
    return Failure(Ending.MALFORMED, "a report of another kind")


def _take(
    unit: Unit,
    prefix: tuple[int, ...],
    last: tuple[int, ...],
    found: list[tuple[tuple[int, ...], Value]],
) -> tuple[int, ...]:
    """Keep the rows that lie in the column and come in order; the identifier of the last one kept."""
    for oid, value in unit.values[:ROWS_A_QUESTION]:
        if value is None or oid[: len(prefix)] != prefix or oid <= last:
            break
        found.append((oid[len(prefix) :], value))
        last = oid
    return last


def _is_end(unit: Unit, prefix: tuple[int, ...]) -> bool:
    """Whether an answer goes beyond the column, or beyond everything that the router has."""
    return any(value is None or oid[: len(prefix)] > prefix for oid, value in unit.values)


def _wrong(unit: Unit) -> Failure:
    if not unit.values:
        return Failure(Ending.MALFORMED, "an answer without rows")
    return Failure(Ending.MALFORMED, "rows that do not come in order; the walk was stopped")


def _refused(error: str) -> Failure:
    if error in _NO_ACCESS:
        return Failure(Ending.REFUSED, "the credential may not read it")
    return Failure(Ending.MALFORMED, f"the router answered with the error {error}")
