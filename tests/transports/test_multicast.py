"""What needs no network; the rest is in ``tests/netns/test_multicast.py``, where groups are real."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket

import pytest

from scanner.model.errors import Refused
from scanner.model.probe import Call
from scanner.transports import multicast
from scanner.transports.interfaces import Interface
from scanner.transports.multicast import MulticastCall

LOOPBACK = Interface(
    "lo",
    socket.if_nametoindex("lo"),
    (ipaddress.IPv4Interface("127.0.0.1/8"),),
    (),
    multicast=False,
    loopback=True,
    up=True,
)


def call(*groups: str, listen_port: int | None = None) -> Call:
    return Call(
        37020, groups, lambda identity: b"ask " + identity.encode(), lambda data: True, False, listen_port
    )


async def everything(asked: MulticastCall):
    return [answer async for answer in asked.answers()]


def test_a_call_that_the_gate_refuses_raises_and_sends_nothing(recording_gate):
    recording_gate.refusing.add("datagram")
    asked = MulticastCall(recording_gate, LOOPBACK, call("239.255.255.250"), window=0.1)
    with pytest.raises(Refused):
        asyncio.run(everything(asked))
    assert asked.sent == 0
    assert [what[0] for what in recording_gate.asked] == ["datagram"]


def test_an_interface_without_ipv4_is_a_total_reduction(recording_gate):
    bare = Interface("lo", LOOPBACK.index, (), (), multicast=True, loopback=False, up=True)
    asked = MulticastCall(
        recording_gate, bare, call("239.255.255.250", "ff02::c"), asked_at=(0,), window=0.01
    )
    assert asyncio.run(everything(asked)) == []
    assert [(reduction.reason, reduction.total) for reduction in asked.reductions] == [
        ("the interface has no IPv4 address", False),
        ("nothing could be sent", True),
    ]
    assert recording_gate.asked == []


def test_a_socket_that_cannot_be_made_is_a_reduction(recording_gate, monkeypatch):
    def refuse(*arguments, **options):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(multicast, "Endpoint", refuse)
    asked = MulticastCall(recording_gate, LOOPBACK, call("239.255.255.250"), asked_at=(0,), window=0.01)
    assert asyncio.run(everything(asked)) == []
    assert asked.reductions[0].reason == "no socket on UDP port 0: Too many open files"
