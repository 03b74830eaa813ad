"""What changed between two runs, of what both covered by the same methods; and what had to be left out."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scanner.inventory.cover import Cover, lies_in
from scanner.inventory.hosts import neighbourhood
from scanner.inventory.prefixes import Prefixes, key_of
from scanner.inventory.words import NetworkView, RunView, Seen

_COMPARED = ("serial", "model", "firmware", "mac", "brand", "confidence")
"""Fields whose change is one."""


ONE_RUN = "one run only"
"""How the reason begins why a network was left out that only one run swept."""


class ChangeKind(StrEnum):
    """What may have changed."""

    APPEARED = "appeared"
    NOT_SEEN = "not-seen"
    """The later run did not see it; whether it is missing takes more than one sweep."""
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One device that is not as it was."""

    kind: ChangeKind
    device: str
    addresses: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A network that both runs covered whole."""

    prefix: str
    methods: tuple[str, ...]
    """By these, both of them."""
    before: str
    """The runs."""
    after: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A network or device that could not be compared, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Diff:
    """The whole comparison."""

    compared: tuple[Compared, ...] = ()
    changes: tuple[Change, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 no change, 3 changes, 4 nothing was comparable."""
        return (3 if self.changes else 0) if self.compared else 4


class _Pair:
    """Two runs of one site."""

    def __init__(self, before: RunView, after: RunView, only: Collection[str] | None) -> None:
        self.before, self.after = before, after
        self.earlier, self.later = Cover(before), Cover(after)
        self.was = {seen.device: seen for seen in before.seen}
        self.now = {seen.device: seen for seen in after.seen}
        named = dict.fromkeys(view.prefix for run in (before, after) for view in run.networks)
        self.prefixes = [prefix for prefix in named if only is None or neighbourhood(prefix) in only]
        self.common = self._common()
        self._within = Prefixes(self.common)
        walked = Prefixes(self.prefixes)
        self._partly = {wide for narrow in self.common for wide in walked.holding(narrow)}

    def _common(self) -> dict[str, frozenset[str]]:
        """The networks that both covered whole, the widest only, and the methods by which both did."""
        found: dict[str, frozenset[str]] = {}
        wider = Prefixes()
        for prefix in sorted(self.prefixes, key=lambda text: ipaddress.ip_network(text).prefixlen):
            methods = self.earlier.methods_at(prefix) & self.later.methods_at(prefix)
            if methods and not any(methods <= found[wide] for wide in wider.holding(prefix)):
                found[prefix] = methods
                wider.add(prefix)
        return found

    def place(self, seen: Seen) -> str:
        """The compared network in which a device was found by a method of both; empty for none."""
        for address in seen.addresses:
            for prefix in self._within.of_address(address):
                if self.common[prefix] & seen.methods:
                    return prefix
        return ""

    def rest(self, prefix: str) -> str:
        """What of a network is not compared; empty for nothing."""
        if any(self._within.holding(prefix)):
            return ""
        return f"the rest of {prefix}" if prefix in self._partly else prefix

    def answered(self, views: Iterable[NetworkView]) -> dict[str, set[str]]:
        """Who answered a run in each of the compared networks."""
        found: dict[str, set[str]] = {prefix: set() for prefix in self.common}
        by_prefix = {view.prefix: view.answered for view in views}
        for prefix, there in by_prefix.items():
            for wide in self._within.holding(prefix):
                found[wide] |= there
        wider = Prefixes(by_prefix)
        for prefix, mine in found.items():
            for wide in wider.holding(prefix):
                if wide == prefix:
                    continue
                mine |= {address for address in by_prefix[wide] if lies_in(address, prefix)}
        return found

    def last(self, device: str) -> tuple[str, ...]:
        """Where a device was seen."""
        return tuple(
            address
            for seen in (self.was.get(device), self.now.get(device))
            if seen is not None
            for address in seen.addresses
        )

    def reason(self, prefix: str) -> str:
        """Why a network is not compared."""
        said = []
        for name, run, cover in (
            (self.before.run, self.before, self.earlier),
            (self.after.run, self.after, self.later),
        ):
            views = [view for view in run.networks if view.prefix == prefix]
            methods = cover.methods_at(prefix)
            if any(view.interrupted for view in views):
                said.append(f"{name} was interrupted there")
            elif not methods:
                swept = views or any(_overlap(view.prefix, prefix) for view in run.networks)
                said.append(f"{name} did not {'cover it whole' if swept else 'sweep it'}")
            else:
                said.append(f"{name} covered it by {', '.join(sorted(methods))}")
        return "; ".join(said)


def _overlap(one: str, other: str) -> bool:
    (version, length, bits), (of, wide, more) = key_of(one), key_of(other)
    return version == of and bits >> max(length - wide, 0) == more >> max(wide - length, 0)


