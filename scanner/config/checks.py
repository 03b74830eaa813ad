"""What a well-formed configuration can still get wrong: addresses, profiles, windows that never open."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from scanner.config.faults import Fault, key_text, line_of
from scanner.config.network import Network
from scanner.config.positions import Path
from scanner.config.schema import Settings
from scanner.config.words import near
from scanner.model.errors import UsageError
from scanner.scope import (
    MANY,
    AddressRange,
    Scope,
    merge,
    parse_target,
    public_part,
    range_of,
    ranges_text,
    subtract,
)

REHEARSAL = "rehearsal"
"""The site of loopback addresses, which stands outside every total."""

_EXAMPLES = tuple(
    range_of(ipaddress.ip_network(text))
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
_LOOPBACK = tuple(range_of(ipaddress.ip_network(text)) for text in ("127.0.0.0/8", "::1/128"))


class Checks:
    """Everything that can be told without touching a network or a clock.

    Args:
        settings: the whole file.
        found: its networks.
        lines: which line holds which key.
        place: the name of the file.
        profiles: that there are.
    """

    def __init__(
        self, settings: Settings, found: Sequence[Network], lines: Mapping[Path, int], place: str,
        profiles: Collection[str],
    ) -> None:  # fmt: skip
        self._settings = settings
        self._networks = found
        self._lines = lines
        self._place = place
        self._profiles = profiles

    def faults(self) -> Iterator[Fault]:
        """What must be put right."""
        if not self._networks:
            yield self._fault(
                ("sites",), "there is no network yet; write [sites.SITE.networks.NAME] with its targets"
            )
        patience = self._settings.inventory
        if patience.missing_sweeps > patience.missing_of:
            message = f"{patience.missing_sweeps} sweeps of {patience.missing_of} are never reached"
            yield self._fault(("inventory", "missing_sweeps"), message)
        for seat, table in self._tables():
            yield from self._of_table(seat, table)
        for network in self._networks:
            yield from self._of_network(network)

    def warnings(self) -> Iterator[Fault]:
        """What is allowed and probably not meant."""
        for network in self._networks:
            yield from self._of_exclusions(network)
            yield from self._of_windows(network)
        for one, other in _overlapping(self._networks):
            message = f"{_shared(one, other)} is in {one.id} too, and will be swept by both"
            yield self._fault((*_seat(other), "targets"), message)

    def _tables(self) -> Iterator[tuple[Path, object]]:
        yield (), self._settings
        for site, table in self._settings.sites.items():
            yield ("sites", site), table
            for name, network in table.networks.items():
                yield ("sites", site, "networks", name), network

    def _of_table(self, seat: Path, table: object) -> Iterator[Fault]:
        """Faults of one table's own keys; what is inherited is told where it stands."""
        for position, name in enumerate(getattr(table, "profile", None) or ()):
            if name not in self._profiles:
                hint = near(name, self._profiles) or "'hiksweep mandates profiles' lists them"
                yield self._fault((*seat, "profile", position), f"{name!r} is no profile; {hint}")
        for position, text in enumerate(getattr(table, "exclude", ())):
            if fault := _not_addresses(text):
                yield self._fault((*seat, "exclude", position), fault)
        for position, text in enumerate(getattr(table, "targets", ())):
            if fault := _not_addresses(text):
                yield self._fault((*seat, "targets", position), fault)

    def _of_network(self, network: Network) -> Iterator[Fault]:
        targets = (*_seat(network), "targets")
        ranges = [found for text in network.targets if (found := _range(text))]
        scope = scope_of(network)
        for position, text in enumerate(network.targets):
            yield from self._of_target(network, (*targets, position), text)
        if ranges and not scope.walked and not scope.unwalked:
            yield self._fault(targets, "nothing is left to sweep: exclude covers every target")
        if network.yes:
            return
        if scope.size > MANY:
            yield self._fault(
                targets, f"{scope.size:,} addresses are more than 2^24; add yes = true if you mean it"
            )
        if public := public_part((*scope.walked, *scope.unwalked)):
            names = ", ".join(ranges_text(public[:3]))
            whose = "which may be somebody else's; add yes = true if they are yours to scan"
            yield self._fault(targets, f"{names}: public addresses, {whose}")

    def _of_target(self, network: Network, path: Path, text: str) -> Iterator[Fault]:
        found = _range(text)
        if found is None:
            return
        loopback = subtract([found], _LOOPBACK) != subtract([found], [])
        if not subtract([found], _EXAMPLES):
            yield self._fault(path, f"{text!r} is kept for examples; write your own network")
        elif network.site == REHEARSAL and subtract([found], _LOOPBACK):
            yield self._fault(path, f"{text!r}: the site rehearsal holds loopback addresses only")
        elif network.site != REHEARSAL and loopback:
            yield self._fault(
                path, f"{text!r} is this machine itself; loopback belongs to the site rehearsal"
            )

    def _of_exclusions(self, network: Network) -> Iterator[Fault]:
        targets = [found for text in network.targets if (found := _range(text))]
        own = self._settings.sites[network.site].networks[network.name].exclude
        for position, text in enumerate(own):
            found = _range(text)
            if found and subtract(targets, [found]) == subtract(targets, []):
                message = f"{text!r} lies outside the targets and leaves nothing out"
                yield self._fault((*_seat(network), "exclude", position), message)

    def _of_windows(self, network: Network) -> Iterator[Fault]:
        longest = timedelta(minutes=max((window.minutes for window in network.windows), default=0))
        if network.windows and network.jitter >= longest:
            yield self._fault(
                self._nearest(network, "jitter"), "as long as the longest window; nothing would be swept"
            )

    def _nearest(self, network: Network, key: str) -> Path:
        seat = _seat(network)
        return next(
            (path for path in ((*seat, key), (*seat[:2], key), (key,)) if path in self._lines), (*seat, key)
        )

    def _fault(self, path: Path, message: str) -> Fault:
        return Fault(line_of(path, self._lines), self._place, key_text(path), message)


