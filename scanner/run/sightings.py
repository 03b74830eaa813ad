"""Which switch port a device is at, by what switches, routers and other tables say of its MAC address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from scanner.model.device import Device
from scanner.model.sighting import Sighting

PORTS_AT_MOST = 16
"""Ports that are kept of one MAC address; more is a loop in the network, or a joke."""


class Sightings:
    """Rows of other tables, kept by MAC address; the same port is kept once, as it was seen last."""

    def __init__(self) -> None:
        self._ports: defaultdict[str, dict[tuple[str, str, str], Sighting]] = defaultdict(dict)
        self._macs: defaultdict[str, dict[str, None]] = defaultdict(dict)

    @classmethod
    def of(cls, parts: Iterable[Sightings]) -> Sightings:
        """What several runs saw, as one."""
        whole = cls()
        for part in parts:
            whole.join(part)
        return whole

    def join(self, other: Sightings) -> None:
        """Take what another run saw."""
        for ports in other._ports.values():
            for sighting in ports.values():
                self.add(sighting)
        for address, macs in other._macs.items():
            self._macs[address] |= macs

    def add(self, sighting: Sighting) -> None:
        """Keep a row: its address always, its port unless it leads to another switch."""
        if sighting.address:
            self._macs[sighting.address].setdefault(sighting.mac)
        if sighting.uplink or not sighting.port:
            return
        ports = self._ports[sighting.mac]
        key = (sighting.switch, sighting.port, sighting.vlan)
        known = ports.get(key)
        if known is None and len(ports) >= PORTS_AT_MOST:
            return
        if known is None or known.at < sighting.at:
            ports[key] = replace(sighting, address="")

    def all(self) -> Iterator[Sighting]:
        """Every port that is kept."""
        for ports in self._ports.values():
            yield from ports.values()

    def macs_of(self, address: str) -> tuple[str, ...]:
        """The MAC addresses that some table gives with an IP address."""
        return tuple(self._macs.get(address, ()))

    def at_ports_of(self, device: Device) -> tuple[Sighting, ...]:
        """The ports of a device's own MAC address; if it told none, of those that tables give for it."""
        macs = (device.mac,) if device.mac else ()
        told = macs or dict.fromkeys(mac for address in device.addresses for mac in self.macs_of(address))
        return tuple(sighting for mac in told for sighting in self._ports.get(mac, {}).values())
