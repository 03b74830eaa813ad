"""The account of a run that sends nothing: what the files of other tools prove, and what they leave open.

Nothing is taken for granted that a file does not show. An address is silent only if each port of the sweep
was shown to be asked of it without an answer; what is in scope and shown in no such way is blind.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable

from scanner.model.coverage import AddressState, Coverage, Gap, MethodCount
from scanner.policy.ledger import SWEEP, Ledger
from scanner.policy.prefixes import joined
from scanner.policy.rules import SWEPT_PORTS
from scanner.scope import AddressRange, Permutation, Scope, group_key, group_network, merge

_GAPS_LISTED = 64
"""Prefixes listed one by one; the rest is summed up in one line."""
_PORTS = f"{', '.join(map(str, SWEPT_PORTS[:-1]))} and {SWEPT_PORTS[-1]}"


class FileLedger(Ledger):
    """Counts what files say.

    Args:
        scope: the addresses that the user named; empty for those that the files name.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, Permutation.of(0, 0), ())
        self._named: list[AddressRange] = []
        self._by_file = not (scope.walked or scope.unwalked or scope.excluded)

    def name(self, ranges: Iterable[AddressRange]) -> None:
        """Files name these addresses."""
        self._named += ranges

    def _whole_scope(self) -> Scope:
        """The scope; where it is what the files name, as far as they have been read."""
        if self._by_file:
            # Of a run that was killed, the names may not have been written: what spoke is in scope anyhow.
            heard = map(_single, self._answered | self._refused)
            self._scope = Scope(merge([*self._named, *heard]))
        return self._scope

    def state_of(self, address: str) -> AddressState | None:
        """The state of one address as `coverage` counts it; None for one outside the scope."""
        scope = self._whole_scope()
        if address not in scope:
            return AddressState.EXCLUDED if scope.leaves_out(address) else None
        if address in self._answered:
            return AddressState.ANSWERED
        if address in self._refused:
            return AddressState.REFUSED
        return AddressState.BLIND if self.proven.missing(address) else AddressState.SILENT

    def coverage(self) -> Coverage:
        """The account as it stands."""
        scope = self._whole_scope()
        answered = {address for address in self._answered if address in scope}
        refused = {address for address in self._refused if address in scope} - answered
        spoke = answered | refused
        silent = self.proven.silent(scope, spoke)
        per_group = Counter(group_key(address) for address in spoke if self._walked(address))
        blind = {
            key: unseen
            for key, size in _sizes(scope).items()
            if (unseen := size - per_group[key] - silent[key]) > 0
        }
        states = {
            AddressState.EXCLUDED: scope.excluded_size,
            AddressState.ANSWERED: len(answered),
            AddressState.REFUSED: len(refused),
            AddressState.SILENT: silent.total(),
            AddressState.BLIND: sum(blind.values()),
        }
        return Coverage(
            addresses=sum(states.values()),
            by_state={state: states.get(state, 0) for state in AddressState},
            by_method=self._methods_of(silent.total()),
            gaps=(*self._gaps, *self._scope_gaps(), *_blind(blind), *self._not_asked_gaps(spoke)),
        )

    def _methods_of(self, silent: int) -> dict[str, MethodCount]:
        counts = self._by_method()
        if silent:
            ports = counts.get(SWEEP, MethodCount())
            counts[SWEEP] = MethodCount(ports.asked + silent, ports.answered, silent, ports.refused)
        return counts

    def _scope_gaps(self) -> list[Gap]:
        if not (self._scope.walked or self._scope.unwalked or self._scope.excluded):
            return [Gap("all", "import", "not asked", "the files name no address", affects_verdict=True)]
        reason = "too large to be shown asked, address by address: only what the files name is seen"
        return [
            Gap(str(found), "import", "not walked", reason, affects_verdict=True)
            for found in self._scope.unwalked
        ]

    def _not_asked_gaps(self, spoke: Iterable[str]) -> list[Gap]:
        """Addresses that spoke, but of which the files do not show that every port was asked."""
        counts: Counter[tuple[tuple[int, int], tuple[int, ...]]] = Counter()
        for address in spoke:
            if ports := self.proven.missing(address):
                counts[group_key(address), ports] += 1
        gaps = [
            Gap(
                str(group_network(key)),
                SWEEP,
                "not asked",
                f"{_addresses(count)} spoke, but no file shows that every port was asked: "
                f"{', '.join(map(str, ports))} not",
                affects_verdict=True,
            )
            for (key, ports), count in sorted(counts.items())
        ]
        return _shortened(gaps, "not asked", "ports there are not shown to be asked either")


def _single(address: str) -> AddressRange:
    parsed = ipaddress.ip_address(address)
    return AddressRange(parsed.version, int(parsed), int(parsed))


def _sizes(scope: Scope) -> Counter[tuple[int, int]]:
    """The walked addresses of each group."""
    sizes: Counter[tuple[int, int]] = Counter()
    for key, size in scope.groups():
        sizes[key] += size
    return sizes


def _blind(unseen: dict[tuple[int, int], int]) -> list[Gap]:
    """Prefixes with addresses of which the files say nothing, or not enough."""
    reason = f"no file shows that ports {_PORTS} were each asked there"
    gaps = [Gap(network, SWEEP, "blind", reason, affects_verdict=True) for network in joined(unseen)]
    return _shortened(gaps, "blind", "not shown to be asked there either")


def _shortened(gaps: list[Gap], state: str, reason: str) -> list[Gap]:
    if len(gaps) <= _GAPS_LISTED:
        return gaps
    rest = f"{len(gaps) - _GAPS_LISTED:,} more"
    return [*gaps[:_GAPS_LISTED], Gap(rest, SWEEP, state, reason, affects_verdict=True)]


def _addresses(count: int) -> str:
    return "1 address" if count == 1 else f"{count:,} addresses"
