"""What a message that was heard, not asked for, says and of whom: which kind of payload it is, and whose.

Questions of clients and answers of servers say nothing of a device and are left out. A host is an address; of
a sender that has none yet it is the MAC address.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.model.errors import Malformed
from scanner.model.protocol import Protocol
from scanner.parsers import sadp, sadp_frame, ssdp, wsdiscovery
from scanner.parsers.dhcp import MAGIC
from scanner.parsers.dns_message import services
from scanner.parsers.frame import Packet, PacketKind
from scanner.parsers.mac import canonical_mac

SADP_PORT, WSDISCOVERY_PORT, SSDP_PORT, MDNS_PORT = 37020, 3702, 1900, 5353
DHCP_PORTS = (67, 68)

_ASKS = {
    # Who speaks is told from who asks by the probes' own parsers.
    SADP_PORT: (Protocol.SADP, sadp.is_answer),
    WSDISCOVERY_PORT: (Protocol.ONVIF_WSDISCOVERY, wsdiscovery.is_answer),
    SSDP_PORT: (Protocol.SSDP, ssdp.is_answer),
}
_SADP_HEAD = 14
_DHCP_LENGTH = 240
_ACKNOWLEDGED = 5
_OPTIONS_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class Statement:
    """One payload of a kind that a parser reads, and the host that it is about."""

    host: str
    protocol: Protocol
    payload: bytes
    port: int = 0
    synthesised: bool = False


def heard(packet: Packet) -> Iterator[Statement]:
    """What a packet says; nothing for what is no device's word. Never raises, whatever the bytes are."""
    match packet.kind:
        case PacketKind.ARP:
            host = packet.address or packet.mac
            yield Statement(host, Protocol.MAC, packet.mac.encode("ascii"))
        case PacketKind.SADP:
            yield from _sadp_frame(packet)
        case PacketKind.UDP:
            yield from _datagram(packet)


def _sadp_frame(packet: Packet) -> Iterator[Statement]:
    """An announcement or an answer in a frame; a client's orders are of no interest."""
    frame = packet.payload
    if not sadp_frame.is_frame(frame):
        return
    try:
        sadp_frame.read(frame)
    except Malformed:
        return
    address = ipaddress.IPv4Address(frame[_SADP_HEAD + 20 : _SADP_HEAD + 24])
    mac = canonical_mac(frame[_SADP_HEAD + 14 : _SADP_HEAD + 20].hex())
    host = mac if address.is_unspecified else str(address)
    if host:
        yield Statement(host, Protocol.SADP, frame)


def _datagram(packet: Packet) -> Iterator[Statement]:
    ports = {packet.source_port, packet.port}
    host = packet.address or packet.mac
    if ports & set(DHCP_PORTS):
        yield from _dhcp(packet.payload)
    elif not host:
        return
    elif MDNS_PORT in ports:
        for text in services(packet.payload):
            yield Statement(host, Protocol.MDNS, text, MDNS_PORT, synthesised=True)
    else:
        for port, (protocol, is_answer) in _ASKS.items():
            if port in ports and is_answer(packet.payload):
                yield Statement(host, protocol, packet.payload, port)
                return


def _dhcp(message: bytes) -> Iterator[Statement]:
    """What a client says of itself; of a server's answer, the address that it gave to whom (RFC 2131 §2)."""
    if len(message) < _DHCP_LENGTH or message[236:240] != MAGIC or message[1:3] != b"\x01\x06":
        return
    mac = canonical_mac(message[28:34].hex())
    if mac is None:
        return
    own, given = ipaddress.IPv4Address(message[12:16]), ipaddress.IPv4Address(message[16:20])
    if message[0] == 1:
        yield Statement(mac if own.is_unspecified else str(own), Protocol.DHCP, message)
    elif message[0] == 2 and not given.is_unspecified and _kind(message) == _ACKNOWLEDGED:
        yield Statement(str(given), Protocol.MAC, mac.encode("ascii"))


def _kind(message: bytes) -> int:
    """The kind of a DHCP message (RFC 2132 §9.6); 0 when it does not say."""
    place = _DHCP_LENGTH
    for _ in range(_OPTIONS_AT_MOST):
        if place + 2 >= len(message) or message[place] == 255:
            break
        if message[place] == 0:
            place += 1
            continue
        if message[place] == 53:
            return message[place + 2]
        place += 2 + message[place + 1]
    return 0
