"""The rehearsal network as a context manager."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from scanner.lab.card import Card, Truth
from scanner.lab.devices import DEVICES
from scanner.lab.engine import Engine, LabError, Place
from scanner.lab.recorder import Recorder
from scanner.lab.station import MOVED, UNMOVED, Station
from scanner.model.errors import UsageError

NETWORK = "127.77.0.0/24"
"""Where the lab stands unless told otherwise; Linux answers for the whole of 127/8 without set-up."""
PRINTER_PORT = 9100


def choose(only: Sequence[str] = ()) -> tuple[Card, ...]:
    """The cards of the named devices, or all.

    Raises:
        UsageError: a name that no device has.
    """
    known = {card.name for card in DEVICES}
    unknown = [name for name in only if name not in known]
    if unknown:
        raise UsageError(f"lab: no device is called {unknown[0]!r}; `hiksweep lab list` names them all")
    return tuple(card for card in DEVICES if not only or card.name in only)


def addresses(
    cards: Sequence[Card], base: str = NETWORK, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The address of each device: the given one, else the network and the device's number.

    Raises:
        UsageError: no network, or one without room for the numbers; no address, or no device of that name.
    """
    try:
        network = ipaddress.IPv4Network(base)
    except ValueError as error:
        raise UsageError(f"lab: {base!r} is no IPv4 network ({error})") from error
    found: dict[str, str] = {}
    for name, address in (given or {}).items():
        choose([name])
        try:
            found[name] = str(ipaddress.IPv4Address(address))
        except ValueError as error:
            raise UsageError(f"lab: {address!r} is no IPv4 address") from error
    for card in cards:
        if card.name not in found:
            if card.number >= network.num_addresses:
                raise UsageError(f"lab: {base} has no room for {card.name} (number {card.number})")
            found[card.name] = str(network[card.number])
    return found


class Lab:
    """About forty devices, each on an address of its own.

    Args:
        only: names of the devices to start; all if empty.
        record: a file that gets every record as a line of JSON.
        base: the network. Inside 127/8 the ports below 1024 move up and nothing is joined; elsewhere the
            true ports are used and the multicast groups joined (the addresses must exist on this host).
        given: addresses of single devices, by name.

    Raises:
        UsageError: a name, network or address that makes no sense.
        LabError: on entering, with one line, when a port is taken or an address is not ours.
    """

    def __init__(
        self,
        only: Sequence[str] = (),
        record: Path | None = None,
        base: str = NETWORK,
        given: Mapping[str, str] | None = None,
    ) -> None:
        self.cards = choose(only)
        self.network = base
        self.addresses: Mapping[str, str] = MappingProxyType(addresses(self.cards, base, given))
        self.loopback = all(ipaddress.ip_address(a).is_loopback for a in self.addresses.values())
        self._record = record
        self._recorder: Recorder | None = None
        self._engine: Engine | None = None

    @property
    def ports_option(self) -> str:
        """What `scan` needs as ``--ports`` to find the moved services; empty with true ports."""
        names = {80: "http", 443: "https", 554: "rtsp"}
        return ",".join(f"{names[true]}:{moved}" for true, moved in MOVED.items()) if self.loopback else ""

    @property
    def truth(self) -> Mapping[str, Truth]:
        """What each device is, by address."""
        return {self.addresses[card.name]: card.truth for card in self.cards}

    @property
    def recorder(self) -> Recorder:
        """What was received so far; also readable after the lab is down."""
        if self._recorder is None:
            raise LabError("lab: it was never started")
        return self._recorder

    @property
    def printed(self) -> bytes:
        """What the printer received on its raw port: paper, if it were real."""
        return self.recorder.received("printer", PRINTER_PORT)

    def station(self, card: Card) -> Station:
        """Where a device stands."""
        moved = MOVED if self.loopback else UNMOVED
        neighbours = addresses(DEVICES, self.network, self.addresses)
        return Station(card.name, self.addresses[card.name], moved, card.web_port, neighbours)

    def __enter__(self) -> Self:
        self._recorder = Recorder(self._record)
        places = [Place(self.station(card), card.tcp, card.udp) for card in self.cards]
        self._engine = Engine(places, self._recorder, groups=not self.loopback)
        try:
            self._engine.start()
        except LabError:
            self._recorder.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._engine:
            self._engine.stop()
        if self._recorder:
            self._recorder.close()
