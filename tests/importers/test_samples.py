"""Every sample of every format: known by one importer alone, and each of its rows is accounted for."""

from __future__ import annotations

import gzip
import io
import ipaddress
import json
import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from scanner.importers import HEAD, IMPORTERS, recognise
from scanner.importers.encoding import in_utf8
from scanner.importers.interface import Importer, Row, Source
from scanner.model.protocol import Protocol
from scanner.parsers.mac import canonical_mac

SAMPLES = sorted(
    path
    for path in (Path(__file__).parent / "samples").iterdir()
    if path.is_file() and path.name != "README.md"
)
EXPECTED: dict[str, tuple[str, int, int]] = {
    "arp-linux-a.txt": ("arp", 9, 7),
    "arp-linux-n.txt": ("arp", 4, 2),
    "arp-linux.txt": ("arp", 3, 2),
    "arp-macos.txt": ("arp", 3, 1),
    "arp-windows-german-utf16.txt": ("arp", 4, 1),
    "arp-windows.txt": ("arp", 5, 1),
    "aruba-cx-arp.txt": ("aos", 6, 2),
    "aruba-cx-mac.txt": ("aos", 10, 6),
    "aruba-os-arp.txt": ("aos", 13, 7),
    "aruba-provision-arp.txt": ("aos", 6, 3),
    "aruba-provision-mac-old.txt": ("aos", 7, 4),
    "aruba-provision-mac.txt": ("aos", 7, 4),
    "cisco-ios-arp.txt": ("ios", 6, 4),
    "cisco-ios-ipv6.txt": ("ios", 11, 9),
    "cisco-ios-mac-chassis.txt": ("ios", 16, 6),
    "cisco-ios-mac-old.txt": ("ios", 12, 4),
    "cisco-ios-mac-protocols.txt": ("ios", 15, 6),
    "cisco-ios-mac.txt": ("ios", 16, 8),
    "cisco-nxos-arp-detail.txt": ("ios", 9, 1),
    "cisco-nxos-arp.txt": ("ios", 14, 6),
    "cisco-nxos-mac.txt": ("ios", 9, 3),
    "cisco-session.txt": ("ios", 19, 11),
    "dhcpd.leases": ("dhcpd", 8, 3),
    "dnsmasq.leases": ("dnsmasq", 4, 3),
    "ip-neigh-s.txt": ("ip-neigh", 4, 3),
    "ip-neigh.json": ("ip-neigh-json", 4, 3),
    "ip-neigh.txt": ("ip-neigh", 4, 3),
    "juniper-arp.txt": ("junos", 12, 9),
    "juniper-mac-14.txt": ("junos", 9, 3),
    "juniper-mac.txt": ("junos", 10, 3),
    "kea.csv": ("kea", 4, 3),
    "masscan-closed.grepable": ("masscan-grepable", 8, 5),
    "masscan-closed.json": ("masscan-json", 4, 2),
    "masscan.list": ("masscan-list", 12, 9),
    "masscan.ndjson": ("masscan-json", 10, 9),
    "proc-arp.txt": ("arp", 4, 2),
    "librenms-fdb.csv": ("csv", 2, 1),
    "netbox-devices.csv": ("csv", 3, 1),
    "netbox-interfaces.csv": ("csv", 3, 1),
    "netdisco-ipinventory.csv": ("csv", 3, 1),
    "netdisco-nodevendor.csv": ("csv", 2, 1),
    "windows-dhcp-console-german-utf16.csv": ("csv", 2, 1),
    "windows-dhcp.csv": ("csv", 6, 4),
    "windows-netsh-clients.txt": ("netsh", 9, 2),
    "windows-netsh-dump.txt": ("netsh", 6, 1),
    "httpx.jsonl": ("httpx", 2, 2),
    "nmap_web_scripts.xml": ("nmap-xml", 1, 1),
    "runzero.json": ("runzero", 1, 1),
    "shodan-host.json": ("shodan", 1, 0),
    "shodan.json": ("shodan", 1, 1),
    "zgrab2.jsonl": ("zgrab2", 5, 5),
    "zeek-conn.log": ("zeek", 15, 3),
    "zeek-conn.ndjson": ("zeek-json", 1, 1),
    "zeek-dhcp.log": ("zeek", 12, 3),
    "zeek-http.log": ("zeek", 10, 1),
    "zeek-known_hosts.log": ("zeek", 13, 0),
    "zeek-software.log": ("zeek", 12, 1),
    "zeek-x509-ssl.log": ("zeek", 22, 1),
}
"""Format, rows read, rows used."""
PIECES = (
    b"\n", b"\t", b",", b";", b'"', b"{", b"}", b"lease 192.0.2.1 {\n", b"hardware ethernet 44:19:b6:00:53:02;\n", b"}\n",
    b"IPAddress,ClientId,HostName\n", b"#fields\tts\tid.resp_h\tid.resp_p\tproto\tconn_state\n", b"#path\tconn\n", b"192.0.2.1",
    b" 4419.b600.5302 ", b"44:19:b6:00:53:02", b"  20    4419.b600.5302    DYNAMIC     Gi1/0/7\n", b"open tcp 80 192.0.2.1 1\n",
    b'{"ip":"192.0.2.1","timestamp":"1","ports":[{"port":80,"proto":"tcp","status":"open"}]}', b"Host: 192.0.2.1 ()\tPorts: 80/open/tcp//x//\n",
    b"1795578386 44:19:b6:00:53:02 192.0.2.1 * *\n", b"sw#show mac address-table\n", b"? (192.0.2.1) at 44:19:b6:0:53:2 on en0\n",
)  # fmt: skip
BINARY = {"pcap", "nmap-xml", "nmap"}
NOISE = (
    b"\x00" * 200,
    b"A" * 200_000,
    b"\x1b]0;owned\x07\x1b[2J\x9b31m",
    b"\xff\xfe\xfd\n",
    b"{" * 5000 + b"[" * 5000 + b"\n",
    b'{"ip": ' + b"9" * 6000 + b"}\n",
    b'"' * 999 + b"\n",
    b"\xe2\x80\xae\xe2\x80\xa8,\n",
)


