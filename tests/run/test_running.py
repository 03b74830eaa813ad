"""A scan under way: what the sweep tells becomes records, looks and events, whatever goes wrong."""

from __future__ import annotations

import dataclasses
import os
import time

import pytest

from scanner.journal import Ended, GapFound, Left, Life, Rejected, Swept, read_journal
from scanner.model.coverage import AddressState
from scanner.model.ending import Ending
from scanner.model.observation import Observation
from scanner.model.report import Verdict
from scanner.policy.rules import SADP_PORT
from scanner.run import running as module
from scanner.run.events import DeviceFound, Finished, Note, Progress, Started
from scanner.run.links import Links
from scanner.run.scan import Scan
from scanner.transports.udp import Datagram

HOST = "127.9.9.1"
SADP = (
    b'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><DeviceDescription>DS-2CD2143G2-I</DeviceDescription>'
    b"<DeviceSN>DS-2CD2143G2-I20211201AAWRG12345678</DeviceSN><MAC>44-19-b6-01-02-03</MAC></ProbeMatch>"
)


@pytest.fixture
def engine(monkeypatch):
    """``engine(script)``: instead of a sweep, ``script(plan, gate, listener, stop)`` is run; sweeps are kept."""

    def install(script, name: str = "ConnectSweep") -> list:
        plans = []

        class Scripted:
            def __init__(self, plan, gate, listener, stop) -> None:
                plans.append(plan)
                self.run = lambda: script(plan, gate, listener, stop)

        monkeypatch.setattr(module, name, Scripted)
        return plans

    return install


@pytest.fixture
def scanned(engine, plan, knowledge):
    """``scanned(script, …)``: the events of a scan of 127.9.9.0/29 with that script, and its records."""

    def scan(script, *targets: str, whole: bool = True, **options):
        def scripted(sweep, gate, listener, stop) -> None:
            script(sweep, gate, listener, stop)
            if whole and not stop.wanted:
                listener.passed([sweep.scope.address(index) for index in range(sweep.scope.size)])
                listener.done(sweep.scope.size)

        engine(scripted)
        made = Scan(plan(*(targets or ("127.9.9.0/29",)), **options), knowledge)
        events = list(made.events())
        return events, list(read_journal(made.journal_path))

    return scan


def finish(events) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


def of(kind: type, found) -> list:
    return [one for one in found if isinstance(one, kind)]


def nothing(*_: object) -> None:
    """A sweep in which nobody speaks."""


def test_a_sweep_in_which_nobody_speaks_is_clear_on_a_link_of_ours(scanned):
    events, records = scanned(nothing)
    assert isinstance(events[0], Started)
    assert of(Swept, records) == [Swept(8)]
    assert finish(events).report.verdict is Verdict.CLEAR
    assert finish(events).report.coverage.by_state[AddressState.SILENT] == 8


def test_each_word_of_the_sweep_is_a_record_once(scanned):
    def script(sweep, gate, listener, stop) -> None:
        for _ in range(2):
            listener.port("127.9.9.2", 80, Ending.REFUSED, "")
            listener.port("127.9.9.3", 443, Ending.NEVER_ASKED, "no route to it from here")
            listener.sign_of_life("127.9.9.4")
            listener.looked_for("127.9.9.4")
            listener.rejected("127.9.9.5", "127.9.9.254")
        listener.closed_port("127.9.9.6", SADP_PORT)
        listener.closed_port("127.9.9.6", 4)
        listener.reduced("sadp", "a flood")

    _events, records = scanned(script)
    assert of(Life, records) == [Life("127.9.9.4")]
    assert of(Rejected, records) == [Rejected("127.9.9.5", "127.9.9.254")]
    assert {(one.method, one.address, one.ending) for one in of(Ended, records)} == {
        ("tcp", "127.9.9.2", Ending.REFUSED),
        ("tcp", "127.9.9.3", Ending.NEVER_ASKED),
        ("sadp", "127.9.9.6", Ending.REFUSED),
    }
    assert [(gap.method, gap.reason, gap.affects_verdict) for gap in of(GapFound, records)] == [
        ("sadp", "a flood", False)
    ]


