"""A tracker that cannot be asked: what it was told is remembered in the store, and answered from there.

Mail and webhooks take a message and tell nothing. So `Remembered` is the tracker, a `Sender` only sends, and
each message has a name that is the same whenever it is sent again: at least once, with the same name, is all
that can be had. A lost store, or a second one, tells everything once more, by the same names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from scanner.inventory.outbox import Outbox, Sent
from scanner.tickets.apply import utc_now
from scanner.tickets.markup import plain
from scanner.tickets.memo import marks_in, version_in
from scanner.tickets.trackers.interface import Draft
from scanner.tickets.trackers.sending import Message, Sender
from scanner.tickets.words import Act, Ticket


class Remembered:
    """The tickets that a sender was told of.

    Args:
        sender: sends.
        ledger: keeps what was sent; an outbox of its own, beside that of the writes.
        now: the clock.
    """

    lag = 0.0

    def __init__(self, sender: Sender, ledger: Outbox, now: Callable[[], datetime] = utc_now) -> None:
        self._sender, self._ledger, self._now = sender, ledger, now
        self.name, self.markup = sender.name, sender.markup
        self._told: dict[str, Ticket] = {}
        self._updates: Counter[str] = Counter()
        self._count = 0
        """Of messages."""

    def who(self) -> str:
        """Ask the sender, and read what it was told."""
        self._load()
        return self._sender.who()

    def tickets(self) -> Iterator[Ticket]:
        """Every ticket that was told of, by the order in which they were made."""
        self._load()
        yield from tuple(self._told.values())

    def find(self, keys: Sequence[str]) -> list[Ticket]:
        """Those with one of these keys."""
        wanted = frozenset(keys)
        return [one for one in self._told.values() if one.keys & wanted]

    def read(self, ticket: str) -> Ticket | None:
        """One of them; None: it was never told of."""
        return self._told.get(ticket)

    def create(self, draft: Draft) -> str:
        """The message that begins a ticket."""
        name = draft.keys[0]
        if name in self._told:  # and it has its keys no more, as a duplicate
            name += f".{sum(one.startswith(name) for one in self._told) + 1}"
        first = f"{name}.new"
        message = Message(
            first, first, Act.CREATE, name, draft.title, draft.body, draft.memo, draft.due, draft.relates
        )
        self._send(message, draft.keys)
        return name

    def update(self, ticket: Ticket, draft: Draft) -> None:
        """What is known now."""
        # The same may be known again after something else was.
        what = f"{version_in(draft.memo)}.{self._updates[ticket.id] + 1}"
        self._tell(
            Act.UPDATE, replace(ticket, title=draft.title), draft.body, draft.memo, what, due=draft.due
        )

    def comment(self, ticket: Ticket, text: str, memo: str) -> None:
        """A comment."""
        self._tell(Act.COMMENT, ticket, text, memo, _mark(memo))

    def close(self, ticket: Ticket, text: str, memo: str) -> bool:
        """That nothing is left to do."""
        self._tell(Act.CLOSE, ticket, text, memo, _mark(memo))
        return True

    def reopen(self, ticket: Ticket, text: str, memo: str) -> bool:
        """That something is to be done again."""
        self._tell(Act.REOPEN, ticket, text, memo, _mark(memo))
        return True

    def duplicate(self, ticket: Ticket, of: Ticket, text: str, memo: str) -> bool:
        """That another one stays."""
        self._tell(Act.DUPLICATE, ticket, text, memo, _mark(memo), other=of.id)
        return True

    def _tell(
        self, act: Act, ticket: Ticket, text: str, memo: str, what: str, *, due: str = "", other: str = ""
    ) -> None:
        name, first = f"{ticket.id}.{what}", f"{ticket.id}.new"
        self._send(Message(name, first, act, ticket.id, ticket.title, text, memo, due, other), ())

    def _send(self, message: Message, keys: Sequence[str]) -> None:
        at = self._now()
        self._sender.send(replace(message, at=at))
        # A crash before this is kept sends it once more, by the same name.
        entry = self._ledger.begin(message.act, keys, message.ticket, message.id, at)
        self._ledger.end(entry, Sent.DONE, note=f"{self._count:09} {message.memo}\n{plain(message.title)}")
        self._take(message.act, message.ticket, message.memo, message.title)

    def _load(self) -> None:
        self._told, self._updates, self._count = {}, Counter(), 0
        for entry in sorted(self._ledger.done(), key=lambda one: one.note[:9]):
            memo, _, title = entry.note[10:].partition("\n")
            self._take(Act(entry.act), entry.ticket, memo, title)

    def _take(self, act: Act, name: str, memo: str, title: str) -> None:
        before = self._told.get(name)
        ends = {Act.CLOSE: False, Act.DUPLICATE: False, Act.REOPEN: True}
        is_open = ends.get(act, before is None or before.open)
        number = before.number if before else len(self._told) + 1
        state = "open" if is_open else "closed"
        self._told[name] = Ticket(name, number, title, is_open, memo, state=state)
        self._updates[name] += act is Act.UPDATE
        self._count += 1


def _mark(memo: str) -> str:
    """The mark of what is told now: the newest stands last."""
    return next(word for word in reversed(memo.split()) if marks_in(word))