def content_of(path: Path) -> bytes:
    raw = path.read_bytes()
    unpacked = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return in_utf8(io.BufferedReader(io.BytesIO(unpacked))).read()


def read(importer: Importer, content: bytes) -> list[Row]:
    return list(importer.read(io.BytesIO(content), Source("a file", "2026-11-25T00:00:00Z")))


def is_used(row: Row) -> bool:
    return bool(row.observations or row.endings or row.sightings)


def check(rows: list[Row]) -> None:
    """Rows read = rows used + rows explained, and what they give is fit to be recorded."""
    assert len(rows) == sum(map(is_used, rows)) + sum(bool(row.unused) and not is_used(row) for row in rows)
    for row in rows:
        assert row.place.isprintable()
        assert row.unused.isprintable()
        assert not (row.broken and is_used(row))
        for one in row.observations:
            assert canonical_mac(one.host) == one.host or str(ipaddress.ip_address(one.host)) == one.host
            assert isinstance(one.protocol, Protocol)
            assert 0 <= one.port < 65536
            assert one.payload
        for ended in row.endings:
            assert ended.method == "tcp"
            assert 0 < ended.port < 65536
        for seen in row.sightings:
            assert canonical_mac(seen.mac) == seen.mac


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_is_known_by_one_importer_alone(path):
    head = content_of(path)[:HEAD]

    knowing = [importer.name for importer in IMPORTERS if importer.recognises(head)]

    assert len(knowing) == 1
    if path.name in EXPECTED:
        assert knowing == [EXPECTED[path.name][0]]


@pytest.mark.parametrize("name", [name for name in EXPECTED if not name.startswith("pcap")])
def test_ends_of_lines_encoding_and_blank_lines_in_front_change_nothing(name):
    content = content_of(Path(__file__).parent / "samples" / name)
    lines = content.replace(b"\r\n", b"\n")
    crlf = lines.replace(b"\n", b"\r\n")
    wide = crlf.decode("utf-8", "replace").encode("utf-16-le")
    for other in (crlf, lines, b"\xef\xbb\xbf" + content, b"\xff\xfe" + wide, b"\r\n\n" + content):
        stream = in_utf8(io.BufferedReader(io.BytesIO(other), 2 * HEAD))
        importer = recognise(stream.peek(HEAD)[:HEAD])
        assert importer is not None
        rows = read(importer, stream.read())
        assert (importer.name, len(rows), sum(map(is_used, rows))) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_rows_read_are_rows_used_and_rows_explained(name):
    content = content_of(Path(__file__).parent / "samples" / name)
    importer = recognise(content[:HEAD])

    rows = read(importer, content)

    check(rows)
    assert (importer.name, len(rows), sum(map(is_used, rows))) == EXPECTED[name]