def test_an_answer_in_scope_is_an_observation_and_its_host_is_looked_at(scanned):
    def script(sweep, gate, listener, stop) -> None:
        (sadp,) = [ask for ask in sweep.asks if ask.name == "sadp"]
        listener.datagram(sadp, Datagram(SADP, HOST, SADP_PORT, "lo"))

    events, records = scanned(script)
    (seen,) = of(Observation, records)
    assert (seen.host, seen.port, seen.method, seen.interface) == (HOST, SADP_PORT, "sadp", "lo")
    (found,) = of(DeviceFound, events)
    assert found.device.model == "DS-2CD2143G2-I"
    assert finish(events).report.verdict is Verdict.FOUND
    assert finish(events).report.coverage.by_state[AddressState.ANSWERED] == 1


def test_an_answer_from_outside_the_scope_is_a_device_that_is_never_talked_to(scanned, tcp_peer, loopback):
    stranger = tcp_peer(address=f"{loopback}.9", port=0)

    def script(sweep, gate, listener, stop) -> None:
        (sadp,) = [ask for ask in sweep.asks if ask.name == "sadp"]
        said = SADP.replace(b"</ProbeMatch>", b"<HttpPort>%d</HttpPort></ProbeMatch>" % stranger.port)
        listener.datagram(sadp, Datagram(said, stranger.address, SADP_PORT, "lo"))

    events, _records = scanned(script)
    assert finish(events).report.devices[0].addresses == (stranger.address,)
    assert stranger.connections == 0
    assert finish(events).report.coverage.addresses == 8


def test_a_host_is_looked_at_as_soon_as_its_ports_were_tried(scanned, plan):
    told = {}

    def script(sweep, gate, listener, stop) -> None:
        (sadp,) = [ask for ask in sweep.asks if ask.name == "sadp"]
        listener.datagram(sadp, Datagram(SADP, HOST, SADP_PORT))
        listener.tried(HOST)
        time.sleep(0.5)
        told["before the end"] = True

    _events, records = scanned(script)
    kinds = [type(record).__name__ for record in records]
    assert kinds.index("Looked") < kinds.index("Swept")
    assert told


def test_a_host_that_speaks_after_its_block_was_passed_is_looked_at_too(scanned):
    def script(sweep, gate, listener, stop) -> None:
        (sadp,) = [ask for ask in sweep.asks if ask.name == "sadp"]
        listener.passed([HOST])
        listener.datagram(sadp, Datagram(SADP, HOST, SADP_PORT))

    events, _ = scanned(script)
    assert len(of(DeviceFound, events)) == 1


def test_progress_counts_attempts_and_never_goes_past_its_total(scanned):
    def script(sweep, gate, listener, stop) -> None:
        for _ in range(100):
            listener.progress(16)
        time.sleep(0.7)

    events, _ = scanned(script)
    told = of(Progress, events)
    assert told
    assert all(0 <= one.done <= one.total for one in told)
    assert told[-1].done == told[-1].total
    assert told[-1].left is not None


def test_a_bug_in_the_sweep_is_an_error_and_the_verdict_incomplete(scanned):
    def script(*_: object) -> None:
        raise ZeroDivisionError("of ours")

    events, _ = scanned(script)
    report = finish(events).report
    assert [(error.where, error.message) for error in report.errors] == [
        ("run", "ZeroDivisionError: of ours")
    ]
    assert report.verdict is Verdict.INCOMPLETE


def test_what_the_gate_refused_is_an_error(scanned, monkeypatch):
    def script(sweep, gate, listener, stop) -> None:
        gate.refusals += ["8.8.8.8 is outside the scope"] * 2

    events, _ = scanned(script)
    (error,) = finish(events).report.errors
    assert error.message == "an action of ours was refused: 8.8.8.8 is outside the scope"
    assert finish(events).report.verdict is Verdict.INCOMPLETE


def test_nmap_is_the_engine_where_the_plan_says_so(engine, plan, knowledge):
    plans = engine(lambda sweep, gate, listener, stop: listener.done(sweep.scope.size), "NmapSweep")
    made = dataclasses.replace(plan("127.9.9.0/29"), engine="nmap")
    events = list(Scan(made, knowledge).events())
    assert len(plans) == 1
    assert finish(events).report.verdict is Verdict.CLEAR
    assert finish(events).report.run.engine == "nmap"


