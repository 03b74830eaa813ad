"""What every device of the maker must bear out, whichever module it stands in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanner.lab.card import Card
from scanner.model.protocol import Protocol
from scanner.parsers import read
from scanner.parsers.mac import canonical_mac
from scanner.parsers.serial import read_serial


@pytest.fixture
def says_so_by_sadp(client: Any, inquiry: bytes) -> Callable[[Card], None]:
    """Ask a device by SADP over a real socket, and hold the answer to its truth."""

    def check(card: Card) -> None:
        reply = client.datagram(card.name, 37020, inquiry)
        assert reply is not None, card.name
        fields = read(Protocol.SADP, reply)
        assert fields["sadp.root"] == ("ProbeMatch",)
        assert fields["sadp.Uuid"] == ("F93CF8DC-DF53-424B-98A7-9FC0536E1083",)
        assert fields.first("sadp.DeviceSN") == card.truth.serial
        assert canonical_mac(fields.first("sadp.MAC") or "") == card.truth.mac
        assert (fields.first("sadp.SoftwareVersion") or "").startswith(f"{card.truth.firmware}build ")
        assert fields.first("sadp.IPv4Address") == client.lab.addresses[card.name]
        if "model" not in card.truth.unjudged:
            assert fields.first("sadp.DeviceDescription") == card.truth.model
            serial = read_serial(card.truth.serial or "", card.truth.model)
            assert serial is not None, card.truth.serial
            assert serial.model == card.truth.model

    return check


@pytest.fixture
def web(client: Any) -> Callable[..., Any]:
    """Fields of a page of a device."""

    def get(name: str, path: str = "/", true_port: int = 80, tls: bool = False) -> Any:
        return read(Protocol.HTTP, client.get(name, path, true_port, tls), f"GET {path}")

    return get


@pytest.fixture
def certificate(client: Any) -> Callable[..., Any]:
    def get(name: str, true_port: int) -> Any:
        return read(Protocol.TLS_CERT, client.certificate(name, true_port))

    return get


@pytest.fixture
def rtsp(client: Any) -> Callable[..., Any]:
    def get(name: str, method: str = "DESCRIBE") -> Any:
        return read(Protocol.RTSP, client.rtsp(name, method), method)

    return get
