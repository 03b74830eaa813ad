"""RTSP: OPTIONS and one DESCRIBE on one connection."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playbook import CLOSED, SILENCE, Peer, Playbook, World

from scanner.model.action import Close, Open, Outcome, Send
from scanner.model.ending import Ending
from scanner.model.probe import Service, Target
from scanner.model.protocol import Protocol
from scanner.probes.rtsp import METHODS, PORTS, PROBE, converse, request

# A camera of 2020, public file 34128402832; nonce and suffix replaced.
OPTIONS = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, "
    b"GET_PARAMETER\r\nDate:  Thu, May 14 2020 16:45:35 GMT\r\n\r\n"
)
DESCRIBE = (
    b'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="IP Camera(C1234)", '
    b'nonce="0123", stale="FALSE"\r\nDate:  Thu, May 14 2020 16:45:35 GMT\r\n\r\n'
)
ADDRESS = "192.0.2.7"


def _target(*services: Service, address: str = ADDRESS) -> Target:
    return Target(address, services or (Service(554, "rtsp"),), "0123456789abcdef")


def test_both_questions_go_over_one_connection() -> None:
    play = Playbook(converse(_target()))

    play.expect(Open(554))
    play.expect(Send(request(ADDRESS, 554, "OPTIONS"))).hears(OPTIONS)
    play.expect(Send(request(ADDRESS, 554, "DESCRIBE"))).hears(DESCRIBE)
    play.expect(Close())

    options, describe = play.end()
    assert (options.protocol, options.port, options.request) == (Protocol.RTSP, 554, "OPTIONS /")
    assert (options.ending, options.payload) == (Ending.COMPLETE, OPTIONS)
    assert (describe.request, describe.ending, describe.payload) == ("DESCRIBE /", Ending.COMPLETE, DESCRIBE)


@pytest.mark.parametrize("piece", [1, 7, 4096])
@pytest.mark.parametrize("behind", [b"", b"\r\n\r\n", b"$\x00garbage"])
def test_a_reply_reads_the_same_whole_byte_by_byte_and_with_garbage_behind_it(
    piece: int, behind: bytes
) -> None:
    world = World({554: Peer([OPTIONS, DESCRIBE + behind], piece=piece)})

    assert [e.payload for e in world.play(converse(_target()))] == [OPTIONS, DESCRIBE]


def test_the_bytes_are_those_of_a_player_without_credentials() -> None:
    assert request(ADDRESS, 554, "OPTIONS").startswith(
        b"OPTIONS rtsp://192.0.2.7:554/ RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: hiksweep/"
    )
    assert request("2001:db8::7", 8554, "DESCRIBE").startswith(
        b"DESCRIBE rtsp://[2001:db8::7]:8554/ RTSP/1.0\r\nCSeq: 2\r\n"
    )
    assert request("fe80::1%eth1", 554, "OPTIONS").startswith(b"OPTIONS rtsp://[fe80::1]:554/ RTSP/1.0\r\n")
    assert request(ADDRESS, 554, "DESCRIBE").endswith(b"\r\nAccept: application/sdp\r\n\r\n")
    assert b"uthorization" not in request(ADDRESS, 554, "DESCRIBE")


ENDINGS = {
    "refused": (Peer(opens=Outcome(Ending.REFUSED)), Ending.REFUSED, b""),
    "no connection": (Peer(opens=Outcome(Ending.SILENT)), Ending.SILENT, b""),
    "silent": (Peer(after=SILENCE), Ending.SILENT, b""),
    "closed at once": (Peer(), Ending.CLOSED_EARLY, b""),
    "closed while we ask": (Peer(sends=CLOSED), Ending.CLOSED_EARLY, b""),
    "closed mid-header": (Peer(OPTIONS[:40]), Ending.CLOSED_EARLY, OPTIONS[:40]),
    "silent mid-header": (Peer(OPTIONS[:40], after=SILENCE), Ending.CUT, OPTIONS[:40]),
    "web server": (
        Peer(b"HTTP/1.1 400 Bad\r\n\r\n"),
        Ending.OTHER_PROTOCOL,
        b"HTTP/1.1 400 Bad\r\n\r\n",
    ),
    "TLS": (Peer(b"\x15\x03\x03\x00\x02\x02\x46"), Ending.OTHER_PROTOCOL, b"\x15\x03\x03\x00\x02\x02\x46"),
    "no status": (Peer(b"RTSP/1.0 what\r\n\r\n"), Ending.MALFORMED, b"RTSP/1.0 what\r\n\r\n"),
    "over the limit": (
        Peer(b"RTSP/1.0 200 OK\r\nX: " + b"a" * 20000),
        Ending.CUT,
        (b"RTSP/1.0 200 OK\r\nX: " + b"a" * 20000)[:16384],
    ),
    "fault of ours": (Peer(opens=Outcome(Ending.FAULT)), Ending.FAULT, b""),
}


@pytest.mark.parametrize(("peer", "ending", "payload"), ENDINGS.values(), ids=ENDINGS.keys())
def test_each_way_to_fail_has_its_ending_keeps_what_was_read_and_asks_no_further(
    peer: Peer, ending: Ending, payload: bytes
) -> None:
    world = World({554: peer})

    options, describe = world.play(converse(_target()))

    assert (options.ending, options.payload) == (ending, payload)
    assert describe.ending is Ending.NEVER_ASKED
    assert describe.detail.startswith("not asked: OPTIONS ended")
    assert not any(line.startswith("DESCRIBE") for line in world.asked())


def test_a_server_that_closes_after_options_is_not_asked_on_a_new_connection() -> None:
    world = World({554: Peer([OPTIONS])})

    options, describe = world.play(converse(_target()))

    assert options.ending is Ending.COMPLETE
    assert describe.ending is Ending.CLOSED_EARLY
    assert world.opened == [554]


def test_when_we_are_stopped_both_questions_of_every_further_port_are_listed() -> None:
    world = World({}, stop_after=0)

    exchanges = world.play(converse(_target(Service(554, "rtsp"), Service(8554, "rtsp"))))

    assert [(e.port, e.ending) for e in exchanges] == [
        (554, Ending.STOPPED_BY_US),
        (554, Ending.STOPPED_BY_US),
        (8554, Ending.STOPPED_BY_US),
        (8554, Ending.STOPPED_BY_US),
    ]
    assert world.opened == []


def test_two_ports_are_the_most_and_a_control_port_is_never_one() -> None:
    ports = (8000, 554, 8554, 10554)
    world = World({port: Peer([OPTIONS, DESCRIBE]) for port in ports})

    exchanges = world.play(converse(_target(*(Service(port, "rtsp") for port in ports))))

    assert world.opened == [554, 8554]
    assert len(world.opened) == PORTS == PROBE.connections
    assert len(world.sent) == PORTS * len(METHODS) == PROBE.requests
    assert [e.ending for e in exchanges if e.port == 10554] == [Ending.STOPPED_BY_US] * 2


@given(cut=st.integers(0, len(OPTIONS)), noise=st.binary(max_size=64), piece=st.integers(1, 64))
def test_a_real_reply_cut_and_continued_with_noise_still_ends(cut: int, noise: bytes, piece: int) -> None:
    world = World({554: Peer([OPTIONS[:cut] + noise, DESCRIBE], piece=piece)})

    exchanges = world.play(converse(_target()))

    assert [e.request for e in exchanges] == ["OPTIONS /", "DESCRIBE /"]
    assert exchanges[0].ending in set(Ending) - {Ending.FAULT, Ending.STOPPED_BY_US, Ending.NEVER_ASKED}
