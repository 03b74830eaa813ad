"""Rows of router and switch tables, read from columns of SNMP objects (RFC 4293, 4188, 4363; IEEE 802.1AB).

A row is what follows a column's identifier, and its value. Everything in it comes from a device that may be
old, wrong or hostile: a row that cannot be one is left out, and counted nowhere.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = str | bytes | int | None
Rows: TypeAlias = Sequence[tuple[tuple[int, ...], Value]]

NAME_LIMIT = 64
"""Characters kept of a port's or switch's name."""
_INVALID = 2
"""An entry that is no longer one: both address tables and both forwarding tables use this number for it."""
_STATE_INVALID, _STATE_INCOMPLETE = 5, 7
_SELF = 4
_ADDRESS_SIZES = {1: 4, 2: 16, 3: 8, 4: 20}
"""Octets of an address in an index, by InetAddressType; the last two carry four of zone (RFC 4001)."""
_OPERATIONAL = 1
_SWITCHING, _TELEPHONE = 0b0110_1000, 0b0000_0100
"""LldpSystemCapabilitiesMap, first octet: repeater, bridge or router; telephone (IEEE 802.1AB §9.5.8)."""
_MAC_SUBTYPE = 4
_NAME_SUBTYPES = frozenset((1, 5, 7))
"""Port identifiers that are text: interfaceAlias, interfaceName, local."""
_RESERVED_VLANS = range(1002, 1006)
_VLAN_WORD = re.compile(r"(?i)vlan[ _-]?0*([1-9][0-9]{0,3})\b")


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An IP address and the MAC address that the router knows for it."""

    address: str
    mac: str


@dataclass(frozen=True, slots=True)
class ForwardingRow:
    """A MAC address and the bridge port behind which a switch has learnt it."""

    mac: str
    port: int
    vlan: str = ""


@dataclass(frozen=True, slots=True)
class LldpNeighbour:
    """What stands at the other end of a port, by its own word."""

    port: int
    """Number of the port in the LLDP tables."""
    switching: bool
    """A bridge, a repeater or a router, and no telephone with a socket for a computer."""
    chassis: str = ""
    """Its MAC address, where it names itself by one."""
    name: str = ""


def text(value: Value) -> str:
    """A name as visible text, bounded."""
    if isinstance(value, bytes):
        value = value.rstrip(b"\0").decode("utf-8", "replace")
    words = " ".join("".join(c if c.isprintable() else " " for c in str(value or "")).split())
    return words[:NAME_LIMIT]


def names(rows: Rows) -> dict[int, str]:
    """Names by their number."""
    return {index[0]: name for index, value in rows if len(index) == 1 and (name := text(value))}


def numbers(rows: Rows) -> dict[int, int]:
    """Numbers by their number."""
    return {index[0]: value for index, value in rows if len(index) == 1 and isinstance(value, int)}


def hardware_address(octets: Iterable[int]) -> str | None:
    """A MAC address of one device; None for none, a group's, or all zeros (which stand for *incomplete*)."""
    data = tuple(octets)
    if len(data) != 6 or not any(data) or data[0] & 1 or any(not 0 <= octet <= 255 for octet in data):
        return None
    return ":".join(f"{octet:02x}" for octet in data)


def net_to_physical(addresses: Rows, types: Rows = (), states: Rows = ()) -> Iterator[AddressRow]:
    """Rows of ipNetToPhysicalTable, IPv4 and IPv6; invalid and incomplete ones are left out."""
    kinds, states_of = dict(types), dict(states)
    for index, value in addresses:
        gone = kinds.get(index) == _INVALID or states_of.get(index) in (_STATE_INVALID, _STATE_INCOMPLETE)
        size = _ADDRESS_SIZES.get(index[1]) if len(index) > 3 else None
        if gone or size is None or index[2] != size or len(index) != size + 3:
            continue
        yield from _address_row(index[3 : 3 + (4 if size in (4, 8) else 16)], value)


def net_to_media(addresses: Rows, types: Rows = ()) -> Iterator[AddressRow]:
    """Rows of ipNetToMediaTable, which knows IPv4 only and is empty on newer devices."""
    kinds = dict(types)
    for index, value in addresses:
        if len(index) == 5 and kinds.get(index) != _INVALID:
            yield from _address_row(index[1:], value)


