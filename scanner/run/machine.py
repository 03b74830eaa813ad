"""This machine as a sensor: its name, its interfaces, what it may do. Nothing is sent."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from scanner.scope import Network
from scanner.transports.interfaces import Interface, interfaces
from scanner.transports.privileges import raw_sockets


@dataclass(frozen=True, slots=True)
class Machine:
    """What a plan needs to know of the machine that it will run on."""

    name: str
    interfaces: tuple[Interface, ...]
    raw_sockets: bool

    @property
    def connected(self) -> tuple[tuple[Interface, Network], ...]:
        """Each directly connected prefix of an interface that is up, loopback included."""
        found = [
            (interface, network)
            for interface in self.interfaces
            if interface.up
            for network in interface.networks
        ]
        return tuple(found)

    @property
    def local_networks(self) -> tuple[Network, ...]:
        """The networks that ``local`` stands for."""
        return tuple(network for interface, network in self.connected if not interface.loopback)

    @property
    def own_addresses(self) -> frozenset[str]:
        """Our own addresses."""
        return frozenset(address for interface in self.interfaces for address in interface.addresses)

    @property
    def privileges(self) -> tuple[str, ...]:
        """Words for the report."""
        return ("raw-socket",) if self.raw_sockets else ()


def this_machine() -> Machine:
    """Look at the machine that we run on."""
    return Machine(socket.gethostname(), interfaces(), raw_sockets())


def look_up(name: str) -> Sequence[str]:
    """The addresses of a host name, by the system's resolver; empty when it has none."""
    try:
        found = socket.getaddrinfo(name, None, proto=socket.IPPROTO_TCP)
    except OSError:
        return ()
    addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
    return [address for address in addresses if not ipaddress.ip_address(address.split("%")[0]).is_link_local]


def data_folder() -> Path:
    """Where journals and locks live: the user's data folder."""
    return Path(os.environ.get("HIKSWEEP_DATA") or platformdirs.user_data_path("hiksweep"))
