"""A capture on loopback: it hears, it cannot send, and without its filter it is not made."""

from __future__ import annotations

import select
import socket

import pytest

from scanner.policy.rules import HEARD_PORTS
from scanner.transports import bpf
from scanner.transports import tap as module
from scanner.transports.privileges import raw_sockets
from scanner.transports.tap import CaptureRefused, Tap

PROGRAM = bpf.hearing(HEARD_PORTS)


@pytest.fixture
def tap():
    if not raw_sockets():
        pytest.skip("captures need root here")
    made = Tap("lo", PROGRAM)
    yield made
    made.close()


def frames(tap: Tap, seconds: float = 1.0) -> list[bytes]:
    found: list[bytes] = []
    while len(found) < 1000 and select.select([tap], [], [], seconds)[0]:
        found.append(tap.receive())
        seconds = 0.2
    return found


def test_it_hears_the_ports_and_nothing_else(tap):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for port, word in ((37020, b"heard-this-word"), (37021, b"other-word")):
            sock.sendto(word, ("127.0.0.1", port))
    found = b"".join(frames(tap))

    assert b"heard-this-word" in found
    assert b"other-word" not in found
    assert tap.dropped() == 0


def test_its_filter_is_in_place_and_it_has_no_way_to_send(tap):
    assert bpf.attached(tap.socket) == PROGRAM
    with pytest.raises(Exception, match="Can't send anything"):
        tap._held.send(b"x")
    frames(tap, 0.0)
    with pytest.raises(BlockingIOError):
        tap.receive()


def test_a_filter_that_cannot_be_read_back_is_no_filter(tap, monkeypatch):
    monkeypatch.setattr(module.bpf, "attached", lambda sock: b"")

    with pytest.raises(CaptureRefused, match="cannot be read back"):
        Tap("lo", PROGRAM)


def test_a_filter_that_the_kernel_refuses_is_a_refusal(tap):
    with pytest.raises(CaptureRefused, match="does not take the filter"):
        Tap("lo", PROGRAM[:-8])


def test_an_interface_that_is_not_there_is_a_refusal(tap):
    with pytest.raises(CaptureRefused, match="no packet socket"):
        Tap("nowhere0", PROGRAM)


def test_without_privilege_there_is_no_capture(monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("scapy.arch.linux.L2ListenSocket", refuse)

    with pytest.raises(CaptureRefused, match="neither root nor CAP_NET_RAW"):
        Tap("lo", PROGRAM)
