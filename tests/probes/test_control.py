"""The control connection: one port that nobody opens, not a byte on it."""

from __future__ import annotations

import ipaddress

from playbook import Playbook

from scanner.model.action import Close, Open, Outcome
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Service, Target
from scanner.model.protocol import Protocol
from scanner.policy.rules import CONTROL_PORTS, NEVER_TOUCHED
from scanner.probes.control import FIRST, LAST, PROBE, WITHIN, control_port, converse

NONCE = "0123456789abcdef"
HOST = "192.0.2.7"
PORT = control_port(NONCE, HOST)


def target(*services: Service, said: tuple[Exchange, ...] = ()) -> Target:
    return Target(HOST, services or (Service(80, "http"),), NONCE, said)


def test_a_port_that_refuses_is_as_it_should_be() -> None:
    play = Playbook(converse(target()))

    play.expect(Open(PORT, WITHIN), Outcome(Ending.REFUSED))

    assert play.end() == (Exchange(Protocol.SDK8000, PORT, Ending.REFUSED),)


def test_a_port_that_accepts_is_closed_without_a_byte() -> None:
    play = Playbook(converse(target()))

    play.expect(Open(PORT, WITHIN)).expect(Close())

    assert play.end() == (Exchange(Protocol.SDK8000, PORT, Ending.COMPLETE),)


def test_a_host_without_an_open_port_is_not_tried_and_nobody_is_tried_twice() -> None:
    tried = Exchange(Protocol.SDK8000, PORT, Ending.REFUSED)

    assert Playbook(converse(Target(HOST, (), NONCE))).end() == ()
    assert Playbook(converse(target(said=(tried,)))).end() == ()
    assert Playbook(converse(target(Service(PORT, "http")))).end() == ()


def test_the_port_is_drawn_from_run_and_address_and_is_never_one_that_is_not_touched() -> None:
    ports = {
        control_port(nonce, str(address))
        for nonce in (NONCE, "fedcba9876543210")
        for address in ipaddress.ip_network("10.0.0.0/22")
    }

    assert control_port(NONCE, HOST) == PORT
    assert len(ports) > 1800
    assert ports <= set(CONTROL_PORTS) == set(range(FIRST, LAST + 1))
    assert not set(CONTROL_PORTS) & NEVER_TOUCHED
    assert PROBE.connections == 1
    assert PROBE.sends == ()
