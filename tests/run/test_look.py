"""One conversation after another with each host; ports and paths that it names itself are looked at too."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from scanner.journal import Looked, read_journal
from scanner.model.action import Open
from scanner.model.ending import Ended, Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Probe, ProbeKind, Target
from scanner.model.protocol import Protocol
from scanner.policy.gate import Gate
from scanner.policy.rules import LISTENED_PORTS
from scanner.run.look import Looker
from scanner.run.plan import Plan

HOST = "127.9.9.1"


def probe(name: str, order: int, converse) -> Probe:
    return Probe(
        name=name,
        title=name,
        kind=ProbeKind.CONVERSATION,
        protocol=Protocol.HTTP,
        order=order,
        transport="tcp",
        ports=(),
        sends=(),
        silence="",
        converse=converse,
    )


def says(*exchanges: Exchange):
    """A probe that asks nothing and brings these exchanges; the targets that it saw are in ``.seen``."""

    def converse(target: Target):
        converse.seen.append(target)
        return exchanges
        yield

    converse.seen = []
    return converse


def exchange(payload: bytes = b"x", protocol: Protocol = Protocol.HTTP) -> Exchange:
    return Exchange(protocol, 80, Ending.COMPLETE, payload)


@pytest.fixture
def looker(plan, recorder):
    """``looker(probe, …)``: a looker of a plan with these conversations alone; devices it tells in ``.devices``."""

    def make(*probes: Probe, **options) -> Looker:
        whole: Plan = dataclasses.replace(plan("127.9.9.0/29", **options), probes=probes)
        gate = Gate(whole.scope, whole.limits, ports=whole.touched_ports)
        devices: list = []
        made = Looker(whole, gate, recorder, devices.append, lambda *_: None, "0123456789abcdef")
        made.devices, made.gate = devices, gate
        return made

    return make


@pytest.fixture
def records(recorder):
    def read(kind: type) -> list:
        recorder.sync()
        return [record for record in read_journal(recorder._journal.path) if isinstance(record, kind)]

    return read


def look(looker: Looker, *addresses: str) -> None:
    async def go() -> None:
        for address in addresses or (HOST,):
            looker.start(address)
        assert looker.busy == len(addresses or (HOST,))
        await looker.wait()

    asyncio.run(go())
    assert looker.busy == 0


def test_conversations_go_in_their_order_and_each_knows_what_was_said(looker, records):
    second, first = says(exchange(b"two")), says(exchange(b"one"))
    made = looker(probe("b", 20, second), probe("a", 10, first))
    made.opened(HOST, 80)
    look(made)
    (early,), (late,) = first.seen, second.seen
    assert [service.port for service in early.services] == [80]
    assert early.said == ()
    assert [said.payload for said in late.said] == [b"one"]
    assert late.nonce == "0123456789abcdef"
    assert records(Looked) == [Looked(HOST)]
    (device,) = made.devices
    assert device.addresses == (HOST,)


def test_a_host_without_an_open_port_is_looked_at_too(looker, records):
    talk = says()
    look(looker(probe("a", 10, talk)))
    assert talk.seen[0].services == ()
    assert records(Looked) == [Looked(HOST)]


def test_a_host_is_looked_at_once_unless_a_port_is_new(looker):
    talk = says()
    made = looker(probe("a", 10, talk))
    made.opened(HOST, 80)
    look(made)
    asyncio.run(made.wait())
    made.start(HOST)  # nothing new: no loop is needed
    made.opened(HOST, 80)
    made.start(HOST)
    assert len(talk.seen) == 1
    made.opened(HOST, 443)
    look(made)
    assert [service.port for service in talk.seen[1].services] == [443]


def test_a_look_that_is_under_way_is_not_begun_again(looker):
    talk = says()
    made = looker(probe("a", 10, talk))

    async def twice() -> None:
        made.start(HOST)
        made.start(HOST)
        assert made.busy == 1
        await made.wait()

    asyncio.run(twice())
    assert len(talk.seen) == 1


def test_a_port_that_the_host_names_itself_is_looked_at_in_the_same_run(looker):
    sadp = (
        b'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><DeviceSN>DS-2CD2143G2-I20211201AAWRG12345678'
        b"</DeviceSN><HttpPort>8899</HttpPort></ProbeMatch>"
    )
    talk = says()
    made = looker(probe("a", 10, talk))
    made.said(HOST, Exchange(Protocol.SADP, 37020, Ending.COMPLETE, sadp))
    look(made)
    (target,) = talk.seen
    assert [(service.port, service.scheme) for service in target.services] == [(8899, "http")]
    made.gate.open(HOST, 8899)


def test_a_port_that_is_never_touched_is_not_looked_at_whoever_names_it(looker):
    sadp = (
        b'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><DeviceSN>DS-2CD2143G2-I20211201AAWRG12345678'
        b"</DeviceSN><HttpPort>9100</HttpPort></ProbeMatch>"
    )
    talk = says()
    made = looker(probe("a", 10, talk))
    made.said(HOST, Exchange(Protocol.SADP, 37020, Ending.COMPLETE, sadp))
    look(made)
    assert talk.seen[0].services == ()


def test_a_port_that_is_learnt_during_a_look_is_taken_by_a_second_turn_of_it(looker):
    sadp = exchange(
        b'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><DeviceSN>DS-2CD2143G2-I20211201AAWRG12345678'
        b"</DeviceSN><HttpPort>8899</HttpPort></ProbeMatch>",
        Protocol.SADP,
    )
    talk = says(sadp)
    made = looker(probe("a", 10, talk))
    look(made)
    assert [[service.port for service in target.services] for target in talk.seen] == [[], [8899]]
    assert len(made.devices) == 1


def test_beside_the_open_control_port_its_sisters_are_listened_to(looker):
    talk = says()
    made = looker(probe("a", 10, talk))
    made.opened(HOST, LISTENED_PORTS[0])
    look(made)
    (target,) = talk.seen
    assert {service.port: service.scheme for service in target.services} == dict.fromkeys(
        LISTENED_PORTS, "listen"
    )


def test_a_bug_in_a_probe_is_counted_and_the_others_go_on(looker, records):
    def broken(target: Target):
        yield Open(80)
        raise KeyError("title")

    talk = says()
    made = looker(probe("broken", 10, broken), probe("a", 20, talk))
    look(made)
    (ended,) = records(Ended)
    assert (ended.method, ended.ending, ended.detail) == ("broken", Ending.FAULT, "KeyError: 'title'")
    assert len(talk.seen) == 1
    assert records(Looked) == [Looked(HOST)]


def test_a_bug_behind_a_probe_is_counted_too(looker, records, monkeypatch):
    made = looker(probe("a", 10, says(exchange())))

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(made, "_learn", broken)
    monkeypatch.setattr(made._snmp, "look", broken_look)
    look(made)
    assert [(ended.method, ended.ending) for ended in records(Ended)] == [
        ("a", Ending.FAULT),
        ("snmp", Ending.FAULT),
    ]
    assert records(Looked) == [Looked(HOST)]


async def broken_look(address: str) -> None:
    raise RuntimeError(address)


def test_a_probe_without_a_conversation_is_passed_over(looker, records):
    look(looker(dataclasses.replace(probe("a", 10, None))))
    assert records(Ended) == []


def test_many_hosts_are_looked_at_side_by_side_but_not_more_than_the_limit(looker, quick):
    at_once, most = 0, 0

    def slow(target: Target):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        yield Open(80)
        at_once -= 1
        return ()

    limits = dataclasses.replace(quick, hosts_at_once=2)
    made = looker(probe("a", 10, slow), limits=limits)
    look(made, *(f"127.9.9.{n}" for n in range(1, 7)))
    assert len(made.devices) == 6
    assert 1 <= most <= 2


def test_a_host_that_used_its_time_is_not_given_a_second_turn(looker, quick):
    limits = dataclasses.replace(quick, host_time=0.05)

    def slow(target: Target):
        slow.turns += 1
        if slow.turns == 1:
            made.opened(HOST, 443)
        import time

        time.sleep(0.06)
        return ()
        yield

    slow.turns = 0
    made = looker(probe("a", 10, slow), limits=limits)
    look(made)
    assert slow.turns == 1
    assert len(made.devices) == 1


def test_a_look_that_is_cancelled_is_not_called_finished(looker, records, deaf_port):
    port = deaf_port(HOST)

    def talks(target: Target):
        yield Open(port)
        return ()

    made = looker(probe("a", 10, talks))
    made.gate.learn_port(HOST, port)

    async def go() -> None:
        made.start(HOST)
        await asyncio.sleep(0.05)
        await made.cancel()

    asyncio.run(go())
    assert records(Looked) == []
    assert made.devices == []


def test_cancelling_without_a_look_is_nothing(looker, records):
    made = looker()

    asyncio.run(made.cancel())

    assert records(Looked) == []
    assert made.devices == []


def test_a_look_that_the_prefixs_end_cut_short_is_not_called_finished(looker, records):
    """Its host is aborted then, and not answered: most of what it should have been asked was not asked."""

    def stopped(target: Target):
        for last in ("5", "6", "7"):
            made.gate.breaker.trip(f"127.9.9.{last}")
        return (exchange(),)
        yield

    made = looker(probe("a", 10, stopped))
    made.opened(HOST, 80)
    look(made)

    assert records(Looked) == []
    assert len(made.devices) == 1
