"""The right to send ends by itself, is prolonged in time or not at all, and says first that it is over."""

from __future__ import annotations

import time

import pytest

from scanner.model.errors import Refused
from scanner.policy import tenure
from scanner.policy.gate import Gate, Link
from scanner.policy.rules import Limits
from scanner.policy.tenure import Tenure, clock
from scanner.scope import Scope, parse_target


@pytest.fixture
def now(monkeypatch):
    moment = [100.0]
    monkeypatch.setattr(tenure, "clock", lambda: moment[0])
    return moment


def test_without_an_end_it_does_not_end():
    assert Tenure().over() == ""


def test_it_is_prolonged_in_time(now):
    held = Tenure(110.0, "gone")
    held.prolong(120.0)
    now[0] = 115.0

    assert held.over() == ""


def test_once_it_was_found_over_it_does_not_come_back(now):
    told = []
    held = Tenure(110.0, "gone")
    held.when_over = told.append
    now[0] = 110.0
    assert held.over() == "gone"
    held.prolong(120.0)

    assert held.over() == "gone"
    assert told == ["gone"]


def test_nothing_passes_the_gate_after_it(now):
    link = Link("eth7", 7, ("10.0.0.0/24",), "test")
    held = Tenure(110.0, "gone")
    guard = Gate(
        Scope.of([parse_target("10.0.0.0/24")]), Limits(), links=[link], ports=(80,), routers=("10.9.9.9",),
        tenure=held,
    )  # fmt: skip
    guard.sweep("10.0.0.1", 80)
    now[0] = 110.0
    echo = bytearray(58)
    echo[12:14], echo[20], echo[38:54], echo[54:56] = (
        b"\x86\xdd",
        58,
        b"\xff\x02" + bytes(13) + b"\x01",
        b"\x80\x00",
    )

    for action in (
        lambda: guard.sweep("10.0.0.1", 80),
        lambda: guard.open("10.0.0.1", 80),
        lambda: guard.send("10.0.0.1", 80, b"GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n"),
        lambda: guard.datagram("10.0.0.1", 37020, b""),
        lambda: guard.datagram("239.255.255.250", 37020, b"", "eth7"),
        lambda: guard.frame("eth7", bytes(echo)),
        lambda: guard.mdns("eth7", ["_http._tcp.local."]),
        lambda: guard.snmp("10.0.0.1", ["1.3.6.1.2.1.1.1.0"]),
        lambda: guard.table("10.9.9.9", b""),
        lambda: guard.nmap(["10.0.0.1"], [80], []),
    ):
        with pytest.raises(Refused, match="gone") as refused:
            action()
        assert refused.value.rule == "stopped"


def test_the_clock_goes_on():
    before = clock()
    time.sleep(0.01)

    assert clock() > before


def test_whoever_sends_in_another_process_is_told_until_when():
    tenure = Tenure(until=clock() + 60)
    assert tenure.until > clock()

    tenure.prolong(clock() - 1)
    assert tenure.over()
    tenure.prolong(clock() + 60)

    assert tenure.until == 0.0
