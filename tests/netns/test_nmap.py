"""The real nmap over a router and on a link, seen from both ends."""

from __future__ import annotations

import socket

import pytest

from scanner.policy.gate import Gate
from scanner.policy.rules import SWEPT_PORTS, Limits
from scanner.scope import Scope, parse_target
from scanner.transports.nmap import NmapEnd, NmapHost, NmapTransport

pytestmark = [pytest.mark.netns, pytest.mark.peer]


@pytest.fixture(autouse=True)
def nmap_is_there(needs_program):
    needs_program("nmap", "nmap")


def sweep(addresses, ports=SWEPT_PORTS, time_limit=60.0):
    gate = Gate(Scope.of([parse_target("10.77.0.0/16")]), Limits(), ports=ports)
    events = list(NmapTransport(gate).sweep(addresses, ports, rate=500, time_limit=time_limit))
    hosts = {event.address: event for event in events if isinstance(event, NmapHost)}
    assert isinstance(events[-1], NmapEnd)
    return hosts, events[-1]


def listener():
    sock = socket.socket()
    sock.bind(("0.0.0.0", 554))
    sock.listen(8)
    return sock


def test_open_closed_and_filtered_are_told_apart_behind_a_router(sites):
    sites.router.nft(
        "table inet quiet {\nchain through { type filter hook forward priority 0\n"
        " ip daddr 10.77.3.10 tcp dport 8443 drop\n ip daddr 10.77.3.200 drop\n }\n}\n"
    )
    with sites.far.run(listener):
        hosts, end = sites.scanner.run(sweep, ["10.77.3.10", "10.77.3.200"])
    states = {port.port: port.state for port in hosts["10.77.3.10"].ports}
    assert states == {
        80: "closed",
        443: "closed",
        554: "open",
        8000: "closed",
        8080: "closed",
        8443: "filtered",
    }
    assert {(port.state, port.reason) for port in hosts["10.77.3.200"].ports} == {("filtered", "no-response")}
    assert all(host.complete for host in hosts.values())
    assert (end.complete, end.unfinished, end.reason) == (True, (), "")


def test_only_syn_to_the_given_ports_of_the_given_hosts_leaves(sites):
    wires = {name: sites.scanner.tap(name) for name in ("near1", "near2", "uplink")}
    sites.scanner.run(sweep, ["10.77.3.10"], (80, 554))
    assert wires["near1"].said() == []
    assert wires["near2"].said() == []
    sent = [
        frame
        for frame in wires["uplink"].said()
        if frame[12:14] == b"\x08\x00" and frame[26:30] == b"\x0aM\x09\x02"
    ]
    assert {frame[23] for frame in sent} == {6}
    assert {socket.inet_ntoa(frame[30:34]) for frame in sent} == {"10.77.3.10"}
    assert {int.from_bytes(frame[36:38], "big") for frame in sent} == {80, 554}


def test_a_neighbour_that_is_not_there_is_told_and_not_left_out(sites):
    hosts, end = sites.scanner.run(sweep, ["10.77.1.10", "10.77.1.99"], (80, 554))
    assert {port.state for port in hosts["10.77.1.10"].ports} == {"closed"}
    assert {(port.state, port.reason) for port in hosts["10.77.1.99"].ports} == {("filtered", "no-response")}
    assert end.complete
