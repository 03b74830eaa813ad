"""Control ports: listened to, never written to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playbook import CLOSED, SILENCE, Peer, Playbook, World

from scanner.model.action import Close, Open, Outcome, Receive
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Service, Target
from scanner.model.protocol import Protocol
from scanner.probes.sdk import BANNER_LIMIT, LISTEN, MORE, PIECES, PROBE, converse, speaks

# The error header of a control port, nmap-service-probes line 1821.
ERROR = bytes.fromhex("000000100000001e0000001e00000000")


def _target(*services: Service) -> Target:
    return Target("192.0.2.7", services or (Service(8000, "listen"),), "")


def test_two_seconds_are_listened_and_not_a_byte_is_sent() -> None:
    play = Playbook(converse(_target()))

    play.expect(Open(8000)).expect(Receive(BANNER_LIMIT, LISTEN), Outcome(data=ERROR))
    play.expect(Receive(BANNER_LIMIT - 16, MORE), SILENCE).expect(Close())

    assert play.end() == (Exchange(Protocol.SDK8000, 8000, Ending.COMPLETE, ERROR),)


def test_a_greeting_in_pieces_is_put_together_and_the_time_is_bounded() -> None:
    world = World({8000: Peer(banner=ERROR, piece=5, after=SILENCE)})

    (exchange,) = world.play(converse(_target()))

    assert exchange.payload == ERROR
    assert LISTEN + (PIECES - 1) * MORE <= 4


@pytest.mark.parametrize(
    ("peer", "ending", "payload"),
    [
        (Peer(opens=Outcome(Ending.REFUSED)), Ending.REFUSED, b""),
        (Peer(opens=Outcome(Ending.SILENT)), Ending.SILENT, b""),
        (Peer(after=SILENCE), Ending.SILENT, b""),
        (Peer(after=CLOSED), Ending.CLOSED_EARLY, b""),
        (Peer(after=Outcome()), Ending.CLOSED_EARLY, b""),
        (Peer(banner=ERROR, after=CLOSED), Ending.COMPLETE, ERROR),
        (Peer(banner=ERROR, after=Outcome(Ending.FAULT)), Ending.FAULT, ERROR),
        (Peer(banner=b"x" * 5000), Ending.CUT, b"x" * BANNER_LIMIT),
        (Peer(banner=b"x" * 5000, piece=1), Ending.COMPLETE, b"x" * PIECES),
    ],
)
def test_each_way_to_end_has_its_ending(peer: Peer, ending: Ending, payload: bytes) -> None:
    world = World({8000: peer})

    (exchange,) = world.play(converse(_target()))

    assert (exchange.ending, exchange.payload) == (ending, payload)
    assert world.sent == []


@pytest.mark.parametrize(
    ("banner", "protocol"),
    [
        (b"SSH-2.0-dropbear\r\n", Protocol.SSH),
        (b"220 FTP ready\r\n", Protocol.FTP),
        (b"220-welcome\r\n", Protocol.FTP),
        (b"220 mail ESMTP\r\n", Protocol.SDK8000),
        (b"\xff\xfd\x18\xff\xfd\x20", Protocol.TELNET),
        (b"\r\n192.0.0.64 login: ", Protocol.TELNET),
        (ERROR, Protocol.SDK8000),
        (b"", Protocol.SDK8000),
    ],
)
def test_who_speaks_first_names_itself(banner: bytes, protocol: Protocol) -> None:
    assert speaks(banner) is protocol


def test_the_three_known_ports_are_listened_to_whatever_the_list_calls_them() -> None:
    services = (Service(8000, "http"), Service(9010, "https"), Service(9020, "listen"), Service(80, "http"))
    world = World({port: Peer(after=SILENCE) for port in (80, 8000, 9010, 9020)})

    world.play(converse(_target(*services)))

    assert world.opened == [8000, 9010, 9020] == list(PROBE.ports)
    assert (len(world.opened), world.sent) == (PROBE.connections, [])
    assert (PROBE.sends, PROBE.requests) == ((), 0)


def test_when_we_are_stopped_the_remaining_ports_are_listed() -> None:
    services = tuple(Service(port, "listen") for port in (8000, 23, 2000))
    world = World({8000: Peer(after=SILENCE)}, stop_after=1)

    exchanges = world.play(converse(_target(*services)))

    assert [e.ending for e in exchanges] == [Ending.SILENT, Ending.STOPPED_BY_US, Ending.STOPPED_BY_US]


@given(banner=st.binary(max_size=2000), piece=st.integers(1, 2000))
def test_any_greeting_ends_and_no_byte_is_sent(banner: bytes, piece: int) -> None:
    world = World({8000: Peer(banner=banner, piece=piece)})

    (exchange,) = world.play(converse(_target()))

    assert banner.startswith(exchange.payload)
    assert world.sent == []
