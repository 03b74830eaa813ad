"""The connect sweep on loopback: who accepts, who refuses, who is silent, and at what pace."""

from __future__ import annotations

import dataclasses
import resource
import socket
import threading
import time
from collections import Counter

import pytest

from scanner.model.action import Outcome
from scanner.model.ending import Ending
from scanner.policy.rules import SADP_PORT
from scanner.probes.sadp import PROBE as SADP
from scanner.probes.wsdiscovery import PROBE as WSD
from scanner.sweep import connect
from scanner.sweep.connect import ConnectSweep
from scanner.transports.dial import KEPT_BACK, Dialled, dial
from scanner.transports.udp import Datagram, IcmpError

ANSWER = b'<?xml version="1.0"?><ProbeMatch><DeviceSN>DS-1</DeviceSN></ProbeMatch>'


@pytest.fixture
def dials(monkeypatch):
    """Every connect of the sweep, as ``(time, address, port)``; they are still made."""
    made: list[tuple[float, str, int]] = []

    def spy(gate, address: str, port: int) -> Dialled:
        made.append((time.monotonic(), address, port))
        return dial(gate, address, port)

    monkeypatch.setattr(connect, "dial", spy)
    return made


def test_an_open_and_a_refused_port_are_told_apart(setting, tcp_peer, loopback, closed_port):
    peer = tcp_peer(address=f"{loopback}.1")
    closed = closed_port(peer.address)
    heard = setting(peer.address, ports=(peer.port, closed)).run(ConnectSweep)
    assert heard.ports == [
        (peer.address, peer.port, Ending.COMPLETE),
        (peer.address, closed, Ending.REFUSED),
    ]
    assert heard.of("tried") == [(peer.address,)]
    assert heard.steps == [1]


def test_not_a_byte_is_said_and_the_connection_is_closed_at_once(setting, tcp_peer, loopback):
    received, ended = bytearray(), threading.Event()

    def read(opened: socket.socket) -> None:
        while data := opened.recv(100):
            received.extend(data)
        ended.set()

    peer = tcp_peer(read, f"{loopback}.1")
    setting(peer.address, ports=(peer.port,)).run(ConnectSweep)
    assert ended.wait(2)
    assert (bytes(received), peer.connections) == (b"", 1)


def test_refusal_is_told_once_an_address(setting, loopback, closed_port):
    address = f"{loopback}.1"
    ports = tuple({closed_port(address) for _ in range(5)})
    heard = setting(address, ports=ports).run(ConnectSweep)
    assert [(where, ending) for where, _, ending in heard.ports] == [(address, Ending.REFUSED)]
    assert heard.of("tried") == []


def test_a_silent_port_is_tried_twice_and_then_nothing_is_said_of_it(setting, deaf_port, loopback, dials):
    address = f"{loopback}.1"
    port = deaf_port(address)
    heard = setting(address, ports=(port,)).run(ConnectSweep)
    assert [(where, which) for _, where, which in dials] == [(address, port)] * 2
    assert heard.ports == []
    assert [word for word, *_ in heard.words if word != "progress"] == ["passed", "done"]


def test_only_the_silent_ports_are_tried_again(setting, deaf_port, tcp_peer, loopback, closed_port, dials):
    peer = tcp_peer(address=f"{loopback}.1")
    deaf = deaf_port(peer.address)
    closed = closed_port(peer.address)
    heard = setting(peer.address, ports=(peer.port, deaf, closed)).run(ConnectSweep)
    assert Counter(port for _, _, port in dials) == {peer.port: 1, deaf: 2, closed: 1}
    words = [word for word, *_ in heard.words if word in ("tried", "passed", "done")]
    assert words == ["tried", "passed", "done"]


def test_a_port_that_answers_only_the_second_time_is_found(
    setting, loopback, deaf_port, tcp_peer, monkeypatch
):
    """As after one lost packet: the first connect goes to a port that drops it."""
    peer = tcp_peer(address=f"{loopback}.1")
    deaf = deaf_port(peer.address)
    tries: Counter[int] = Counter()

    def lossy(gate, address: str, port: int) -> Dialled:
        tries[port] += 1
        return dial(gate, address, deaf if tries[port] == 1 else port)

    monkeypatch.setattr(connect, "dial", lossy)
    ports = (peer.port,)
    heard = setting(peer.address, ports=ports, allowed=(peer.port, deaf)).run(ConnectSweep)
    assert heard.ports == [(peer.address, peer.port, Ending.COMPLETE)]
    words = [word for word, *_ in heard.words if word in ("port", "passed")]
    assert words == ["passed", "port"]


