"""A plan is carried out, once whatever happens: a write is kept before it is sent, and looked for after.

Before a write the tracker itself is asked again, since a person may have been there meanwhile; what does not
fit any more is left out and listed. An end that nobody knows is settled by asking the tracker, at the latest
when the next plan is carried out, and a create is never repeated before its search would have found it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from scanner.inventory.outbox import Entry, Outbox, Sent
from scanner.model.errors import Doubtful, ServiceFault, Throttled
from scanner.tickets.content import Writer, memo_of
from scanner.tickets.facts import Facts
from scanner.tickets.keys import fits, mark_of
from scanner.tickets.memo import CLOSED, add_mark
from scanner.tickets.trackers.interface import Draft, Tracker
from scanner.tickets.words import Act, Group, Step, Ticket

WAITS = 5
"""Times that a tracker may ask us to wait before one write is given up."""
LONGEST_WAIT = 120.0
"""Seconds of one wait."""
FAULTS_IN_A_ROW = 5
"""So many writes that fail one after another end it: the tracker is not well."""


class Done(StrEnum):
    """What became of a step."""

    DONE = "done"
    ALREADY = "already"
    """Somebody had done it: another store, or we before a crash."""
    CHANGED = "changed"
    """The ticket is not what it was when the plan was made; the next plan sees it as it is."""
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step, and why."""

    step: Step
    done: Done
    detail: str = ""
    ticket: str = ""


def utc_now() -> datetime:
    """The clock on the wall, in UTC."""
    return datetime.now(UTC)


