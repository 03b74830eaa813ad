"""Items and tickets as the tests write them down."""

from __future__ import annotations

from scanner.inventory.words import FindingState, Presence
from scanner.tickets.groups import groups_of
from scanner.tickets.keys import device_keys, version_of
from scanner.tickets.memo import join_memo
from scanner.tickets.stand import version_parts
from scanner.tickets.words import Change, Grouping, Item, Obligation, Ticket


def change(after="open", trigger="found", cause="run-1", at="2026-01-05T02:00:00Z"):
    return Change(after, trigger, cause, at, f"because of {trigger}")


def obligation(state="open", measure="ca-federal-2025", device="inv-1", until="", **how):
    return Obligation(f"{device}/{measure}", measure, FindingState(state), until, change(state, **how))


def item(number=1, *states, **fields):
    """A device of a number: its serial, MAC address and address all have it."""
    device = f"inv-{number}"
    known = {
        "device": device,
        "site": "lab",
        "sites": ("lab",),
        "names": (f"serial:SN{number:09d}", f"mac:44:19:b6:00:00:{number:02x}"),
        "addresses": (f"10.1.0.{number}",),
        "networks": (),
        "presence": Presence.PRESENT,
        "level": "confirmed",
        "last_run": "run-1",
        "last_at": "2026-01-05T02:00:00Z",
        "about": (("model", f"DS-{number}"),),
        "obligations": tuple(
            one if isinstance(one, Obligation) else obligation(one, device=device)
            for one in states or ("open",)
        ),
        "change": change("present", "seen-again"),
    }
    return Item(**{**known, **fields})


def group(one, grouping=Grouping.DEVICE):
    return next(iter(groups_of([one], grouping)))


def ticket(about, number=1, *, is_open=True, marks=(), version=None, keys=None, **more):
    """The ticket that was made about an item as it is."""
    words = join_memo(
        [key.text for key in device_keys(about)] if keys is None else keys,
        version_of(version_parts(group(about))) if version is None else version,
        marks,
    )
    return Ticket(str(number), number, "a title", is_open, words, **more)
