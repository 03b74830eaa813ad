"""TLS: the certificate and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from peer import look, server_context, web_server
from playbook import Peer, Playbook, World

from scanner.model.action import Close, Open, Outcome, StartTls
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Service, Target
from scanner.model.protocol import Protocol
from scanner.probes.tls import PORTS, PROBE, converse

CERTIFICATE = b"\x30\x82\x01\x0a\x02\x82\x01\x01"


def _target(*services: Service) -> Target:
    return Target("192.0.2.7", services, "0123456789abcdef")


def test_a_handshake_gives_the_certificate_and_sends_nothing() -> None:
    play = Playbook(converse(_target(Service(80, "http"), Service(443, "https"), Service(554, "rtsp"))))

    play.expect(Open(443)).expect(StartTls(), Outcome(data=CERTIFICATE)).expect(Close())

    assert play.end() == (Exchange(Protocol.TLS_CERT, 443, Ending.COMPLETE, CERTIFICATE),)


@pytest.mark.parametrize("ending", [Ending.REFUSED, Ending.SILENT, Ending.FAULT])
def test_a_port_that_does_not_open_ends_as_it_did_and_the_next_is_tried(ending: Ending) -> None:
    play = Playbook(converse(_target(Service(443, "https"), Service(8443, "https"))))

    play.expect(Open(443), Outcome(ending, detail="why")).expect(Open(8443))
    play.expect(StartTls(), Outcome(data=CERTIFICATE)).expect(Close())

    first, second = play.end()
    assert first == Exchange(Protocol.TLS_CERT, 443, ending, detail="why")
    assert second.payload == CERTIFICATE


def test_a_failed_handshake_is_told_and_the_connection_closed() -> None:
    play = Playbook(converse(_target(Service(443, "https"))))

    play.expect(Open(443)).expect(StartTls(), Outcome(Ending.TLS_FAILED, detail="wrong version number"))
    play.expect(Close())

    assert play.end() == (Exchange(Protocol.TLS_CERT, 443, Ending.TLS_FAILED, detail="wrong version number"),)


def test_a_server_without_a_certificate_is_complete_and_empty() -> None:
    world = World({443: Peer(tls=Outcome())})

    assert world.play(converse(_target(Service(443, "https")))) == (
        Exchange(Protocol.TLS_CERT, 443, Ending.COMPLETE),
    )


def test_when_we_are_stopped_the_remaining_ports_are_listed_and_not_opened() -> None:
    world = World({443: Peer(tls=Outcome(data=CERTIFICATE))}, stop_after=1)

    exchanges = world.play(converse(_target(*(Service(port, "https") for port in (443, 8443, 9443)))))

    assert [e.ending for e in exchanges] == [Ending.COMPLETE, Ending.STOPPED_BY_US, Ending.STOPPED_BY_US]
    assert world.opened == [443]


def test_three_ports_are_the_most_and_a_control_port_is_never_one() -> None:
    ports = (8000, 443, 8443, 9443, 10443, 11443)
    world = World({port: Peer(tls=Outcome(data=CERTIFICATE)) for port in ports})

    exchanges = world.play(converse(_target(*(Service(port, "https") for port in ports))))

    assert world.opened == [443, 8443, 9443]
    assert world.sent == []
    assert len(exchanges) == PORTS == PROBE.connections
    assert PROBE.requests == 0


def test_without_an_https_port_nothing_is_asked() -> None:
    assert World({}).play(converse(_target(Service(80, "http")))) == ()


@pytest.mark.peer
def test_a_tls_server_that_we_did_not_write_shows_its_certificate_over_the_real_transport(
    tmp_path: Path,
) -> None:
    context, certificate = server_context(tmp_path)
    with web_server(tmp_path, context) as port:
        (exchange,), gate = look(PROBE, Target("127.0.0.1", (Service(port, "https"),), ""))

    assert (exchange.ending, exchange.payload) == (Ending.COMPLETE, certificate)
    assert gate.budgets.used("127.0.0.1") == (1, 0)


@pytest.mark.peer
def test_a_web_server_without_tls_fails_the_handshake(tmp_path: Path) -> None:
    with web_server(tmp_path) as port:
        (exchange,), _ = look(PROBE, Target("127.0.0.1", (Service(port, "https"),), ""))

    assert exchange.ending is Ending.TLS_FAILED
