"""What is heard on a wire: whose word it is, and which words are nobody's; from a capture file: test_pcap."""

from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.model.protocol import Protocol
from scanner.parsers import heard as heard_module
from scanner.parsers import read
from scanner.parsers.heard import Statement, heard, heard_datagram, heard_udp
from scanner.parsers.layers import ICMPV6, Datagram, Internet
from scanner.policy import rules

MAC = "44:19:b6:01:02:03"
RAW = bytes.fromhex(MAC.replace(":", ""))
ETHER = b"\xff" * 6 + RAW
HOST = bytes([10, 0, 0, 5])
SADP = b"<Hello><DeviceDescription>DS-2CD2143G2-I</DeviceDescription></Hello>"
HELLO = b"<s:Envelope><s:Body><d:Hello></d:Hello></s:Body></s:Envelope>"
NOTIFY = b"NOTIFY * HTTP/1.1\r\nSERVER: x\r\n\r\n"
SAYS_MAC = Statement("10.0.0.5", Protocol.MAC, MAC.encode(), synthesised=True)
NONE = bytes(4)


def of_frame(frame: bytes) -> list[Statement]:
    return list(heard(frame, Internet(assemble=False)))


def datagram(payload: bytes, source_port: int, port: int, host: str = "10.0.0.5") -> list[Statement]:
    return list(heard_udp(host, source_port, port, payload))


def ipv4(payload: bytes = SADP, source: str = "10.0.0.5", *, flags: int = 0, protocol: int = 17) -> bytes:
    udp = struct.pack("!HHHH", 37020, 37020, 8 + len(payload), 0) + payload
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, flags, 1, protocol, 0)
    return b"\x08\x00" + head + socket.inet_aton(source) + socket.inet_aton("239.255.255.250") + udp


def arp(sender: bytes = HOST, mac: bytes = RAW, kind: int = 1) -> bytes:
    head = b"\x08\x06\x00\x01\x08\x00\x06\x04" + kind.to_bytes(2, "big")
    return head + mac + sender + bytes(10)


def own_frame(operation: int, address: bytes = HOST) -> bytes:
    """The maker's own discovery."""
    body = bytearray(60)
    body[0], body[10] = 0x21, operation
    body[14:20], body[20:24] = RAW, address
    return ETHER + b"\x80\x33" + bytes(body)


def dhcp(
    kind: int, *options: bytes, operation: int = 1, own: bytes = NONE, given: bytes = NONE, mac: bytes = RAW
) -> bytes:
    head = struct.pack("!BBBBIHH", operation, 1, 6, 0, 7, 0, 0) + own + given + bytes(8) + mac + bytes(202)
    return head + b"\x63\x82\x53\x63" + bytes([0, 12, 1, 97, 53, 1, kind]) + b"".join(options) + b"\xff"


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
        (b"", (37020, 37020)),
        (SADP, (4000, 4001)),
        (dhcp(2, operation=2, given=bytes([10, 0, 0, 9])), (67, 68)),
        (dhcp(1)[:200], (68, 67)),
        (dhcp(1).replace(b"\x63\x82\x53\x63", b"\x00\x00\x00\x00"), (68, 67)),
        (b"\x01" * 300, (68, 67)),
    ],
)
def test_questions_and_offers_are_nobodys_word(payload, ports):
    assert datagram(payload, *ports) == []


@pytest.mark.parametrize(
    "frame",
    [
        ETHER + ipv4(),
        ETHER + ipv4() + bytes(18),
        ETHER + b"\x81\x00\x00\x07" + ipv4(),
        ETHER + b"\x88\xa8\x00\x07\x81\x00\x00\x08" + ipv4(),
        ETHER + ipv4(flags=0x2000),
    ],
)
def test_a_datagram_in_a_frame_is_its_senders_word_behind_tags_and_padding(frame):
    assert of_frame(frame) == [Statement("10.0.0.5", Protocol.SADP, SADP, 37020)]


@pytest.mark.parametrize("source", ["0.0.0.0", "224.0.0.1", "255.255.255.255"])
def test_a_sender_without_an_address_is_named_by_its_mac(source):
    assert [one.host for one in of_frame(ETHER + ipv4(source=source))] == [MAC]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        ETHER,
        ETHER + b"\x88\xcc" + bytes(60),
        ETHER + ipv4(flags=0x0001),
        ETHER + ipv4(protocol=6),
        ETHER + ipv4(b""),
        ETHER + ipv4()[:20],
        ETHER + arp()[:20],
        ETHER + arp(kind=9),
        ETHER + arp(mac=b"\xff" * 6),
        ETHER + arp(mac=bytes(6)),
        ETHER + arp().replace(b"\x00\x01\x08\x00", b"\x00\x06\x08\x00", 1),
        ETHER + b"\x80\x33",
        b"\xff" * 12 + ipv4(source="0.0.0.0"),
    ],
)
def test_any_other_frame_is_nobodys_word(frame):
    assert of_frame(frame) == []


