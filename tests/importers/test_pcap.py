"""Captures: real ones made in namespaces, each link type, and what is cut, damaged or hostile."""

from __future__ import annotations

import gzip
import io
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSRR, DNSRRSRV
from scapy.layers.inet import IP, TCP, UDP, fragment
from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6NDOptDstLLAddr, IPv6, IPv6ExtHdrFragment, fragment6
from scapy.layers.l2 import ARP, CookedLinux, CookedLinuxV2, Dot1AD, Dot1Q, Ether, Loopback
from scapy.packet import Raw
from scapy.utils import PcapNgWriter, PcapWriter

from scanner.importers import Source, recognise
from scanner.importers.pcap import IMPORTER
from scanner.model.protocol import Protocol

SAMPLES = Path(__file__).parent / "samples"
SOURCE = Source("c.pcap", "2026-11-25T00:00:00Z")
CAMERA = "44:19:b6:01:02:03"
ETHER = Ether(src=CAMERA, dst="02:00:00:00:00:01")
SADP = b'<?xml version="1.0"?><ProbeMatch><DeviceDescription>DS-2CD2385G1-I</DeviceDescription></ProbeMatch>'
ANSWER = UDP(sport=37020, dport=37020) / Raw(SADP)


def rows(data: bytes):
    return list(IMPORTER.read(io.BytesIO(data), SOURCE))


def heard(data: bytes):
    return [(one.host, one.protocol, one.port, one.payload) for row in rows(data) for one in row.observations]


