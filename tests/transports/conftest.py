"""A gate that lets everything pass and writes down what it was asked, for tests on loopback."""

from __future__ import annotations

import math
from typing import Any

import pytest

from scanner.model.errors import Refused


class RecordingGate:
    """Stands in for the policy's gate; rules named in ``refusing`` are refused."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.refusing: set[str] = set()
        self.delay = 0.0
        self.until = math.inf

    def _ask(self, rule: str, *what: Any) -> None:
        self.asked.append((rule, *what))
        if rule in self.refusing:
            raise Refused(rule, f"the test refuses every {rule}")

    def datagram(self, address: str, port: int, data: bytes, interface: str = "") -> str:
        self._ask("datagram", address, port, data, interface)
        return "a datagram"

    def frame(self, interface: str, data: bytes) -> None:
        self._ask("frame", interface, data)

    def nmap(self, targets: Any, ports: Any, arguments: Any) -> None:
        self._ask("nmap", tuple(targets), tuple(ports), tuple(arguments))

    def still_open(self) -> None:
        self._ask("still_open")

    def mdns(self, interface: str, service_types: Any) -> None:
        self._ask("mdns", interface, tuple(service_types))

    def snmp(self, address: str, oids: Any) -> None:
        self._ask("snmp", address, tuple(oids))

    def pace(self, packets: int = 1) -> float:
        self.asked.append(("pace", packets))
        return self.delay


@pytest.fixture
def recording_gate() -> RecordingGate:
    return RecordingGate()


@pytest.fixture
def no_scapy_look_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scapy asks the real network for a MAC when a packet is built without one; here that is an error."""
    scapy_config = pytest.importorskip("scapy.config")

    def refuse(*_: object) -> None:
        raise AssertionError("scapy wanted to look up a MAC on a real network")

    monkeypatch.setattr(scapy_config.conf.neighbor, "resolve", refuse)
