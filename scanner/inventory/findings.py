"""What becomes of a device under a measure: open, waived until a day, closed, declared, retracted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from scanner.inventory.chronicle import NEVER, Cause, Chronicle
from scanner.inventory.transitions import FINDINGS, Patience, Trigger
from scanner.inventory.words import Decision, FindingState

_STANDING = (FindingState.OPEN, FindingState.WAIVED)


@dataclass
class FindingLife:
    """One device under one measure, as far as it has been told in order."""

    device: str
    measure: str
    state: str = ""
    since: datetime = NEVER
    opened: datetime | None = None
    """When it was found first."""
    waived_until: date | None = None
    """The last day of its waiver; None: it has none now."""
    waiver: str = ""
    """The decision that waived it."""

    @property
    def subject(self) -> str:
        """The finding's id."""
        return finding_id(self.device, self.measure)


def finding_id(device: str, measure: str) -> str:
    """The id of a device under a measure."""
    return f"{device}/{measure}"


class Findings:
    """The findings of an inventory."""

    def __init__(
        self,
        chronicle: Chronicle,
        by_device: MutableMapping[str, dict[str, FindingLife]] | None = None,
        waived: dict[str, str] | None = None,
    ) -> None:
        self.by_device: MutableMapping[str, dict[str, FindingLife]] = {} if by_device is None else by_device
        self._chronicle = chronicle
        self._waived: dict[str, str] = {} if waived is None else waived

    def of(self, device: str) -> Iterable[FindingLife]:
        """The findings of a device, in the order in which they were found."""
        known: dict[str, FindingLife] = self.by_device.get(device, {})
        return known.values()

    def seen(self, device: str, measures: Collection[str], judged: Collection[str], cause: Cause) -> None:
        """A run saw the device and judged it.

        Args:
            device: its id.
            measures: those that reach it.
            judged: those that the run judged by; what it did not judge by stays as it is.
            cause: the run.
        """
        known = self.by_device.setdefault(device, {})
        fresh = (one for one in measures if one not in known or known[one].state not in _STANDING)
        for measure in sorted(fresh):
            finding = known.setdefault(measure, FindingLife(device, measure))
            if self._move(finding, Trigger.FOUND, cause):
                finding.opened = cause.at
            else:
                self._move(finding, Trigger.FOUND_AGAIN, cause)
        if len(known) > len(measures):
            for measure in sorted(set(known).intersection(judged).difference(measures)):
                self._move(known[measure], Trigger.NOT_REACHED, cause)

    def cleared(self, device: str, cause: Cause) -> None:
        """The device is none of the maker's by what is known today: it never was one."""
        for finding in self.of(device):
            self._move(finding, Trigger.NOT_REACHED, cause)

    def removed(self, device: str, cause: Cause, evidence: Collection[str]) -> None:
        """The removal of the device is verified."""
        for finding in self.of(device):
            self._move(finding, Trigger.REMOVED, cause, tuple(evidence))

    def retired(self, device: str, cause: Cause) -> bool:
        """The device's network is out of service by a person's word; whether that closed anything."""
        moved = [self._move(one, Trigger.RETIRED, cause) for one in self.of(device)]
        return any(moved)

    def waive(self, decision: Decision) -> str:
        """A person waives a finding, or all findings of a device; returns why that does not fit."""
        device, _, measure = decision.subject.partition("/")
        known = self.by_device.get(device, {})
        chosen = [one for name, one in known.items() if measure in ("", name)]
        if not chosen:
            return "there was no such finding then"
        until = waiver_end(decision.data, decision.at, self._chronicle.patience)
        if isinstance(until, str):
            return until
        cause = Cause(decision.at, decision=decision.id)
        moved = [one for one in chosen if self._move(one, Trigger.WAIVED, cause)]
        for finding in moved:
            finding.waived_until, finding.waiver = until, decision.id
            self._waived[finding.subject] = until.isoformat()
        return "" if moved else "it was not open then"

    def expire(self, at: datetime) -> None:
        """End every waiver whose last day was over by then."""
        ended = [(over(date.fromisoformat(day)), subject) for subject, day in self._waived.items()]
        for moment, subject in sorted(ended):
            if moment <= at:
                device, _, measure = subject.partition("/")
                finding = self.by_device[device][measure]
                cause = Cause(moment, decision=finding.waiver)
                self._move(finding, Trigger.WAIVER_ENDED, cause)

    def _move(
        self, finding: FindingLife, trigger: Trigger, cause: Cause, evidence: Collection[str] = ()
    ) -> bool:
        moved = self._chronicle.move(FINDINGS, finding, trigger, cause, tuple(evidence))
        if moved and finding.state != FindingState.WAIVED:
            finding.waived_until, finding.waiver = None, ""
            self._waived.pop(finding.subject, None)
        return moved


def over(last_day: date) -> datetime:
    """The moment at which a day is over, in UTC."""
    return datetime.combine(last_day + timedelta(days=1), time(), UTC)


def waiver_end(data: Mapping[str, object], at: datetime, patience: Patience) -> date | str:
    """The last day of a waiver, or why there can be none."""
    try:
        until = date.fromisoformat(str(data.get("until", "")))
    except ValueError:
        return "a waiver needs the day on which it ends, as YYYY-MM-DD"
    if not str(data.get("reason", "")).strip():
        return "a waiver needs a reason"
    if over(until) <= at:
        return f"{until} is over already"
    if until > at.date() + timedelta(days=patience.waiver_days):
        return f"{until} is more than a year ahead; a waiver is renewed each year"
    return until