def test_with_one_attempt_there_is_no_second(setting, deaf_port, loopback, dials):
    address = f"{loopback}.1"
    setting(address, ports=(deaf_port(address),), attempts=1).run(ConnectSweep)
    assert len(dials) == 1


def test_the_rate_is_kept_over_all(setting, loopback, dials):
    made = setting(f"{loopback}.0/27", ports=(9,), rate=300.0)
    begun = time.monotonic()
    made.run(ConnectSweep)
    packets = 32 * made.gate.limits.syn_packets
    assert made.gate.pacer.sent == packets
    assert dials[-1][0] - begun >= (packets - 3) / 300.0 * 0.95
    for start, _, _ in dials:
        in_a_tenth = sum(start <= when < start + 0.1 for when, _, _ in dials)
        assert in_a_tenth * made.gate.limits.syn_packets <= 30 + 2 * made.gate.limits.syn_packets


def hold_to_the_rate_of_one_host(dials, limits) -> None:
    """No window of a second holds more than the packets that one host may get."""
    for start, _, _ in dials:
        packets = sum(limits.syn_packets for when, _, _ in dials if start <= when < start + 0.99)
        assert packets <= 20 + limits.syn_packets


def test_one_host_gets_twenty_packets_a_second_at_most(setting, loopback, dials):
    made = setting(f"{loopback}.1", ports=tuple(range(2, 14)), host_rate=20.0)
    made.run(ConnectSweep)
    assert len(dials) == 12
    hold_to_the_rate_of_one_host(dials, made.gate.limits)


def test_what_was_held_up_is_not_made_up_for_at_the_hosts_expense(setting, loopback, monkeypatch):
    """This machine stood still for a while; every port of the host is overdue after it."""
    dials: list[tuple[float, str, int]] = []

    def held_up(gate, address: str, port: int) -> Dialled:
        dials.append((time.monotonic(), address, port))
        if len(dials) == 1:
            time.sleep(1.6)
        return dial(gate, address, port)

    monkeypatch.setattr(connect, "dial", held_up)
    made = setting(f"{loopback}.1", ports=tuple(range(2, 13)), host_rate=20.0)
    made.run(ConnectSweep)
    assert len(dials) == 11
    hold_to_the_rate_of_one_host(dials, made.gate.limits)


def test_ports_of_a_host_are_not_tried_in_a_row(setting, loopback, dials):
    setting(f"{loopback}.0/29", ports=(2, 3, 4)).run(ConnectSweep)
    assert [port for _, _, port in dials] == [2] * 8 + [3] * 8 + [4] * 8


def test_the_stop_flag_ends_it_within_moments_and_nothing_more_is_called_done(setting, loopback, dials):
    made = setting(f"{loopback}.0/24", ports=(9,), rate=50.0)
    threading.Timer(0.3, made.stop.set, ["enough"]).start()
    begun = time.monotonic()
    heard = made.run(ConnectSweep)
    assert time.monotonic() - begun < 1.5
    assert len(dials) < 30
    assert heard.steps == []


def test_a_sweep_that_was_stopped_before_it_began_does_nothing(setting, loopback, dials):
    made = setting(f"{loopback}.0/29", ports=(9,))
    made.stop.set("enough")
    assert made.run(ConnectSweep).words == []
    assert dials == []


def test_a_stop_while_no_room_is_left_ends_it_too(setting, loopback, deaf_port):
    addresses = [f"{loopback}.{last}" for last in range(1, 21)]
    port = deaf_port(addresses[0])
    for address in addresses[1:]:
        deaf_port(address, port)
    made = setting(*addresses, ports=(port,), in_flight=16, attempt=30.0)
    threading.Timer(0.3, made.stop.set, ["enough"]).start()
    begun = time.monotonic()
    made.run(ConnectSweep)
    assert time.monotonic() - begun < 3


