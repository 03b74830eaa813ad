"""Bonjour between namespaces, with avahi-daemon as a peer that this project did not write."""

from __future__ import annotations

import asyncio

import pytest

from scanner.model.errors import Refused
from scanner.policy.gate import Gate, Link
from scanner.policy.rules import Limits
from scanner.probes.mdns import SERVICE_TYPES, canonical_text
from scanner.scope import Scope, parse_target
from scanner.transports.interfaces import interfaces
from scanner.transports.mdns import browse

pytestmark = [pytest.mark.netns, pytest.mark.peer]

SERIAL = "DS-2CD2686G2T-IZS20231208AAWRAX6597176"


def look(name="near1", window=2.0, types=SERVICE_TYPES):
    gate = Gate(Scope.of([parse_target("10.77.1.0/24")]), Limits(), links=[Link(name, 0, (), "named")])
    interface = next(known for known in interfaces() if known.name == name)
    return asyncio.run(browse(gate, interface, types, canonical_text, window=window))


def test_a_camera_is_found_by_its_host_name_on_the_asked_interface_alone(sites, avahi):
    avahi(sites.near1, SERIAL, [(f"Hall - {SERIAL[-9:]}", "_http._tcp"), ("Gate", "_psia._tcp")])
    quiet = sites.near2.tap("lan")
    found = sites.scanner.run(look)
    # Which of the host's two addresses is heard first is its own affair.
    assert {record.address for record in found.records} <= {"10.77.1.10", "fd77:1::10"}
    assert {(record.interface, record.port) for record in found.records} == {("near1", 80)}
    texts = [record.text.decode() for record in found.records]
    assert any(f"host: {SERIAL}.local" in text for text in texts)
    assert any("instance: Hall - AX6597176" in text and "txt: path=/" in text for text in texts)
    assert any("type: _psia._tcp.local" in text for text in texts)
    assert not any(b"\x14\xe9\x14\xe9" in frame for frame in quiet.said())  # UDP 5353 to 5353


def test_a_device_with_a_foreign_address_is_kept_and_its_interface_unknown(sites, avahi):
    sites.near1.ip("address", "flush", "dev", "lan")
    sites.near1.ip("address", "add", "192.168.1.64/24", "dev", "lan")
    avahi(sites.near1, "camera", [("Hall", "_http._tcp")])
    found = sites.scanner.run(look)
    assert [(record.address, record.interface) for record in found.records] == [("192.168.1.64", "")]


def test_silence_is_an_empty_result_without_a_reduction(sites):
    found = sites.scanner.run(lambda: look(window=0.5))
    assert (found.records, found.reductions) == ((), ())


def test_an_interface_that_the_gate_does_not_allow_is_not_asked(sites):
    def ask():
        gate = Gate(Scope.of([parse_target("10.77.1.0/24")]), Limits())
        interface = next(known for known in interfaces() if known.name == "near1")
        return asyncio.run(browse(gate, interface, SERVICE_TYPES, canonical_text, window=0.1))

    wire = sites.near1.tap("lan")
    with pytest.raises(Refused):
        sites.scanner.run(ask)
    assert wire.said() == []