@pytest.mark.parametrize(
    ("message", "host"),
    [
        (dhcp(1), MAC),
        (dhcp(1, bytes((50, 4, 10, 0, 0, 5))), MAC),
        (dhcp(3, bytes((50, 4, 10, 0, 0, 5))), "10.0.0.5"),
        (dhcp(3, bytes((50, 2, 10, 0))), MAC),
        (dhcp(3, own=bytes([10, 0, 0, 7])), "10.0.0.7"),
    ],
)
def test_a_client_speaks_under_the_address_that_it_has_or_is_about_to_have(message, host):
    assert datagram(message, 68, 67, "") == [Statement(host, Protocol.DHCP, message)]
    assert read(Protocol.DHCP, message)["dhcp.mac"] == (MAC,)


def test_a_group_or_nothing_is_no_client():
    assert datagram(dhcp(1, mac=b"\x01" + RAW[1:]), 68, 67) == []
    assert datagram(dhcp(1, mac=bytes(6)), 68, 67) == []


def test_a_servers_acknowledgement_says_whose_an_address_is():
    given = dhcp(5, operation=2, given=HOST)

    assert datagram(given, 67, 68, "10.0.0.1") == [SAYS_MAC]


def test_an_arp_message_says_whose_an_address_is_whoever_sent_it_on():
    assert of_frame(ETHER + arp()) == [SAYS_MAC]
    assert of_frame(b"\xff" * 6 + bytes(6) + arp(kind=2)) == [SAYS_MAC]
    assert [one.host for one in of_frame(ETHER + arp(NONE))] == [MAC]


def neighbour(kind: int, option: int, target: bytes = bytes(15) + b"\x09") -> Datagram:
    body = bytes((kind, 0, 0, 0, 0, 0, 0, 0)) + target + bytes((14, 1)) + bytes(6) + bytes((option, 1)) + RAW
    return Datagram(ICMPV6, socket.inet_pton(socket.AF_INET6, "fe80::5"), b"\xff" * 16, body)


def test_an_ipv6_neighbour_says_whose_an_address_is():
    target = socket.inet_pton(socket.AF_INET6, "fe80::9")

    assert [one.host for one in heard_datagram(neighbour(135, 1), "")] == ["fe80::5"]
    (found,) = heard_datagram(neighbour(136, 2, target), "")
    assert (found.host, found.payload) == ("fe80::9", MAC.encode())
    assert list(heard_datagram(neighbour(136, 1), "")) == []
    assert list(heard_datagram(neighbour(136, 2, bytes(16)), "")) == []
    assert list(heard_datagram(neighbour(128, 1), "")) == []


@pytest.mark.parametrize(("operation", "said"), [(1, True), (4, True), (3, False), (9, False)])
def test_of_raw_discovery_frames_only_a_devices_own_count(operation, said):
    frame, nameless = own_frame(operation), own_frame(operation, NONE)

    assert of_frame(frame) == [Statement("10.0.0.5", Protocol.SADP, frame)] * said
    assert [one.host for one in of_frame(nameless)] == [MAC] * said


def test_a_tag_is_taken_out_of_a_raw_discovery_frame_and_no_other_link_carries_one():
    frame = own_frame(1)
    cooked = bytes(14) + frame[12:]

    assert [one.payload for one in of_frame(frame[:12] + b"\x81\x00\x00\x07" + frame[12:])] == [frame]
    assert list(heard(cooked, Internet(), 113)) == []


def test_a_service_of_multicast_dns_is_our_own_text():
    owner = b"\x05_http\x04_tcp\x05local\x00"
    record = owner + struct.pack("!HHIH", 12, 1, 120, 6) + b"\x03abc\xc0\x0c"
    found = datagram(struct.pack("!HHHHHH", 0, 0x8400, 0, 1, 0, 0) + record, 5353, 5353)

    assert [(one.protocol, one.port, one.synthesised) for one in found] == [(Protocol.MDNS, 5353, True)]


def test_a_sender_without_any_name_is_left_out():
    assert datagram(SADP, 37020, 37020, "") == []


@given(some.binary(max_size=400), some.sampled_from([67, 68, 1900, 3702, 5353, 37020]))
def test_no_bytes_make_it_fail(payload, port):
    datagram(payload, port, port)
    list(heard_datagram(Datagram(ICMPV6, b"\xfe" * 16, b"\xff" * 16, payload), MAC))


@given(
    some.binary(max_size=200),
    some.sampled_from([b"\x08\x00", b"\x86\xdd", b"\x08\x06", b"\x80\x33\x21", b"\x81\x00"]),
    some.sampled_from([0, 1, 12, 101, 108, 113, 228, 229, 276]),
)
def test_no_frame_makes_it_fail(rest, kind, link):
    list(heard(ETHER + kind + rest, Internet(), link))


@given(some.integers(0, 250), some.binary(max_size=9))
def test_a_changed_message_or_frame_never_fails(cut, noise):
    whole = dhcp(5, operation=2, given=bytes([10, 0, 0, 9]))
    datagram(whole[:cut] + noise + whole[cut:], 67, 68)
    for frame in (ETHER + ipv4(), ETHER + arp(), own_frame(1)):
        of_frame(frame[:cut] + noise + frame[cut:])
