"""The lab on a network of its own for each worker, and a plain client that asks it over real sockets."""

from __future__ import annotations

import itertools
import os
import socket
import ssl
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanner.lab import Lab
from scanner.lab.card import Card
from scanner.lab.lab import choose

_NUMBER = itertools.count(1)


def a_network() -> str:
    """A /24 inside 127/8 that no other worker, and hardly any other run, uses."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    place = (os.getpid() * 7 + next(_NUMBER)) % 250
    return f"127.{100 + worker % 100}.{place}.0/24"


@pytest.fixture
def network() -> str:
    return a_network()


@pytest.fixture
def make_lab() -> Callable[..., Lab]:
    """A lab not yet entered, on a fresh network."""

    def make(*only: str, record: Path | None = None) -> Lab:
        return Lab(only, record, a_network())

    return make


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """The whole lab, once a module."""
    with Lab(base=a_network()) as up:
        yield up


class Client:
    """Asks one device of a lab, by its name, on the true port that the lab may have moved."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def card(self, name: str) -> Card:
        return choose([name])[0]

    def where(self, name: str, true_port: int) -> tuple[str, int]:
        station = self.lab.station(self.card(name))
        return station.address, station.port(true_port)

    def connect(self, name: str, true_port: int, within: float = 5.0) -> socket.socket:
        return socket.create_connection(self.where(name, true_port), within)

    def talk(self, name: str, true_port: int, data: bytes, tls: bool = False) -> bytes:
        with self.connect(name, true_port) as plain:
            opened: socket.socket = old_tls(plain) if tls else plain
            opened.sendall(data)
            return read_all(opened)

    def get(self, name: str, path: str = "/", true_port: int = 80, tls: bool = False) -> bytes:
        address, port = self.where(name, true_port)
        request = f"GET {path} HTTP/1.1\r\nHost: {address}:{port}\r\nConnection: close\r\n\r\n"
        return self.talk(name, true_port, request.encode(), tls)

    def soap(self, name: str, body: str, true_port: int = 80) -> bytes:
        head = (
            f"POST /onvif/device_service HTTP/1.1\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return self.talk(name, true_port, (head + body).encode())

    def rtsp(self, name: str, method: str) -> bytes:
        with self.connect(name, 554) as opened:
            opened.sendall(f"{method} rtsp://device/ RTSP/1.0\r\nCSeq: 7\r\n\r\n".encode())
            return read_until(opened, b"\r\n\r\n")

    def certificate(self, name: str, true_port: int) -> bytes:
        with self.connect(name, true_port) as plain, old_tls(plain) as opened:
            return opened.getpeercert(binary_form=True) or b""

    def datagram(self, name: str, port: int, data: bytes, within: float = 3.0) -> bytes | None:
        address = self.lab.addresses[name]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
            opened.settimeout(within)
            opened.sendto(data, (address, port))
            try:
                return opened.recv(65535)
            except (TimeoutError, ConnectionError):
                return None


def old_tls(plain: socket.socket) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
    return context.wrap_socket(plain)


def read_all(opened: socket.socket, most: int = 1 << 20) -> bytes:
    data = b""
    while len(data) < most and (block := opened.recv(65536)):
        data += block
    return data


def read_until(opened: socket.socket, end: bytes) -> bytes:
    data = b""
    while end not in data and (block := opened.recv(65536)):
        data += block
    return data


INQUIRY = (
    b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>F93CF8DC-DF53-424B-98A7-9FC0536E1083</Uuid>'
    b"<Types>inquiry</Types></Probe>"
)
WS_PROBE = (
    b'<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
    b'xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    b'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header>'
    b"<w:MessageID>uuid:11111111-2222-3333-4444-555555555555</w:MessageID></e:Header>"
    b"<e:Body><d:Probe/></e:Body></e:Envelope>"
)


@pytest.fixture
def client(lab: Lab) -> Client:
    return Client(lab)


@pytest.fixture
def ask() -> Callable[[Lab], Client]:
    return Client


@pytest.fixture
def inquiry() -> bytes:
    return INQUIRY


@pytest.fixture
def ws_probe() -> bytes:
    return WS_PROBE
