"""With a resolver that is played; avahi-daemon plays the other side in ``tests/netns/test_mdns.py``."""

from __future__ import annotations

import asyncio
import ipaddress
from types import SimpleNamespace
from typing import ClassVar

import pytest
import zeroconf
import zeroconf.asyncio
from zeroconf import ServiceStateChange

from scanner.model.errors import Refused
from scanner.transports import mdns
from scanner.transports.interfaces import Interface
from scanner.transports.mdns import browse, txt_strings

WIRE = Interface(
    "x0",
    7,
    (ipaddress.IPv4Interface("10.0.0.1/24"),),
    (ipaddress.IPv6Interface("fe80::1/64"), ipaddress.IPv6Interface("fd00:1::1/64")),
    multicast=True,
    loopback=False,
    up=True,
)
BARE = Interface("x0", 7, (), (), multicast=True, loopback=False, up=True)
HTTP = "_http._tcp.local."


class Played:
    """What the network says: instance name → (host, addresses, seconds until it says so)."""

    services: ClassVar[dict[str, tuple[str, list[str], float]]] = {}
    chosen: ClassVar[list[list[str | int]]] = []
    sent: ClassVar[list[str]] = []
    last: ClassVar[SimpleNamespace | None] = None
    closed = 0
    error: Exception | None = None


class PlayedZeroconf:
    def __init__(self, interfaces):
        if Played.error:
            raise Played.error
        self.zeroconf = SimpleNamespace(async_send=Played.sent.append)
        Played.last = self.zeroconf
        Played.chosen.append(interfaces)

    async def async_close(self):
        Played.closed += 1


class PlayedBrowser:
    def __init__(self, _, types, handlers):
        for name in Played.services:
            for change in (ServiceStateChange.Added, ServiceStateChange.Updated, ServiceStateChange.Added):
                handlers[0](
                    zeroconf=None, service_type=types[0], name=f"{name}.{types[0]}", state_change=change
                )

    async def async_cancel(self):
        pass


class PlayedInfo:
    def __init__(self, service_type, name):
        self.server, self._addresses, self._delay = Played.services[name.removesuffix(f".{service_type}")]
        self.port = 80
        self.properties = {b"path": b"/", b"flag": None}

    async def async_request(self, _, milliseconds):
        await asyncio.sleep(self._delay)
        if self.server == "fault.local.":
            raise zeroconf.Error("a name that cannot be")
        return True

    def parsed_scoped_addresses(self):
        return self._addresses


@pytest.fixture(autouse=True)
def played(monkeypatch):
    monkeypatch.setattr(Played, "services", {})
    monkeypatch.setattr(Played, "chosen", [])
    monkeypatch.setattr(Played, "closed", 0)
    monkeypatch.setattr(Played, "error", None)
    monkeypatch.setattr(zeroconf.asyncio, "AsyncZeroconf", PlayedZeroconf)
    monkeypatch.setattr(zeroconf.asyncio, "AsyncServiceBrowser", PlayedBrowser)
    monkeypatch.setattr(zeroconf.asyncio, "AsyncServiceInfo", PlayedInfo)
    monkeypatch.setattr(mdns, "_RESOLVE_MILLISECONDS", 50)


def text(instance, service_type, host, port, addresses, txt):
    return "|".join((instance, service_type, host, str(port), ",".join(addresses), ",".join(txt))).encode()


def look(gate, interface=WIRE):
    return asyncio.run(browse(gate, interface, [HTTP], text, window=0.01))


def test_a_record_is_the_text_of_what_was_resolved(recording_gate):
    Played.services = {"Hall": ("cam.local.", ["10.0.0.64", "fe80::64%x0"], 0)}
    found = look(recording_gate)
    (record,) = found.records
    assert record.text == b"Hall|_http._tcp.local.|cam.local.|80|10.0.0.64,fe80::64|path=/,flag"
    assert (record.address, record.port, record.interface) == ("10.0.0.64", 80, "x0")
    assert found.reductions == ()
    assert recording_gate.asked == [("mdns", "x0", (HTTP,))]
    assert Played.chosen == [["10.0.0.1", 7]]
    assert Played.closed == 1


@pytest.mark.parametrize(
    ("addresses", "address", "interface"),
    [
        (["192.168.1.64"], "192.168.1.64", ""),
        (["192.168.1.64", "10.0.0.9"], "10.0.0.9", "x0"),
        (["fe80::9"], "fe80::9", "x0"),
        (["fd00:2::9"], "fd00:2::9", ""),
        (["fd00:1::9"], "fd00:1::9", "x0"),
    ],
)
def test_the_interface_is_where_the_address_lies(recording_gate, addresses, address, interface):
    Played.services = {"Hall": ("cam.local.", addresses, 0)}
    (record,) = look(recording_gate).records
    assert (record.address, record.interface) == (address, interface)


def test_services_without_an_address_are_counted(recording_gate):
    Played.services = {
        "silent": ("cam.local.", [], 0),
        "late": ("cam.local.", ["10.0.0.5"], 60),
        "fault": ("fault.local.", ["10.0.0.6"], 0),
        "good": ("cam.local.", ["10.0.0.7"], 0),
    }
    found = look(recording_gate)
    assert [record.address for record in found.records] == ["10.0.0.7"]
    assert [(one.reason, one.total) for one in found.reductions] == [
        ("3 named services gave no address in time", False)
    ]


def test_a_flood_of_names_is_cut_and_told(recording_gate, monkeypatch):
    monkeypatch.setattr(mdns, "INSTANCE_LIMIT", 2)
    Played.services = {f"name{number}": ("cam.local.", ["10.0.0.5"], 0) for number in range(5)}
    found = look(recording_gate)
    assert len(found.records) == 2
    assert found.reductions[0].reason == "more than 2 services; the rest was not resolved"


def test_what_the_gate_refuses_does_not_start(recording_gate):
    recording_gate.refusing.add("mdns")
    with pytest.raises(Refused):
        look(recording_gate)
    assert Played.chosen == []


def test_a_resolver_that_cannot_start_is_a_total_reduction(recording_gate):
    Played.error = OSError(98, "Address already in use")
    (reduction,) = look(recording_gate).reductions
    assert reduction.total
    assert "Address already in use" in reduction.reason


def test_an_interface_without_addresses_is_a_total_reduction(recording_gate):
    (reduction,) = look(recording_gate, BARE).reductions
    assert (reduction.reason, reduction.total) == ("the interface has no address", True)


def test_txt_strings_are_bounded_and_decode_whatever_comes():
    assert txt_strings({b"k": b"\xff" * 9, b"only": None}) == ["k=" + "\ufffd" * 9, "only"]
    many = {f"k{number}".encode(): b"x" * 9000 for number in range(200)}
    assert len(txt_strings(many)) == 64
    assert max(map(len, txt_strings(many))) == 512


def test_a_question_that_is_repeated_by_itself_does_not_leave_once_nothing_may_be_sent(
    played, recording_gate
):
    Played.sent.clear()
    asyncio.run(browse(recording_gate, WIRE, [HTTP], text, window=0.01))

    Played.last.async_send("while it may")
    recording_gate.refusing.add("still_open")
    Played.last.async_send("when it may not any more")

    assert Played.sent == ["while it may"]
