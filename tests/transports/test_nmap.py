"""The calling side with workers that are played, and the real nmap on loopback."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time

import pytest

from scanner.model.errors import Refused
from scanner.policy.requests import check_nmap_arguments
from scanner.transports import nmap
from scanner.transports.nmap import (
    NmapEnd,
    NmapHost,
    NmapPort,
    NmapStarted,
    NmapTransport,
    arguments,
    expected_seconds,
)

READ = "import sys; request = sys.stdin.buffer.readline(); "


def played(code):
    return [sys.executable, "-c", READ + code]


def say(*lines):
    return "print(" + repr("\n".join(json.dumps(line) for line in lines)) + ", flush=True); "


def sweep(gate, worker, **options):
    transport = NmapTransport(gate, worker=worker)
    call = {"rate": 100, "time_limit": 5} | options
    return list(transport.sweep(["127.0.0.5", "127.0.0.6"], [80, 554], **call))


DONE = {"host": "127.0.0.5", "complete": True, "ports": [[80, "open", "syn-ack"]]}


@pytest.mark.parametrize("rate", [500, 0.5, 1e6, 33.3333333])
@pytest.mark.parametrize("ipv6", [False, True])
def test_the_arguments_are_what_the_gate_lets_pass(rate, ipv6):
    check_nmap_arguments(list(arguments(rate, ipv6=ipv6)))
    assert ("-6" in arguments(rate, ipv6=ipv6)) is ipv6


def test_events_come_in_order_and_the_end_names_what_was_not_finished(recording_gate):
    lines = [{"started": "7.93"}, DONE, {"end": "time-limit", "detail": ""}]
    assert sweep(recording_gate, played(say(*lines))) == [
        NmapStarted("7.93"),
        NmapHost("127.0.0.5", True, (NmapPort("127.0.0.5", 80, "open", "syn-ack"),)),
        NmapEnd(False, "nmap was ended at the time limit", ("127.0.0.6",)),
    ]
    assert recording_gate.asked == [("nmap", ("127.0.0.5", "127.0.0.6"), (80, 554), arguments(100 / 6))]


def test_a_host_that_nmap_gave_up_is_not_finished(recording_gate):
    lines = [DONE | {"complete": False}, {"end": "complete", "detail": ""}]
    *_, end = sweep(recording_gate, played(say(*lines)))
    assert end == NmapEnd(False, "nmap gave up 2 of 2 addresses", ("127.0.0.5", "127.0.0.6"))


def test_a_missing_nmap_is_a_value_that_names_the_package(recording_gate):
    lines = [{"missing": "…"}, {"end": "failed", "detail": "nmap is not installed"}]
    (end,) = sweep(recording_gate, played(say(*lines)))
    assert end.missing
    assert "Debian package nmap" in end.reason


def test_nmaps_own_words_are_kept(recording_gate):
    (end,) = sweep(recording_gate, played(say({"end": "failed", "detail": "QUITTING!"})))
    assert end.reason == "nmap failed: QUITTING!"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("sys.exit(1)", "ended without a word"),
        ("sys.stdout.write('half a li')", "ended without a word"),
        ("print('no json')", "the nmap worker failed"),
        ('print(\'{"host": "no address", "ports": []}\')', "the nmap worker failed"),
        ('print(\'{"host": "127.0.0.5"}\')', "the nmap worker failed"),
    ],
)
def test_a_worker_that_fails_is_a_value(recording_gate, code, reason):
    *_, end = sweep(recording_gate, played(code + "; sys.stdout.flush()"))
    assert not end.complete
    assert reason in end.reason
    assert end.unfinished == ("127.0.0.5", "127.0.0.6")


def test_a_stop_closes_the_workers_input(recording_gate):
    code = say(DONE) + "sys.stdin.buffer.read(); " + say({"end": "stopped", "detail": ""})
    events = sweep(recording_gate, played(code), time_limit=60, stopped=lambda: True)
    assert events[-1] == NmapEnd(False, "nmap was stopped", ("127.0.0.6",))


def test_a_worker_that_hangs_is_ended(recording_gate, monkeypatch):
    monkeypatch.setattr(nmap, "_SLACK", 0.3)
    started = time.monotonic()
    events = sweep(recording_gate, played(say(DONE) + "import time; time.sleep(60)"), time_limit=0.2)
    assert time.monotonic() - started < 10
    assert events[-1].reason == "the nmap worker did not end in time"


def test_a_line_without_end_is_not_read_for_ever(recording_gate, monkeypatch):
    monkeypatch.setattr(nmap, "_LINE_LIMIT", 100_000)
    monkeypatch.setattr(nmap, "_SLACK", 0.3)
    code = "[sys.stdout.write('x' * 65536) for _ in range(64)]; sys.stdout.flush()"
    (end,) = sweep(recording_gate, played(code))
    assert not end.complete


def test_a_call_that_is_given_up_ends_its_worker(recording_gate, tmp_path):
    code = say(DONE) + f"sys.stdin.buffer.read(); open({str(tmp_path / 'ended')!r}, 'w').close()"
    events = NmapTransport(recording_gate, worker=played(code)).sweep(
        ["127.0.0.5"], [80], rate=100, time_limit=60
    )
    assert isinstance(next(events), NmapHost)
    events.close()
    assert (tmp_path / "ended").exists()


def test_what_the_gate_refuses_is_not_started(recording_gate):
    recording_gate.refusing.add("nmap")
    with pytest.raises(Refused):
        NmapTransport(recording_gate, worker=["/no/such/worker"]).sweep(
            ["127.0.0.5"], [80], rate=100, time_limit=5
        )


@pytest.mark.parametrize("addresses", [[], ["127.0.0.1", "::1"], ["127.0.0.1"] * 4097])
def test_a_call_that_cannot_be_is_an_error_of_the_caller(recording_gate, addresses):
    with pytest.raises(ValueError, match="one IP version"):
        NmapTransport(recording_gate).sweep(addresses, [80], rate=100, time_limit=5)


def test_the_calling_side_loads_neither_python_nmap_nor_scapy():
    code = "import sys, scanner.transports.nmap; print({'nmap', 'scapy'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "set()"


def test_the_worker_does_not_load_scapy():
    code = "import sys, scanner.transports.nmap_worker; print('scapy' in sys.modules, 'nmap' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.peer
@pytest.mark.skipif(shutil.which("nmap") is None, reason="nmap is not installed (Debian package nmap)")
@pytest.mark.parametrize("address", ["127.0.0.5", "::1"])
def test_the_real_nmap_tells_open_from_closed(recording_gate, monkeypatch, tmp_path, address):
    # A file of this name where the user stands is not mistaken for python-nmap.
    (tmp_path / "nmap.py").write_text("raise SystemExit('taken from the wrong place')")
    monkeypatch.chdir(tmp_path)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as listening, socket.socket(family) as unused:
        for sock in (listening, unused):
            sock.bind((address, 0))
        listening.listen(8)
        there, closed = listening.getsockname()[1], unused.getsockname()[1]
        events = list(
            NmapTransport(recording_gate).sweep([address], [there, closed], rate=100, time_limit=30)
        )
    assert isinstance(events[0], NmapStarted)
    (host,) = [event for event in events if isinstance(event, NmapHost)]
    assert {port.port: port.state for port in host.ports} == {there: "open", closed: "closed"}
    assert events[-1] == NmapEnd(True, "", ())


@pytest.mark.parametrize(("rate", "at_once", "share"), [(10, 1, "10"), (30, 2, "15"), (500, 16, "31.250")])
def test_the_rate_is_shared_out_among_the_processes(recording_gate, rate, at_once, share):
    code = (
        "import json; request = json.loads(request); "
        "print(json.dumps({'end': 'failed', 'detail': f\"{request['at_once']} {request['group']}\"}))"
    )
    (end,) = sweep(recording_gate, played(code), rate=rate)
    assert end.reason == f"nmap failed: {at_once} 8"
    words = recording_gate.asked[0][3]
    assert words[words.index("--max-rate") + 1] == share


def test_what_a_silent_sweep_takes_grows_with_its_rounds_and_falls_with_the_rate():
    """Measured: a silent /24 of 6 ports over a router took 24 s."""
    assert 24 <= expected_seconds(256, 6, 500) <= 48
    assert expected_seconds(512, 6, 500) == 2 * expected_seconds(256, 6, 500)
    assert expected_seconds(256, 6, 10) > 256 * 6 * 2 / 10
    assert expected_seconds(1, 1, 500) < 6


def test_the_worker_hears_how_long_it_may_send_and_each_time_that_it_may_longer(recording_gate):
    recording_gate.until = 100.0
    code = (
        "import json; first = json.loads(request)['until']; again = json.loads(sys.stdin.buffer.readline())['until'];"
        "print(json.dumps({'started': f'{first} {again}'}), flush=True);"
        "print(json.dumps({'end': 'complete', 'detail': ''}), flush=True)"
    )

    def prolong():
        recording_gate.until = 130.0
        return False

    started, *_ = sweep(recording_gate, played(code), stopped=prolong)

    assert started == NmapStarted("100.0 130.0")
