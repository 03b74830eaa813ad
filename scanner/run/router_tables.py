"""Which tables of a router are read, in which order, and what is said of those that could not be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol as Shape

from scanner.matcher.ports import SwitchTables
from scanner.model.coverage import Gap
from scanner.model.ending import Ending
from scanner.parsers import mib
from scanner.parsers.mib import AddressRow, ForwardingRow, LldpNeighbour, Rows
from scanner.policy.rules import ROUTER
from scanner.run.router_plan import RouterPlan
from scanner.transports.snmp_walk import Column, Failure

_CHANGES = 2
"""Rows by which two columns of a table may differ because it changed while it was read; else a tenth."""
_VLANS_UNREAD = 3
"""VLANs in a row that give no answer, after which the others are not asked."""
_FATAL = frozenset((Ending.SILENT, Ending.STOPPED_BY_US, Ending.NEVER_ASKED, Ending.FAULT))
OnAddresses = Callable[[str, Iterable[AddressRow]], None]


class Walk(Shape):
    """What is needed of `TableWalk`."""

    async def open(self) -> Failure | None:
        """Make ready to read."""
        ...

    async def column(self, name: str, *, vlan: str = "", rows: int = 25) -> Column:
        """Read a column."""
        ...


@dataclass
class Reading:
    """One router as far as it was read."""

    router: RouterPlan
    name: str = ""
    addresses: list[AddressRow] = field(default_factory=list)
    forwarding: list[ForwardingRow] = field(default_factory=list)
    neighbours: list[LldpNeighbour] = field(default_factory=list)
    interface_names: dict[int, str] = field(default_factory=dict)
    interface_words: dict[int, str] = field(default_factory=dict)
    base_ports: dict[tuple[str, int], int] = field(default_factory=dict)
    lldp_ports: dict[int, tuple[str, ...]] = field(default_factory=dict)
    anything: bool = False
    """Some table was answered."""
    has_addresses: bool = False
    """Its address tables were read to their end."""
    ending: Ending = Ending.COMPLETE
    detail: str = ""
    over: bool = False
    """Nothing more is asked: it fell silent, refused the credential, or its time is used up."""
    _address_troubles: dict[str, None] = field(default_factory=dict)
    _port_troubles: dict[str, None] = field(default_factory=dict)

    def stopped(self, ending: Ending, detail: str) -> None:
        """Note why nothing more is asked."""
        self.over, self.ending, self.detail = True, ending, detail

    @property
    def word(self) -> Ending:
        """How the whole of it ended; a router that said something was not silent."""
        if self.anything and self.over:
            return Ending.CLOSED_EARLY
        return Ending.NEVER_ASKED if self.ending is Ending.STOPPED_BY_US else self.ending

    def address_trouble(self, words: str) -> None:
        """Note that devices may be missing."""
        self._address_troubles[words] = None

    def port_trouble(self, words: str) -> None:
        """Note that ports may be missing."""
        self._port_troubles[words] = None

    def tables(self) -> SwitchTables:
        """What it says, ready to be joined."""
        return SwitchTables(
            address=self.router.address,
            name=self.name,
            addresses=tuple(self.addresses),
            forwarding=tuple(self.forwarding),
            neighbours=tuple(self.neighbours),
            interface_names={**self.interface_words, **self.interface_names},
            interface_words=self.interface_words,
            base_ports=self.base_ports,
            lldp_ports=self.lldp_ports,
            in_part=self.over or bool(self._port_troubles),
        )

    def gaps(self) -> Iterator[Gap]:
        """What was not read. That devices may be missing affects the verdict; a missing port does not."""
        where = self.router.address
        if not self.anything:
            why = "; ".join(dict.fromkeys((self.detail, *self._address_troubles))) or "no answer"
            reason = f"{why.strip('; ')}; devices that only its address tables show are not seen"
            yield Gap(where, ROUTER, "not read", reason, affects_verdict=True)
            return
        if self.over:
            missing = self.port_trouble if self.has_addresses else self.address_trouble
            missing(self.detail)
        if self._address_troubles:
            count = f"{len(self.addresses):,} entries of its address tables were read"
            reason = f"{'; '.join(self._address_troubles)}; {count}, devices in the others are not seen"
            yield Gap(where, ROUTER, "read in part", reason, affects_verdict=True)
        if self._port_troubles:
            count = f"{len(self.forwarding):,} entries of its forwarding tables were read"
            reason = f"{'; '.join(self._port_troubles)}; {count}, ports of other devices are not told"
            yield Gap(where, ROUTER, "read in part", reason, affects_verdict=False)


async def read_tables(
    walk: Walk, reading: Reading, on_addresses: OnAddresses, vlans_at_most: int = 512
) -> None:
    """Read everything that one router has, the tables that show devices first.

    Args:
        walk: not yet open.
        reading: filled as far as it goes; what is in it stays if this is cancelled.
        on_addresses: told of the rows of each address table as soon as it is read.
        vlans_at_most: VLANs whose forwarding tables are read one by one.

    Raises:
        Refused: the gate did not let something pass.
    """
    failure = await walk.open()
    if failure is not None:
        reading.stopped(failure.ending, failure.detail)
        return
    reader = _Reader(walk, reading)
    reading.name = next((mib.text(value) for _, value in await reader.rows("sysName")), "")
    await _read_addresses(reader, on_addresses)
    await _read_ports(reader)
    await _read_vlans(reader, vlans_at_most)


class _Reader:
    """Reads columns and notes what went wrong with them."""

    def __init__(self, walk: Walk, reading: Reading) -> None:
        self._walk = walk
        self.reading = reading

    async def column(self, name: str, *, vlan: str = "", rows: int = 25) -> Column:
        """A column as far as it goes; nothing is asked once the reading is over."""
        reading = self.reading
        if reading.over:
            return Column(name, (), Failure(reading.ending, reading.detail))
        column = await self._walk.column(name, vlan=vlan, rows=rows)
        failure = column.failure
        if failure is None or column.rows:
            reading.anything = True
        if failure is not None and not vlan and (failure.denied or failure.ending in _FATAL):
            reading.stopped(failure.ending, failure.detail)
        return column

    async def rows(self, name: str, *, vlan: str = "", rows: int = 25, shows_devices: bool = False) -> Rows:
        """The rows of a column; trouble with it is noted."""
        column = await self.column(name, vlan=vlan, rows=rows)
        failure = column.failure
        if failure is not None and not self.reading.over:
            trouble = self.reading.address_trouble if shows_devices else self.reading.port_trouble
            trouble(f"{name}{f' of VLAN {vlan}' if vlan else ''}: {failure.detail}")
        return column.rows

    def compare(self, table: str, first: Rows, second: Rows, *, shows_devices: bool = False) -> None:
        """Note a table whose columns do not fit: one of them was cut short without a word."""
        if self.reading.over or not second:
            return
        if mib.unlike(first, second) > max(_CHANGES, max(len(first), len(second)) // 10):
            short = shows_devices and len(first) < len(second)
            trouble = self.reading.address_trouble if short else self.reading.port_trouble
            trouble(f"{table} is half a table: its columns have {len(first)} and {len(second)} rows")


async def _read_addresses(reader: _Reader, on_addresses: OnAddresses) -> None:
    """Both address tables: one of them is empty on most devices, and either may be."""
    reading = reader.reading
    values = await reader.rows("ipNetToPhysicalPhysAddress", shows_devices=True)
    types = await reader.rows("ipNetToPhysicalType")
    states = await reader.rows("ipNetToPhysicalState")
    reader.compare("ipNetToPhysicalTable", values, types, shows_devices=True)
    found = list(mib.net_to_physical(values, types, states))
    reading.addresses += found
    on_addresses("ipNetToPhysicalTable", found)
    types = ()
    values = await reader.rows("ipNetToMediaPhysAddress", shows_devices=True)
    known = set(reading.addresses)
    if not values or not known.issuperset(mib.net_to_media(values)):
        types = await reader.rows("ipNetToMediaType")
        reader.compare("ipNetToMediaTable", values, types, shows_devices=True)
    found = [row for row in mib.net_to_media(values, types) if row not in known]
    reading.addresses += found
    on_addresses("ipNetToMediaTable", found)
    reading.has_addresses = not reading.over


async def _read_ports(reader: _Reader) -> None:
    """Names of ports, forwarding tables without and with VLANs, neighbours by LLDP."""
    reading = reader.reading
    reading.interface_names = mib.names(await reader.rows("ifName"))
    reading.interface_words = mib.names(await reader.rows("ifDescr"))
    base_ports = mib.numbers(await reader.rows("dot1dBasePortIfIndex"))
    reading.base_ports |= {("", port): interface for port, interface in base_ports.items()}
    await _read_bridge(reader, "")
    ports = await reader.rows("dot1qTpFdbPort")
    states = await reader.rows("dot1qTpFdbStatus")
    reader.compare("dot1qTpFdbTable", ports, states)
    databases = await reader.rows("dot1qVlanFdbId") if ports else ()
    reading.forwarding += mib.vlan_forwarding(ports, states, databases)
    reading.lldp_ports = mib.lldp_ports(
        await reader.rows("lldpLocPortIdSubtype"),
        await reader.rows("lldpLocPortId"),
        await reader.rows("lldpLocPortDesc"),
    )
    reading.neighbours += mib.lldp_neighbours(
        await reader.rows("lldpRemSysCapEnabled"),
        await reader.rows("lldpRemChassisIdSubtype"),
        await reader.rows("lldpRemChassisId"),
        await reader.rows("lldpRemSysName"),
    )
    unnamed = {row.port for row in reading.forwarding} - {port for _, port in reading.base_ports}
    if unnamed and not reading.over:
        reader.reading.port_trouble(f"dot1dBasePortTable has no entry for {len(unnamed)} ports in use")


async def _read_bridge(reader: _Reader, vlan: str) -> None:
    """The plain forwarding table, of one VLAN where the switch keeps them apart."""
    reading, of = reader.reading, f" of VLAN {vlan}" if vlan else ""
    ports = await reader.rows("dot1dTpFdbPort", vlan=vlan)
    states = await reader.rows("dot1dTpFdbStatus", vlan=vlan) if ports else ()
    reader.compare(f"dot1dTpFdbTable{of}", ports, states)
    reading.forwarding += mib.bridge_forwarding(ports, states, vlan)


async def _read_vlans(reader: _Reader, at_most: int) -> None:
    """Switches that keep a forwarding table for each VLAN show it in a context of its own (Cisco)."""
    reading = reader.reading
    vlans = mib.vtp_vlans(await reader.rows("vtpVlanState"))
    if not vlans:
        # One row at a time: the columns that follow hold the switch's community strings.
        vlans = mib.logical_vlans(await reader.rows("entLogicalDescr", rows=1))
    if len(vlans) > at_most:
        reading.port_trouble(f"{len(vlans)} VLANs; the tables of the first {at_most} were read")
    unread = 0
    for vlan in vlans[:at_most]:
        if reading.over:
            return
        column = await reader.column("dot1dBasePortIfIndex", vlan=vlan)
        if column.failure is not None:
            unread += 1
            reading.port_trouble(f"VLAN {vlan}: {column.failure.detail}")
            if unread >= _VLANS_UNREAD:
                reading.port_trouble("the other VLANs were not asked")
                return
            continue
        unread = 0
        base_ports = mib.numbers(column.rows)
        reading.base_ports |= {(vlan, port): interface for port, interface in base_ports.items()}
        if base_ports:
            await _read_bridge(reader, vlan)
