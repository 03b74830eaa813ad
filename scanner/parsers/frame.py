"""Ethernet frames taken apart as far as listening needs: ARP, SADP's own frames, UDP over IPv4 and IPv6.

Layouts: IEEE 802.3 and 802.1Q (header, tags), RFC 826 (ARP), RFC 791 and 8200 (IP), RFC 768 (UDP). The first
piece of a datagram that IP cut is given as it is; later pieces have no ports and are left out.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from scanner.parsers.mac import canonical_mac

ARP, SADP, IPV4, IPV6 = 0x0806, 0x8033, 0x0800, 0x86DD
_TAGS = frozenset({0x8100, 0x88A8})
_UDP = 17
_EXTENSIONS = frozenset({0, 43, 60})
"""Hop-by-hop options, routing, destination options: the second octet is their length (RFC 8200 §4)."""
_TAGS_AT_MOST = 2
_EXTENSIONS_AT_MOST = 4
_HEADER = 14
_ETHERNET_IPV4 = b"\x00\x01\x08\x00\x06\x04"
_ARP_KINDS = (b"\x00\x01", b"\x00\x02")


class PacketKind(StrEnum):
    """What a frame carries."""

    ARP = "arp"
    SADP = "sadp-frame"
    UDP = "udp"


@dataclass(frozen=True, slots=True)
class Packet:
    """One message of a stranger, without its wrapping."""

    kind: PacketKind
    mac: str
    """Of whoever put it on this wire, perhaps a router; of ARP, what the sender states; or empty."""
    address: str
    """Of the sender, canonical; empty where it has none yet."""
    payload: bytes
    """UDP: the datagram. SADP: the frame without tags. ARP: the message."""
    source_port: int = 0
    port: int = 0
    """Where it goes."""


def read_frame(frame: bytes) -> Packet | None:
    """The message in a frame; None for anything else, or for what is cut or makes no sense."""
    kind = int.from_bytes(frame[12:14], "big")
    for _ in range(_TAGS_AT_MOST):
        if kind in _TAGS:
            frame = frame[:12] + frame[16:]
            kind = int.from_bytes(frame[12:14], "big")
    mac = canonical_mac(frame[6:12].hex()) or ""
    body = frame[_HEADER:]
    if kind == SADP:
        return Packet(PacketKind.SADP, mac, "", frame)
    if kind == ARP:
        return _arp(body)
    if kind == IPV4:
        return _ipv4(body, mac)
    return _ipv6(body, mac) if kind == IPV6 else None


def _arp(body: bytes) -> Packet | None:
    """A request or a reply between Ethernet and IPv4 addresses; its sender is what counts."""
    if len(body) < 28 or body[:6] != _ETHERNET_IPV4 or body[6:8] not in _ARP_KINDS:
        return None
    mac = canonical_mac(body[8:14].hex())
    if mac is None:
        return None
    return Packet(PacketKind.ARP, mac, _usable(ipaddress.IPv4Address(body[14:18])), body[:28])


def _ipv4(body: bytes, mac: str) -> Packet | None:
    if len(body) < 20 or body[0] >> 4 != 4 or body[9] != _UDP:
        return None
    header, total = (body[0] & 0x0F) * 4, int.from_bytes(body[2:4], "big")
    if header < 20 or total < header + 8 or int.from_bytes(body[6:8], "big") & 0x1FFF:
        return None
    return _udp(body[header:total], mac, _usable(ipaddress.IPv4Address(body[12:16])))


def _ipv6(body: bytes, mac: str) -> Packet | None:
    if len(body) < 40 or body[0] >> 4 != 6:
        return None
    following, start = body[6], 40
    end = start + int.from_bytes(body[4:6], "big")
    for _ in range(_EXTENSIONS_AT_MOST):
        if following in _EXTENSIONS and len(body) >= start + 2:
            following, start = body[start], start + (body[start + 1] + 1) * 8
    if following != _UDP:
        return None
    return _udp(body[start:end], mac, _usable(ipaddress.IPv6Address(body[8:24])))


def _udp(segment: bytes, mac: str, address: str) -> Packet | None:
    length = int.from_bytes(segment[4:6], "big")
    if len(segment) <= 8 or length <= 8:
        return None
    source, target = int.from_bytes(segment[:2], "big"), int.from_bytes(segment[2:4], "big")
    return Packet(PacketKind.UDP, mac, address, segment[8:length], source, target)


def _usable(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """The address as text; empty for none, and for what is nobody's own (a group, the broadcast)."""
    if address.is_unspecified or address.is_multicast or address == ipaddress.IPv4Address("255.255.255.255"):
        return ""
    return str(address)
