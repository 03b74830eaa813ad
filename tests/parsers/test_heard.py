"""What is heard on a wire: whose word it is, and which words are nobody's."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.model.protocol import Protocol
from scanner.parsers import heard as heard_module
from scanner.parsers import read
from scanner.parsers.frame import Packet, PacketKind
from scanner.parsers.heard import Statement, heard
from scanner.policy import rules

MAC = "44:19:b6:01:02:03"
RAW = bytes.fromhex(MAC.replace(":", ""))
SADP = b"<Hello><DeviceDescription>DS-2CD2143G2-I</DeviceDescription></Hello>"
HELLO = b"<s:Envelope><s:Body><d:Hello></d:Hello></s:Body></s:Envelope>"
NOTIFY = b"NOTIFY * HTTP/1.1\r\nSERVER: x\r\n\r\n"


def datagram(payload: bytes, source_port: int, port: int, address: str = "10.0.0.5") -> list[Statement]:
    return list(heard(Packet(PacketKind.UDP, MAC, address, payload, source_port, port)))


def dhcp(kind: int, operation: int = 1, own: bytes = bytes(4), given: bytes = bytes(4)) -> bytes:
    head = struct.pack("!BBBBIHH", operation, 1, 6, 0, 7, 0, 0) + own + given + bytes(8) + RAW + bytes(202)
    return head + b"\x63\x82\x53\x63" + bytes([0, 12, 1, 97, 53, 1, kind, 255])


def test_the_ports_are_those_that_the_kernel_filter_lets_in():
    ours = {getattr(heard_module, name) for name in dir(heard_module) if name.endswith("_PORT")}

    assert ours | set(heard_module.DHCP_PORTS) == set(rules.HEARD_PORTS)


@pytest.mark.parametrize(
    ("payload", "ports", "protocol", "port"),
    [
        (SADP, (37020, 37020), Protocol.SADP, 37020),
        (SADP, (37020, 41000), Protocol.SADP, 37020),
        (HELLO, (3702, 3702), Protocol.ONVIF_WSDISCOVERY, 3702),
        (NOTIFY, (40000, 1900), Protocol.SSDP, 1900),
    ],
)
def test_an_announcement_is_its_senders_word(payload, ports, protocol, port):
    assert datagram(payload, *ports) == [Statement("10.0.0.5", protocol, payload, port)]


@pytest.mark.parametrize(
    ("payload", "ports"),
    [
        (b"<Probe><Types>inquiry</Types></Probe>", (37020, 37020)),
        (b"<s:Body><d:Probe></d:Probe></s:Body>", (50000, 3702)),
        (b"M-SEARCH * HTTP/1.1\r\n\r\n", (50000, 1900)),
        (b"\x00\x00\x00\x00" + bytes(8), (5353, 5353)),
        (b"cut", (5353, 5353)),
        (SADP, (4000, 4001)),
        (dhcp(2, operation=2, given=bytes([10, 0, 0, 9])), (67, 68)),
        (dhcp(1)[:200], (68, 67)),
        (dhcp(1).replace(b"\x63\x82\x53\x63", b"\x00\x00\x00\x00"), (68, 67)),
    ],
)
def test_questions_and_offers_are_nobodys_word(payload, ports):
    assert datagram(payload, *ports) == []


def test_who_asks_for_an_address_is_known_by_mac_and_afterwards_by_address():
    discover, renew = dhcp(1), dhcp(3, own=bytes([10, 0, 0, 7]))

    assert datagram(discover, 68, 67, "") == [Statement(MAC, Protocol.DHCP, discover)]
    assert datagram(renew, 68, 67) == [Statement("10.0.0.7", Protocol.DHCP, renew)]
    assert read(Protocol.DHCP, discover)["dhcp.mac"] == (MAC,)


def test_a_servers_acknowledgement_says_whose_an_address_is():
    given = dhcp(5, operation=2, given=bytes([10, 0, 0, 9]))

    assert datagram(given, 67, 68, "10.0.0.1") == [Statement("10.0.0.9", Protocol.MAC, MAC.encode())]


def test_an_arp_message_says_whose_an_address_is():
    assert list(heard(Packet(PacketKind.ARP, MAC, "10.0.0.5", b""))) == [
        Statement("10.0.0.5", Protocol.MAC, MAC.encode())
    ]
    assert [one.host for one in heard(Packet(PacketKind.ARP, MAC, "", b""))] == [MAC]


@pytest.mark.parametrize(("operation", "said"), [(1, True), (4, True), (3, False), (9, False)])
def test_of_raw_discovery_frames_only_a_devices_own_count(operation, said):
    body = bytearray(60)
    body[0], body[10] = 0x21, operation
    body[14:20], body[20:24] = RAW, bytes([10, 0, 0, 5])
    frame = b"\xff" * 6 + RAW + b"\x80\x33" + bytes(body)

    found = list(heard(Packet(PacketKind.SADP, MAC, "", frame)))

    assert found == ([Statement("10.0.0.5", Protocol.SADP, frame)] if said else [])
    body[20:24] = bytes(4)
    nameless = b"\xff" * 6 + RAW + b"\x80\x33" + bytes(body)
    assert [one.host for one in heard(Packet(PacketKind.SADP, MAC, "", nameless))] == [MAC] * said
    assert list(heard(Packet(PacketKind.SADP, MAC, "", b"\x80\x33"))) == []


def test_a_service_of_multicast_dns_is_our_own_text():
    owner = b"\x05_http\x04_tcp\x05local\x00"
    record = owner + struct.pack("!HHIH", 12, 1, 120, 6) + b"\x03abc\xc0\x0c"
    found = datagram(struct.pack("!HHHHHH", 0, 0x8400, 0, 1, 0, 0) + record, 5353, 5353)

    assert [(one.protocol, one.port, one.synthesised) for one in found] == [(Protocol.MDNS, 5353, True)]


def test_a_sender_without_any_name_is_left_out():
    assert list(heard(Packet(PacketKind.UDP, "", "", SADP, 37020, 37020))) == []


@given(some.binary(max_size=400), some.sampled_from([67, 68, 1900, 3702, 5353, 37020]))
def test_no_bytes_make_it_fail(payload, port):
    datagram(payload, port, port)
    list(heard(Packet(PacketKind.SADP, MAC, "", payload)))


@given(some.integers(0, 250), some.binary(max_size=9))
def test_a_changed_dhcp_message_never_fails(cut, noise):
    whole = dhcp(5, operation=2, given=bytes([10, 0, 0, 9]))
    datagram(whole[:cut] + noise + whole[cut:], 67, 68)