class Applier:
    """Carries out steps.

    Args:
        tracker: to write to.
        outbox: what is written is kept there first.
        writer: of titles, blocks and comments, for a group.
        facts: what is known of a group's devices; read when a ticket is written.
        over: why nothing may be written any more; empty while it may be.
        now: the clock.
        sleep: waits, in seconds.
    """

    def __init__(
        self,
        tracker: Tracker,
        outbox: Outbox,
        writer: Callable[[Group], Writer],
        facts: Callable[[Group], Sequence[Facts]],
        *,
        over: Callable[[], str] = str,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._tracker, self._outbox, self._writer, self._facts = tracker, outbox, writer, facts
        self._over, self._now, self._sleep = over, now, sleep

    def settle(self) -> list[Entry]:
        """Find out what became of writes whose end is not known; returns those that are still in doubt.

        Raises:
            ServiceFault: the tracker cannot be asked.
        """
        doubtful = []
        for entry in self._outbox.unsettled():
            if entry.act != Act.CREATE:
                # What it was to do is seen from the ticket itself, and planned again if it is not there.
                self._outbox.end(entry, Sent.LAPSED, note="looked for before it is repeated")
                continue
            found = [one for one in self._tracker.find(entry.keys) if fits(one.keys, entry.keys)]
            if found:
                self._outbox.end(entry, Sent.DONE, min(found, key=lambda one: one.number).id, "found again")
            elif (self._now() - entry.at).total_seconds() >= self._tracker.lag:
                self._outbox.end(entry, Sent.LAPSED, note="the tracker does not have it")
            else:
                doubtful.append(entry)
        return doubtful

    def apply(self, steps: Sequence[Step]) -> Iterator[Outcome]:
        """Carry out steps, one after another; each outcome as it comes."""
        faults, why = 0, ""
        for step in steps:
            why = why or self._over()
            if why:
                yield Outcome(step, Done.NOT_TRIED, why)
                continue
            outcome = self._patiently(step)
            faults = faults + 1 if outcome.done in (Done.DOUBTFUL, Done.REFUSED) else 0
            if faults >= FAULTS_IN_A_ROW:
                why = f"{FAULTS_IN_A_ROW} writes failed one after another: {outcome.detail}"
            yield outcome

    def _patiently(self, step: Step) -> Outcome:
        """Do a step, and wait as often as the tracker asks for it."""
        said = ""
        for _ in range(WAITS):
            try:
                return self._create(step) if step.act is Act.CREATE else self._change(step)
            except Throttled as error:
                said = str(error)
                self._sleep(min(max(error.seconds, 1.0), LONGEST_WAIT))
            except ServiceFault as error:
                return Outcome(step, Done.REFUSED, str(error))
            except Doubtful as error:
                return Outcome(step, Done.DOUBTFUL, str(error))
        return Outcome(step, Done.REFUSED, f"it asks us to wait again and again: {said}")

    def _write(self, step: Step, keys: Sequence[str], ticket: str, write: Callable[[], str]) -> str:
        """Keep a write, send it, and keep how it ended; returns the ticket."""
        entry = self._outbox.begin(step.act, keys, ticket, step.mark, self._now())
        try:
            made = write()
        except ServiceFault as error:
            self._outbox.end(entry, Sent.REFUSED, note=str(error))
            raise
        except Doubtful as error:
            self._outbox.end(entry, Sent.DOUBTFUL, note=str(error))
            raise
        self._outbox.end(entry, Sent.DONE, made)
        return made

    # A new ticket.

    def _create(self, step: Step) -> Outcome:
        group = _group_of(step)
        keys = [key.text for key in group.keys]
        before = [one for one in self._tracker.find(keys) if one.open and fits(one.keys, keys)]
        if before:
            return Outcome(step, Done.ALREADY, "it is there by now", before[0].id)
        draft = self._draft(group, None, step.other)
        made = self._write(step, keys, "", lambda: self._tracker.create(draft))
        return Outcome(step, Done.DONE, "", made)

    def _draft(self, group: Group, ticket: Ticket | None, relates: str = "") -> Draft:
        return self._writer(group).draft(group, self._facts(group), memo_of(group, ticket), relates)

    # A ticket that is there.

    def _change(self, step: Step) -> Outcome:
        group, planned = _group_of(step), _ticket_of(step)
        ticket = self._tracker.read(planned.id)
        if ticket is None:
            return Outcome(step, Done.CHANGED, "it was deleted", planned.id)
        if ticket.id != planned.id:
            return Outcome(step, Done.CHANGED, f"it is {ticket.id} now", planned.id)
        if ticket.open != planned.open:
            return Outcome(step, Done.CHANGED, f"it is {ticket.state or 'not as it was'} now", ticket.id)
        if step.act is not Act.UPDATE and self._was_said(step, group, ticket):
            self._remember(step, group, ticket)
            return Outcome(step, Done.ALREADY, "it says so already", ticket.id)
        way = {
            Act.UPDATE: self._update,
            Act.COMMENT: self._comment,
            Act.CLOSE: self._close,
            Act.REOPEN: self._reopen,
            Act.DUPLICATE: self._duplicate,
        }[step.act]
        return way(step, group, ticket)

    @staticmethod
    def _was_said(step: Step, group: Group, ticket: Ticket) -> bool:
        """Whether a comment is there already: with a close or reopen only the state shows it was all done."""
        said = ticket.said | ticket.marks
        if step.act is not Act.COMMENT or step.change is None:
            return step.act is Act.COMMENT and step.mark in said
        return any(mark in said for mark in mark_of(group, step.change))

    def _remember(self, step: Step, group: Group, ticket: Ticket) -> None:
        entry = self._outbox.begin(
            step.act, [key.text for key in group.keys], ticket.id, step.mark, self._now()
        )
        self._outbox.end(entry, Sent.DONE, note="found there")

    def _update(self, step: Step, group: Group, ticket: Ticket) -> Outcome:
        draft = self._draft(group, ticket)
        return self._done(step, group, ticket, lambda: self._tracker.update(ticket, draft))

    def _comment(self, step: Step, group: Group, ticket: Ticket) -> Outcome:
        text = self._writer(group).note(step)
        return self._done(
            step, group, ticket, lambda: self._tracker.comment(ticket, text, add_mark(ticket.memo, step.mark))
        )

    def _close(self, step: Step, group: Group, ticket: Ticket) -> Outcome:
        memo, text = add_mark(ticket.memo, step.mark, CLOSED), self._text_once(step, ticket)
        return self._moved(step, group, ticket, lambda: self._tracker.close(ticket, text, memo))

    def _reopen(self, step: Step, group: Group, ticket: Ticket) -> Outcome:
        memo, text = add_mark(ticket.memo, step.mark, CLOSED), self._text_once(step, ticket)
        outcome = self._moved(step, group, ticket, lambda: self._tracker.reopen(ticket, text, memo))
        if outcome.done is Done.REFUSED:
            # No way leads back: a new ticket, which names the old one.
            return self._create(Step(Act.CREATE, group, None, step.why, other=ticket.id))
        return outcome

    def _duplicate(self, step: Step, group: Group, ticket: Ticket) -> Outcome:
        stays = self._tracker.read(step.other)
        if stays is None or not stays.open:
            return Outcome(step, Done.CHANGED, f"{step.other} is no longer open", ticket.id)
        text = self._text_once(step, ticket)
        return self._moved(
            step, group, ticket, lambda: self._tracker.duplicate(ticket, stays, text, step.mark)
        )

    def _text_once(self, step: Step, ticket: Ticket) -> str:
        """The comment that goes with a change of state; empty if a try before a crash left it there."""
        return "" if step.mark in ticket.said else self._writer(_group_of(step)).note(step)

    def _done(self, step: Step, group: Group, ticket: Ticket, write: Callable[[], None]) -> Outcome:
        def once() -> str:
            write()
            return ticket.id

        self._write(step, [key.text for key in group.keys], ticket.id, once)
        return Outcome(step, Done.DONE, "", ticket.id)

    def _moved(self, step: Step, group: Group, ticket: Ticket, write: Callable[[], bool]) -> Outcome:
        moved: list[bool] = []

        def once() -> str:
            moved.append(write())
            return ticket.id

        self._write(step, [key.text for key in group.keys], ticket.id, once)
        if moved[0]:
            return Outcome(step, Done.DONE, "", ticket.id)
        return Outcome(step, Done.REFUSED, "no way of its workflow leads there", ticket.id)


def _group_of(step: Step) -> Group:
    if step.group is None:
        raise ValueError(f"{step.act} is about no group")
    return step.group


def _ticket_of(step: Step) -> Ticket:
    if step.ticket is None:
        raise ValueError(f"{step.act} has no ticket")
    return step.ticket
