"""Reads capture files (pcap, pcapng, gzipped or not): SADP answers and announcements that somebody recorded.

Two things are taken out: UDP datagrams of port 37020 that come from a device, and raw SADP frames (Ethernet
type 0x8033, research note sadp.md §2) that are an announcement or an answer. Nothing is sent. scapy opens the
file and takes the layers apart; datagrams that IP cut in pieces are put together again. A file that is cut or
damaged gives what could be read, and the reader says what was wrong.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from scanner.model.errors import UsageError
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.policy.rules import SADP_PORT

if TYPE_CHECKING:
    from scapy.sessions import IPSession

METHOD = "capture"
"""Name of the method in observations."""
_PORT = SADP_PORT.to_bytes(2, "big")
_ETHERTYPE = 0x8033
_ANNOUNCED, _ANSWERED = 1, 4
"""Operations of a device; the others are a client's."""
_HEADER = 14
_FRAGMENTS_LIMIT = 1024
_BLOCK_LIMIT = 1 << 24
_PACKET_LIMIT = 65_535
_FAILS = (struct.error, ValueError, IndexError, KeyError, TypeError, AttributeError, EOFError, OSError)
"""What scapy raises of a hostile packet or file, besides its own exception."""


class CaptureFile:
    """One capture. Iterate it once; the counts and the problem are complete afterwards."""

    def __init__(self, path: Path, *, run: str = "") -> None:
        """Args: path to the file; run is the name of the run in the observations."""
        self._path = path
        self._run = run
        self.packets = 0
        """Packets that the file holds."""
        self.problem: str | None = None
        """Why the file was not read to its end, or what of it could not be read."""

    def __iter__(self) -> Iterator[Observation]:
        """Every SADP message of a device, in the order of the file.

        Raises:
            UsageError: the file cannot be opened or is no capture.
        """
        from scapy.config import conf
        from scapy.error import Scapy_Exception
        from scapy.layers import inet, inet6, l2  # noqa: F401 - the layers that are taken apart
        from scapy.sessions import IPSession
        from scapy.utils import RawPcapReader

        # What it would say on standard error about a damaged file is said by `problem`.
        logging.getLogger("scapy").setLevel(logging.ERROR)
        try:
            reader = RawPcapReader(str(self._path))
        except (Scapy_Exception, *_FAILS) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise UsageError(f"{self._path}: no capture file that can be read ({reason})") from None
        session = IPSession()
        with reader:
            while True:
                before = reader.f.tell()
                try:
                    data, about = next(reader)
                except StopIteration:
                    self._look_at_the_end(reader, before)
                    break
                except (Scapy_Exception, *_FAILS) as error:
                    self.problem = f"damaged after {self.packets} packets ({error or type(error).__name__})"
                    break
                self.packets += 1
                if len(data) < min(getattr(about, "caplen", 0), _PACKET_LIMIT):
                    self.problem = f"cut within packet {self.packets}"
                link = int(getattr(about, "linktype", 0) or getattr(reader, "linktype", 1))
                with contextlib.suppress(Scapy_Exception, *_FAILS):
                    yield from self._message(data, conf.l2types.num2layer.get(link), session, _moment(about))

    def _message(self, data: bytes, layer: Any, session: IPSession, at: str) -> Iterator[Observation]:
        """The device's message in one packet, if there is one."""
        if layer is None or not _worth_a_look(data):
            return
        packet = layer(data)
        if (frame := _raw_frame(data, packet)) is not None:
            host = str(ipaddress.IPv4Address(frame[_HEADER + 20 : _HEADER + 24]))
            if host == "0.0.0.0":  # a device without an address is known by its MAC
                host = frame[_HEADER + 14 : _HEADER + 20].hex(":")
            yield self._observation(host, frame, 0, at)
            return
        packet = session.process(packet)
        if len(session.fragments) > _FRAGMENTS_LIMIT:
            session.fragments.clear()
        if packet is None or "UDP" not in packet:
            return
        udp = packet["UDP"]
        payload = bytes(udp.payload)
        if SADP_PORT in {udp.sport, udp.dport} and payload and b"<Probe>" not in payload[:256]:
            source = packet["IPv6"].src if "IPv6" in packet else packet["IP"].src
            yield self._observation(str(ipaddress.ip_address(source)), payload, int(udp.sport), at)

    def _observation(self, host: str, payload: bytes, port: int, at: str) -> Observation:
        return Observation(
            host=host, protocol=Protocol.SADP, payload=payload, port=port, run=self._run, method=METHOD, at=at
        )

    def _look_at_the_end(self, reader: Any, before: int) -> None:
        """Look at what stands behind the last packet: scapy takes a cut file for a finished one."""
        if self.problem is not None:
            return
        reader.f.seek(before)
        if not _ends_whole(reader.f, getattr(reader, "endian", "<"), blocks=not hasattr(reader, "snaplen")):
            self.problem = f"cut after {self.packets} packets"
        elif not self.packets:
            self.problem = "holds no packets"


def _ends_whole(stream: IO[bytes], endian: str, *, blocks: bool) -> bool:
    """Whether nothing, or (pcapng) only whole blocks without packets, follow."""
    try:
        while head := stream.read(8):
            if not blocks or len(head) < 8:
                return False
            (size,) = struct.unpack(f"{endian}4xI", head)
            if size < 12 or len(stream.read(min(size - 8, _BLOCK_LIMIT))) < size - 8:
                return False
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _worth_a_look(data: bytes) -> bool:
    """Whether a packet may hold SADP or a piece of a datagram; spares the rest the way through scapy."""
    head = data[:96]
    if _PORT in head or b"\x80\x33" in head[12:24]:
        return True
    start = head.find(b"\x45", 12)
    if 12 <= start <= 24 and len(head) > start + 8:
        return bool(int.from_bytes(head[start + 6 : start + 8], "big") & 0x3FFF)
    return False


def _raw_frame(data: bytes, packet: Any) -> bytes | None:
    """A device's raw frame from its Ethernet header on, without a VLAN tag; None for anything else."""
    if "Ether" not in packet:
        return None
    tagged = "Dot1Q" in packet
    if (packet["Dot1Q"] if tagged else packet["Ether"]).type != _ETHERTYPE:
        return None
    frame = data[:12] + data[16:] if tagged else data
    if len(frame) < _HEADER + 38 or frame[_HEADER + 10] not in {_ANNOUNCED, _ANSWERED}:
        return None
    return frame


def _moment(about: Any) -> str:
    """When a packet was taken, UTC; empty when the file does not say."""
    if hasattr(about, "sec"):
        seconds = about.sec + about.usec / 1_000_000
    elif getattr(about, "tshigh", None) is not None:
        seconds = ((about.tshigh << 32) + about.tslow) / (about.tsresol or 1_000_000)
    else:
        return ""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return ""
