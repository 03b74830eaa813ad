"""Hears the frames of one interface and sends nothing: a packet socket of scapy behind a kernel filter.

The socket has no way to send (scapy's listening socket refuses to), and the interface is put into promiscuous
mode, so that a port that mirrors others is heard whole. scapy is imported late, since it is slow to load.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
from typing import Any

from scanner.transports import bpf
from scanner.transports.udp import DATAGRAM_LIMIT

_ETHERNET = frozenset({1, 772})
"""Hardware types (linux/if_arp.h) whose frames begin with an Ethernet header: Ethernet and loopback."""
_SOL_PACKET = 263
_PACKET_STATISTICS = 6
_SO_RCVBUFFORCE = 33
_RECEIVE_BUFFER = 8 << 20


class CaptureRefused(Exception):
    """No capture is made; the text says why."""


class Tap:
    """A capture on one interface.

    Args:
        interface: its name.
        program: the kernel filter, as `bpf.hearing` writes it.

    Raises:
        CaptureRefused: no privilege, no Ethernet, no such interface, or the filter is not in place.
    """

    def __init__(self, interface: str, program: bytes) -> None:
        from scapy.arch.linux import L2ListenSocket
        from scapy.config import conf
        from scapy.error import Scapy_Exception

        logging.getLogger("scapy").setLevel(logging.ERROR)
        conf.ifaces.reload()  # an interface that came back has another number
        try:
            self._held: Any = L2ListenSocket(iface=interface, promisc=True, nofilter=1)
        except PermissionError:
            raise CaptureRefused("neither root nor CAP_NET_RAW") from None
        except (OSError, ValueError, Scapy_Exception) as error:
            raise CaptureRefused(f"no packet socket: {getattr(error, 'strerror', None) or error}") from None
        self.socket: socket.socket = self._held.ins
        try:
            self._make_sure(interface, program)
        except CaptureRefused:
            self.close()
            raise

    def _make_sure(self, interface: str, program: bytes) -> None:
        if self.socket.getsockname()[3] not in _ETHERNET:
            raise CaptureRefused(f"{interface} is no Ethernet")
        try:
            bpf.attach(self.socket, program)
        except OSError as error:
            raise CaptureRefused(f"the kernel does not take the filter: {error.strerror or error}") from None
        if bpf.attached(self.socket) != program:
            raise CaptureRefused("the kernel filter cannot be read back as it was attached")
        self.socket.setblocking(False)
        for option in (_SO_RCVBUFFORCE, socket.SO_RCVBUF):
            with contextlib.suppress(OSError):
                self.socket.setsockopt(socket.SOL_SOCKET, option, _RECEIVE_BUFFER)
                break

    def fileno(self) -> int:
        """For select."""
        return self.socket.fileno()

    def receive(self) -> bytes:
        """The next frame that came in.

        Raises:
            BlockingIOError: there is none.
            OSError: the interface is down or gone.
        """
        return self.socket.recv(DATAGRAM_LIMIT)

    def dropped(self) -> int:
        """Frames that found no room since this was asked last."""
        try:
            raw = self.socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        except OSError:
            return 0
        return int(struct.unpack("=II", raw)[1])

    def close(self) -> None:
        """Close it; the interface leaves promiscuous mode with it."""
        self._held.close()
