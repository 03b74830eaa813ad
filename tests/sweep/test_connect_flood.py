"""A sweep that is flooded with answers: what one host or one liar can make it keep is bounded."""

from __future__ import annotations

import contextlib
import socket
import threading

from scanner.model.probe import Probe
from scanner.policy.gate import Gate
from scanner.policy.rules import SADP_PORT, Limits
from scanner.probes.sadp import PROBE
from scanner.scope import AddressRange, Permutation, Scope, parse_target
from scanner.sweep.connect import ANSWERS_A_HOST, STRANGERS, ConnectSweep
from scanner.sweep.interface import Stop, SweepListener, SweepPlan
from scanner.transports.udp import Datagram

DEVICE = "127.61.7.5"
ANSWER = b'<?xml version="1.0"?><ProbeMatch><Types>inquiry</Types><DeviceSN>%d</DeviceSN></ProbeMatch>'


class Heard(SweepListener):
    """Keeps what the sweep tells of answers."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.cut: list[tuple[str, str]] = []

    def datagram(self, probe: Probe, datagram: Datagram) -> None:
        self.answers.append(datagram.address)

    def reduced(self, method: str, reason: str) -> None:
        self.cut.append((method, reason))


def answer(address: str, to: tuple[str, int], times: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar:
        liar.bind((address, SADP_PORT))
        for number in range(times):
            liar.sendto(ANSWER % number, to)


def flood(device: socket.socket) -> None:
    """Answer the first question many times, and under many names."""
    with contextlib.suppress(OSError):
        _, asker = device.recvfrom(2048)
        for number in range(50):
            device.sendto(ANSWER % number, asker)
        for number in range(100):
            answer(f"127.62.7.{number + 1}", asker, 2)


def test_answers_are_kept_up_to_a_limit_a_host_and_for_so_many_strangers() -> None:
    found = parse_target(DEVICE)
    assert isinstance(found, AddressRange)
    scope = Scope.of([found])
    heard = Heard()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind((DEVICE, SADP_PORT))
        device.settimeout(10)
        answering = threading.Thread(target=flood, args=(device,))
        answering.start()
        plan = SweepPlan(scope, (), (PROBE,), Permutation.of(1, 1))
        ConnectSweep(plan, Gate(scope, Limits(ask_again=1.0)), heard, Stop()).run()
        answering.join()

    assert heard.answers.count(DEVICE) == ANSWERS_A_HOST
    assert len({address for address in heard.answers if address != DEVICE}) == STRANGERS
    assert [method for method, _ in heard.cut] == [PROBE.name]
