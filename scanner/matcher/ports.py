"""From tables of routers and switches to the port at whose end a device is: address, MAC, switch, port.

A port that leads to other switches has the device's MAC behind it too and is never the answer: one with a
neighbour that forwards, one with many MACs behind it, one behind which another of the read devices is. If
several switches still claim a MAC, the port with the fewest MACs behind it is the nearest; several sockets
that a switch uses as one (a link aggregation) stand behind any single one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.model.sighting import IN_PART, Sighting, is_bundle
from scanner.parsers.mib import AddressRow, ForwardingRow, LldpNeighbour

MANY = 8
"""MAC addresses behind a port of an ordinary device at most, a small switch under a desk included."""
MANY_IN_PART = 2
"""The same where only a part of the table was read: behind an uplink there are more than that part shows."""


@dataclass(frozen=True)
class SwitchTables:
    """What one router or switch says, as far as it was read."""

    address: str
    """That it was asked at."""
    name: str = ""
    addresses: tuple[AddressRow, ...] = ()
    forwarding: tuple[ForwardingRow, ...] = ()
    neighbours: tuple[LldpNeighbour, ...] = ()
    interface_names: Mapping[int, str] = field(default_factory=dict)
    """What ports are called, by interface number."""
    interface_words: Mapping[int, str] = field(default_factory=dict)
    """Longer descriptions of them, by interface number."""
    base_ports: Mapping[tuple[str, int], int] = field(default_factory=dict)
    """Interface numbers by VLAN (empty = for all) and bridge port."""
    lldp_ports: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """What ports call themselves in LLDP, by their number there."""
    in_part: bool = False
    """Some of the tables that tell ports were not read to their end."""

    def interface_of(self, row: ForwardingRow) -> int | None:
        """The interface of a forwarding row's bridge port."""
        return self.base_ports.get((row.vlan, row.port), self.base_ports.get(("", row.port)))

    def port_of(self, row: ForwardingRow) -> str:
        """What the switch calls the port of a forwarding row."""
        interface = self.interface_of(row)
        if interface is None:
            return f"bridge port {row.port}"
        return self.interface_names.get(interface) or f"interface {interface}"

    def lldp_interface(self, number: int) -> int | None:
        """The interface of a port of the LLDP tables: by its name, else by its number."""
        wanted = {name.casefold() for name in self.lldp_ports.get(number, ())}
        for names in (self.interface_names, self.interface_words):
            for interface, name in names.items():
                if name.casefold() in wanted:
                    return interface
        if number in self.interface_names:
            return number
        return self.base_ports.get(("", number))


def sightings(
    tables: Sequence[SwitchTables], wanted: Mapping[str, Collection[str]], at: str
) -> Iterator[Sighting]:
    """Where each wanted MAC address is.

    Args:
        tables: of every router and switch that was read.
        wanted: addresses by MAC; tables hold many more MACs, which concern nobody.
        at: UTC time, ISO 8601.
    """
    titles = _titles(tables)
    views = [_View(table, _infrastructure(tables)) for table in tables]
    nearest = _nearest(views, wanted)
    ported: set[str] = set()
    for view, title in zip(views, titles, strict=True):
        for row in view.rows(wanted):
            ported.add(row.mac)
            uplink = view.is_uplink(row) or view.distance(row) > nearest.get(row.mac, view.distance(row))
            yield Sighting(
                mac=row.mac,
                address=next(iter(wanted[row.mac]), ""),
                switch=title,
                port=view.tables.port_of(row),
                vlan=row.vlan,
                uplink=uplink,
                source=f"forwarding table of {view.tables.address}{IN_PART if view.tables.in_part else ''}",
                at=at,
            )
    for table, title in zip(tables, titles, strict=True):
        for known in table.addresses:
            if known.mac in wanted and known.address in wanted[known.mac] and known.mac not in ported:
                source = f"address table of {table.address}"
                yield Sighting(known.mac, known.address, title, source=source, at=at)


def _titles(tables: Sequence[SwitchTables]) -> list[str]:
    """What each is called; two of the same name are told apart by their addresses."""
    count = Counter(table.name for table in tables)
    return [
        (table.name if count[table.name] == 1 else f"{table.name} ({table.address})")
        if table.name
        else table.address
        for table in tables
    ]


def _infrastructure(tables: Sequence[SwitchTables]) -> frozenset[str]:
    """MAC addresses of what forwards: the read devices themselves, and their LLDP neighbours that do."""
    asked = {table.address for table in tables}
    own = {row.mac for table in tables for row in table.addresses if row.address in asked}
    beside = {
        neighbour.chassis
        for table in tables
        for neighbour in table.neighbours
        if neighbour.switching and neighbour.chassis
    }
    return frozenset(own | beside)


class _View:
    """One switch's forwarding table, by port."""

    def __init__(self, tables: SwitchTables, infrastructure: frozenset[str]) -> None:
        self.tables = tables
        self._infrastructure = infrastructure
        self._macs: defaultdict[object, set[str]] = defaultdict(set)
        for row in tables.forwarding:
            self._macs[self._key(row)].add(row.mac)
        self._lldp: dict[object, set[str]] = defaultdict(set)
        """Ports with a neighbour that forwards, and the MAC addresses by which it names itself."""
        for neighbour in tables.neighbours:
            interface = tables.lldp_interface(neighbour.port)
            if neighbour.switching and interface is not None:
                self._lldp[interface].add(neighbour.chassis)

    def _key(self, row: ForwardingRow) -> object:
        interface = self.tables.interface_of(row)
        return interface if interface is not None else f"bridge port {row.port}"

    def rows(self, wanted: Mapping[str, Collection[str]]) -> Iterator[ForwardingRow]:
        """The rows of wanted MACs, each once; one that names a VLAN stands for one that does not."""
        found = [row for row in dict.fromkeys(self.tables.forwarding) if row.mac in wanted]
        with_vlan = {(row.mac, self._key(row)) for row in found if row.vlan}
        for row in found:
            if row.vlan or (row.mac, self._key(row)) not in with_vlan:
                yield row

    def distance(self, row: ForwardingRow) -> tuple[bool, int]:
        """How far a device seems to be from the port of a row: a bundle is further off than one socket."""
        return is_bundle(self.tables.port_of(row)), len(self._macs[self._key(row)])

    def is_uplink(self, row: ForwardingRow) -> bool:
        """Whether the device is not at the end of the port, but somewhere behind it."""
        key = self._key(row)
        if key in self._lldp:
            return row.mac not in self._lldp[key]  # the neighbour itself is at the end of its port
        macs = self._macs[key]
        many = MANY_IN_PART if self.tables.in_part else MANY
        return len(macs) > many or bool((macs & self._infrastructure) - {row.mac})


def _nearest(views: Sequence[_View], wanted: Mapping[str, Collection[str]]) -> dict[str, tuple[bool, int]]:
    """The smallest distance from a port that may be the one, by MAC."""
    found: dict[str, tuple[bool, int]] = {}
    for view in views:
        for row in view.rows(wanted):
            if not view.is_uplink(row):
                found[row.mac] = min(found.get(row.mac, view.distance(row)), view.distance(row))
    return found
