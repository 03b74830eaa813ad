"""An interface that is listened to, on loopback; wires are in ``tests/netns/test_listen.py``."""

from __future__ import annotations

import socket

import pytest

from scanner.transports import ear as module
from scanner.transports.ear import Ear, Message, wait
from scanner.transports.tap import CaptureRefused


@pytest.fixture
def heard(monkeypatch):
    """A port of ours in place of the discovery ports, so that no other test is heard."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    monkeypatch.setattr(module, "GROUPS", ((port, ()),))
    return port


@pytest.fixture
def member(heard, monkeypatch):
    """An ear on loopback without a capture; nothing is joined there."""
    monkeypatch.setattr(module, "GROUPS", ((heard, ("239.255.255.250",)),))
    monkeypatch.setattr(module, "Endpoint", _bare(module.Endpoint))
    made = Ear("lo", capture=False, join=True)
    assert made.listen()
    yield made
    made.close()


def _bare(endpoint):
    """The real socket without its membership: loopback carries no multicast."""

    def make(interface, family, port, groups, loop_back):
        assert groups
        return endpoint(interface, family, port, (), loop_back)

    return make


def test_a_datagram_comes_with_its_sender_and_the_port_that_it_went_to(member, heard):
    member._own = frozenset()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.9", 0))
        sock.sendto(b"word", ("127.0.0.1", heard))
        source = sock.getsockname()[1]

    (ready,) = wait([member], 2.0)

    assert list(member.messages(ready[1])) == [Message(b"word", False, "127.0.0.9", source, heard)]
    assert (member.joined, member.captures, member.open) == (True, False, True)


def test_our_own_words_are_left_out(member, heard):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.sendto(b"word", ("127.0.0.1", heard))

    (ready,) = wait([member], 2.0)

    assert list(member.messages(ready[1])) == []


def test_only_so_much_is_taken_at_a_time(member, heard, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 3)
    member._own = frozenset()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for number in range(5):
            sock.sendto(bytes([number]), ("127.0.0.1", heard))
    (_, ready) = wait([member], 2.0)[0]

    assert [len(list(member.messages(ready))) for _ in range(2)] == [3, 2]


def test_an_interface_that_is_not_there_is_not_listened_to():
    ear = Ear("nowhere0", capture=True, join=True)

    assert not ear.listen()
    assert (ear.refused, ear.open, ear.there(), ear.sockets()) == (
        "the interface is not there",
        False,
        False,
        [],
    )
    assert wait([ear], 0.0) == ()


def test_a_refused_capture_says_why_and_the_memberships_stay(heard, monkeypatch):
    def refuse(*_):
        raise CaptureRefused("no filter")

    monkeypatch.setattr(module, "Tap", refuse)
    ear = Ear("lo", capture=True, join=False)

    assert not ear.listen()
    assert ear.refused == "no filter"
    assert ear.count_dropped() == 0


def test_a_port_that_cannot_be_had_is_named(monkeypatch):
    def refuse(*_):
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(module, "Endpoint", refuse)
    ear = Ear("lo", capture=False, join=True)

    assert not ear.listen()
    assert "UDP port 37020, IPv4: Address already in use" in ear.unheard


def test_what_is_closed_can_be_opened_again(member):
    member.close()
    assert not member.open
    assert member.listen()
    assert member.there()
