"""Addresses that answer everything, and so are no devices: SYN proxies, catch-all pages, honeypots.

Two controls of a host (a port that nobody opens, a path that no server has) and a comparison of neighbours
find them. An address is a ghost only where they explain all that speaks for somebody: discovery that
answers, a serial number, a login that only a guarded path asks for leave it a device, for a proxy must not
hide a camera. One that was not looked at to the end is none. Reports of such addresses:
projectdiscovery/naabu#1738, robertdavidgraham/masscan#387, projectdiscovery/nuclei-templates#1384.
"""

from __future__ import annotations

import ipaddress
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.matcher.answers import Answers
from scanner.matcher.crossing import WEB
from scanner.matcher.rules import PAGE_FAMILIES
from scanner.model.coverage import Gap
from scanner.model.device import Device, DeviceClass
from scanner.model.evidence import Evidence, Maker
from scanner.model.protocol import Protocol
from scanner.model.report import GhostKind, Ignored

CLUSTER = 8
"""Neighbours with the same answers that make a cluster by themselves, where nobody is known to be a ghost."""
MUTE_CLUSTER = 16
"""The same for neighbours that accept connections and say nothing: old devices are short of words too."""
PREFIX = 3
"""Ghosts that accept everything from which on a prefix counts as hidden behind them."""
_GROUP_BITS = {4: 24, 6: 120}


@dataclass(frozen=True, slots=True)
class Suspect:
    """What of one host is needed to tell whether it is a ghost."""

    address: str
    answers: Answers
    unexplained: bool
    """Something speaks for a device that answering everything does not explain."""
    other_maker: bool = False
    """A page names another maker: that a program gives one page for all paths does not unmake it."""


def is_explained(one: Evidence, answers: Answers) -> bool:
    """Whether a host that answers everything explains this evidence: a page that it gives for every path.

    Programs on a server give their one page for every path by design, so theirs is evidence all the same; and
    devices of the maker exist that ask for a login whatever the path is.
    """
    if one.claims.maker is None:
        return True
    if one.claims.device_class == DeviceClass.PLATFORM:
        return False
    if one.protocol is Protocol.MAC:
        return one.claims.maker is not Maker.HIKVISION
    ports = answers.pages_alike if one.claims.maker is Maker.HIKVISION else answers.explained
    return one.protocol in WEB and one.family in PAGE_FAMILIES and one.port in ports


def suspect(address: str, answers: Answers, counting: Iterable[Evidence], *, named: bool) -> Suspect:
    """Judge one host for itself.

    Args:
        address: the host.
        answers: how it answers.
        counting: its evidence that counts.
        named: whether it states a serial number or an endpoint reference.
    """
    left = [one for one in counting if not is_explained(one, answers)]
    other = any(one.claims.maker is Maker.OTHER for one in counting if one.protocol is not Protocol.MAC)
    return Suspect(address, answers, bool(left or answers.datagrams or named) or not answers.is_alike, other)


def find_ghosts(suspects: Iterable[Suspect]) -> tuple[Ignored, ...]:
    """The ghosts among these hosts, in their order."""
    found: dict[str, Ignored] = {}
    free = [one for one in suspects if not one.unexplained]
    for one in free:
        ghost = _by_its_controls(one)
        if ghost is not None:
            found[one.address] = ghost
    for some in _clusters(free):
        proven = [one for one in some if one.address in found and one.answers.accepts_control]
        alike = some if _is_cluster(some) else [one for one in some if one.answers.accepts_control is None]
        if proven or alike is some:
            for one in alike:
                found.setdefault(one.address, _of_a_cluster(one, some, proven))
    return tuple(found[one.address] for one in free if one.address in found)


def _by_its_controls(one: Suspect) -> Ignored | None:
    answers = one.answers
    if answers.accepts_control and answers.looked:
        ports = ", ".join(map(str, sorted(answers.open))) or "none of the usual ones"
        seen = (
            f"port {answers.control}, which nobody opens, accepted a connection",
            f"ports that accepted: {ports}",
        )
        reason = "it accepts every port, and nothing that it says is a device's own"
        return Ignored(one.address, GhostKind.EVERY_PORT, reason, seen)
    if answers.is_one_page and not one.other_maker:
        shown = tuple(
            f"port {port}: the same page for {', '.join(web.by_path)}"
            for port, web in sorted(answers.web.items())
        )
        reason = "it gives one page for every path, a made-up one too, and says nothing else"
        return Ignored(one.address, GhostKind.EVERY_PATH, reason, shown)
    return None


def _clusters(suspects: Sequence[Suspect]) -> Iterator[list[Suspect]]:
    """Hosts of one subnet with the same answers."""
    by_print: dict[tuple[object, ...], list[Suspect]] = defaultdict(list)
    for one in suspects:
        group = group_of(one.address) if one.answers.looked else ""
        if group and (mark := one.answers.print()):
            by_print[group, mark].append(one)
    return (some for some in by_print.values() if len(some) > 1)


def _is_cluster(some: Sequence[Suspect]) -> bool:
    """Whether neighbours that nobody proved to be ghosts are so by their number and likeness alone."""
    answers = some[0].answers
    if answers.is_mute:
        return len(some) >= MUTE_CLUSTER
    uniform = bool(answers.web) and answers.explained == answers.web.keys() and not answers.spoke
    return uniform and len(some) >= CLUSTER and not any(one.other_maker for one in some)


def _of_a_cluster(one: Suspect, some: Sequence[Suspect], proven: Sequence[Suspect]) -> Ignored:
    ports = ", ".join(str(port) for port, _ in one.answers.print())
    seen = [f"{len(some)} addresses of {group_of(one.address)} answer alike at ports {ports}"]
    if proven:
        seen.append(f"{proven[0].address} among them accepts every port")
    reason = "it answers as its neighbours do, whatever is asked, and nothing that it says is a device's own"
    return Ignored(one.address, GhostKind.SAME_ANSWERS, reason, tuple(seen))


def group_of(address: str) -> str:
    """The subnet in which addresses are compared: a /24, or a /120 of IPv6; empty for what is no address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return str(ipaddress.ip_network((parsed, _GROUP_BITS[parsed.version]), strict=False))


def ghost_gaps(ghosts: Iterable[Ignored], devices: Iterable[Device]) -> Iterator[Gap]:
    """Prefixes in which something answers for everybody: a device behind it would not be seen.

    A prefix counts with a few of them, or with one where no device answered beside it.
    """
    hiding = Counter(group_of(ghost.address) for ghost in ghosts if ghost.kind is not GhostKind.EVERY_PATH)
    peopled = {group_of(address) for device in devices for address in device.addresses} if hiding else set()
    for group, count in hiding.items():
        what = f"{_accept(count)} or everything alike, as a proxy or firewall does"
        reason = f"{what}; a device behind it would not be seen"
        affects = count >= PREFIX or group not in peopled
        yield Gap(group, "tcp", "ghosts", reason, affects_verdict=affects)


def _accept(count: int) -> str:
    return f"{count} addresses accept every port" if count > 1 else "1 address accepts every port"