def test_no_more_attempts_are_open_at_one_time_than_the_limit(setting, loopback, deaf_port, monkeypatch):
    addresses = [f"{loopback}.{last}" for last in range(1, 41)]
    port = deaf_port(addresses[0])
    for address in addresses[1:]:
        deaf_port(address, port)
    made = setting(*addresses, ports=(port,), in_flight=16, attempts=1)
    sweep = ConnectSweep(made.plan, made.gate, made.heard, made.stop)
    open_at_once: list[int] = []

    def spy(gate, address: str, port: int) -> Dialled:
        open_at_once.append(len(sweep._attempts))
        return dial(gate, address, port)

    monkeypatch.setattr(connect, "dial", spy)
    sweep.run()
    assert len(open_at_once) == 40
    assert max(open_at_once) == 15
    assert made.heard.steps == [40]


def test_the_limit_on_open_files_is_raised_where_it_may_be_and_kept_to(setting, loopback, monkeypatch):
    made = setting(f"{loopback}.1", ports=(9,), in_flight=4096)
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: raised.append(limits))
    for limits, wanted in (
        ((256, 300), 150),
        ((256, 10_000), 4096),
        ((256, resource.RLIM_INFINITY), 4096),
        ((100, 100), 50),
        ((20, 20), 16),
    ):
        monkeypatch.setattr(resource, "getrlimit", lambda _, found=limits: found)
        assert ConnectSweep(made.plan, made.gate, made.heard, made.stop)._most == wanted
    assert raised == [(300, 300), (4352, 10_000), (4352, resource.RLIM_INFINITY), (100, 100), (20, 20)]


def test_steps_are_told_block_by_block_and_end_at_the_last(setting, loopback, monkeypatch):
    monkeypatch.setattr(connect, "BLOCK", 8)
    heard = setting(f"{loopback}.0-{20}", ports=(9, 10)).run(ConnectSweep)
    assert heard.steps == sorted(heard.steps)
    assert heard.steps[-1] == 21
    assert [len(addresses) for (addresses,) in heard.of("passed")] == [8, 8, 5]
    assert len({address for (addresses,) in heard.of("passed") for address in addresses}) == 21


def test_a_step_is_done_only_when_every_one_below_it_is(setting, loopback, deaf_port, monkeypatch):
    """The first block waits for a silent port; the later ones are finished before it."""
    monkeypatch.setattr(connect, "BLOCK", 4)
    made = setting(f"{loopback}.0/28", ports=(0,), allowed=())
    first = made.plan.scope.address(made.plan.permutation[0])
    port = deaf_port(first)
    made = setting(f"{loopback}.0/28", ports=(port,), attempt=0.6)
    heard = made.run(ConnectSweep)
    assert heard.steps == [0, 0, 0, 16]
    assert len({address for address, _, _ in heard.ports}) == 15


def test_a_sweep_goes_on_where_an_earlier_one_stopped(setting, loopback, dials):
    made = setting(f"{loopback}.0/28", ports=(9,), first_step=12)
    heard = made.run(ConnectSweep)
    wanted = {made.plan.scope.address(made.plan.permutation[step]) for step in range(12, 16)}
    assert {address for _, address, _ in dials} == wanted
    assert heard.steps == [16]


def test_an_empty_scope_is_finished_at_once(setting, loopback):
    made = setting(f"{loopback}.1", ports=(9,), first_step=1)
    assert made.run(ConnectSweep).words == []


def test_a_host_that_was_left_alone_is_told_once_and_tried_no_more(setting, loopback, dials):
    made = setting(f"{loopback}.1", ports=(9, 10, 11))
    made.gate.breaker.trip(f"{loopback}.1")
    heard = made.run(ConnectSweep)
    assert heard.ports == [(f"{loopback}.1", 9, Ending.STOPPED_BY_US)]
    assert len(dials) == 1
    assert heard.steps == [1]


def test_what_the_gate_refuses_otherwise_is_a_fault_of_ours(setting, loopback):
    heard = setting(f"{loopback}.1", ports=(9, 10), allowed=(10,)).run(ConnectSweep)
    assert heard.ports == [(f"{loopback}.1", 9, Ending.FAULT)]


