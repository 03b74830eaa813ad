"""Groups on real wires: who answers, over which interface, and what is sent at all."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading

import pytest

from scanner.model.probe import Call
from scanner.policy.gate import Gate, Link
from scanner.policy.rules import Limits
from scanner.scope import Scope, parse_target
from scanner.transports import endpoint, multicast
from scanner.transports.interfaces import interface_towards, interfaces
from scanner.transports.multicast import MulticastCall

pytestmark = pytest.mark.netns

GROUP = "239.255.255.250"


def inquiry(identity: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f"<Probe><Uuid>{identity.upper()}</Uuid><Types>inquiry</Types></Probe>"
    ).encode()


SADP = Call(37020, (GROUP, "255.255.255.255"), inquiry, lambda data: b"<ProbeMatch>" in data, True, 37020)
WSD_LIKE = Call(37020, ("ff02::c",), inquiry, lambda data: b"<ProbeMatch>" in data, False, None)


def probe_match(data: bytes) -> bytes | None:
    found = re.search(rb"<Probe><Uuid>([^<]+)</Uuid><Types>inquiry</Types>", data)
    return b"<ProbeMatch><Uuid>" + found[1] + b"</Uuid><Types>inquiry</Types></ProbeMatch>" if found else None


def device_socket(group: str = GROUP, address: str = "0.0.0.0", device: str = "lan", port: int = 37020):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.bind((address, port))
    member = struct.pack("=4s4si", socket.inet_aton(group), bytes(4), socket.if_nametoindex(device))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, member)
    return sock


def device_socket_ipv6(device: str = "lan"):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.bind(("::", 37020))
    member = struct.pack("=16sI", socket.inet_pton(socket.AF_INET6, "ff02::c"), socket.if_nametoindex(device))
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
    return sock


def make_gate(*names: str) -> Gate:
    scope = Scope.of([parse_target("10.77.0.0/16")])
    return Gate(scope, Limits(), links=[Link(name, 0, (), "named") for name in names])


def ask(names, call=SADP, **options):
    """Run the call on each named interface of this namespace at once: answers and reductions."""

    async def one(gate, interface):
        asked = MulticastCall(gate, interface, call, **({"asked_at": (0, 0.2), "window": 0.7} | options))
        return [answer async for answer in asked.answers()], asked

    async def all_of_them():
        gate = make_gate(*names)
        known = {interface.name: interface for interface in interfaces()}
        return await asyncio.gather(*(one(gate, known[name]) for name in names))

    done = asyncio.run(all_of_them())
    return [answer for answers, _ in done for answer in answers], [asked for _, asked in done]


def test_a_device_is_found_on_each_wire_and_the_answer_names_it(sites, responder):
    for namespace in (sites.near1, sites.near2):
        responder(namespace.run(device_socket), probe_match)
    answers, asked = sites.scanner.run(ask, ["near1", "near2"])
    assert {(answer.address, answer.interface, answer.port) for answer in answers} == {
        ("10.77.1.10", "near1", 37020),
        ("10.77.2.10", "near2", 37020),
    }
    assert all(not one.reductions for one in asked)
    # two asks, two sockets, the group and the limited broadcast
    assert [one.sent for one in asked] == [8, 8]


def test_a_camera_with_a_foreign_address_is_kept(sites, responder):
    """As delivered a camera has 192.168.1.64, whatever the subnet is."""
    sites.near1.ip("address", "flush", "dev", "lan")
    sites.near1.ip("address", "add", "192.168.1.64/24", "dev", "lan")
    # It knows no way to 10.77.1.2 and answers to the group, as such devices must.
    heard = responder(sites.near1.run(device_socket), probe_match, to=(GROUP, 37020)).heard
    answers, _ = sites.scanner.run(ask, ["near1"])
    assert {(answer.address, answer.interface) for answer in answers} == {("192.168.1.64", "near1")}
    assert heard


def test_an_interface_that_is_not_asked_carries_nothing(sites):
    quiet, asked = sites.near2.tap("lan"), sites.near1.tap("lan")
    sites.scanner.run(ask, ["near1"])
    assert quiet.said() == []
    assert len(asked.said()) == 8


def test_our_own_question_heard_back_is_no_answer(sites):
    answers, asked = sites.scanner.run(lambda: ask(["near1"], hear_ourselves=True))
    assert answers == []
    assert asked[0].sent == 8


def test_questions_have_a_time_to_live_of_one_and_come_from_both_ports(sites):
    def listen():
        sock = device_socket()
        sock.setsockopt(socket.IPPROTO_IP, 12, 1)  # IP_RECVTTL
        sock.settimeout(2)
        return sock

    sock = sites.near1.run(listen)
    sites.scanner.run(lambda: ask(["near1"], asked_at=(0,), window=0.1))
    seen = [sock.recvmsg(2000, 100) for _ in range(4)]
    sock.close()
    ports = [source[1] for _, _, _, source in seen]
    assert ports.count(37020) == 2
    assert len(set(ports)) == 2
    to_the_group = [struct.unpack("i", control[0][2])[0] for _, control, _, _ in seen]
    assert 1 in to_the_group
    assert all(data == seen[0][0] for data, _, _, _ in seen)


def test_a_taken_port_is_reported_and_the_rest_still_works(sites, responder):
    responder(sites.near1.run(device_socket), probe_match)

    def occupied():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("0.0.0.0", 37020))
            return ask(["near1"])

    answers, (asked,) = sites.scanner.run(occupied)
    assert {answer.address for answer in answers} == {"10.77.1.10"}
    (reduction,) = asked.reductions
    assert reduction.interface == "near1"
    assert "port 37020 is taken" in reduction.reason
    assert not reduction.total


def test_without_the_right_to_bind_to_a_device_answers_still_have_their_interface(
    sites, responder, monkeypatch
):
    """Kernels before 5.7 allow SO_BINDTODEVICE only to CAP_NET_RAW."""
    monkeypatch.setattr(endpoint.Endpoint, "_tie", lambda self: False)
    for namespace in (sites.near1, sites.near2):
        responder(namespace.run(device_socket), probe_match)
    routed = sites.router.tap("uplink")
    answers, _ = sites.scanner.run(ask, ["near1", "near2"])
    found = [(answer.address, answer.interface) for answer in answers]
    assert set(found) == {("10.77.1.10", "near1"), ("10.77.2.10", "near2")}
    assert routed.said() == []


def test_an_ipv6_group_is_asked_over_its_own_link(sites, responder):
    responder(sites.near1.run(device_socket_ipv6), probe_match)
    answers, (asked,) = sites.scanner.run(lambda: ask(["near1"], WSD_LIKE))
    assert {answer.interface for answer in answers} == {"near1"}
    assert all(answer.address.startswith(("fe80::", "fd77:1::")) for answer in answers)
    assert not asked.reductions


def test_an_ipv6_call_with_a_port_of_its_own_joins_the_group(sites, responder):
    call = Call(37020, ("ff02::c",), inquiry, lambda data: b"<ProbeMatch>" in data, False, 37020)
    sock = sites.near1.run(device_socket_ipv6)
    index = sites.near1.run(lambda: socket.if_nametoindex("lan"))
    responder(sock, probe_match, to=("ff02::c", 37020, 0, index))
    answers, _ = sites.scanner.run(lambda: ask(["near1"], call))
    assert {answer.interface for answer in answers} == {"near1"}


def test_a_flood_is_cut_at_a_limit_that_is_reported(sites, monkeypatch):
    monkeypatch.setattr(multicast, "ANSWER_LIMIT", 20)
    sock = sites.near1.run(device_socket)
    done = threading.Event()

    def flood():
        sock.settimeout(5)
        _, source = sock.recvfrom(2000)
        for number in range(100):
            sock.sendto(b"<ProbeMatch>%d" % number, source)
        done.set()

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    answers, (asked,) = sites.scanner.run(ask, ["near1"])
    thread.join(5)
    sock.close()
    assert done.is_set()
    assert len(answers) == 20
    assert asked.reductions[0].reason == "more than 20 answers; the rest was not read"


def test_an_interface_that_is_down_is_reported_as_not_asked(sites):
    def with_it_down():
        sites.scanner.ip("link", "set", "near2", "down")
        return ask(["near2"])

    answers, (asked,) = sites.scanner.run(with_it_down)
    assert answers == []
    assert asked.reductions[-1].total


def test_a_lost_ask_is_made_good_by_the_next(sites, responder):
    responder(sites.near1.run(device_socket), probe_match)
    sites.near1.nft(
        "table inet loss {\nchain in { type filter hook input priority 0\n"
        " udp dport 37020 numgen inc mod 8 < 4 drop\n }\n}\n"
    )
    answers, _ = sites.scanner.run(ask, ["near1"])
    assert {answer.address for answer in answers} == {"10.77.1.10"}


def test_connected_prefixes_and_routes_are_those_of_the_namespace(sites):
    def look():
        prefixes = {(one.name, str(network)) for one in interfaces() for network in one.networks}
        return (
            prefixes,
            interface_towards("10.77.3.10"),
            interface_towards("10.77.1.9"),
            interface_towards("8.8.8.8"),
        )

    prefixes, far, near, nowhere = sites.scanner.run(look)
    assert {("near1", "10.77.1.0/24"), ("near1", "fd77:1::/64"), ("uplink", "10.77.9.0/30")} <= prefixes
    assert (far, near, nowhere) == ("uplink", "near1", None)
