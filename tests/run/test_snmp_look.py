"""SNMP is read where the site gave a community, and nowhere else."""

from __future__ import annotations

import asyncio

import pytest

from scanner.journal import read_journal
from scanner.model.ending import Ended, Ending
from scanner.model.exchange import Exchange
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.policy.gate import Gate
from scanner.policy.rules import Limits
from scanner.run.request import Secret
from scanner.run.snmp_look import SnmpLook
from scanner.scope import Scope, parse_target
from scanner.transports import snmp as transport

HOST = "127.9.9.1"
COMMUNITY = "our own word"


@pytest.fixture
def gate() -> Gate:
    return Gate(Scope.of([parse_target("127.9.9.0/29")]), Limits())


@pytest.fixture
def look(recorder, gate, monkeypatch):
    """What the journal holds after one look, when the host answers so."""

    def ask(ending: Ending, payload: bytes = b"", community: str | None = COMMUNITY):
        async def read(self: object, address: str, oids: object) -> Exchange:
            gate.snmp(address, oids)
            return Exchange(Protocol.SNMP, 161, ending, payload, detail="why")

        monkeypatch.setattr(transport.SnmpTransport, "read", read)
        secret = Secret(community) if community else None
        asyncio.run(SnmpLook(secret, gate, recorder).look(HOST))
        recorder.sync()
        assert COMMUNITY not in recorder._journal.path.read_text()
        return list(read_journal(recorder._journal.path))[1:]

    return ask


def test_nothing_is_asked_without_a_community(look):
    assert look(Ending.COMPLETE, b"1.3.6.1.2.1.1.1.0 = x", community=None) == []


def test_an_answer_is_an_observation_marked_as_our_own_text(look):
    (seen,) = look(Ending.COMPLETE, b"1.3.6.1.2.1.1.1.0 = HIKVISION")
    assert isinstance(seen, Observation)
    assert (seen.host, seen.port, seen.protocol, seen.synthesised) == (HOST, 161, Protocol.SNMP, True)


def test_silence_is_no_record_and_anything_else_is_an_ending(look):
    assert look(Ending.SILENT) == []
    (ended,) = look(Ending.REFUSED)
    assert isinstance(ended, Ended)
    assert (ended.ending, ended.detail) == (Ending.REFUSED, "why")


def test_a_host_that_is_left_alone_is_not_asked_and_that_is_no_fault(look, gate):
    gate.breaker.trip(HOST)
    (ended,) = look(Ending.COMPLETE, b"x = y")
    assert ended.ending is Ending.STOPPED_BY_US
