"""One host of an nmap scan, as its XML tells it: which ports were asked, how they ended, what was heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.importers.interface import PORTS, Row
from scanner.importers.making import address_of, tcp, time_of
from scanner.importers.nmap_fingerprint import kind_of, replies, request_of
from scanner.importers.nmap_scripts import Script, left_aside, pieces
from scanner.model.ending import Ended, Ending
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers.mac import canonical_mac
from scanner.parsers.other_tool import opinion_text

OBSERVATIONS_LIMIT = 512
"""Observations of one host."""
PAYLOAD_LIMIT = 256 * 1024
DOWN = "down: no port was asked"
NOTHING = "nothing of it is shown"
NAMELESS = "no address of a host"
_CONNECTS = frozenset({"syn", "connect"})
"""Kinds of scan in which silence and a refusal mean what they mean in ours."""


@dataclass(slots=True)
class Port:
    """One port as the file lists it."""

    number: int
    protocol: str
    state: str = ""
    reason: str = ""
    tls: bool = False
    fingerprint: str = ""
    opinion: list[tuple[str, str]] = field(default_factory=list)
    """What nmap concluded, word by word."""
    scripts: list[Script] = field(default_factory=list)


@dataclass(slots=True)
class Rest:
    """Ports that are not listed one by one."""

    state: str
    reasons: list[tuple[str, str, str]] = field(default_factory=list)
    """Reason, protocol, and the ports where this version of nmap tells them."""


@dataclass(slots=True)
class Asked:
    """What the scan as a whole asked: by it the ports that a host does not list are known."""

    ports: frozenset[int] = frozenset()
    """Those of the sweep that were asked by TCP in a way that shows silence."""
    counts: bool = True
    """Whether the kind of scan shows silence at all."""


@dataclass(slots=True)
class Host:
    """What is known of a host while its element is read."""

    addresses: list[str] = field(default_factory=list)
    mac: str = ""
    state: str = ""
    seen: str = ""
    timed_out: bool = False
    ports: list[Port] = field(default_factory=list)
    rest: list[Rest] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    opinion: list[tuple[str, str]] = field(default_factory=list)


def row_of(host: Host, asked: Asked, started: str, *, whole: bool) -> Row:
    """The row of a host; of one that was cut only what stands there, and no conclusion from the rest."""
    address = next((one for one in map(address_of, host.addresses) if one), "")
    if not address:
        return Row("host", unused=NAMELESS, broken=not whole)
    place = f"host {address}"
    at = time_of(host.seen) or started
    observations = tuple(_observations(host, address, at))[:OBSERVATIONS_LIMIT]
    endings = tuple(_endings(host, asked, address, at, whole=whole and not host.timed_out))
    unused = ""
    if not observations and not endings:
        unused = DOWN if host.state == "down" else NOTHING
    return Row(
        place,
        observations,
        endings,
        names=(address,),
        unused=unused,
        broken=not whole,
        left=tuple(filter(None, _left(host))),
    )


def ports_of(text: str) -> frozenset[int]:
    """The ports of the sweep in a list such as ``1-100,443``."""
    found: set[int] = set()
    for part in text.split(",")[:70_000]:
        low, dash, high = part.strip().partition("-")
        if low.isdigit() and len(low) <= 5 and (not dash or (high.isdigit() and len(high) <= 5)):
            last = int(high) if dash else int(low)
            found.update(port for port in PORTS if int(low) <= port <= last)
    return frozenset(found)


def counts(kind: str) -> bool:
    """Whether a kind of scan shows silence as ours would."""
    return kind in _CONNECTS


def _ending(state: str, reason: str) -> Ending | None:
    """How a port ended; None where the file does not prove it asked, or somebody on the way said no."""
    if state == "open":
        return Ending.COMPLETE
    if state == "closed":
        return Ending.REFUSED
    if state == "filtered" and reason in {"no-response", "no-responses"}:
        return Ending.SILENT
    return None


def _endings(host: Host, asked: Asked, address: str, at: str, *, whole: bool) -> Iterator[Ended]:
    listed: set[int] = set()
    for port in host.ports:
        if port.protocol != "tcp":
            continue
        listed.add(port.number)
        ending = _ending(port.state, port.reason)
        if ending is Ending.COMPLETE or (asked.counts and ending is not None and port.number in PORTS):
            yield tcp(address, port.number, ending, at)
    if not whole or not asked.counts or host.state == "down":
        return
    for port_number, ending in _unlisted(host.rest, asked.ports - listed):
        yield tcp(address, port_number, ending, at)


def _unlisted(rest: list[Rest], left: frozenset[int]) -> Iterator[tuple[int, Ending]]:
    """The ports that are summed up. Without their numbers, several sums leave open which is which."""
    told = [(one.state, *reason) for one in rest for reason in one.reasons if reason[1] in ("", "tcp")]
    if told and all(ports for *_, ports in told):
        for state, reason, _, ports in told:
            ending = _ending(state, reason)
            if ending is not None:
                yield from ((number, ending) for number in sorted(ports_of(ports) & left))
        return
    endings = {_ending(state, reason) for state, reason, *_ in told} or {
        _ending(one.state, "") for one in rest
    }
    if len(rest) == 1 and len(endings) == 1 and (ending := endings.pop()) is not None:
        yield from ((number, ending) for number in sorted(left))
    elif endings and None not in endings:
        # Each was asked; which of them refused is not told.
        yield from ((number, Ending.SILENT) for number in sorted(left))


def _observations(host: Host, address: str, at: str) -> Iterator[Observation]:
    if mac := canonical_mac(host.mac):
        yield Observation(address, Protocol.MAC, mac.encode("ascii"), at=at, synthesised=True)
    for port in host.ports:
        for question, data in replies(port.fingerprint):
            if protocol := kind_of(data, tls=port.tls):
                yield Observation(address, protocol, data, port.number, request_of(question), at=at)
        scripts = [one for one in port.scripts if not (port.fingerprint and one.id == "fingerprint-strings")]
        yield from _scripts(scripts, address, port.number, at, tls=port.tls)
        yield from _opinion(port.opinion, address, port.number, at)
    yield from _scripts(host.scripts, address, 0, at, tls=False)
    yield from _opinion(host.opinion, address, 0, at)


def _left(host: Host) -> Iterator[str]:
    """Each script that gave nothing."""
    for port in host.ports:
        for script in port.scripts:
            if not (port.fingerprint and script.id == "fingerprint-strings"):
                yield left_aside(script, tls=port.tls)
    for script in host.scripts:
        yield left_aside(script, tls=False)


def _opinion(words: list[tuple[str, str]], address: str, port: int, at: str) -> Iterator[Observation]:
    if payload := opinion_text(words):
        yield Observation(address, Protocol.OTHER_TOOL, payload, port, at=at, synthesised=True)


def _scripts(scripts: list[Script], address: str, port: int, at: str, *, tls: bool) -> Iterator[Observation]:
    for script in scripts:
        for piece in pieces(script, tls=tls):
            yield Observation(
                address,
                piece.protocol,
                piece.payload[:PAYLOAD_LIMIT],
                port,
                piece.request,
                at=at,
                synthesised=piece.synthesised,
            )
