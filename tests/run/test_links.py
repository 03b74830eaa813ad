"""Questions to everyone on a link: asked only where the plan says, heard with their interface."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from scanner.journal import Asked, GapFound, read_journal
from scanner.model.errors import Refused
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.policy.gate import Gate
from scanner.run import links as module
from scanner.run.links import Links
from scanner.run.plan import make_plan
from scanner.run.request import ScanRequest
from scanner.transports import frames, mdns
from scanner.transports.frames import Heard
from scanner.transports.neighbours import Neighbour
from scanner.transports.netlink import NetlinkUnavailable
from scanner.transports.reduction import Reduction
from scanner.transports.udp import Datagram

STRANGER = Datagram(b"hello", "192.168.1.64", 37020, "eth0")


@dataclass
class World:
    """What is on the link, and what was asked of it. Stands in for every transport: nothing is sent."""

    datagrams: tuple[Datagram, ...] = ()
    refuse: bool = False
    reductions: tuple[Reduction, ...] = ()
    records: tuple[mdns.ServiceRecord, ...] = ()
    arp: tuple[Neighbour, ...] = ()
    echo: tuple[Neighbour, ...] = ()
    kernel: tuple[Neighbour, ...] = ()
    kernel_fails: bool = False

    def __post_init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.wanted: list[str] = []


@pytest.fixture
def world(monkeypatch) -> World:
    made = World()

    class Call:
        def __init__(self, gate: Gate, interface, call) -> None:
            self.interface, self.reductions = interface, made.reductions

        async def answers(self):
            if made.refuse:
                raise Refused("scope", "not allowed here")
            made.asked.append(("call", self.interface.name))
            for datagram in made.datagrams:
                yield datagram

    async def browse(gate, interface, types, text):
        made.asked.append(("mdns", interface.name))
        return mdns.Browsed(made.records, made.reductions)

    class Frames:
        def __init__(self, gate, interface) -> None:
            self.name = interface.name

        def who_has(self, addresses) -> Heard:
            made.asked.append(("arp", self.name))
            made.wanted += addresses
            return Heard(made.arp, 1)

        def all_nodes(self) -> Heard:
            made.asked.append(("icmpv6", self.name))
            return Heard(made.echo, 1)

    def neighbours():
        if made.kernel_fails:
            raise NetlinkUnavailable("netlink is shut")
        return made.kernel

    monkeypatch.setattr(module, "MulticastCall", Call)
    monkeypatch.setattr(mdns, "browse", browse)
    monkeypatch.setattr(frames, "Frames", Frames)
    monkeypatch.setattr(module, "neighbours", neighbours)
    return made


@pytest.fixture
def eth0(interface):
    return interface("eth0", "10.1.0.5/29", "fd00:1::5/64")


@pytest.fixture
def links(machine, eth0, recorder):
    """``links("10.1.0.0/29", raw=True)``: the object, with what it told in ``.answers`` and ``.neighbours``."""

    def make(*targets: str, raw: bool = True, **options) -> Links:
        plan = make_plan(ScanRequest(targets, **options), machine(eth0, raw=raw))
        gate = Gate(plan.scope, plan.limits, links=[link.link for link in plan.links], ports=plan.ports)
        answers, neighbours = [], []
        made = Links(plan, gate, recorder, lambda *said: answers.append(said), neighbours.append)
        made.answers, made.neighbours = answers, neighbours
        return made

    return make


@pytest.fixture
def records(recorder):
    def read() -> list[object]:
        recorder.sync()
        return list(read_journal(recorder._journal.path))[1:]

    return read


def test_each_method_is_asked_on_the_planned_link_and_that_is_recorded(world, links, records):
    asyncio.run(links("10.1.0.0/29").ask())
    assert sorted(world.asked) == [("arp", "eth0"), *[("call", "eth0")] * 3, ("mdns", "eth0")]
    assert {record.method for record in records() if isinstance(record, Asked)} == {
        "sadp", "wsdiscovery", "ssdp", "mdns", "arp",
    }  # fmt: skip


def test_nothing_is_asked_where_no_link_is_planned(world, links, records):
    for targets in (("127.0.0.1",), ("10.1.0.1",), ("10.9.0.0/24",)):
        asyncio.run(links(*targets).ask())
    assert (world.asked, records()) == ([], [])


def test_without_privilege_no_frame_is_asked_for(world, links):
    asyncio.run(links("10.1.0.0/29", raw=False).ask())
    assert {name for name, _ in world.asked} == {"call", "mdns"}


def test_arp_asks_for_each_address_of_the_scope_but_our_own(world, links):
    asyncio.run(links("10.1.0.0/29", "fd00:1::/64", raw=True).ask())
    assert world.wanted == ["10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.4", "10.1.0.6"]
    assert ("icmpv6", "eth0") in world.asked


def test_an_excluded_address_is_not_asked_for_on_a_named_interface(world, links):
    asyncio.run(links("10.1.0.0/29", exclude=("10.1.0.3",), interfaces=("eth0",)).ask())
    assert "10.1.0.3" not in world.wanted


def test_an_answer_from_a_foreign_subnet_is_told_with_its_interface(world, links):
    world.datagrams = (STRANGER,)
    made = links("10.1.0.0/29")
    asyncio.run(made.ask())
    assert {(probe.name, datagram) for probe, datagram in made.answers} == {
        ("sadp", STRANGER),
        ("wsdiscovery", STRANGER),
        ("ssdp", STRANGER),
    }


def test_a_service_record_is_kept_as_our_own_text(world, links, records):
    world.records = (mdns.ServiceRecord("10.1.0.2", 80, b"cam._http._tcp.local.", "eth0"),)
    asyncio.run(links("10.1.0.0/29").ask())
    (seen,) = [record for record in records() if isinstance(record, Observation)]
    assert (seen.host, seen.protocol, seen.interface, seen.synthesised) == (
        "10.1.0.2",
        Protocol.MDNS,
        "eth0",
        True,
    )


def test_what_was_refused_or_cut_is_a_gap(world, links, records):
    world.refuse = True
    world.reductions = (Reduction("eth0", "the group was not joined"),)
    asyncio.run(links("10.1.0.0/29", raw=False).ask())
    gaps = [record for record in records() if isinstance(record, GapFound)]
    total = {gap.method for gap in gaps if gap.affects_verdict}
    assert total == {"sadp", "wsdiscovery", "ssdp"}
    assert {(gap.state, gap.affects_verdict) for gap in gaps} == {
        ("failed to start", True),
        ("reduced", False),
    }


def test_neighbours_in_scope_are_kept_once_and_told(world, links, records):
    near = Neighbour("10.1.0.2", "44:19:b6:00:00:01", "eth0", "answered")
    world.arp = (near, Neighbour("10.9.0.1", "44:19:b6:00:00:02", "eth0", "answered"))
    world.kernel = (
        near,
        Neighbour("10.1.0.3", None, "eth0", "failed"),
        Neighbour("10.1.0.4", "44:19:b6:00:00:04", "eth1", "reachable"),
        Neighbour("10.1.0.6", "44:19:b6:00:00:06", "eth0", "stale"),
    )
    made = links("10.1.0.0/29")
    asyncio.run(made.ask())
    made.read_neighbours()
    assert made.neighbours == ["10.1.0.2", "10.1.0.6"]
    seen = [record for record in records() if isinstance(record, Observation)]
    assert [(one.method, one.host, one.payload) for one in seen] == [
        ("arp", "10.1.0.2", b"44:19:b6:00:00:01"),
        ("neighbours", "10.1.0.6", b"44:19:b6:00:00:06"),
    ]


def test_the_kernels_table_is_read_for_a_link_that_is_in_scope_in_part(world, links):
    world.kernel = (Neighbour("10.1.0.2", "44:19:b6:00:00:01", "eth0", "reachable"),)
    made = links("10.1.0.2")
    made.read_neighbours()
    assert made.neighbours == ["10.1.0.2"]


def test_the_kernels_table_is_not_read_for_a_scan_of_loopback(world, links, records):
    world.kernel_fails = True
    links("127.0.0.0/24").read_neighbours()
    assert records() == []


def test_a_kernel_that_cannot_be_asked_is_a_gap(world, links, records):
    world.kernel_fails = True
    links("10.1.0.2").read_neighbours()
    (gap,) = records()
    assert isinstance(gap, GapFound)
    assert (gap.method, gap.reason) == ("neighbours", "netlink is shut")
