"""nmap as the engine, told in the same words; the real one on loopback, and one of our own making."""

from __future__ import annotations

import shutil

import pytest

from scanner.model.ending import Ending
from scanner.probes.sadp import PROBE as SADP
from scanner.sweep import connect, nmap
from scanner.sweep.nmap import NmapSweep
from scanner.transports.nmap import NmapEnd, NmapHost, NmapPort, NmapStarted


@pytest.fixture
def played(monkeypatch):
    """``played(event, …)``: what each call of nmap says; the calls are in the list that it returns."""

    def install(*events) -> list:
        calls: list = []

        class Played:
            def __init__(self, gate) -> None:
                pass

            def sweep(self, addresses, ports, **options):
                calls.append((list(addresses), options))
                yield NmapStarted("7.93")
                yield from events

        monkeypatch.setattr(nmap, "NmapTransport", Played)
        return calls

    return install


def host(address: str, *ports: tuple[int, str, str], complete: bool = True) -> NmapHost:
    return NmapHost(address, complete, tuple(NmapPort(address, *port) for port in ports))


END = NmapEnd(True, "", ())


@pytest.mark.peer
@pytest.mark.skipif(shutil.which("nmap") is None, reason="nmap is not installed (Debian package nmap)")
def test_the_real_nmap_finds_what_is_open_and_what_is_not(setting, tcp_peer, loopback, closed_port):
    peer = tcp_peer(address=f"{loopback}.1")
    closed = closed_port(peer.address)
    heard = setting(f"{loopback}.0/30", ports=(peer.port, closed)).run(NmapSweep)
    assert (peer.address, peer.port, Ending.COMPLETE) in heard.ports
    assert {address for address, _, ending in heard.ports if ending is Ending.REFUSED} == {
        f"{loopback}.{last}" for last in range(4)
    }
    assert [set(addresses) for (addresses,) in heard.of("passed")] == [
        {f"{loopback}.{last}" for last in range(4)}
    ]
    assert heard.steps == [4]
    assert heard.words[-1] == ("done", 4)


def test_open_closed_and_unreachable_are_told_and_filtered_is_not(setting, played):
    played(
        host(
            "127.9.9.0",
            (80, "open", "syn-ack"),
            (81, "closed", "conn-refused"),
            (82, "filtered", "no-response"),
        ),
        host("127.9.9.1", (80, "closed", "conn-refused"), (81, "closed", "conn-refused")),
        host("127.9.9.2", (80, "filtered", "net-unreach")),
        END,
    )
    heard = setting("127.9.9.0/30", ports=(80, 81, 82)).run(NmapSweep)
    assert heard.ports == [
        ("127.9.9.0", 80, Ending.COMPLETE),
        ("127.9.9.0", 81, Ending.REFUSED),
        ("127.9.9.1", 80, Ending.REFUSED),
        ("127.9.9.2", 80, Ending.NEVER_ASKED),
    ]
    assert heard.of("progress") == [(6,)] * 3
    assert heard.steps == [4]


def test_the_call_gets_the_rate_and_a_time_limit_of_its_own(setting, played):
    calls = played(END)
    made = setting("127.9.9.0/30", ports=(80,))
    made.run(NmapSweep)
    ((addresses, options),) = calls
    assert sorted(addresses) == [f"127.9.9.{last}" for last in range(4)]
    assert options["rate"] == made.gate.limits.rate
    expected = nmap.expected_seconds(4, 1, made.gate.limits.rate)
    assert options["time_limit"] >= 2 * expected
    assert options["stopped"]() is False


def test_discovery_is_asked_beforehand_in_our_own_words(setting, played, loopback):
    played(END)
    heard = setting(f"{loopback}.1", ports=(80,), asks=(SADP,)).run(NmapSweep)
    assert heard.of("closed_port")
    assert [word for word, *_ in heard.words if word in ("closed_port", "passed", "done")][-2:] == [
        "passed",
        "done",
    ]
    assert heard.steps == [1]


def test_without_a_question_of_discovery_it_does_not_wait_for_one(setting, played):
    played(END)
    assert setting("127.9.9.1", ports=(80,), asks=()).run(NmapSweep).steps == [1]


@pytest.mark.parametrize(("missing", "ending"), [(False, Ending.STOPPED_BY_US), (True, Ending.FAULT)])
def test_what_nmap_did_not_finish_is_told_and_not_called_done(setting, played, missing, ending):
    played(NmapEnd(False, "the time limit", ("127.9.9.1",), missing=missing))
    heard = setting("127.9.9.0/31", ports=(80,)).run(NmapSweep)
    assert heard.of("port") == [("127.9.9.1", 0, ending, "the time limit")]
    assert heard.steps == []


def test_each_ip_version_is_a_call_of_its_own(setting, played):
    calls = played(END)
    setting("127.9.9.1", "::1", ports=(80,)).run(NmapSweep)
    assert sorted(addresses for addresses, _ in calls) == [["127.9.9.1"], ["::1"]]


def test_a_host_that_was_left_alone_is_not_handed_to_nmap(setting, played):
    calls = played(END)
    made = setting("127.9.9.0/31", ports=(80,))
    made.gate.breaker.trip("127.9.9.1")
    heard = made.run(NmapSweep)
    assert [addresses for addresses, _ in calls] == [["127.9.9.0"]]
    assert heard.ports == [("127.9.9.1", 80, Ending.STOPPED_BY_US)]
    made.gate.breaker.trip("127.9.9.0")
    made.run(NmapSweep)
    assert len(calls) == 1


def test_the_stop_flag_is_heeded_between_blocks(setting, played, monkeypatch):
    monkeypatch.setattr(nmap, "BLOCK", 2)
    made = setting("127.9.9.0/29", ports=(80,))
    calls = played(END)
    passed = made.heard.passed

    def stop_after_one(addresses: list[str]) -> None:
        passed(addresses)
        made.stop.set("enough")

    monkeypatch.setattr(made.heard, "passed", stop_after_one)
    heard = made.run(NmapSweep)
    assert len(calls) == 1
    assert heard.steps == []


def test_what_discovery_brings_is_handed_on(setting, played, monkeypatch):
    class Speaks:
        def __init__(self, plan, gate, listener, stop) -> None:
            self.listener = listener
            assert plan.ports == ()

        def run(self) -> None:
            say = self.listener
            say.port("127.9.9.1", 37020, Ending.FAULT, "odd")
            say.reduced("sadp", "a flood")
            say.closed_port("127.9.9.1", 37020)
            say.sign_of_life("127.9.9.9")
            say.looked_for("127.9.9.1")
            say.rejected("127.9.9.1", "10.0.0.1")
            say.tried("127.9.9.1")
            say.progress(4)
            say.passed(["127.9.9.1"])
            say.done(1)

    monkeypatch.setattr(nmap, "ConnectSweep", Speaks)
    played(END)
    heard = setting("127.9.9.1", ports=(80,), asks=(SADP,)).run(NmapSweep)
    words = [word for word, *_ in heard.words]
    assert words == [
        "port", "reduced", "closed_port", "sign_of_life", "looked_for", "rejected", "tried", "progress",
        "passed", "done",
    ]  # fmt: skip
    assert connect.ConnectSweep is not Speaks
