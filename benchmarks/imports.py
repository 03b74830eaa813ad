"""How fast a capture is read, and in how much memory: `python benchmarks/imports.py [--mebibytes 1024]`.

The capture is made here: media over TCP as recorders carry it, a web reply of each of 2,000 hosts, their ARP
and their discovery, over and over. It is written to a temporary file and read in processes of their own: by
the importer alone, and by the whole of `hiksweep import`, journal and report included.
"""

from __future__ import annotations

import argparse
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HOSTS = 2000
MEDIA = 12
"""Packets of 1,460 bytes of media between two packets that say something."""


def _ethernet(kind: int, body: bytes, number: int) -> bytes:
    return (
        b"\x02\x00\x00\x00\x00\x01\x44\x19\xb6" + number.to_bytes(3, "big") + kind.to_bytes(2, "big") + body
    )


def _ip(protocol: int, source: bytes, body: bytes) -> bytes:
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, protocol, 0)
    return head + source + b"\x0a\x00\x00\x01" + body


def _tcp(port: int, sequence: int, flags: int, body: bytes) -> bytes:
    return struct.pack(">HHIIBBHHH", port, 40_000, sequence & 0xFFFFFFFF, 0, 0x50, flags, 65535, 0, 0) + body


def _packets() -> Iterator[bytes]:
    """Without end."""
    turn = 0
    while True:
        for number in range(HOSTS):
            source = b"\x0a\x01" + number.to_bytes(2, "big")
            head = f"HTTP/1.1 200 OK\r\nServer: App-webs/\r\nX-Turn: {turn}\r\nContent-Length: 2"
            reply = f"{head}\r\n\r\nok".encode()
            discovery = (
                f"<ProbeMatch><DeviceDescription>DS-2CD{number:04}</DeviceDescription></ProbeMatch>".encode()
            )
            arp = (
                b"\x00\x01\x08\x00\x06\x04\x00\x02\x44\x19\xb6"
                + number.to_bytes(3, "big")
                + source
                + b"\x00" * 10
            )
            udp = struct.pack(">HHHH", 37020, 37020, 8 + len(discovery), 0) + discovery
            for kind, body in (
                (0x0806, arp),
                (0x0800, _ip(6, source, _tcp(80, 99, 0x12, b""))),
                (0x0800, _ip(6, source, _tcp(80, 100, 0x11, reply))),
                (0x0800, _ip(17, source, udp)),
            ):
                yield _ethernet(kind, body, number)
                for piece in range(MEDIA):
                    media = _tcp(554, turn * 100_000 + piece * 1460, 0x10, b"\x80" * 1460)
                    yield _ethernet(0x0800, _ip(6, source, media), number)
        turn += 1


def write(path: Path, size: int) -> int:
    """Write a capture of about ``size`` bytes; returns the number of packets."""
    count = 0
    with path.open("wb", buffering=1 << 20) as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for packet in _packets():
            file.write(
                struct.pack("<IIII", 1_780_000_000 + count // 1000, 0, len(packet), len(packet)) + packet
            )
            count += 1
            if file.tell() >= size:
                return count
    return count


READ_ALONE = """
import sys
from scanner.importers import Source
from scanner.importers.pcap import IMPORTER
with open(sys.argv[1], "rb") as file:
    print(sum(bool(row.observations) for row in IMPORTER.read(file, Source("c", ""))), "rows used")
"""


def main(mebibytes: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.pcap"
        count = write(path, mebibytes << 20)
        print(f"{path.stat().st_size / (1 << 20):,.0f} MiB, {count:,} packets, {HOSTS:,} hosts")
        whole = [sys.executable, "-m", "scanner", "import", str(path), "--quiet", "--format", "csv"]
        whole += ["--journal", str(Path(folder) / "j.jsonl"), "--output", str(Path(folder) / "r.csv")]
        for name, command in (
            ("importer alone", [sys.executable, "-c", READ_ALONE, str(path)]),
            ("whole import", whole),
        ):
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            started = time.perf_counter()
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            elapsed = time.perf_counter() - started
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(
                f"{name}: {elapsed:.1f} s, {path.stat().st_size / (1 << 20) / elapsed:.0f} MiB/s, "
                f"{count / elapsed:,.0f} packets/s, {usage.ru_utime - before:.1f} s of CPU, "
                f"largest RSS so far {usage.ru_maxrss / 1024:.0f} MiB, exit {done.returncode} "
                f"{done.stdout.strip()[:80]}"
            )


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--mebibytes", type=int, default=1024)
    known, _ = reader.parse_known_args()  # `make bench` hands the same words to every script
    main(known.mebibytes)
