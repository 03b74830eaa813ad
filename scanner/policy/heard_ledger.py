"""The account of a run that only listens: who spoke is counted, and nobody was asked."""

from __future__ import annotations

from scanner.model.coverage import AddressState, Coverage, Gap, MethodCount
from scanner.model.ending import Ending
from scanner.policy.ledger import Ledger
from scanner.scope import Permutation, Scope

LISTEN = "listen"
"""Name of the engine, and of the method in observations."""
PASSIVE = Gap(
    "all",
    LISTEN,
    "not asked",
    "only what spoke by itself was heard; whoever kept silent meanwhile was not seen",
    affects_verdict=True,
)
"""Why listening alone is never complete."""


class HeardLedger(Ledger):
    """Counts the addresses that spoke."""

    def __init__(self) -> None:
        scope = Scope(walked=())
        super().__init__(scope, Permutation.of(scope.size, 0), ())
        self._heard: set[str] = set()
        self._noted: dict[Gap, None] = {PASSIVE: None}

    def ended(self, method: str, address: str, ending: Ending) -> None:
        """Nothing is asked, so nothing ends; an address that speaks is heard."""
        del method, ending
        self._heard.add(address)

    def gap(self, gap: Gap) -> None:
        """Note something that was not heard; the same gap counts once."""
        self._noted.setdefault(gap)

    def has_answered(self, address: str) -> bool:
        """Whether an address spoke."""
        return address in self._heard

    @property
    def alive(self) -> int:
        """Number of addresses that spoke."""
        return len(self._heard)

    def state_of(self, address: str) -> AddressState | None:
        """Answered, for an address that spoke; None for any other, since none is in a scope."""
        return AddressState.ANSWERED if address in self._heard else None

    def coverage(self) -> Coverage:
        """The account of the run as it stands; never complete."""
        count = len(self._heard)
        states = {state: count if state is AddressState.ANSWERED else 0 for state in AddressState}
        return Coverage(count, states, {LISTEN: MethodCount(answered=count)}, tuple(self._noted))