def _address_row(octets: Sequence[int], value: Value) -> Iterator[AddressRow]:
    mac = hardware_address(value) if isinstance(value, bytes) else None
    if mac is None or any(not 0 <= octet <= 255 for octet in octets):
        return
    address = ipaddress.ip_address(bytes(octets))
    if not (address.is_multicast or address.is_unspecified or address.is_link_local):
        yield AddressRow(str(address), mac)


def bridge_forwarding(ports: Rows, states: Rows = (), vlan: str = "") -> Iterator[ForwardingRow]:
    """Rows of dot1dTpFdbTable; the switch's own addresses are left out."""
    kinds = dict(states)
    for index, port in ports:
        mac = hardware_address(index)
        if mac and isinstance(port, int) and port > 0 and kinds.get(index) not in (_INVALID, _SELF):
            yield ForwardingRow(mac, port, vlan)


def vlan_forwarding(ports: Rows, states: Rows = (), vlans: Rows = ()) -> Iterator[ForwardingRow]:
    """Rows of dot1qTpFdbTable, with the VLAN of their database where the switch tells it."""
    kinds = dict(states)
    of_database: dict[int, int] = {}
    for index, database in vlans:
        if len(index) == 2 and isinstance(database, int):
            # Databases that several VLANs share have no one number.
            of_database[database] = 0 if database in of_database else index[1]
    for index, port in ports:
        mac = hardware_address(index[1:])
        if mac and isinstance(port, int) and port > 0 and kinds.get(index) not in (_INVALID, _SELF):
            vlan = of_database.get(index[0], 0 if of_database else index[0])
            yield ForwardingRow(mac, port, str(vlan) if 0 < vlan < 4095 else "")


def lldp_neighbours(
    capabilities: Rows, subtypes: Rows = (), chassis: Rows = (), names_: Rows = ()
) -> Iterator[LldpNeighbour]:
    """Rows of lldpRemTable by what their neighbours can do; one that does not say so is no bridge."""
    can, kinds, titles = dict(capabilities), dict(subtypes), dict(names_)
    identities = dict(chassis)
    for index in dict.fromkeys((*can, *identities)):
        if len(index) != 3:
            continue
        value = can.get(index)
        bits = value[0] if isinstance(value, bytes) and value else 0
        identity = identities.get(index)
        mac = None
        if kinds.get(index) == _MAC_SUBTYPE and isinstance(identity, bytes):
            mac = hardware_address(identity)
        yield LldpNeighbour(
            index[1], bool(bits & _SWITCHING) and not bits & _TELEPHONE, mac or "", text(titles.get(index))
        )


def lldp_ports(subtypes: Rows, identifiers: Rows, descriptions: Rows) -> dict[int, tuple[str, ...]]:
    """What each local port of LLDP calls itself, by its number; the more exact name first."""
    kinds, described = numbers(subtypes), names(descriptions)
    found: dict[int, tuple[str, ...]] = {}
    for index, value in identifiers:
        if len(index) == 1:
            own = text(value) if kinds.get(index[0]) in _NAME_SUBTYPES else ""
            found[index[0]] = tuple(name for name in (own, described.get(index[0], "")) if name)
    for number, name in described.items():
        found.setdefault(number, (name,))
    return found


def vtp_vlans(states: Rows) -> tuple[str, ...]:
    """Numbers of the VLANs that are in operation, without those that no Ethernet port can have."""
    found = {
        index[1]: None
        for index, state in states
        if len(index) == 2
        and state == _OPERATIONAL
        and 0 < index[1] < 4095
        and index[1] not in _RESERVED_VLANS
    }
    return tuple(str(number) for number in sorted(found))


def logical_vlans(descriptions: Rows) -> tuple[str, ...]:
    """Numbers of VLANs that a switch lists as logical entities, one for each context."""
    said = (_VLAN_WORD.search(text(value)) for _, value in descriptions)
    found = {int(match[1]) for match in said if match}
    return tuple(str(n) for n in sorted(found) if n < 4095 and n not in _RESERVED_VLANS)


def unlike(first: Rows, second: Rows) -> int:
    """How many rows only one of two columns of the same table has."""
    return len({index for index, _ in first} ^ {index for index, _ in second})