def diff(before: RunView, after: RunView, only: Collection[str] | None = None) -> Diff:
    """Compare two runs.

    Args:
        before: the earlier run.
        after: the later one, of the same site: an address means something only there.
        only: compare these networks of theirs only, with their pieces.
    """
    if before.site != after.site:
        reason = f"{before.run} is of site {before.site}, {after.run} of {after.site}"
        return Diff(left_out=(LeftOut("everything", reason),))
    pair = _Pair(before, after, only)
    changes = []
    left = [LeftOut(what, pair.reason(prefix)) for prefix in pair.prefixes if (what := pair.rest(prefix))]
    for device in dict.fromkeys((*pair.was, *pair.now)):
        for found in _of_device(pair, device):
            if isinstance(found, Change):
                changes.append(found)
            elif only is None or any(
                lies_in(address, prefix) for prefix in only for address in pair.last(device)
            ):
                left.append(found)
    compared = tuple(
        Compared(prefix, tuple(sorted(methods)), before.run, after.run)
        for prefix, methods in pair.common.items()
    )
    return Diff(compared, tuple(changes), tuple(left), tuple(_notes(pair)))


def _of_device(pair: _Pair, device: str) -> Iterator[Change | LeftOut]:
    was, now = pair.was.get(device), pair.now.get(device)
    there, here = was is not None and pair.place(was), now is not None and pair.place(now)
    if not there and not here:
        addresses = (was or now or _NOBODY).addresses
        what = f"{device} ({', '.join(addresses)})" if addresses else device
        yield LeftOut(what, "not where, or not by what, both runs looked")
    elif now is None and was is not None:
        yield Change(ChangeKind.NOT_SEEN, device, was.addresses, _silence(pair, was))
    elif was is None and now is not None:
        yield Change(ChangeKind.APPEARED, device, now.addresses, _named(now))
    elif was is not None and now is not None:
        if not set(was.addresses) & set(now.addresses):
            yield Change(ChangeKind.MOVED, device, now.addresses, f"from {', '.join(was.addresses)}")
        if detail := ", ".join(_changed(was, now)):
            yield Change(ChangeKind.CHANGED, device, now.addresses, detail)


_NOBODY = Seen("", (), (), frozenset(), {})


def _silence(pair: _Pair, was: Seen) -> str:
    """What the later run heard at the addresses where the earlier one had seen a device."""
    others = [name for address in was.addresses if (name := pair.later.taken_by(address, was.device))]
    if others:
        return f"{others[0]} answers there now"
    if any(pair.later.answered(address) for address in was.addresses):
        return "something answers there that could be it"
    return "silent"


def _named(seen: Seen) -> str:
    return " ".join(filter(None, (seen.fields.get("model", ""), seen.fields.get("serial", ""))))


def _changed(was: Seen, now: Seen) -> Iterator[str]:
    for name in _COMPARED:
        before, after = was.fields.get(name, ""), now.fields.get(name, "")
        if before and after and before != after:  # a field that one run could not read is no change
            yield f"{name} {before} → {after}"
    yield from (f"+{measure}" for measure in sorted(now.measures - was.measures))
    yield from (f"-{measure}" for measure in sorted(was.measures - now.measures))


def _notes(pair: _Pair) -> Iterator[str]:
    """Where the later run may have heard too little."""
    earlier, later = pair.answered(pair.before.networks), pair.answered(pair.after.networks)
    for prefix in pair.common:
        before, after = earlier[prefix], later[prefix]
        if 2 * len(before & after) < len(before):
            yield (
                f"{prefix}: {len(before & after)} of {len(before)} hosts of {pair.before.run} answered "
                f"{pair.after.run}; if that was an outage, what was not seen is no change"
            )


def as_they_are(before: RunView, after: RunView) -> tuple[RunView, RunView]:
    """Two runs that say already whom they saw."""
    return before, after


def last_two(
    runs: Sequence[RunView],
    read: Callable[[RunView, RunView], tuple[RunView, RunView]] = as_they_are,
) -> Diff:
    """Compare each network's last two runs.

    Args:
        runs: of any sites, in any order.
        read: is given two that are to be compared, and says whom they saw.
    """
    by_network: dict[tuple[str, str], list[RunView]] = {}
    for run in sorted(runs, key=lambda one: (one.at, one.run)):
        for prefix in dict.fromkeys(neighbourhood(view.prefix) for view in run.networks):
            by_network.setdefault((run.site, prefix), []).append(run)
    pairs: dict[tuple[str, str], tuple[RunView, RunView, list[str]]] = {}
    left = []
    for (site, prefix), theirs in sorted(by_network.items()):
        if len(theirs) < 2:
            left.append(LeftOut(f"{site} {prefix}", f"{ONE_RUN}: {theirs[0].run}"))
            continue
        before, after = theirs[-2:]
        pairs.setdefault((before.run, after.run), (before, after, []))[2].append(prefix)
    found = [diff(*read(before, after), prefixes) for before, after, prefixes in pairs.values()]
    return together([*found, Diff(left_out=tuple(left))])


def together(parts: Iterable[Diff]) -> Diff:
    """Several comparisons as one, the same change once."""
    parts = list(parts)
    return Diff(
        compared=tuple(one for part in parts for one in part.compared),
        changes=tuple(dict.fromkeys(one for part in parts for one in part.changes)),
        left_out=tuple(dict.fromkeys(one for part in parts for one in part.left_out)),
        notes=tuple(dict.fromkeys(one for part in parts for one in part.notes)),
    )
