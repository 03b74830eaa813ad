"""What became of devices and findings, in order: the one place where a state changes, by the table alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from scanner.inventory.transitions import Patience, Row, Trigger, row
from scanner.inventory.words import Event, EventKind, Transition

NEVER = datetime.min.replace(tzinfo=UTC)
"""When a state began that has not."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What makes a change: a run or a decision, and when."""

    at: datetime
    run: str = ""
    decision: str = ""

    @property
    def name(self) -> str:
        """The run or decision."""
        return self.run or self.decision


class Stateful(Protocol):
    """What has a state."""

    state: str
    since: datetime

    @property
    def subject(self) -> str:
        """Its id."""


@dataclass
class Chronicle:
    """The transitions and events of an inventory, in the order in which they happened."""

    patience: Patience = field(default_factory=Patience)
    transitions: list[Transition] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    _said: dict[Trigger, str] = field(default_factory=dict)

    def move(
        self,
        table: Sequence[Row],
        what: Stateful,
        trigger: Trigger,
        cause: Cause,
        evidence: Sequence[str] = (),
    ) -> bool:
        """Change a state by a row of the table; False: no row leads on from here by this trigger."""
        found = row(table, what.state, trigger)
        if found is None:
            return False
        self.transitions.append(
            Transition(
                subject=what.subject,
                before=what.state,
                after=found.after,
                trigger=trigger,
                needs=self._needs(found),
                run=cause.run,
                decision=cause.decision,
                at=cause.at,
                evidence=tuple(evidence) or tuple(filter(None, (cause.name,))),
            )
        )
        what.state, what.since = found.after, cause.at
        return True

    def wait(self, patience: Patience) -> None:
        """Go on by other numbers."""
        self.patience = patience
        self._said.clear()

    def _needs(self, found: Row) -> str:
        if found.trigger not in self._said:
            self._said[found.trigger] = found.said(self.patience)
        return self._said[found.trigger]

    def tell(self, kind: EventKind, subject: str, cause: Cause, detail: str) -> None:
        """Note an event."""
        self.events.append(Event(kind, subject, cause.at, cause.run, cause.decision, detail))
