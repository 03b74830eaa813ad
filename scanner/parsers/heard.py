"""What a packet that was heard, not asked for, says and of whom: discovery, names, leases and neighbours.

The same for a live capture and for a captured file. Questions of clients and answers of servers say nothing
of a device and are left out. A host is an address; of a sender that has none yet it is the MAC address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.model.protocol import Protocol
from scanner.parsers import dhcp, sadp, sadp_frame, ssdp, wsdiscovery
from scanner.parsers.dns_message import services
from scanner.parsers.layers import (
    ARP,
    ETHERNET,
    ICMPV6,
    SADP,
    UDP,
    Datagram,
    Frame,
    Internet,
    frame_of,
    own_address,
    sender_mac,
    udp_of,
)
from scanner.parsers.mac import station

SADP_PORT, WSDISCOVERY_PORT, SSDP_PORT, MDNS_PORT = 37020, 3702, 1900, 5353
DHCP_PORTS = (67, 68)
PAYLOAD_LIMIT = 64 * 1024

_ASKS = {
    # Who speaks is told from who asks by the probes' own parsers.
    SADP_PORT: (Protocol.SADP, sadp.is_answer),
    WSDISCOVERY_PORT: (Protocol.ONVIF_WSDISCOVERY, wsdiscovery.is_answer),
    SSDP_PORT: (Protocol.SSDP, ssdp.is_answer),
}
_READ = frozenset((*_ASKS, MDNS_PORT, *DHCP_PORTS))
_ARP_OF_ETHERNET = b"\x00\x01\x08\x00\x06\x04"
_ARP_KINDS = (b"\x00\x01", b"\x00\x02")
_MAC_AT, _ADDRESS_AT = 14 + 14, 14 + 20
"""In the maker's own frame (research note sadp.md §2)."""
_CLIENT, _SERVER = 1, 2
_REQUESTED, _MESSAGE_TYPE = 50, 53
_REQUEST, _ACKNOWLEDGED = b"\x03", b"\x05"
_SOLICITS, _ADVERTISES = 135, 136
_OPTIONS_AT = 24


@dataclass(frozen=True, slots=True)
class Statement:
    """One payload of a kind that a parser reads, and the host that it is about."""

    host: str
    protocol: Protocol
    payload: bytes
    port: int = 0
    synthesised: bool = False


def heard(data: bytes, internet: Internet, link: int = ETHERNET) -> Iterable[Statement]:
    """What a packet says; nothing for what is no device's word. Never raises, whatever the bytes are."""
    frame = frame_of(data, link)
    if frame is None:
        return ()
    if frame.kind in (ARP, SADP):
        return heard_frame(data, frame, link)
    datagram = internet.datagram(data, frame)
    return heard_datagram(datagram, sender_mac(data, link)) if datagram is not None else ()


def heard_frame(data: bytes, frame: Frame, link: int) -> Iterator[Statement]:
    """What a frame without IP says: ARP, or the maker's own discovery."""
    if frame.kind == ARP:
        yield from _arp(data[frame.start : frame.start + 28])
        return
    if frame.kind != SADP or link != ETHERNET:
        return  # the parser reads it from its Ethernet header on
    untagged = data[:12] + data[frame.start - 2 :]
    if not sadp_frame.is_answer(untagged):
        return
    mac = station(untagged[_MAC_AT : _MAC_AT + 6])
    if host := own_address(untagged[_ADDRESS_AT : _ADDRESS_AT + 4]) or mac:
        yield Statement(host, Protocol.SADP, untagged[:PAYLOAD_LIMIT])


def _arp(body: bytes) -> Iterator[Statement]:
    """The sender of a request or a reply between Ethernet and IPv4 addresses (RFC 826)."""
    if len(body) == 28 and body[:6] == _ARP_OF_ETHERNET and body[6:8] in _ARP_KINDS:
        yield from _neighbour(body[14:18], body[8:14])


def _neighbour(packed: bytes, octets: bytes) -> Iterator[Statement]:
    """The hardware address of a host, which may have no other yet."""
    if mac := station(octets):
        host = own_address(packed) or mac
        yield Statement(host, Protocol.MAC, mac.encode("ascii"), synthesised=True)


def heard_datagram(datagram: Datagram, mac: str) -> Iterator[Statement]:
    """What IP carries: UDP of the ports that are read, and IPv6 neighbours.

    Args:
        datagram: as `Internet` gives it.
        mac: of whoever sent it on this wire; stands for a sender without an address.
    """
    if datagram.protocol == ICMPV6:
        yield from _neighbour_message(datagram)
    elif datagram.protocol == UDP and (udp := udp_of(datagram.payload)) is not None:
        yield from heard_udp(own_address(datagram.source) or mac, *udp)


def _neighbour_message(datagram: Datagram) -> Iterator[Statement]:
    """The hardware address in a neighbour discovery message (RFC 4861 §4.3, §4.4)."""
    body = datagram.payload
    if len(body) < _OPTIONS_AT or body[0] not in (_SOLICITS, _ADVERTISES):
        return
    wanted, host = (1, datagram.source) if body[0] == _SOLICITS else (2, body[8:24])
    at = _OPTIONS_AT
    while at + 8 <= len(body) and body[at + 1]:
        if body[at] == wanted and body[at + 1] == 1 and any(host):
            yield from _neighbour(host, body[at + 2 : at + 8])
            return
        at += body[at + 1] * 8


def heard_udp(host: str, source_port: int, port: int, payload: bytes) -> Iterator[Statement]:
    """What a UDP datagram says of its sender; of a DHCP message, what it says of the client.

    Args:
        host: the sender; empty if it has no name at all.
        source_port: where it comes from.
        port: where it goes.
        payload: what it carries.
    """
    ports = (source_port, port)
    if not payload or _READ.isdisjoint(ports):
        return
    payload = payload[:PAYLOAD_LIMIT]
    if source_port in DHCP_PORTS or port in DHCP_PORTS:
        yield from _lease(payload)
    elif not host:
        return
    elif MDNS_PORT in ports:
        for text in services(payload):
            yield Statement(host, Protocol.MDNS, text, MDNS_PORT, synthesised=True)
    else:
        for known, (protocol, is_answer) in _ASKS.items():
            if known in ports and is_answer(payload):
                yield Statement(host, protocol, payload, known)
                return


def _lease(message: bytes) -> Iterator[Statement]:
    """A client's message under the address that it has or asks to have; a server's gives its MAC one.

    Source: RFC 2131 §2, RFC 2132 §9.1 and §9.6.
    """
    mac = dhcp.client_mac(message) if dhcp.is_message(message) else ""
    if not mac:
        return
    options = dhcp.options_of(message)
    kind = options.get(_MESSAGE_TYPE, b"")[:1]
    if message[0] == _CLIENT:
        asked = options.get(_REQUESTED, b"") if kind == _REQUEST else b""
        wanted = own_address(asked) if len(asked) == 4 else ""
        yield Statement(own_address(message[12:16]) or wanted or mac, Protocol.DHCP, message)
    elif message[0] == _SERVER and kind == _ACKNOWLEDGED and own_address(message[16:20]):
        yield from _neighbour(message[16:20], message[28:34])
