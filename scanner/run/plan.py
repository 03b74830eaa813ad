"""What a scan will do, worked out without a packet: addresses, questions, links, cost, blind spots."""

from __future__ import annotations

import dataclasses
import ipaddress
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scanner.model.coverage import Gap
from scanner.model.errors import UsageError
from scanner.model.probe import Probe, ProbeKind, Service
from scanner.policy.gate import Link
from scanner.policy.rules import LISTENED_PORTS, SWEPT_PORTS, Limits
from scanner.probes import PROBES
from scanner.run.machine import Machine, look_up
from scanner.run.request import LOCAL, ScanRequest, check_scope, parse_ports, resolve
from scanner.run.router_plan import RouterPlan, plan_routers
from scanner.scope import AddressRange, Network, Scope, range_of, subtract
from scanner.sweep import nmap
from scanner.transports.interfaces import Interface

_SCHEMES = {80: "http", 443: "https", 554: "rtsp", 8000: "listen", 8080: "http", 8443: "https"}
ENGINES = ("auto", "connect", "nmap")
_ATTEMPT_SEEN = 3.1
"""Seconds after which Linux gives up a connect with one resend, and a neighbour that does not answer."""


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """An interface on which link-local questions are asked, and the prefixes that they reach."""

    link: Link
    interface: Interface
    networks: tuple[Network, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a scan costs at most, and how long it takes when most addresses are silent."""

    sweep_packets: int
    link_packets: int
    connections_per_host: int
    requests_per_host: int
    packets_per_silent_host: int
    seconds: float


@dataclass(frozen=True)
class Plan:
    """A scan, ready to run."""

    request: ScanRequest
    machine: Machine
    scope: Scope
    services: tuple[Service, ...]
    limits: Limits
    engine: str
    probes: tuple[Probe, ...]
    links: tuple[LinkPlan, ...]
    gaps: tuple[Gap, ...]
    estimate: Estimate
    routers: tuple[RouterPlan, ...] = ()
    exclusions: tuple[AddressRange, ...] = ()
    """What the user took out, also outside the targets."""

    @property
    def ports(self) -> tuple[int, ...]:
        """TCP ports of the sweep."""
        return tuple(service.port for service in self.services)

    @property
    def touched_ports(self) -> tuple[int, ...]:
        """TCP ports that a conversation may open besides those that a host names itself."""
        return tuple(dict.fromkeys((*self.ports, *LISTENED_PORTS)))

    @property
    def unicast(self) -> tuple[Probe, ...]:
        """Calls that are also asked of single addresses."""
        return tuple(probe for probe in self.probes if probe.call is not None and probe.call.unicast)

    @property
    def conversations(self) -> tuple[Probe, ...]:
        """Conversations in their order."""
        found = [probe for probe in self.probes if probe.kind is ProbeKind.CONVERSATION]
        return tuple(sorted(found, key=lambda probe: probe.order))

    @property
    def connected(self) -> tuple[Network, ...]:
        """Connected prefixes that the scope touches and in which a missing neighbour shows as such."""
        return tuple(
            network
            for interface, network in self.machine.connected
            if interface.looks_up and self.scope.touches(network)
        )


def make_plan(
    request: ScanRequest,
    machine: Machine,
    *,
    resolver: Callable[[str], Sequence[str]] = look_up,
    limits: Limits | None = None,
    scope: Scope | None = None,
) -> Plan:
    """Work out what a request amounts to on this machine.

    Args:
        request: what the user wants.
        machine: where it runs.
        resolver: looks up host names.
        limits: None = the usual ones.
        scope: of a run that is gone on with; None = as the request says.

    Raises:
        UsageError: the request cannot be carried out; the message says what to change.
    """
    if not request.targets:
        raise UsageError("no target; name an address, a prefix, a range, a host name, @file, or local")
    if not 1 <= request.rate <= 100_000:
        raise UsageError(f"--rate {request.rate:g}: between 1 and 100000 packets a second")
    exclusions = resolve(request.exclude, resolver, machine.local_networks)
    if scope is None:
        scope = Scope.of(resolve(request.targets, resolver, machine.local_networks), exclusions)
        check_scope(scope, yes=request.yes)
    services = _services(request)
    limits = dataclasses.replace(limits or Limits(), rate=request.rate)
    engine = _engine(request.engine)
    links, gaps = plan_links(request, machine, scope, exclusions)
    gaps += _unwalked_gaps(scope, links)
    routers = plan_routers(request, exclusions, resolver)
    lacking = {need for need, given in (("community", request.community), ("router", routers)) if not given}
    probes = tuple(probe for probe in PROBES if not lacking & set(probe.needs))
    return Plan(
        request=request,
        machine=machine,
        scope=scope,
        services=services,
        limits=limits,
        engine=engine,
        probes=probes,
        links=links,
        gaps=tuple(gaps),
        estimate=_estimate(scope, services, probes, links, limits, raw=machine.raw_sockets, engine=engine),
        routers=routers,
        exclusions=tuple(exclusions),
    )


def _engine(wanted: str) -> str:
    if wanted not in ENGINES:
        raise UsageError(f"--engine {wanted}: choose auto, connect or nmap")
    if wanted == "nmap" and shutil.which("nmap") is None:
        raise UsageError(
            "--engine nmap: nmap is not installed; apt-get install nmap, or use --engine connect"
        )
    return "nmap" if wanted == "nmap" else "connect"


def _services(request: ScanRequest) -> tuple[Service, ...]:
    services = {port: Service(port, _SCHEMES[port]) for port in SWEPT_PORTS}
    services |= {service.port: service for service in parse_ports(request.ports)}
    return tuple(services.values())


def plan_links(
    request: ScanRequest, machine: Machine, scope: Scope, exclusions: Sequence[AddressRange]
) -> tuple[tuple[LinkPlan, ...], list[Gap]]:
    """Which interfaces may carry link-local questions, and a gap for each that may not.

    An interface qualifies when a connected prefix of it lies wholly inside the targets, or when the user
    named it or said ``local``. An excluded address on the link, other than our own, switches it off unless
    the user named the interface: a broadcast would reach the excluded device too.

    Raises:
        UsageError: a named interface does not exist, is down or is loopback.
    """
    named = _named_interfaces(request, machine)
    local = LOCAL in request.targets
    links: list[LinkPlan] = []
    gaps: list[Gap] = []
    for interface in machine.interfaces:
        touched = tuple(network for network in interface.networks if scope.touches(network))
        if interface.loopback or not (touched or interface.name in named):
            continue
        if not interface.up:
            gaps += _dead_link(interface, touched, machine)
            continue
        whole = tuple(
            network for network in touched if local or scope.covers(network) or interface.name in named
        )
        names = ", ".join(map(str, touched)) or interface.name
        if not request.multicast:
            gaps.append(_link_gap(names, "switched off by --no-multicast", scope, touched))
        elif not interface.multicast:
            gaps.append(_link_gap(names, f"{interface.name} carries no multicast", scope, touched))
        elif interface.name in named:
            links.append(_link(interface, interface.networks, "named by --interface"))
        elif excluded := _excluded_on(exclusions, interface, machine):
            reason = (
                f"{excluded} is excluded and lies on {interface.name}: broadcast and multicast would reach "
                f"it; add --interface {interface.name} to use them all the same"
            )
            gaps.append(_link_gap(names, reason, scope, touched))
        elif whole:
            links.append(_link(interface, whole, "local" if local else "wholly inside the targets"))
        else:
            reason = (
                f"only a part of it is in scope; add --interface {interface.name} to ask the whole link by "
                "broadcast and multicast"
            )
            gaps.append(_link_gap(names, reason, scope, touched))
    if links and not machine.raw_sockets:
        reason = "frames need root or CAP_NET_RAW; ARP and IPv6 neighbours come from the kernel's table alone"
        names = ", ".join(link.interface.name for link in links)
        gaps.append(Gap(names, "arp", "not asked", reason, affects_verdict=False))
    return tuple(links), gaps


def _named_interfaces(request: ScanRequest, machine: Machine) -> frozenset[str]:
    known = {interface.name: interface for interface in machine.interfaces}
    for name in request.interfaces:
        if name not in known:
            there = ", ".join(found for found, interface in known.items() if not interface.loopback)
            raise UsageError(f"--interface {name}: no such interface; there is {there or 'none'}")
        if known[name].loopback:
            raise UsageError(f"--interface {name}: loopback carries no link-local discovery; leave it out")
        if not known[name].up:
            raise UsageError(f"--interface {name}: it is down, or no cable is in it; bring it up first")
    return frozenset(request.interfaces)


def _link(interface: Interface, networks: Sequence[Network], reason: str) -> LinkPlan:
    """A link with the families of its prefixes: IPv6 is asked only where an IPv6 prefix qualified."""
    versions = {network.version for network in networks}
    used = dataclasses.replace(
        interface,
        ipv4=interface.ipv4 if 4 in versions else (),
        ipv6=interface.ipv6 if 6 in versions else (),
    )
    link = Link(interface.name, interface.index, tuple(map(str, networks)), reason)
    return LinkPlan(link, used, tuple(networks))


def _excluded_on(exclusions: Sequence[AddressRange], interface: Interface, machine: Machine) -> str | None:
    """An excluded address on a link that is not our own, as text. It counts outside the targets too."""
    own = [range_of(ipaddress.ip_network(address)) for address in machine.own_addresses]
    for network in interface.networks:
        wanted = range_of(network)
        on_link = subtract([wanted], subtract([wanted], exclusions))
        foreign = subtract(on_link, own)
        if foreign:
            return str(foreign[0])
    return None


def _link_gap(names: str, reason: str, scope: Scope, touched: Sequence[Network]) -> Gap:
    """Link-local methods that are not used. They matter where nothing else reaches the prefix."""
    only_way = any(_is_unwalked(scope, network) for network in touched)
    return Gap(names, "link-local discovery", "not asked", reason, affects_verdict=only_way)


def _dead_link(interface: Interface, touched: Sequence[Network], machine: Machine) -> list[Gap]:
    """Prefixes that only an interface without a link leads to."""
    alive = {network for _, network in machine.connected}
    dead = ", ".join(str(network) for network in touched if network not in alive)
    reason = (
        f"{interface.name} is down, or no cable is in it: what lies on its link cannot be reached from here"
    )
    return [Gap(dead, "all", "no link", reason, affects_verdict=True)] if dead else []


def _is_unwalked(scope: Scope, network: Network) -> bool:
    wanted = range_of(network)
    return subtract([wanted], scope.unwalked) != (wanted,) and network.version == 6


def _unwalked_gaps(scope: Scope, links: Sequence[LinkPlan]) -> list[Gap]:
    gaps = []
    for found in scope.unwalked:
        on_link = [
            link.interface.name
            for link in links
            for network in link.networks
            if not subtract([found], [range_of(network)])
        ]
        if on_link:
            reason = (
                f"too large to walk: neighbours on {', '.join(on_link)} are found by multicast and the "
                "neighbour table; a host that answers neither is not seen"
            )
        else:
            reason = (
                "too large to walk, and on no link of ours: name addresses, or a prefix of /112 or longer"
            )
        gaps.append(Gap(str(found), "tcp", "not walked", reason, affects_verdict=not on_link))
    return gaps


def _estimate(
    scope: Scope,
    services: Sequence[Service],
    probes: Sequence[Probe],
    links: Sequence[LinkPlan],
    limits: Limits,
    *,
    raw: bool,
    engine: str,
) -> Estimate:
    by_nmap = engine == "nmap"
    attempt = nmap.ATTEMPTS * nmap.PACKETS_AN_ATTEMPT if by_nmap else limits.attempts * limits.syn_packets
    attempts = attempt * len(services)
    asks = sum(2 for probe in probes if probe.call is not None and probe.call.unicast)
    per_host = attempts + asks
    sweep = scope.size * per_host
    link_packets = 0
    for link in links:
        for probe in probes:
            if probe.call is not None:
                groups = sum(
                    bool(link.interface.ipv6 if ":" in group else link.interface.ipv4)
                    for group in probe.call.groups
                )
                link_packets += 3 * groups * (2 if probe.call.listen_port else 1)
        if raw:
            # ARP asks whoever has not answered three times.
            link_packets += 3 * sum(n.num_addresses for n in link.networks if n.version == 4)
    rounds = len(services) * limits.attempts * limits.syn_packets / limits.host_rate
    seconds = max((sweep + link_packets) / limits.rate, rounds) + limits.attempts * _ATTEMPT_SEEN
    if by_nmap:
        seconds = nmap.expected_sweep_seconds(scope.size, len(services), asks // 2, limits)
    return Estimate(
        sweep_packets=sweep,
        link_packets=link_packets,
        connections_per_host=min(limits.connections, sum(probe.connections for probe in probes)),
        requests_per_host=min(limits.requests, sum(probe.requests for probe in probes)),
        packets_per_silent_host=per_host,
        seconds=seconds,
    )