def scope_of(network: Network) -> Scope:
    """What of a network may be touched; texts that are no addresses are left to `Checks`."""
    return Scope.of(
        [found for text in network.targets if (found := _range(text))],
        [found for text in network.exclude if (found := _range(text))],
    )


def prefixes_of(network: Network) -> tuple[str, ...]:
    """The targets of a network as prefixes, the fewest that are exactly them."""
    ranges = merge(found for text in network.targets if (found := _range(text)))
    return tuple(str(prefix) for part in ranges for prefix in part.networks())


def _seat(network: Network) -> tuple[str, str, str, str]:
    return ("sites", network.site, "networks", network.name)


def _not_addresses(text: str) -> str:
    """What is wrong with a text that should name addresses; empty = nothing."""
    try:
        found = parse_target(text)
    except UsageError as error:
        return str(error)
    if isinstance(found, AddressRange):
        return ""
    return (
        f"{text!r} is a name; write addresses, a prefix such as 10.1.0.0/24, or a range such as 10.1.0.5-40"
    )


def _range(text: str) -> AddressRange | None:
    try:
        found = parse_target(text)
    except UsageError:
        return None
    return found if isinstance(found, AddressRange) else None


def _overlapping(networks: Sequence[Network]) -> list[tuple[Network, Network]]:
    """Networks of one site that share addresses, the earlier of the file first; one pair for each stretch."""
    parts = sorted(
        (network.site, part.version, part.first, part.last, place)
        for place, network in enumerate(networks)
        for scope in (scope_of(network),)
        for part in (*scope.walked, *scope.unwalked)
    )
    pairs: set[tuple[int, int]] = set()
    reach: tuple[str, int, int, int] | None = None
    for site, version, first, last, place in parts:
        if reach is not None and reach[:2] == (site, version) and first <= reach[2]:
            if place != reach[3]:
                pairs.add((min(place, reach[3]), max(place, reach[3])))
            if last <= reach[2]:
                continue
        reach = (site, version, last, place)
    return [(networks[one], networks[other]) for one, other in sorted(pairs)]


def _shared(one: Network, other: Network) -> str:
    """What two networks both sweep, in words."""
    first, second = scope_of(one), scope_of(other)
    ours = (*first.walked, *first.unwalked)
    shared = subtract(ours, subtract(ours, (*second.walked, *second.unwalked)))
    return ", ".join(ranges_text(shared[:2])) + (" and more" if len(shared) > 2 else "")