@pytest.mark.parametrize(
    "path", [path for path in SAMPLES if path.name in EXPECTED], ids=lambda path: path.name
)
def test_a_damaged_sample_costs_no_more_than_what_was_damaged(path):
    content = content_of(path)
    importer = recognise(content[:HEAD])
    before = {one.payload for row in read(importer, content) for one in row.observations}

    for noise in NOISE:
        for mark in (b"\n", b"\r\n"):
            rows = read(importer, content.rstrip(b"\n") + mark + noise)
            check(rows)
            after = {one.payload for row in rows for one in row.observations}
            assert len(before - after) <= 1


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda one: one.name)
def test_no_importer_fails_on_another_format_or_on_rubbish(importer):
    chance = random.Random(20261125)
    for path in SAMPLES:
        if path.name in EXPECTED:
            content = content_of(path)
            check(read(importer, content))
            cut = chance.randrange(len(content))
            damaged = bytearray(content[:cut] + chance.randbytes(40) + content[cut:])
            for _ in range(20):
                damaged[chance.randrange(len(damaged))] = chance.choice(b'\x00\n"{}[],:;\\\xff 9')
            check(read(importer, bytes(damaged)))
    for noise in (*NOISE, b"", b"\n"):
        importer.recognises(noise)
        check(read(importer, noise))


ODD = (
    None,
    True,
    -1,
    0,
    2**70,
    1e308,
    "",
    "\x00\x1b[2J",
    "224.0.0.1",
    "9" * 400,
    [],
    {},
    [None],
    {"x": {}},
    [[[]]],
    "a\r\nb: c",
)


def _replaced(value: object, chance: random.Random) -> object:
    """The same value with some of its parts replaced by odd ones."""
    if chance.random() < 0.08:
        return chance.choice(ODD)
    if isinstance(value, dict):
        return {name: _replaced(one, chance) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, chance) for one in value]
    return value


@pytest.mark.parametrize("name", [name for name in EXPECTED if "json" in name])
def test_a_value_of_another_kind_is_no_fault_of_ours(name):
    chance = random.Random(20261125)
    content = content_of(Path(__file__).parent / "samples" / name)
    importer = recognise(content[:HEAD])
    values = (
        json.loads(content) if name.endswith(".json") else [json.loads(line) for line in content.splitlines()]
    )
    for _ in range(120):
        check(read(importer, json.dumps(_replaced(values, chance)).encode()))


@pytest.mark.parametrize(
    "importer", [one for one in IMPORTERS if one.name not in BINARY], ids=lambda one: one.name
)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(pieces=some.lists(some.one_of(some.binary(max_size=40), some.sampled_from(PIECES)), max_size=30))
def test_random_pieces_of_all_formats_are_rows_used_or_explained(importer, pieces):
    content = b"".join(pieces)
    importer.recognises(content)
    check(read(importer, content))


class Endless(io.RawIOBase):
    """A stream that gives the same content again and again, without holding it."""

    def __init__(self, content: bytes, size: int) -> None:
        self._content, self._left = content, size // len(content)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        if not self._rest and self._left:
            self._rest, self._left = self._content, self._left - 1
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


@pytest.mark.parametrize(
    "name", ["masscan.ndjson", "masscan.list", "masscan-closed.grepable", "zeek-conn.log", "zgrab2.jsonl"]
)  # fmt: skip
def test_a_long_file_is_read_in_little_memory(name):
    content = content_of(Path(__file__).parent / "samples" / name)
    importer = recognise(content[:HEAD])
    stream = io.BufferedReader(Endless(content, 1_200_000))
    tracemalloc.start()
    try:
        count = sum(1 for _ in importer.read(stream, Source("a file", "2026-11-25T00:00:00Z")))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count > 400
    assert peak < 1_000_000, peak
