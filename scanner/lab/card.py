"""The card of a lab device: what it is, what it answers, where its answers come from."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from scanner.lab.servers.session import TcpServer, UdpServer
from scanner.model.device import Confidence, DeviceClass, Relation
from scanner.model.evidence import Maker


@dataclass(frozen=True, slots=True)
class Truth:
    """What a scan should say about a device, and no more than its replies can tell."""

    evidenced_maker: Maker = Maker.UNKNOWN
    confidence: Confidence = Confidence.NONE
    maker_name: str | None = None
    presented_brand: str | None = None
    relation: Relation | None = None
    device_class: DeviceClass | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    mac: str | None = None
    unjudged: tuple[str, ...] = ()
    """Fields that the replies leave open: a test does not hold a scan to them.

    Whether a device is Hikvision's or not is never open.
    """

    ignored: str | None = None
    """The kind of ghost that it is: such an address is no device."""
    also: tuple[Truth, ...] = ()
    """Further devices behind the same address."""
    same_as: str | None = None
    """Name of the card that is the same device, at another address."""

    def as_json(self) -> dict[str, object]:
        """The truth as plain values."""
        return asdict(self)


def own_device(
    device_class: DeviceClass,
    model: str | None = None,
    serial: str | None = None,
    firmware: str | None = None,
    mac: str | None = None,
    *,
    presented_brand: str | None = None,
    unjudged: tuple[str, ...] = (),
    same_as: str | None = None,
) -> Truth:
    """The truth of a device that the maker sells under its own name and whose replies prove it."""
    return Truth(
        Maker.HIKVISION,
        Confidence.CONFIRMED,
        "Hikvision",
        presented_brand,
        Relation.OWN,
        device_class,
        model,
        serial,
        firmware,
        mac,
        unjudged,
        same_as=same_as,
    )


@dataclass(frozen=True, slots=True)
class Card:
    """One device of the rehearsal network."""

    name: str
    title: str
    """One line for `hiksweep lab list`."""
    number: int
    """Last part of its address."""
    truth: Truth
    tcp: tuple[TcpServer, ...] = ()
    udp: tuple[UdpServer, ...] = ()
    web_port: int = 80
    origin: tuple[str, ...] = ()
    """Where each kind of reply was seen; what is inferred says so."""
    hostile: bool = False