def test_a_machine_without_room_waits_and_tries_again(setting, tcp_peer, loopback, monkeypatch):
    peer = tcp_peer(address=f"{loopback}.1")
    calls = []

    def busy_at_first(gate, address: str, port: int) -> Dialled:
        calls.append(address)
        return Dialled(busy=True) if len(calls) < 3 else dial(gate, address, port)

    monkeypatch.setattr(connect, "dial", busy_at_first)
    heard = setting(peer.address, ports=(peer.port,)).run(ConnectSweep)
    assert heard.ports == [(peer.address, peer.port, Ending.COMPLETE)]
    assert sum(count for (count,) in heard.of("progress")) == 1


@pytest.mark.parametrize("ending", [Ending.NEVER_ASKED, Ending.FAULT, Ending.REFUSED])
def test_a_connect_that_ends_at_once_is_told(setting, loopback, monkeypatch, ending):
    monkeypatch.setattr(connect, "dial", lambda *_: Dialled(ending=ending, detail="why"))
    heard = setting(f"{loopback}.1", ports=(9,)).run(ConnectSweep)
    assert heard.of("port") == [(f"{loopback}.1", 9, ending, "why")]
    assert heard.steps == [1]


def test_what_this_machine_kept_back_is_tried_again_and_then_told_once_an_address(
    setting, loopback, monkeypatch
):
    """A full table may have room again; what it kept back twice was never asked, and is not called silent."""
    tried: list[int] = []

    def kept_back(gate, address: str, port: int) -> Dialled:
        tried.append(port)
        return Dialled(ending=Ending.FAULT, detail=KEPT_BACK)

    monkeypatch.setattr(connect, "dial", kept_back)
    heard = setting(f"{loopback}.1", ports=(9, 10)).run(ConnectSweep)
    assert tried == [9, 10, 9, 10]
    assert heard.of("port") == [(f"{loopback}.1", 9, Ending.FAULT, KEPT_BACK)]


def test_a_machine_that_never_has_room_ends_the_sweep_and_says_why(setting, loopback, monkeypatch):
    monkeypatch.setattr(connect, "dial", lambda *_: Dialled(busy=True))
    monkeypatch.setattr(connect, "BUSY_AT_MOST", 0.3)
    made = setting(f"{loopback}.1", ports=(9,))
    heard = made.run(ConnectSweep)
    assert "no free descriptor" in made.stop.reason
    assert heard.steps == []


def test_an_answer_that_we_come_too_late_to_read_is_not_the_hosts_silence(
    setting, tcp_peer, loopback, monkeypatch
):
    """The machine stands still for longer than an attempt may take, with the answer in the kernel's hands."""
    peer = tcp_peer(address=f"{loopback}.1")

    def stands_still(gate, address: str, port: int) -> Dialled:
        dialled = dial(gate, address, port)
        time.sleep(0.5)
        return dialled

    monkeypatch.setattr(connect, "dial", stands_still)
    made = setting(peer.address, ports=(peer.port, peer.port), attempts=1, attempt=0.1)
    assert (peer.address, peer.port, Ending.COMPLETE) in made.run(ConnectSweep).ports


def test_ipv6_is_swept_as_well(setting, tcp_peer):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listening:
        port = listening.getsockname()[1]
        heard = setting("::1", ports=(port,), asks=(SADP,)).run(ConnectSweep)
    assert ("::1", port, Ending.COMPLETE) in heard.ports
    assert ("::1", SADP_PORT) in heard.of("closed_port")


@pytest.fixture
def device(loopback):
    """``device(last, reply)``: a UDP device on the discovery port of an address; what it heard."""
    opened: list[socket.socket] = []

    def make(last: int, reply: bytes | None = ANSWER, port: int = SADP_PORT) -> list[bytes]:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind((f"{loopback}.{last}", port))
        opened.append(made)
        heard: list[bytes] = []

        def serve() -> None:
            while True:
                data, source = made.recvfrom(65535)
                if not data:
                    return
                heard.append(data)
                if reply is not None:
                    made.sendto(reply, source)

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[-1].start()
        return heard

    threads: list[threading.Thread] = []
    try:
        yield make
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            for one in opened:
                last.sendto(b"", one.getsockname())
        for thread in threads:
            thread.join(2)
        for one in opened:
            one.close()


