"""SNMP v2c: one GET of a few objects from one host, with the community that the site has given.

pysnmp builds and reads the messages; the socket is ours, so that a hostile answer is a value and not a
traceback, and so that only the asked host can answer (the socket is connected). The community is a secret of
the site: it is in the message on the wire and nowhere else, neither in a result, an error's text, nor a
``repr``.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence
from typing import Any

from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.protocol import Protocol
from scanner.policy.gate import Gate
from scanner.policy.rules import SNMP_PORT

TIMEOUT = 2.0
"""Seconds for an answer, each time."""
ASKS = 2
"""The first and one more."""
ANSWER_LIMIT = 65_507
VALUE_LIMIT = 1024
"""Characters kept of a value; descriptions have tens to hundreds."""
_ANSWERS_READ = 8
"""Datagrams looked at per ask; a host that sends more answers nobody's question."""


class SnmpTransport:
    """Reads from one host at a time; may be used by many tasks."""

    def __init__(
        self, gate: Gate, community: str, *, port: int = SNMP_PORT, timeout: float = TIMEOUT, asks: int = ASKS
    ) -> None:
        self._gate = gate
        self.__community = community
        self._port = port
        self._timeout = timeout
        self._asks = asks

    def __repr__(self) -> str:
        return "SnmpTransport(community hidden)"

    async def read(self, address: str, oids: Sequence[str]) -> Exchange:
        """GET the objects; the payload is one line ``OID = value`` for each that the host has.

        A wrong community and a host without SNMP look the same: SILENT. An ICMP *port unreachable* is
        REFUSED; an answer that is no SNMP is MALFORMED, unless a good one follows it in time.

        Raises:
            Refused: the gate did not let it pass.
        """
        from scanner.transports import snmp_message

        self._gate.snmp(address, oids)
        request = "GET " + " ".join(oids)
        message = snmp_message.get_request(self.__community, oids)
        try:
            transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
                _Answers, remote_addr=(address, self._port)
            )
        except OSError as error:
            return self._exchange(Ending.NEVER_ASKED, request, detail=error.strerror or str(error))
        try:
            ending, answer = await self._ask(transport, protocol, message)
        finally:
            transport.close()
        if answer is None:
            return self._exchange(ending, request)
        lines = [
            f"{oid} = {text}"
            for oid, value in answer.values[: len(oids)]
            if (text := value_text(value)) is not None
        ]
        payload = "".join(f"{line}\n" for line in lines).encode()
        return self._exchange(Ending.COMPLETE, request, payload, answer.error)

    async def _ask(
        self, transport: asyncio.DatagramTransport, protocol: _Answers, message: Any
    ) -> tuple[Ending, Any]:
        """Ask, and once more; an ending without an answer, or the answer."""
        loop = asyncio.get_running_loop()
        ending = Ending.SILENT
        for _ in range(self._asks):
            delay = self._gate.pace(1)
            if delay > 0:
                await asyncio.sleep(delay)
            transport.sendto(message.data)
            until = loop.time() + self._timeout
            for _ in range(_ANSWERS_READ):
                try:
                    data = await asyncio.wait_for(protocol.waiting.get(), until - loop.time())
                except TimeoutError:
                    break
                if data is None:
                    return Ending.REFUSED, None
                answer = message.read(data)
                if answer is not None:
                    return Ending.COMPLETE, answer
                ending = Ending.MALFORMED
        return ending, None

    def _exchange(self, ending: Ending, request: str, payload: bytes = b"", detail: str = "") -> Exchange:
        return Exchange(Protocol.SNMP, self._port, ending, payload, request, detail)


class _Answers(asyncio.DatagramProtocol):
    """Holds the first few datagrams; None stands for *port unreachable*."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[bytes | None] = asyncio.Queue(_ANSWERS_READ * ASKS)

    def datagram_received(self, data: bytes, _: object) -> None:
        if not self.waiting.full():
            self.waiting.put_nowait(data[:ANSWER_LIMIT])

    def error_received(self, error: Exception) -> None:
        if isinstance(error, ConnectionRefusedError) and not self.waiting.full():
            self.waiting.put_nowait(None)


def value_text(value: str | bytes | int | None) -> str | None:
    """A value on one line: text as it is, other octets as ``0x…``; None for an object that the host lacks."""
    if value is None:
        return None
    if isinstance(value, bytes):
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return ("0x" + value.hex())[:VALUE_LIMIT]
        text = " ".join(text.rstrip("\0").split())
        if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
            return ("0x" + value.hex())[:VALUE_LIMIT]
        return text[:VALUE_LIMIT]
    return str(value)[:VALUE_LIMIT]
