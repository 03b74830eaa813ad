"""What one captured packet says of a device: discovery, names, leases and neighbours."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.importers.layers import ARP, Datagram, address
from scanner.model.protocol import Protocol
from scanner.parsers.dns_message import services
from scanner.parsers.sadp_frame import is_frame

_SADP, _WSDISCOVERY, _SSDP, _MDNS = 37020, 3702, 1900, 5353
_DHCP_SERVER, _DHCP_CLIENT = 67, 68
_ETHERNET = 1
_ANNOUNCED, _ANSWERED = 1, 4
"""Kinds of a raw frame that a device sends (research note sadp.md §2)."""
_KIND_AT = 14 + 10
_MAC_AT, _ADDRESS_AT = 14 + 14, 14 + 20
_MAGIC = bytes.fromhex("63825363")
_MAGIC_AT, _OPTIONS_AT = 236, 240
_REQUESTED, _MESSAGE_TYPE = 50, 53
_REQUEST, _ACKNOWLEDGED = 3, 5
_SOLICITS, _ADVERTISES = 135, 136
_HEAD = 2048
"""Bytes at the start of a message in which its kind shows."""
PAYLOAD_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that a host said."""

    host: str
    """Its address; its MAC address if it has none."""
    protocol: Protocol
    payload: bytes
    port: int = 0
    synthesised: bool = False


def frame_heard(data: bytes, kind: int, start: int, link: int) -> list[Heard]:
    """What a frame without IP says: ARP, or the maker's own discovery."""
    if kind == ARP:
        return _arp(data[start : start + 28])
    if link != _ETHERNET:
        return []  # the parser reads it from its Ethernet header on
    frame = data[:12] + data[start - 2 :]
    if not is_frame(frame) or frame[_KIND_AT] not in (_ANNOUNCED, _ANSWERED):
        return []
    packed, mac = frame[_ADDRESS_AT : _ADDRESS_AT + 4], frame[_MAC_AT : _MAC_AT + 6]
    host = address(packed) if any(packed) else mac.hex(":")
    return [Heard(host, Protocol.SADP, frame[:PAYLOAD_LIMIT])]


def _arp(body: bytes) -> list[Heard]:
    """The sender of a question or an answer (RFC 826: Ethernet and IPv4)."""
    if len(body) < 28 or body[:6] != b"\x00\x01\x08\x00\x06\x04":
        return []
    return _station(address(body[14:18]) if any(body[14:18]) else "", body[8:14])


def _station(host: str, mac: bytes) -> list[Heard]:
    """A hardware address; groups and zeros are no device's."""
    if mac[0] & 1 or not any(mac):
        return []
    text = mac.hex(":")
    return [Heard(host or text, Protocol.MAC, text.encode("ascii"), synthesised=True)]


def neighbour_heard(datagram: Datagram) -> list[Heard]:
    """The hardware address in a neighbour discovery message (RFC 4861 §4.3, §4.4)."""
    body = datagram.payload
    if len(body) < 24 or body[0] not in (_SOLICITS, _ADVERTISES):
        return []
    wanted, host = (1, datagram.source) if body[0] == _SOLICITS else (2, body[8:24])
    at = 24
    while at + 8 <= len(body) and body[at + 1]:
        if body[at] == wanted and body[at + 1] == 1 and any(host):
            return _station(address(host), body[at + 2 : at + 8])
        at += body[at + 1] * 8
    return []


def udp_heard(host: str, source: int, target: int, payload: bytes) -> list[Heard]:
    """What a UDP datagram says of its sender."""
    if not payload:
        return []
    ports = (source, target)
    kept = payload[:PAYLOAD_LIMIT]
    if _SADP in ports:
        question = b"<Probe>" in payload[:256]
        return [] if question else [Heard(host, Protocol.SADP, kept, source)]
    if _WSDISCOVERY in ports:
        told = any(word in payload[:_HEAD] for word in (b"ProbeMatch", b"ResolveMatch", b":Hello", b"<Hello"))
        return [Heard(host, Protocol.ONVIF_WSDISCOVERY, kept, _WSDISCOVERY)] if told else []
    if _SSDP in ports:
        told = payload.startswith((b"NOTIFY ", b"HTTP/1."))
        return [Heard(host, Protocol.SSDP, kept, _SSDP)] if told else []
    if source == _MDNS:
        return [Heard(host, Protocol.MDNS, text, _MDNS, synthesised=True) for text in services(payload)]
    if ports in ((_DHCP_CLIENT, _DHCP_SERVER), (_DHCP_SERVER, _DHCP_CLIENT), (_DHCP_SERVER, _DHCP_SERVER)):
        return _lease(kept)
    return []


def _lease(message: bytes) -> list[Heard]:
    """A client's message under the address that it asks to have or has; a server's gives its MAC one."""
    if message[_MAGIC_AT:_OPTIONS_AT] != _MAGIC or message[1:3] != b"\x01\x06":
        return []
    mac = message[28:34]
    options = _options(message)
    kind = options.get(_MESSAGE_TYPE, b"\x00")[:1]
    if message[0] == 2:
        granted = message[16:20]
        if kind == bytes((_ACKNOWLEDGED,)) and any(granted):
            return _station(address(granted), mac)
        return []
    own = message[12:16]
    if not any(own) and kind == bytes((_REQUEST,)):
        own = options.get(_REQUESTED, b"")
    host = address(own) if len(own) == 4 and any(own) else mac.hex(":")
    if mac[0] & 1 or not any(mac):
        return []
    return [Heard(host, Protocol.DHCP, message)]


def _options(message: bytes) -> dict[int, bytes]:
    """The options that are looked at; the first of each."""
    found: dict[int, bytes] = {}
    at = _OPTIONS_AT
    while at < len(message) and message[at] != 255:
        if message[at] == 0:
            at += 1
            continue
        if at + 1 >= len(message):
            break
        size = message[at + 1]
        if message[at] in (_REQUESTED, _MESSAGE_TYPE):
            found.setdefault(message[at], message[at + 2 : at + 2 + size])
        at += 2 + size
    return found
