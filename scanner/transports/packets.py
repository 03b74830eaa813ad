"""The only module that holds scapy's packet classes for sending: built, read, and carried over one link.

Imported late by `frames`, because scapy is slow to load (and GPL-2.0-only, so it is never loaded together
with python-nmap).
"""

from __future__ import annotations

import ipaddress
import os
import struct
from typing import Any, Self

from scapy.arch.linux import L2Socket
from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw

_FRAME_LIMIT = 2048
_BROADCAST_MAC = "ff:ff:ff:ff:ff:ff"
_ALL_NODES_MAC = "33:33:00:00:00:01"
_HARDWARE_ETHERNET = 1
_ARP_REPLY = 2
_ECHO_ID = int.from_bytes(os.urandom(2), "big")
"""Tells the answers to this process from those to another one on the same link."""


class Link:
    """A packet socket on one interface for one type of frame, not promiscuous.

    Raises:
        PermissionError: no CAP_NET_RAW.
        OSError: the interface is gone or carries no Ethernet.
    """

    def __init__(self, interface: str, ethertype: int) -> None:
        self._socket: Any = L2Socket(iface=interface, type=ethertype, promisc=False, nofilter=1)
        name = self._socket.ins.getsockname()
        if name[3] != _HARDWARE_ETHERNET:
            self._socket.close()
            raise OSError(f"{interface} is no Ethernet")
        self.mac = ":".join(f"{octet:02x}" for octet in name[4])

    def fileno(self) -> int:
        """For select."""
        return int(self._socket.ins.fileno())

    def send(self, frame: bytes) -> None:
        """Send one frame as it is."""
        self._socket.outs.send(frame)

    def receive(self) -> bytes:
        """The next frame that came in; empty for one of our own."""
        return bytes(self._socket.recv_raw(_FRAME_LIMIT)[1] or b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def arp_request(mac: str, source: str, wanted: str) -> bytes:
    """Who has ``wanted``? Tell ``source`` at ``mac``."""
    return bytes(
        Ether(dst=_BROADCAST_MAC, src=mac)
        / ARP(op="who-has", hwsrc=mac, psrc=source, hwdst="00:00:00:00:00:00", pdst=wanted)
    )


def echo_to_all(mac: str, source: str) -> bytes:
    """An echo request to every node of the link; hop limit 1."""
    return bytes(
        Ether(dst=_ALL_NODES_MAC, src=mac, type=0x86DD)
        / IPv6(src=source, dst="ff02::1", hlim=1)
        / ICMPv6EchoRequest(id=_ECHO_ID, seq=1)
    )


def arp_sender(frame: bytes) -> tuple[str, str] | None:
    """Address and MAC that an ARP reply states; None for anything else."""
    packet = _dissect(frame)
    if packet is None or ARP not in packet:
        return None
    reply = packet[ARP]
    if reply.op != _ARP_REPLY or reply.hwtype != _HARDWARE_ETHERNET or reply.plen != 4:
        return None
    return str(ipaddress.IPv4Address(reply.psrc)), str(reply.hwsrc).lower()


def echo_sender(frame: bytes) -> tuple[str, str] | None:
    """Address and MAC that an echo reply to us came from; None for anything else."""
    packet = _dissect(frame)
    if packet is None or ICMPv6EchoReply not in packet or packet[ICMPv6EchoReply].id != _ECHO_ID:
        return None
    return str(ipaddress.IPv6Address(packet[IPv6].src)), str(packet[Ether].src).lower()


def _dissect(frame: bytes) -> Any | None:
    """A frame as scapy reads it; None for one that it cannot read (the bytes are a stranger's)."""
    try:
        packet = Ether(frame)
    except (struct.error, IndexError, ValueError, TypeError, KeyError):
        return None
    return None if isinstance(packet, Raw) else packet
