from __future__ import annotations

import gzip
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, UDP, fragment
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Raw
from scapy.utils import PcapNgWriter, PcapWriter

from scanner.model.errors import UsageError
from scanner.model.protocol import Protocol
from scanner.parsers import read
from scanner.transports import capture
from scanner.transports.capture import CaptureFile

pytestmark = pytest.mark.usefixtures("no_scapy_look_ups")

CAMERA, TOOL = "58:50:ed:00:00:85", "02:00:00:00:00:01"
MATCH = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<ProbeMatch><Uuid>F93CF8DC-DF53-424B-98A7-9FC0536E1083</Uuid>\n'
    b"<Types>inquiry</Types>\n<DeviceDescription>DS-2CD2385G1-I</DeviceDescription>\n</ProbeMatch>\n"
)
ETHER = Ether(src=CAMERA, dst=TOOL)


def datagram(payload=MATCH, source="192.168.1.64", sport=37020, dport=37020, ether=ETHER):
    packet = ether / IP(src=source, dst="239.255.255.250") / UDP(sport=sport, dport=dport) / Raw(payload)
    packet.time = 1_700_000_000.25
    return packet


def frame(operation=4, address=b"\xc0\xa8\x01\x40", ether=ETHER):
    header = b"\x21\x02\x01\xf6" + bytes(4) + b"\x06\x04" + bytes([operation]) + bytes(3)
    header += bytes.fromhex("5850ed000085") + address + b"\xff" * 6 + bytes(4) + b"\xff\xff\xff\x00"
    data = b"DS-2CD2385G1-I20200414AAWRE33842000".ljust(48, b"\0") + bytes(160)
    packet = ether.copy()
    packet.lastlayer().type = 0x8033
    return packet / Raw(header + data)


@pytest.fixture(params=["pcap", "pcapng", "pcap.gz"])
def write(request, tmp_path):
    def save(*packets):
        path = tmp_path / f"capture.{request.param}"
        writer = PcapNgWriter if request.param == "pcapng" else PcapWriter
        plain = tmp_path / "plain"
        with writer(str(plain)) as out:
            if request.param != "pcapng":
                out.write_header(packets[0] if packets else None)
            for packet in packets:
                out.write(packet)
        data = plain.read_bytes()
        path.write_bytes(gzip.compress(data) if request.param == "pcap.gz" else data)
        return path

    return save


def look(path):
    found = CaptureFile(path, run="r1")
    return list(found), found


def test_an_answer_is_an_observation_of_its_sender(write):
    ((seen,), found) = look(write(datagram(), ETHER / ARP(psrc="10.0.0.1", hwsrc=CAMERA, pdst="10.0.0.2")))
    assert (seen.host, seen.port, seen.protocol, seen.payload) == (
        "192.168.1.64",
        37020,
        Protocol.SADP,
        MATCH,
    )
    assert (seen.method, seen.run, seen.at) == ("capture", "r1", "2023-11-14T22:13:20.250Z")
    assert not seen.synthesised
    assert (found.packets, found.problem) == (2, None)


def test_questions_and_orders_of_a_client_are_no_devices(write):
    question = datagram(b"<?xml?><Probe><Uuid>X</Uuid><Types>inquiry</Types></Probe>")
    seen, found = look(write(question, datagram(sport=1900, dport=1900), datagram(b"")))
    assert (seen, found.packets) == ([], 3)


def test_a_datagram_in_pieces_is_put_together(write):
    long = MATCH.replace(b"</ProbeMatch>", b"<OEMInfo>" + b"x" * 3000 + b"</OEMInfo></ProbeMatch>")
    first, *rest = fragment(datagram(long), fragsize=1400)
    ((seen,), found) = look(write(first, ETHER / ARP(psrc="10.0.0.1", hwsrc=CAMERA, pdst="10.0.0.2"), *rest))
    assert seen.payload == long
    assert found.packets == 2 + len(rest)


def test_pieces_of_what_is_never_whole_are_given_up(write, monkeypatch):
    monkeypatch.setattr(capture, "_FRAGMENTS_LIMIT", 4)
    pieces = []
    for number in range(12):
        packet = datagram(MATCH * 20)
        packet[IP].id = number
        pieces.append(fragment(packet, fragsize=1400)[0])
    ((seen,), _) = look(write(*pieces, datagram()))
    assert seen.payload == MATCH