def test_a_device_that_answers_a_datagram_is_told_and_not_asked_again(setting, loopback, device):
    heard_by_it = device(1)
    heard = setting(f"{loopback}.1", asks=(SADP,)).run(ConnectSweep)
    assert heard.of("datagram") == [("sadp", f"{loopback}.1", ANSWER)]
    assert len(heard_by_it) == 1


def test_a_device_that_is_silent_is_asked_twice(setting, loopback, device):
    heard_by_it = device(1, reply=None)
    heard = setting(f"{loopback}.1", asks=(SADP, WSD)).run(ConnectSweep)
    assert len(heard_by_it) == 2
    assert all(b"<Types>inquiry</Types>" in data for data in heard_by_it)
    assert heard.of("datagram") == []
    assert (f"{loopback}.1", WSD.call.port) in heard.of("closed_port")


def test_our_own_question_and_noise_are_no_answers(setting, loopback, device):
    device(1, reply=SADP.call.payload("11111111-2222-3333-4444-555555555555"))
    assert setting(f"{loopback}.1", asks=(SADP,)).run(ConnectSweep).of("datagram") == []


def test_a_late_answer_is_waited_for(setting, loopback):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as late:
        late.bind((f"{loopback}.1", SADP_PORT))

        def serve() -> None:
            for _ in range(2):
                _, source = late.recvfrom(2048)
            time.sleep(0.15)
            late.sendto(ANSWER, source)

        thread = threading.Thread(target=serve)
        thread.start()
        heard = setting(f"{loopback}.1", asks=(SADP,), ask_again=0.3).run(ConnectSweep)
        thread.join()
    assert len(heard.of("datagram")) == 1


class FakeUdp:
    """A datagram socket that reports these ICMP errors after the first send."""

    def __init__(self, *errors: IcmpError, outcomes: tuple[Outcome, ...] = ()) -> None:
        self._waiting = list(errors)
        self._outcomes = list(outcomes)
        self._pair = socket.socketpair()
        self.sent: list[str] = []

    def fileno(self) -> int:
        return self._pair[0].fileno()

    def send(self, address: str, port: int, data: bytes) -> Outcome:
        self.sent.append(address)
        self._pair[1].send(b"x")
        return self._outcomes.pop(0) if self._outcomes else Outcome()

    def receive(self) -> list[Datagram]:
        self._pair[0].recv(100)
        return []

    def errors(self) -> list[IcmpError]:
        found, self._waiting = self._waiting, []
        return found

    def close(self) -> None:
        for one in self._pair:
            one.close()


def icmp(kind: int, code: int, offender: str) -> IcmpError:
    return IcmpError("127.9.9.1", SADP_PORT, offender, kind, code, 4)