def sample(name: str) -> bytes:
    data = (SAMPLES / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


@pytest.fixture
def capture(tmp_path, no_scapy_look_ups):
    """``capture(packet, …)``: the bytes of a capture file."""

    def write(*packets, ng: bool = False, linktype: int | None = None) -> bytes:
        path = str(tmp_path / "c")
        writer = PcapNgWriter(path) if ng else PcapWriter(path, linktype=linktype)
        with writer:
            for packet in packets:
                writer.write(packet)
        return Path(path).read_bytes()

    return write


@pytest.fixture
def no_scapy_look_ups(monkeypatch):
    """Every address is given, so scapy asks no routing table and no neighbour."""
    from scapy.config import conf

    monkeypatch.setattr(conf, "verb", 0)


def test_a_scan_that_was_captured_is_read_as_the_scan_was():
    found = {}
    for row in rows(sample("pcap_scan.pcap.gz")):
        for one in row.observations:
            found.setdefault((one.host, one.protocol), []).append(one)

    assert {host for host, _ in found} == {"10.77.0.11", "10.77.0.14", "10.77.0.23", "10.77.0.57"}
    assert any(one.payload.startswith(b"HTTP/1.1 401") for one in found["10.77.0.11", Protocol.ISAPI])
    assert {one.request for one in found["10.77.0.14", Protocol.HTTP]} >= {"GET /"}
    assert ("10.77.0.11", Protocol.RTSP) in found
    assert all(one.at.startswith("2026-11-25T03:22:") for ones in found.values() for one in ones)


def test_what_tshark_and_tcpdump_write_is_read():
    of_tshark = heard(sample("pcap_scan.pcapng.gz"))
    of_tcpdump = heard(sample("pcap_any.pcap"))

    assert {protocol for host, protocol, *_ in of_tshark if host == "10.78.0.14"} == {
        Protocol.MAC,
        Protocol.SADP,
        Protocol.HTTP,
        Protocol.ISAPI,
        Protocol.ONVIF_SOAP,
        Protocol.RTSP,
    }
    assert {(host, protocol) for host, protocol, *_ in of_tcpdump} == {
        ("10.78.0.14", Protocol.MAC),
        ("10.78.0.14", Protocol.SADP),
        ("10.78.0.2", Protocol.MAC),
    }
    assert rows(sample("pcap_scan.pcapng.gz"))[9].observations[0].at == "2026-11-25T03:34:38.294Z"


def test_every_packet_and_every_conversation_is_a_row_that_is_used_or_explained():
    for path in SAMPLES.glob("pcap_*"):
        for row in rows(sample(path.name)):
            assert bool(row.observations or row.endings) is not bool(row.unused)


def test_ports_that_open_and_refuse_are_proven_and_silence_is_not():
    endings = {
        (one.address, one.port): one.ending.value
        for row in rows(sample("pcap_scan.pcap.gz"))
        for one in row.endings
    }

    assert endings["10.77.0.11", 80] == "complete"
    assert endings["10.77.0.11", 443] == "refused"
    assert set(endings.values()) == {"complete", "refused"}


def test_a_certificate_in_clear_is_read():
    (found,) = [one for one in heard(sample("pcap_tls12.pcap")) if one[1] is Protocol.TLS_CERT]

    assert found[0] == "10.78.0.2"
    assert found[2] == 443
    assert b"IP Camera" in found[3]


def test_a_lease_is_the_clients_word_under_the_address_that_it_gets():
    found = [(host, protocol) for host, protocol, *_ in heard(sample("pcap_dhcp.pcap"))]

    assert (CAMERA, Protocol.DHCP) in found
    assert ("10.78.0.58", Protocol.DHCP) in found
    assert ("10.78.0.58", Protocol.MAC) in found
    assert ("10.78.0.2", Protocol.MAC) in found


@pytest.mark.parametrize("ng", [False, True])
@pytest.mark.parametrize(
    "packet",
    [
        ETHER / IP(src="10.0.0.5", dst="10.0.0.1") / ANSWER,
        ETHER / Dot1Q(vlan=7) / IP(src="10.0.0.5", dst="10.0.0.1") / ANSWER,
        ETHER / Dot1AD(vlan=7) / Dot1Q(vlan=8) / IP(src="10.0.0.5", dst="10.0.0.1") / ANSWER,
        IP(src="10.0.0.5", dst="10.0.0.1") / ANSWER,
        CookedLinux(proto=0x0800) / IP(src="10.0.0.5", dst="10.0.0.1") / ANSWER,
        CookedLinuxV2(proto=0x0800) / IP(src="10.0.0.5", dst="10.0.0.1") / ANSWER,
        Loopback(type=2) / IP(src="10.0.0.5", dst="10.0.0.1") / ANSWER,
    ],
    ids=["ethernet", "vlan", "qinq", "raw", "cooked", "cooked2", "loopback"],
)
def test_each_link_type_is_read(capture, packet, ng):
    assert heard(capture(packet, ng=ng)) == [("10.0.0.5", Protocol.SADP, 37020, SADP)]


def test_ipv6_is_read(capture):
    data = capture(ETHER / IPv6(src="fe80::5", dst="ff02::c") / ANSWER)

    assert heard(data)[0][:2] == ("fe80::5", Protocol.SADP)


def test_a_datagram_in_pieces_is_put_together(capture):
    whole = (
        IP(src="10.0.0.5", dst="10.0.0.1", id=7) / UDP(sport=37020, dport=37020, chksum=1) / Raw(SADP * 40)
    )
    pieces = fragment(whole, 600)

    assert heard(capture(*(ETHER / one for one in reversed(pieces))))[0][3] == SADP * 40
    assert heard(capture(*(ETHER / one for one in pieces[1:]))) == []


@pytest.mark.parametrize("ip", [IP(src="10.0.0.5", dst="10.0.0.1", id=7), None])
def test_of_a_datagram_whose_rest_is_missing_the_beginning_is_used(capture, ip):
    text = SADP[: SADP.index(b"</ProbeMatch>")] + b"<Rest>" + b"x" * 600
    udp = UDP(sport=37020, dport=37020, chksum=1) / Raw(text)
    if ip is None:
        head = IPv6ExtHdrFragment(id=9)
        pieces = fragment6(IPv6(src="fe80::5", dst="ff02::c") / head / udp, 400)
    else:
        pieces = fragment(ip / udp, 304)

    data = capture(ETHER / pieces[0])
    ((host, protocol, port, payload),) = heard(data)

    assert (protocol, port) == (Protocol.SADP, 37020)
    assert host == ("fe80::5" if ip is None else "10.0.0.5")
    assert text.startswith(payload)
    assert b"DS-2CD2385G1-I" in payload
    assert [row.unused for row in rows(data)] == [
        "a piece of a datagram, which has a row of its own where its beginning is there",
        "",
    ]
    assert heard(capture(*(ETHER / one for one in pieces[1:]))) == []


def test_a_question_is_no_device(capture):
    ask = [
        UDP(sport=37020, dport=37020) / Raw(b"<Probe><Types>inquiry</Types></Probe>"),
        UDP(sport=5000, dport=3702) / Raw(b"<d:Probe>"),
        UDP(sport=5000, dport=1900) / Raw(b"M-SEARCH * HTTP/1.1\r\n\r\n"),
        UDP(sport=5353, dport=5353) / DNS(qr=0),
        UDP(sport=5000, dport=53) / Raw(b"x"),
    ]

    assert heard(capture(*(ETHER / IP(src="10.0.0.5", dst="10.0.0.1") / one for one in ask))) == []


def test_discovery_of_each_kind_is_heard(capture):
    dns = DNS(
        qr=1,
        aa=1,
        ancount=3,
        an=DNSRR(rrname="_http._tcp.local", type="PTR", rdata="cam._http._tcp.local")
        / DNSRRSRV(rrname="cam._http._tcp.local", port=80, target="cam.local")
        / DNSRR(rrname="cam.local", type="A", rdata="10.0.0.5"),
    )
    told = [
        UDP(sport=3702, dport=5000) / Raw(b"<SOAP-ENV:Envelope><d:ProbeMatches/></SOAP-ENV:Envelope>"),
        UDP(sport=1900, dport=1900) / Raw(b"NOTIFY * HTTP/1.1\r\nSERVER: x\r\n\r\n"),
        UDP(sport=5353, dport=5353) / dns,
    ]
    found = heard(capture(*(ETHER / IP(src="10.0.0.5", dst="10.0.0.1") / one for one in told)))

    assert [protocol for _, protocol, *_ in found] == [
        Protocol.ONVIF_WSDISCOVERY,
        Protocol.SSDP,
        Protocol.MDNS,
    ]
    assert b"instance: cam" in found[2][3]
    assert b"address: 10.0.0.5" in found[2][3]


def test_neighbours_of_both_families_are_heard(capture):
    advertised = ICMPv6ND_NA(tgt="fe80::5") / ICMPv6NDOptDstLLAddr(lladdr=CAMERA)
    data = capture(
        ETHER / ARP(op=2, hwsrc=CAMERA, psrc="10.0.0.5", hwdst="02:00:00:00:00:01", pdst="10.0.0.1"),
        ETHER / IPv6(src="fe80::5", dst="ff02::1") / advertised,
        ETHER / ARP(op=1, hwsrc=CAMERA, psrc="0.0.0.0", hwdst="00:00:00:00:00:00", pdst="10.0.0.5"),
    )

    assert [(host, payload) for host, _, _, payload in heard(data)] == [
        ("10.0.0.5", CAMERA.encode()),
        ("fe80::5", CAMERA.encode()),
        (CAMERA, CAMERA.encode()),
    ]


def test_what_is_said_again_is_read_once(capture):
    packet = ETHER / IP(src="10.0.0.5", dst="10.0.0.1") / ANSWER
    found = rows(capture(*[packet] * 5))

    assert [row.unused for row in found] == ["", *["said before in this file"] * 4]


def test_a_reply_that_came_out_of_order_is_put_in_order(capture):
    def server(sequence: int, data: bytes, flags: str = "A"):
        return (
            ETHER
            / IP(src="10.0.0.5", dst="10.0.0.1")
            / TCP(sport=80, dport=5000, seq=sequence, flags=flags)
            / Raw(data)
        )

    ask = (
        ETHER
        / IP(src="10.0.0.1", dst="10.0.0.5")
        / TCP(sport=5000, dport=80, seq=1, flags="A")
        / Raw(b"GET /x HTTP/1.1\r\n\r\n")
    )
    hello = ETHER / IP(src="10.0.0.5", dst="10.0.0.1") / TCP(sport=80, dport=5000, seq=99, flags="SA")
    one, two, three = b"HTTP/1.1 200 OK\r\nServer: A", b"pp-webs/\r\nContent-Length: 2\r\n\r\n", b"ok"
    data = capture(
        hello,
        ask,
        server(100 + len(one), two),
        server(100, one),
        server(100, one),
        server(100 + len(one + two), three, "FA"),
    )

    assert [
        (request, payload)
        for row in rows(data)
        for one in row.observations
        for request, payload in [(one.request, one.payload)]
    ] == [("GET /x", b"HTTP/1.1 200 OK\r\nServer: App-webs/\r\nContent-Length: 2\r\n\r\nok")]


@pytest.mark.parametrize("ng", [False, True])
def test_a_cut_file_gives_what_is_whole_and_one_broken_row(capture, ng):
    packets = [ETHER / IP(src=f"10.0.0.{number}", dst="10.0.0.1") / ANSWER for number in range(1, 4)]
    data = capture(*packets, ng=ng)
    found = rows(data[:-10])

    assert [row.broken for row in found].count(True) == 1
    assert found[-1].broken
    assert len([row for row in found if row.observations]) >= 2


@pytest.mark.parametrize("data", [b"", b"\xd4\xc3\xb2\xa1", b"\x0a\x0d\x0d\x0a" + b"\x00" * 40, b"nothing"])
def test_what_is_hardly_a_capture_is_one_broken_row(data):
    assert [row.broken for row in rows(data)] == [True]


def test_captures_are_recognised_by_their_first_bytes(capture):
    packet = ETHER / IP(src="10.0.0.5", dst="10.0.0.1") / ANSWER

    assert recognise(capture(packet)) is IMPORTER
    assert recognise(capture(packet, ng=True)) is IMPORTER
    assert recognise(b"\x0a\x0d\x0d\x0a and then a text") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_damage_anywhere_is_read_or_explained(data):
    whole = bytearray(sample("pcap_scan.pcap.gz")[:20_000])
    for place in data.draw(st.lists(st.integers(24, len(whole) - 1), max_size=30)):
        whole[place] = data.draw(st.integers(0, 255))
    for row in rows(bytes(whole)):
        assert row.observations or row.endings or row.unused


@given(st.lists(st.binary(max_size=120), max_size=8))
def test_no_packets_make_it_fail(packets):
    data = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    data += b"".join(struct.pack("<IIII", 1, 0, len(one), len(one)) + one for one in packets)

    assert len(rows(data)) >= sum(bool(one) for one in packets)