def test_ipv6_and_tagged_packets_are_read(write):
    six = ETHER / IPv6(src="fe80::64", dst="fe80::1") / UDP(sport=37020, dport=50000) / Raw(MATCH)
    tagged = datagram(ether=ETHER / Dot1Q(vlan=7))
    seen, _ = look(write(six, tagged))
    assert [one.host for one in seen] == ["fe80::64", "192.168.1.64"]


@pytest.mark.parametrize("ether", [ETHER, ETHER / Dot1Q(vlan=7)], ids=["plain", "tagged"])
def test_a_raw_frame_of_a_device_is_kept_whole_and_the_parser_reads_it(write, ether):
    seen, _ = look(
        write(frame(4, ether=ether), frame(1, ether=ether), frame(3, ether=ether), frame(6, ether=ether))
    )
    assert [one.host for one in seen] == ["192.168.1.64", "192.168.1.64"]
    fields = read(Protocol.SADP, seen[0].payload)
    assert fields.first("sadp.root") == "Frame"
    assert fields.first("sadp.DeviceSN") == "DS-2CD2385G1-I20200414AAWRE33842000"


def test_a_device_without_an_address_is_named_by_its_mac(write):
    ((seen,), _) = look(write(frame(1, address=bytes(4))))
    assert seen.host == CAMERA


def test_an_empty_capture_says_so(write):
    seen, found = look(write())
    assert (seen, found.problem) == ([], "holds no packets")


@pytest.mark.parametrize("write", ["pcap", "pcapng"], indirect=True)
@pytest.mark.parametrize("cut", [3, 9, 30, 200])
def test_a_cut_file_gives_what_is_whole_and_says_where_it_ends(write, cut):
    path = write(datagram(), datagram(source="10.0.0.9"))
    path.write_bytes(path.read_bytes()[:-cut])
    seen, found = look(path)
    assert seen[0].payload == MATCH
    assert found.problem is not None
    assert found.problem.startswith("cut")


def test_a_cut_archive_gives_what_can_be_unpacked(tmp_path):
    plain = tmp_path / "plain"
    with PcapWriter(str(plain)) as out:
        for number in range(200):
            out.write(datagram(MATCH + bytes([number % 250]) * number))
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(plain.read_bytes())[:-40])
    seen, found = look(path)
    assert seen
    assert found.problem is not None


def test_whole_blocks_without_packets_behind_the_last_one_are_no_damage(tmp_path):
    path = tmp_path / "statistics.pcapng"
    with PcapNgWriter(str(path)) as out:
        out.write(datagram())
    statistics = struct.pack("<IIIIII", 5, 24, 0, 0, 0, 24)
    path.write_bytes(path.read_bytes() + statistics)
    assert look(path)[1].problem is None
    path.write_bytes(path.read_bytes() + statistics[:20])
    assert look(path)[1].problem == "cut after 1 packets"


def test_a_damaged_block_is_named(tmp_path):
    path = tmp_path / "damaged.pcapng"
    with PcapNgWriter(str(path)) as out:
        out.write(datagram())
    path.write_bytes(path.read_bytes() + struct.pack("<II", 0x0A0D0D0A, 28) + b"no section header ......")
    seen, found = look(path)
    assert len(seen) == 1
    assert "after 1 packets" in found.problem


@pytest.mark.parametrize("content", [b"", b"\xa1", b"text, no capture", b"\xd4\xc3\xb2\xa1\x02"])
def test_what_is_no_capture_is_refused_in_one_line(tmp_path, content, capfd):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"notes\.txt: no capture file that can be read \(") as caught:
        look(path)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        look(tmp_path / "absent.pcap")


def test_a_link_layer_that_nobody_knows_gives_nothing(tmp_path):
    path = tmp_path / "odd.pcap"
    data = bytes(datagram())
    header = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 147)
    path.write_bytes(header + struct.pack("<IIII", 1, 2, len(data), len(data)) + data)
    seen, found = look(path)
    assert (seen, found.packets) == ([], 1)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(24, 500), octets=st.binary(min_size=1, max_size=40))
@pytest.mark.parametrize("writer", [PcapWriter, PcapNgWriter])
def test_damage_anywhere_is_read_or_refused(tmp_path, writer, place, octets):
    path = tmp_path / "damaged"
    with writer(str(path)) as out:
        out.write(datagram())
        out.write(frame())
    data = bytearray(path.read_bytes())
    data[place : place + len(octets)] = octets
    path.write_bytes(bytes(data))
    try:
        seen, _ = look(path)
    except UsageError:
        return
    assert len(seen) <= 2
