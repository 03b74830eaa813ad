"""The coverage ledger: from what was told of a run to the state of every address, by a total function.

State grows with what answered; what did not is counted by arithmetic over the walked ranges.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scanner.model.coverage import AddressState, Coverage, Gap, MethodCount
from scanner.model.ending import Ending
from scanner.policy.counting import visited
from scanner.policy.marks import Marks
from scanner.policy.outcomes import RANK as _RANK
from scanner.policy.outcomes import method_state
from scanner.policy.prefixes import has_broadcast, holds, joined
from scanner.policy.proven import Proven
from scanner.policy.rules import ROUTER
from scanner.scope import (
    AddressRange,
    Network,
    Permutation,
    Scope,
    group_key,
    group_network,
    range_of,
    subtract,
)

SWEEP = "tcp"
_ROUTERS_AT_MOST = 3
"""Addresses of its own that a router (or a pair of them with a shared one) has in a prefix."""
_GAPS_LISTED = 64
"""Blind prefixes listed one by one; the rest is summed up in one line."""


class Ledger:
    """Counts what a run did.

    Args:
        scope: the targets.
        permutation: the order in which they are walked.
        sweep_methods: methods that ask every walked address (the sweep itself and unicast discovery).
        connected: prefixes of our own links.
    """

    def __init__(
        self,
        scope: Scope,
        permutation: Permutation,
        sweep_methods: Sequence[str],
        connected: Iterable[Network] = (),
    ) -> None:
        self._scope = scope
        self._permutation = permutation
        self._sweep_methods = tuple(sweep_methods)
        networks = tuple(connected)
        self._connected = [range_of(network) for network in networks]
        self._steps = 0
        self._answered: set[str] = set()
        self.talked: set[str] = set()
        """Addresses that accepted a connection of ours."""
        self._looked: set[str] = set()
        self._refused: set[str] = set()
        self._left: dict[str, str] = {}
        self._left_groups: dict[tuple[int, int], str] = {}
        self._life: set[tuple[int, int]] = set()
        self._refusers: dict[tuple[int, int], set[str]] = defaultdict(set)
        self._rejected: dict[str, str] = {}
        self._filters: dict[tuple[int, int], set[str]] = defaultdict(set)
        self._methods: dict[str, dict[str, Ending]] = defaultdict(dict)
        self._asked_groups: Counter[str] = Counter()
        self._gaps: dict[Gap, None] = {}
        self.proven = Proven()
        """What files of other tools prove asked, from wherever they asked."""
        self._unasked: defaultdict[str, Marks] = defaultdict(Marks)
        self._no_route = Marks()
        self._failed = Marks()
        self._no_hosts = {str(network.broadcast_address) for network in networks if has_broadcast(network)}

    def swept(self, steps: int) -> None:
        """All steps below this one are finished."""
        self._steps = max(self._steps, steps)

    def ended(self, method: str, address: str, ending: Ending) -> None:
        """One question to one address ended."""
        if ending in (Ending.NEVER_ASKED, Ending.FAULT) and method in self._sweep_methods:
            self._not_asked(method, address, ending)
            return
        known = self._methods[method].get(address)
        if known is None or _RANK[ending] > _RANK[known]:
            self._methods[method][address] = ending
        if method == ROUTER:
            return  # that a router answers shows nothing of the prefix that its address lies in
        state = method_state(ending)
        if state == "answered":
            self._answered.add(address)
            self._life.add(group_key(address))
            if method == SWEEP:
                self.talked.add(address)
        elif state == "refused":
            self._refused.add(address)
            self._refusers[group_key(address)].add(address)

    def _not_asked(self, method: str, address: str, ending: Ending) -> None:
        """A question of the sweep never left. There may be as many as addresses, so none is kept by name."""
        if address in self._no_hosts:
            return
        self._unasked[method].add(address)
        if method == SWEEP:
            (self._no_route if ending is Ending.NEVER_ASKED else self._failed).add(address)

    def observed(self, method: str, address: str) -> None:
        """An address sent something; what a router's table says of it is nothing that it sent."""
        if method != ROUTER:
            self.ended(method, address, Ending.COMPLETE)

    def told(self, method: str, address: str, ending: Ending) -> None:
        """A file of another tool says how a question ended: no sign that *our* packets get anywhere."""
        known = self._methods[method].get(address)
        if known is None or _RANK[ending] > _RANK[known]:
            self._methods[method][address] = ending
        (self._answered if method_state(ending) == "answered" else self._refused).add(address)

    def asked(self, method: str) -> None:
        """A method asked a group of addresses at once."""
        self._asked_groups[method] += 1

    def life(self, address: str) -> None:
        """A sign that packets get into a prefix, other than an answer of the asked address."""
        self._life.add(group_key(address))

    def knows_life(self, address: str) -> bool:
        """Whether the prefix of an address has shown such a sign already."""
        return group_key(address) in self._life

    def rejected(self, address: str, router: str) -> None:
        """Somebody on the way says that nothing gets through to an address."""
        self._rejected[address] = router
        self._filters[group_key(address)].add(router)

    def knows_rejected(self, address: str) -> bool:
        """Whether that has been said of an address already."""
        return address in self._rejected

    def _reached(self, key: tuple[int, int]) -> bool:
        """Whether something shows that packets get into a prefix.

        A few addresses that refuse and nothing else are what a router's own addresses in that prefix look
        like when a filter stands before everything behind it, so they show nothing.
        """
        refusers = len(self._refusers.get(key, ()))
        return key in self._life or (refusers > _ROUTERS_AT_MOST and key not in self._filters)

    def looked(self, address: str) -> None:
        """The conversations with an address are finished."""
        self._looked.add(address)

    def left(self, address: str, reason: str, *, prefix: bool) -> None:
        """An address, or the whole prefix of it, is left alone."""
        if prefix:
            self._left_groups[group_key(address)] = reason
        else:
            self._left[address] = reason

    def gap(self, gap: Gap) -> None:
        """Note something that was not looked at; the same gap counts once."""
        self._gaps.setdefault(gap)

    def has_answered(self, address: str) -> bool:
        """Whether an address sent anything or accepted a connection."""
        return address in self._answered

    def state_of(self, address: str) -> AddressState | None:
        """The state of one address as `coverage` counts it; None for one outside the scope."""
        if address not in self._scope:
            return AddressState.EXCLUDED if self._scope.leaves_out(address) else None
        known = self._known().get(address)
        if known is not None:
            return known
        key = group_key(address)
        if not self._walked(address):
            return AddressState.BLIND
        if not self._done(address) or key in self._left_groups or address in self._failed:
            return AddressState.ABORTED
        on_our_links = any(holds(link, address) for link in self._connected)
        seen = address not in self._no_route and (on_our_links or self._reached(key))
        return AddressState.SILENT if seen or not self.proven.missing(address) else AddressState.BLIND

    @property
    def alive(self) -> int:
        """Number of addresses that answered or refused."""
        return len(self._answered | self._refused)

    def coverage(self) -> Coverage:
        """The account of the run as it stands."""
        states: Counter[AddressState] = Counter()
        states[AddressState.EXCLUDED] = self._scope.excluded_size
        known = self._known()
        for state in known.values():
            states[state] += 1
        blind: list[tuple[int, int]] = []
        for key, aborted, silent, unseen in self._unnamed(known):
            states[AddressState.ABORTED] += aborted
            states[AddressState.BLIND] += unseen
            states[AddressState.SILENT] += silent
            if unseen:
                blind.append(key)
        return Coverage(
            addresses=sum(states.values()),
            by_state={state: states[state] for state in AddressState},
            by_method=self._by_method(),
            gaps=(
                *self._gaps,
                *self._left_gaps(),
                *self._rejected_gaps(),
                *self._blind_gaps(blind),
                *self._undone_gap(states),
            ),
        )

    def _unnamed(
        self, known: Mapping[str, AddressState], *, by_files: bool = True
    ) -> Iterator[tuple[tuple[int, int], int, int, int]]:
        """Of each group, how many walked addresses not known by name are aborted, silent and blind."""
        undone = self._undone_by_group()
        walked = [address for address in known if self._walked(address)]
        per_group = Counter(map(group_key, walked))
        known_undone = Counter(group_key(address) for address in walked if not self._done(address))
        failed_known = Counter(group_key(address) for address in known if address in self._failed)
        told = self.proven.silent(self._scope, known) if by_files else Counter()
        for key, size in self._scope.groups():
            aborted = undone.get(key, 0) - known_undone[key]
            silent = size - per_group[key] - aborted
            if silent > 0 and key in self._left_groups:
                aborted, silent = aborted + silent, 0
            if silent <= 0:
                yield key, aborted, 0, 0
                continue
            failed = min(silent, self._failed.count(key) - failed_known[key])
            silent -= failed
            unseen = 0 if self._reached(key) else self._outside_our_links(key)
            # What was never asked is not seen, whatever its neighbours do.
            unseen = min(silent, max(unseen, self._no_route.count(key)))
            if unseen == silent == size - per_group[key]:
                unseen -= told[key]  # somebody else asked each of their ports, and a file proves it
            yield key, aborted + failed, silent - unseen, unseen

    def whole_groups(self) -> set[tuple[int, int]]:
        """The /24s (/112s) of which we, and no file, asked each walked address, and our packets get there."""
        known = self._known()
        unseen = (AddressState.ABORTED, AddressState.BLIND)
        broken = {group_key(address) for address, state in known.items() if state in unseen}
        return {key for key, cut, _, dark in self._unnamed(known, by_files=False) if not cut + dark} - broken

    @property
    def spoke(self) -> frozenset[str]:
        """Every address that answered or refused, unless another may have refused in its name."""
        refused = (address for address in self._refused if group_key(address) not in self._filters)
        return frozenset((*self._answered, *refused))

    def methods_at(self, address: str) -> frozenset[str]:
        """The methods by which an address answered."""
        return frozenset(
            method
            for method, endings in self._methods.items()
            if address in endings and method_state(endings[address]) == "answered"
        )

    def _walked(self, address: str) -> bool:
        return self._scope.index(address) is not None

    def _done(self, address: str) -> bool:
        index = self._scope.index(address)
        return index is not None and self._permutation.step_of(index) < self._steps

    def _known(self) -> dict[str, AddressState]:
        """The state of every address that is known by name, the first that applies."""
        states: dict[str, AddressState] = {}
        for address in self._answered | self._refused | self._left.keys():
            if address not in self._scope:
                continue
            finished = self._done(address) or not self._walked(address)
            if (
                address in self._left
                or (group_key(address) in self._left_groups and address not in self._looked)
            ) or ((address in self.talked or not finished) and address not in self._looked):
                states[address] = AddressState.ABORTED
            else:
                states[address] = self._said(address)
        return states

    def _said(self, address: str) -> AddressState:
        if address in self._answered:
            return AddressState.ANSWERED
        # Where a filter on the way says no, it may have refused in the host's name as well.
        return AddressState.BLIND if group_key(address) in self._filters else AddressState.REFUSED

    def _undone_by_group(self) -> Counter[tuple[int, int]]:
        """How many walked addresses of each group were not finished."""
        undone: Counter[tuple[int, int]] = Counter()
        if self._steps < self._scope.size:
            for key, first, count in self._scope.pieces():
                undone[key] += count - visited(self._permutation, first, count, self._steps)
        return undone

    def _in_group(self, key: tuple[int, int]) -> tuple[AddressRange, ...]:
        wanted = range_of(group_network(key))
        return tuple(
            AddressRange(found.version, max(found.first, wanted.first), min(found.last, wanted.last))
            for found in self._scope.walked
            if found.version == wanted.version and found.first <= wanted.last and wanted.first <= found.last
        )

    def _outside_our_links(self, key: tuple[int, int]) -> int:
        """How many walked addresses of a group lie on no link of ours."""
        return sum(found.size for found in subtract(self._in_group(key), self._connected))

    def _by_method(self) -> dict[str, MethodCount]:
        counts: dict[str, MethodCount] = {}
        for method in dict.fromkeys((*self._sweep_methods, *self._asked_groups, *self._methods)):
            by_state = Counter(
                method_state(ending)
                for address, ending in self._methods.get(method, {}).items()
                if address in self._scope or method not in self._sweep_methods
            )
            if method in self._unasked:
                names = self._methods.get(method, {})
                unasked = self._unasked[method]
                by_state["stopped"] += len(unasked) - sum(name in unasked for name in names)
            named = sum(by_state.values())
            asked = named + self._asked_groups[method]
            if method in self._sweep_methods:
                asked = max(named, self._steps)
                by_state["silent"] += asked - named
            counts[method] = MethodCount(
                asked=asked,
                answered=by_state["answered"],
                silent=by_state["silent"],
                refused=by_state["refused"],
                stopped=by_state["stopped"],
            )
        return counts

    def _left_gaps(self) -> list[Gap]:
        gaps = [Gap(address, "all", "aborted", reason, True) for address, reason in self._left.items()]
        for key, reason in self._left_groups.items():
            gaps.append(Gap(str(group_network(key)), "all", "aborted", reason, True))
        return gaps

    def _rejected_gaps(self) -> list[Gap]:
        gaps = []
        for key, routers in self._filters.items():
            refused = len(self._refusers.get(key, set()) - self._answered)
            names = ", ".join(sorted(routers))
            if refused:
                reason = (
                    f"{names} on the way lets nothing through, or knows no route; {refused} refusals may be "
                    "its own and not the hosts'"
                )
                gaps.append(Gap(str(group_network(key)), SWEEP, "blind", reason, True))
        return gaps

    def _blind_gaps(self, blind: list[tuple[int, int]]) -> list[Gap]:
        unrouted = {key for key in blind if self._no_route.count(key)}
        dark = {
            key
            for key in blind
            if key not in unrouted and (not self._refusers.get(key) or key in self._filters)
        }
        gaps = [
            Gap(network, SWEEP, "blind", reason, True)
            for keys, reason in (
                (dark, "no sign of life from this prefix: no reply, no reset, no ICMP from inside it"),
                (unrouted, "no route leads there from this machine, so some or all of it was never asked"),
            )
            for network in joined(keys)
        ]
        gaps += [self._only_refusals(key) for key in blind if key not in dark | unrouted]
        if len(gaps) > _GAPS_LISTED:
            rest = f"{len(gaps) - _GAPS_LISTED} more prefixes"
            more = Gap(rest, SWEEP, "blind", "no sign that packets get into them either", True)
            return [*gaps[:_GAPS_LISTED], more]
        return gaps

    def _only_refusals(self, key: tuple[int, int]) -> Gap:
        names = ", ".join(sorted(self._refusers[key]))
        reason = (
            f"only {names} answered, with a refusal, as a router's own address does; nothing shows that "
            "packets get to what lies behind it"
        )
        return Gap(str(group_network(key)), SWEEP, "blind", reason, True)

    def _undone_gap(self, states: Counter[AddressState]) -> list[Gap]:
        left = self._scope.size - self._steps
        if left <= 0:
            return []
        reason = f"the sweep was stopped by us with {left} of {self._scope.size} addresses not finished"
        return [Gap(str(self._scope), SWEEP, "aborted", reason, states[AddressState.ABORTED] > 0)]
