"""The connect sweep on loopback, and its timing against a connect that never answers."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections import Counter
from typing import Any

import pytest

from scanner.model.ending import Ending
from scanner.model.probe import Probe
from scanner.policy.gate import Gate
from scanner.policy.rules import Limits
from scanner.probes import sadp
from scanner.scope import AddressRange, Permutation, Scope, parse_target
from scanner.sweep.connect import BLOCK, ConnectSweep
from scanner.sweep.interface import Stop, SweepListener, SweepPlan
from scanner.transports.dial import Dialled
from scanner.transports.udp import Datagram

ANSWER = b"<ProbeMatch><Types>inquiry</Types><DeviceSN>X</DeviceSN></ProbeMatch>"


class Listener(SweepListener):
    def __init__(self) -> None:
        self.ports: list[tuple[str, int, Ending]] = []
        self.datagrams: list[Datagram] = []
        self.passes: list[str] = []
        self.tries: list[str] = []
        self.steps: list[int] = []
        self.attempts = 0
        self.closed: set[str] = set()

    def port(self, address: str, port: int, ending: Ending, detail: str) -> None:
        self.ports.append((address, port, ending))

    def datagram(self, probe: Probe, datagram: Datagram) -> None:
        self.datagrams.append(datagram)

    def closed_port(self, address: str, port: int) -> None:
        self.closed.add(address)

    def tried(self, address: str) -> None:
        self.tries.append(address)

    def passed(self, addresses: list[str]) -> None:
        self.passes += addresses

    def done(self, steps: int) -> None:
        self.steps.append(steps)

    def progress(self, attempts: int) -> None:
        self.attempts += attempts

    def reduced(self, method: str, reason: str) -> None: ...
    def sign_of_life(self, address: str) -> None: ...
    def looked_for(self, address: str) -> None: ...
    def rejected(self, address: str, router: str) -> None: ...


def prepare(
    target: str, *ports: int, asks: tuple[Probe, ...] = (), **limits: Any
) -> tuple[ConnectSweep, Listener, Stop, Gate]:
    found = parse_target(target)
    assert isinstance(found, AddressRange)
    scope = Scope.of([found])
    gate = Gate(scope, Limits(**({"rate": 50_000.0, "host_rate": 1000.0} | limits)), ports=ports)
    listener, stop = Listener(), Stop()
    plan = SweepPlan(scope, ports, asks, Permutation.of(scope.size, 3))
    return ConnectSweep(plan, gate, listener, stop), listener, stop, gate


def test_open_and_refused_ports_are_told_and_every_address_is_passed_and_done() -> None:
    with socket.create_server(("127.93.0.5", 0)) as server:
        port = server.getsockname()[1]
        sweep, listener, _, _ = prepare("127.93.0.0/28", port, port + 1)
        sweep.run()

    assert ("127.93.0.5", port, Ending.COMPLETE) in listener.ports
    refused = Counter(address for address, _, ending in listener.ports if ending is Ending.REFUSED)
    assert set(refused) == {f"127.93.0.{last}" for last in range(16)}
    assert set(refused.values()) == {1}
    assert sorted(listener.passes) == sorted(refused)
    assert listener.tries == ["127.93.0.5"]
    assert listener.steps[-1] == 16
    assert listener.attempts == 32


def test_several_blocks_are_finished_in_order() -> None:
    sweep, listener, _, _ = prepare("127.93.0.0/22", 1)
    sweep.run()

    assert listener.steps == sorted(listener.steps)
    assert listener.steps[-1] == 4 * BLOCK
    assert len(listener.passes) == 4 * BLOCK


class Never:
    """A dial whose connects never end, on real sockets that nobody serves."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str, int]] = []
        self.kept: list[socket.socket] = []

    def __call__(self, gate: Gate, address: str, port: int) -> Dialled:
        self.asked.append((time.monotonic(), address, port))
        one, other = socket.socketpair()
        one.setblocking(False)
        while True:  # a full pipe never becomes writable, as a connect that nobody answers
            try:
                one.send(bytes(65536))
            except BlockingIOError:
                break
        self.kept.append(other)
        return Dialled(waiting=one)

    def close(self) -> None:
        for kept in self.kept:
            kept.close()


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Never()
    monkeypatch.setattr("scanner.sweep.connect.dial", made)
    yield made
    made.close()


def test_a_silent_port_is_tried_twice_and_not_told(never: Never) -> None:
    sweep, listener, _, _ = prepare("127.93.1.0/30", 80, 443, attempt=0.2)
    sweep.run()

    assert Counter((address, port) for _, address, port in never.asked) == {
        (f"127.93.1.{last}", port): 2 for last in range(4) for port in (80, 443)
    }
    assert listener.ports == []
    assert listener.steps == [4]


def test_one_host_gets_no_more_than_its_share_of_packets(never: Never) -> None:
    sweep, _, _, gate = prepare("127.93.1.1", 80, 443, 554, attempt=0.05, host_rate=20.0)
    sweep.run()

    times = [at for at, _, _ in never.asked]
    apart = [later - earlier for earlier, later in itertools.pairwise(times)]
    # An attempt may cost three packets, so two attempts lie 3/20 s apart.
    assert min(apart[:2]) >= 3 / 20 - 0.02
    assert gate.pacer.sent == 6 * gate.limits.syn_packets


def test_the_rate_over_all_is_kept(never: Never) -> None:
    sweep, _, _, gate = prepare("127.93.1.0/27", 80, attempt=0.05, rate=300.0)
    started = time.monotonic()
    sweep.run()

    assert gate.pacer.sent / (time.monotonic() - started) <= 300.0


def test_a_stop_ends_the_sweep_and_leaves_the_rest_undone(never: Never) -> None:
    sweep, listener, stop, _ = prepare("127.93.2.0/24", 80, attempt=5.0, rate=200.0)
    threading.Timer(0.4, stop.set, ("enough",)).start()
    started = time.monotonic()
    sweep.run()

    assert time.monotonic() - started < 3
    assert listener.steps == []


def test_a_host_that_is_left_alone_is_told_as_stopped_by_us() -> None:
    sweep, listener, _, gate = prepare("127.93.3.0/30", 80, 443)
    gate.breaker.trip("127.93.3.1")
    sweep.run()

    assert [ending for address, _, ending in listener.ports if address == "127.93.3.1"] == [
        Ending.STOPPED_BY_US
    ]


def test_addresses_are_asked_for_discovery_and_their_answers_and_closed_ports_are_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind(("127.93.4.1", 37020))
        device.settimeout(5)

        def answer() -> None:
            data, source = device.recvfrom(2000)
            assert b"inquiry" in data
            device.sendto(ANSWER, source)

        answering = threading.Thread(target=answer)
        answering.start()
        sweep, listener, _, _ = prepare("127.93.4.0/30", 1, asks=(sadp.PROBE,), ask_again=0.3)
        sweep.run()
        answering.join()

    assert [(found.address, found.data) for found in listener.datagrams] == [("127.93.4.1", ANSWER)]
    assert listener.closed == {"127.93.4.0", "127.93.4.2", "127.93.4.3"}
