"""A state changes by a row of the table, or not at all."""

from __future__ import annotations

from types import SimpleNamespace

from scanner.inventory.chronicle import NEVER, Cause, Chronicle
from scanner.inventory.transitions import PRESENCE, Trigger
from scanner.inventory.words import Event, EventKind, Presence


def thing(state=""):
    return SimpleNamespace(subject="inv-1", state=state, since=NEVER)


def test_a_change_is_one_line_with_its_cause_and_what_it_needed(say):
    chronicle, what = Chronicle(), thing()

    assert chronicle.move(PRESENCE, what, Trigger.SEEN_FIRST, Cause(say.day(1), run="r"))

    (line,) = chronicle.transitions
    assert (line.subject, line.before, line.after, line.run, line.decision) == ("inv-1", "", "new", "r", "")
    assert (line.needs, line.evidence) == ("a run saw it", ("r",))
    assert (what.state, what.since) == (Presence.NEW, say.day(1))


def test_what_no_row_allows_does_not_happen(say):
    chronicle, what = Chronicle(), thing(Presence.PRESENT)

    assert not chronicle.move(PRESENCE, what, Trigger.STATED, Cause(say.day(1), decision="d"))
    assert (chronicle.transitions, what.state) == ([], Presence.PRESENT)


def test_an_event_names_what_made_it(say):
    chronicle = Chronicle()
    chronicle.tell(EventKind.MOVED, "inv-1", Cause(say.day(1), run="r"), "a → b")

    assert chronicle.events == [Event(EventKind.MOVED, "inv-1", say.day(1), "r", "", "a → b")]
    assert Cause(say.day(1), decision="d").name == "d"
