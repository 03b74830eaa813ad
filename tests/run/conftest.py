"""Machines, requests and records for the tests of planning and running; nothing is sent from here."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

import pytest

from scanner.journal import Journal, RunStarted
from scanner.knowledge import Knowledge, load
from scanner.policy.rules import Limits
from scanner.run.events import Event
from scanner.run.machine import Machine
from scanner.run.plan import Plan, make_plan
from scanner.run.recorder import Recorder
from scanner.run.request import ScanRequest
from scanner.run.result import RunResult
from scanner.run.scan import Scan
from scanner.transports.interfaces import Interface

QUICK = Limits(
    attempt=0.4,
    ask_again=0.1,
    host_rate=2000.0,
    step=1.0,
    host_time=4.0,
    retry_after=0.1,
    hosts_at_once=8,
    in_flight=64,
)


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch) -> None:
    """Journals and locks of a test stay in its own folder."""
    monkeypatch.setenv("HIKSWEEP_DATA", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def quick() -> Limits:
    return QUICK


@pytest.fixture
def interface() -> Callable[..., Interface]:
    """``interface("eth0", "10.1.0.5/24", "fd00::5/64")``: up, with multicast, unless told otherwise."""

    def make(name: str, *addresses: str, index: int = 7, **flags: bool) -> Interface:
        parsed = [ipaddress.ip_interface(address) for address in addresses]
        return Interface(
            name,
            index,
            tuple(one for one in parsed if one.version == 4),
            tuple(one for one in parsed if one.version == 6),
            multicast=flags.get("multicast", True),
            loopback=flags.get("loopback", False),
            up=flags.get("up", True),
        )

    return make


@pytest.fixture
def lo(interface) -> Interface:
    return interface("lo", "127.0.0.1/8", "::1/128", index=1, multicast=False, loopback=True)


@pytest.fixture
def machine(lo) -> Callable[..., Machine]:
    """``machine(interface, …, raw=True)``: this machine with loopback and the interfaces given."""

    def make(*interfaces: Interface, raw: bool = True) -> Machine:
        return Machine("sensor", (lo, *interfaces), raw_sockets=raw)

    return make


@pytest.fixture
def plan(machine) -> Callable[..., Plan]:
    """``plan("127.1.2.3", ports=("http:8081",))`` on a machine with loopback alone, with quick limits."""

    def make(*targets: str, limits: Limits = QUICK, **options: Any) -> Plan:
        request = ScanRequest(targets, **{"rate": 5000.0, **options})
        return make_plan(request, machine(), limits=limits)

    return make


@pytest.fixture
def started() -> Callable[..., RunStarted]:
    def make(**changes: Any) -> RunStarted:
        fields: dict[str, Any] = {
            "id": "20261124T120000Z-abc123",
            "version": "0.1.0",
            "started": "2026-11-24T12:00:00Z",
            "targets": ("127.9.9.0/29",),
            "walked": ("127.9.9.0/29",),
            "excluded": (),
            "unwalked": (),
            "ports": (80, 443),
            "seed": 3,
            "engine": "connect",
            "methods": ("tcp", "sadp"),
            "connected": ("127.0.0.0/8",),
            "profiles": (),
            "facts": "",
            "reference": None,
            "sensor": {"name": "hiksweep", "host": "sensor", "interfaces": ["lo"], "privileges": []},
        }
        return RunStarted(**{**fields, **changes})

    return make


@pytest.fixture
def result(started, knowledge) -> RunResult:
    return RunResult(started(), knowledge)


@pytest.fixture
def recorder(tmp_path, result) -> Recorder:
    """A recorder over a journal of its own; `failures` holds what it says when the disk is full."""
    failures: list[str] = []
    made = Recorder(Journal(tmp_path / "run.jsonl"), result, failures.append)
    made.begin()
    made.failures = failures  # type: ignore[attr-defined]
    return made


@pytest.fixture
def run(knowledge) -> Callable[[Plan], list[Event]]:
    """Run a plan to its end; the events."""

    def scan(plan: Plan) -> list[Event]:
        return list(Scan(plan, knowledge).events())

    return scan