def test_a_host_that_stops_answering_is_left_alone_and_said(scanned, quick, tcp_peer, loopback):
    """The sweep found the port open; every connection after that is refused."""
    peer = tcp_peer(address=f"{loopback}.9")

    def script(sweep, gate, listener, stop) -> None:
        listener.port(peer.address, peer.port, Ending.COMPLETE, "")
        peer.close()

    events, records = scanned(script, f"{loopback}.8/29", ports=(f"http:{peer.port}",))
    (left,) = of(Left, records)
    assert (left.address, left.prefix) == (peer.address, False)
    assert [note.text for note in of(Note, events)] == [f"{peer.address} stopped answering and is left alone"]
    report = finish(events).report
    assert report.coverage.by_state[AddressState.ABORTED] == 1
    assert report.verdict is Verdict.INCOMPLETE


def test_three_of_them_in_one_24_stop_that_24(scanned, tcp_peer, loopback):
    peers = [tcp_peer(address=f"{loopback}.{last}") for last in (9, 10, 11)]

    def script(sweep, gate, listener, stop) -> None:
        for peer in peers:
            listener.port(peer.address, peer.port, Ending.COMPLETE, "")
            peer.close()
            listener.tried(peer.address)
        until = time.monotonic() + 5
        while len(gate.breaker._groups) < 1 and time.monotonic() < until:
            time.sleep(0.02)

    ports = tuple(f"http:{peer.port}" for peer in peers)
    events, records = scanned(script, f"{loopback}.8/29", ports=ports)
    assert [left.prefix for left in of(Left, records)].count(True) == 1
    assert any("the prefix is left alone" in note.text for note in of(Note, events))
    assert finish(events).report.coverage.by_state[AddressState.ABORTED] == 8


def test_a_neighbour_in_a_prefix_too_large_to_walk_has_its_ports_tried(engine, plan, knowledge, monkeypatch):
    """The second sweep asks that neighbour alone, and does not count as progress of the first."""
    plans = engine(lambda sweep, gate, listener, stop: listener.done(sweep.scope.size))
    monkeypatch.setattr(Links, "read_neighbours", lambda self: self._on_neighbour("fd00:9::7"))
    events = list(Scan(plan("127.9.9.1", "fd00:9::/64"), knowledge).events())
    assert [str(one.scope) for one in plans] == ["127.9.9.1, fd00:9::/64", "fd00:9::7"]
    report = finish(events).report
    assert report.coverage.addresses == 1
    assert report.coverage.by_state[AddressState.SILENT] == 1


def test_a_scan_of_nothing_but_a_large_prefix_sweeps_nothing(engine, plan, knowledge):
    plans = engine(nothing)
    events = list(Scan(plan("fd00:9::/64"), knowledge).events())
    assert plans == []
    assert finish(events).report.verdict is Verdict.INCOMPLETE


def test_a_journal_that_can_no_longer_be_written_ends_the_run_with_what_it_has(scanned, monkeypatch):
    opened = []
    real = module.Running.__init__

    def keep(self, plan, knowledge, started, journal, *more) -> None:
        opened.append(journal)
        real(self, plan, knowledge, started, journal, *more)

    monkeypatch.setattr(module.Running, "__init__", keep)

    def script(sweep, gate, listener, stop) -> None:
        (sadp,) = [ask for ask in sweep.asks if ask.name == "sadp"]
        (journal,) = opened
        os.dup2(os.open("/dev/full", os.O_WRONLY), journal._file.fileno())
        listener.datagram(sadp, Datagram(SADP, HOST, SADP_PORT))
        assert stop.event.wait(5)

    events, _ = scanned(script)
    report = finish(events).report
    assert any("the journal cannot be written any more" in note.text for note in of(Note, events))
    assert any("No space left" in error.message for error in report.errors)
    assert report.found == 1
    assert not report.coverage.complete
    assert not finish(events).interrupted


def test_the_time_limit_ends_the_run_and_the_rest_is_stopped_by_us(scanned):
    def script(sweep, gate, listener, stop) -> None:
        assert stop.event.wait(5)

    events, _records = scanned(script, time_limit=0.1)
    report = finish(events).report
    assert any(
        gap.state == "stopped by us" and "time limit of 0.1 s" in gap.reason for gap in report.coverage.gaps
    )
    assert report.coverage.by_state[AddressState.ABORTED] == 8
    assert report.verdict is Verdict.INCOMPLETE
    assert not finish(events).interrupted