@pytest.mark.parametrize(
    ("error", "asked_ago", "word"),
    [
        (icmp(3, 3, "127.9.9.1"), 0.0, ("closed_port", "127.9.9.1", SADP_PORT)),
        (icmp(3, 1, "10.0.0.1"), 2.0, ("looked_for", "127.9.9.1")),
        (icmp(3, 1, "10.0.0.1"), 0.0, ("rejected", "127.9.9.1", "10.0.0.1")),
        (icmp(3, 13, "10.0.0.1"), 2.0, ("rejected", "127.9.9.1", "10.0.0.1")),
        (icmp(11, 0, "127.9.9.254"), 0.0, ("sign_of_life", "127.9.9.254")),
        (icmp(11, 0, "10.0.0.1"), 0.0, None),
        (icmp(3, 1, "127.9.9.99"), 2.0, None),
        (icmp(3, 1, "127.9.9.99"), 0.0, None),
        (icmp(3, 13, "127.9.9.99"), 0.0, ("rejected", "127.9.9.1", "127.9.9.99")),
    ],
)
def test_an_icmp_error_says_what_it_can(setting, monkeypatch, error, asked_ago, word):
    """Port unreachable, host unreachable late and at once, prohibited; no hops left in the prefix and far away;
    and this machine itself, whose own look-up failed or whose firewall refuses."""
    made = setting("127.9.9.1", asks=(SADP,))
    made.plan = dataclasses.replace(made.plan, own=frozenset(("127.9.9.99",)))
    fake = FakeUdp(error)
    monkeypatch.setattr(connect, "UnicastUdp", lambda *_: fake)
    sweep = ConnectSweep(made.plan, made.gate, made.heard, made.stop)
    monkeypatch.setattr(connect.select, "EPOLLERR", 1)  # the pair is readable, which stands for an error here
    sweep._asked["127.9.9.1"] = time.monotonic() - asked_ago
    sweep.run()
    words = [said for said in made.heard.words if said[0] not in ("progress", "passed", "done")]
    assert words == ([word] if word else [])


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ((Outcome(Ending.FAULT, detail="odd"),), []),
        ((Outcome(Ending.FAULT, detail="odd"),) * 2, [(Ending.FAULT, "odd")]),
        ((Outcome(Ending.NEVER_ASKED, detail="no route"),) * 2, [(Ending.NEVER_ASKED, "no route")]),
        ((Outcome(Ending.STOPPED_BY_US, detail="full"), Outcome()), []),
        ((Outcome(Ending.STOPPED_BY_US, detail="full"),) * 20, []),
        ((Outcome(Ending.STOPPED_BY_US, detail="full"),) * 22, [(Ending.STOPPED_BY_US, "full")]),
    ],
)
def test_an_address_that_no_datagram_left_for_is_told_once(setting, monkeypatch, outcomes, told):
    made = setting("127.9.9.1", asks=(SADP,))
    monkeypatch.setattr(connect, "UnicastUdp", lambda *_: FakeUdp(outcomes=outcomes))
    heard = made.run(ConnectSweep)
    assert [said[2:] for said in heard.of("unsent")] == told
    assert heard.ports == []


def test_a_host_left_alone_gets_no_datagram(setting, loopback, device):
    heard_by_it = device(1)
    made = setting(f"{loopback}.1", asks=(SADP,))
    made.gate.breaker.trip(f"{loopback}.1")
    made.run(ConnectSweep)
    assert heard_by_it == []


def test_with_nothing_to_ask_every_address_is_passed_and_done_at_once(setting, loopback):
    heard = setting(f"{loopback}.0/30").run(ConnectSweep)
    assert [word for word, *_ in heard.words] == ["passed", "done"]


def test_how_far_each_port_of_a_block_is_is_told(setting, deaf_port, closed_port, loopback):
    address = f"{loopback}.1"
    deaf, closed = deaf_port(address), closed_port(address)
    heard = setting(address, ports=(deaf, closed)).run(ConnectSweep)
    assert sorted(heard.rounds) == sorted([(0, deaf, False, 1), (0, closed, False, 0), (0, deaf, True, 0)])


def test_what_earlier_sittings_know_is_not_asked_again(setting, tcp_peer, deaf_port, loopback, dials):
    peer = tcp_peer(address=f"{loopback}.1")
    deaf, other = deaf_port(peer.address), deaf_port(peer.address)
    made = setting(peer.address, ports=(peer.port, deaf, other), asks=(SADP,))
    known = {
        "known": {peer.address: {peer.port: Ending.COMPLETE}},
        "first": {0: {deaf: 1, other: 0}},
        "answered": {SADP.name: {peer.address}},
    }
    made = dataclasses.replace(made, plan=dataclasses.replace(made.plan, **known))
    heard = made.run(ConnectSweep)

    assert [(where, port) for _, where, port in dials] == [(peer.address, deaf)]  # its retry
    assert heard.ports == []
    assert heard.of("tried") == [(peer.address,)]
    assert (heard.steps, peer.connections) == ([1], 0)


def test_a_block_of_which_all_is_known_is_over_at_once(setting, loopback, dials):
    made = setting(f"{loopback}.0/30", ports=(80, 443))
    known = {"first": {0: {80: 15, 443: 0}}, "again": {0: {80}}}
    made = dataclasses.replace(made, plan=dataclasses.replace(made.plan, **known))
    heard = made.run(ConnectSweep)

    assert dials == []
    assert heard.steps == [4]
    assert len(heard.of("passed")[0][0]) == 4
