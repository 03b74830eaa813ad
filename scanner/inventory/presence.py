"""Whether a device is there: what a run that saw it, or did not see it, changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scanner.inventory.chronicle import NEVER, Cause, Chronicle
from scanner.inventory.counting import Check, enough, kept
from scanner.inventory.cover import Cover, lies_in
from scanner.inventory.transitions import PRESENCE, Trigger
from scanner.inventory.words import EventKind, Presence, RunView, Seen
from scanner.model.identity import Rung
from scanner.model.sighting import Sighting


@dataclass(frozen=True, slots=True)
class Place:
    """An address at which a device was last seen."""

    address: str
    prefix: str
    """The network that it was swept in."""
    coverable: bool
    """The run that saw it covered this network whole by a method that had found the device."""


@dataclass(frozen=True, slots=True)
class Socket:
    """The switch port at whose end a device was last seen."""

    switch: str
    port: str
    beside: frozenset[str] = frozenset()
    """Other MAC addresses there at the same time."""


@dataclass
class DeviceLife:
    """One device of the inventory, as far as the runs and decisions have been told in order."""

    subject: str
    site: str
    first_seen: datetime
    last_seen: datetime
    state: str = ""
    since: datetime = NEVER
    last_run: str = ""
    addresses: tuple[str, ...] = ()
    methods: frozenset[str] = frozenset()
    places: tuple[Place, ...] = ()
    macs: frozenset[str] = frozenset()
    socket: Socket | None = None
    checks: tuple[Check, ...] = ()
    gone_on: date | None = None
    """The day on which it was gone for certain, where its removal is verified."""
    taken_by: str = ""
    """Who has answered at its last address since."""

    @property
    def counted(self) -> tuple[Place, ...]:
        """The places that a sweep has to cover to count: those that can be, else all."""
        return tuple(place for place in self.places if place.coverable) or self.places


def see(life: DeviceLife, seen: Seen, run: RunView, cover: Cover, chronicle: Chronicle) -> bool:
    """A run saw the device; False: a file told of it, and nothing that was not known."""
    cause = Cause(run.at, run=run.run)
    heard = seen.heard or run.at
    if life.state and seen.heard is not None and not _is_news(life, heard):
        life.last_seen = max(life.last_seen, heard)
        return False
    _arrive(life, cause, chronicle)
    if life.addresses and seen.addresses and _moved(life, seen, run):
        old, new = ", ".join(life.addresses), ", ".join(seen.addresses)
        where = f"{old} at {life.site} → {new} at {run.site}" if life.site != run.site else f"{old} → {new}"
        chronicle.tell(EventKind.MOVED, life.subject, cause, where)
    _settle(life, seen, run, cover)
    named = {name.key for name in seen.names if name.rung is Rung.MAC}
    life.macs |= named | ({seen.fields["mac"]} if seen.fields.get("mac") else set())
    life.socket = _socket(life.macs, run.sightings) or life.socket
    _note_seen(life, cause, heard, chronicle)
    return True


def _is_news(life: DeviceLife, heard: datetime) -> bool:
    """Whether it was not known yet that the device was there then, and nothing later says that it is gone.

    The same file taken again, or one from before its removal, brings nobody back.
    """
    if life.gone_on is not None and life.state == Presence.REMOVED_VERIFIED and heard.date() <= life.gone_on:
        return False
    return heard > life.last_seen


def _moved(life: DeviceLife, seen: Seen, run: RunView) -> bool:
    """Whether it is elsewhere; an address means something only within its site."""
    return life.site != run.site or not set(life.addresses) & set(seen.addresses)


def clear(life: DeviceLife, run: RunView, chronicle: Chronicle) -> None:
    """A run saw the device, none of the maker's by what is known today: it is there all the same."""
    cause = Cause(run.at, run=run.run)
    _arrive(life, cause, chronicle)
    _note_seen(life, cause, run.at, chronicle)


def _arrive(life: DeviceLife, cause: Cause, chronicle: Chronicle) -> None:
    before = life.state
    if before == Presence.PRESENT:
        return
    for trigger in (Trigger.SEEN_FIRST, Trigger.SEEN_AGAIN, Trigger.REAPPEARED):
        if chronicle.move(PRESENCE, life, trigger, cause):
            break
    if trigger is Trigger.REAPPEARED and life.state != before:
        chronicle.tell(EventKind.REAPPEARED, life.subject, cause, f"it was {before}")


def _note_seen(life: DeviceLife, cause: Cause, heard: datetime, chronicle: Chronicle) -> None:
    life.last_seen, life.last_run, life.taken_by = heard, cause.run, ""
    seen = Check(cause.run, heard, against=False)
    later = tuple(one for one in life.checks if one.at > heard)  # none, unless a file tells of an earlier day
    patience = chronicle.patience
    if patience.against == patience.of:
        life.checks = (seen, *later)  # no window that reaches beyond it can be against the device as a whole
    else:
        earlier = (one for one in life.checks if one.at <= heard and not one.doubted)
        life.checks = kept((*earlier, seen, *later), patience)


def _settle(life: DeviceLife, seen: Seen, run: RunView, cover: Cover) -> None:
    """Note where and by what it was seen; what is known of an address lasts while the device stays there."""
    if life.site != run.site:
        life.places, life.addresses = (), ()
    known = {place.address: place for place in life.places}
    # What a table of a switch lists by its MAC address alone has not gone anywhere.
    stayed = not seen.addresses or bool(set(seen.addresses) & set(life.addresses))
    life.methods = seen.methods | life.methods if stayed else seen.methods
    life.site, life.addresses = run.site, seen.addresses or life.addresses
    places = []
    for address in life.addresses:
        view, old = cover.view_of(address), known.get(address)
        if view is not None:
            whole = bool(cover.whole(view.prefix, life.methods))
            sticky = old is not None and old.coverable and old.prefix == view.prefix
            places.append(Place(address, view.prefix, coverable=whole or sticky))
        elif old is not None:
            places.append(old)
    life.places = tuple(places)


def _socket(macs: Collection[str], sightings: Iterable[Sighting]) -> Socket | None:
    """The port at whose end one of these MAC addresses is."""
    rows = [row for row in sightings if row.port and not row.uplink]
    for own in rows:
        if own.mac in macs:
            beside = {row.mac for row in rows if (row.switch, row.port) == (own.switch, own.port)}
            return Socket(own.switch, own.port, frozenset(beside.difference(macs)))
    return None


def miss(
    life: DeviceLife, run: RunView, cover: Cover, doubted: Mapping[str, str], chronicle: Chronicle
) -> tuple[str, ...]:
    """A run of the device's site did not see it; returns the networks in doubt that this hangs on.

    Args:
        life: the device, which is not verified as removed.
        run: the run.
        cover: what it covered.
        doubted: pieces of networks in which fewer than half of the known hosts answered, with the network.
        chronicle: where changes are written.
    """
    cause = Cause(run.at, run=run.run)
    if not life.places:
        life.places = tuple(_swept(life.addresses, cover))
    covering = [cover.whole(place.prefix, life.methods) for place in life.counted]
    if not covering or not all(covering):
        _perhaps_out_of_reach(life, run, cover, cause, chronicle)
        return ()
    against = _speaks_against(life, run, cover, cause, chronicle)
    doubts = tuple(sorted({doubted[piece] for found in covering for piece in found if piece in doubted}))
    check = Check(run.run, run.at, against, doubts)
    life.checks = kept((*life.checks, check), chronicle.patience)
    _perhaps_missing(life, Trigger.SILENT, cause, chronicle)
    if against and not doubts and _long_missing(life, cause, chronicle):
        chronicle.move(PRESENCE, life, Trigger.LONG_MISSING, cause)
    return doubts


def _swept(addresses: Iterable[str], cover: Cover) -> Iterable[Place]:
    """Where a device that only listening heard is swept after all."""
    for address in addresses:
        view = cover.view_of(address)
        if view is not None:
            yield Place(address, view.prefix, coverable=False)


def _speaks_against(life: DeviceLife, run: RunView, cover: Cover, cause: Cause, chronicle: Chronicle) -> bool:
    """Whether all its places are silent or taken by others, and no table of a switch lists it."""
    against = not any(row.mac in life.macs for row in run.sightings)
    for place in life.places:
        other = cover.taken_by(place.address, life.subject)
        if other and other != life.taken_by:
            life.taken_by = other
            chronicle.tell(EventKind.REPLACED, life.subject, cause, f"{other} answers at {place.address}")
        against = against and (bool(other) or not cover.answered(place.address))
    return against


def _perhaps_missing(life: DeviceLife, trigger: Trigger, cause: Cause, chronicle: Chronicle) -> None:
    if life.state in (Presence.NEW, Presence.PRESENT) and (found := enough(life.checks, chronicle.patience)):
        evidence = [check.run for check in found]
        chronicle.move(PRESENCE, life, trigger, cause, [*evidence, *filter(None, (cause.decision,))])


def _long_missing(life: DeviceLife, cause: Cause, chronicle: Chronicle) -> bool:
    return cause.at - life.since >= timedelta(days=chronicle.patience.removed_days)


def _perhaps_out_of_reach(
    life: DeviceLife, run: RunView, cover: Cover, cause: Cause, chronicle: Chronicle
) -> None:
    """Stale: unseen for long, and the sweeps of its network are none that could count."""
    if cause.at - life.last_seen < timedelta(days=chronicle.patience.stale_days):
        return
    if any(place.coverable for place in life.places) or any(c.at > life.last_seen for c in life.checks):
        return
    # A place that nobody swept since says nothing; one that was swept by other methods does.
    if all(cover.methods_at(place.prefix) for place in life.places) and run.networks:
        chronicle.move(PRESENCE, life, Trigger.OUT_OF_REACH, cause)


def doubt_ended(life: DeviceLife, prefix: str, cause: Cause, chronicle: Chronicle, *, removed: bool) -> None:
    """What the sweeps in doubt of a network saw is settled.

    Args:
        life: a device that was last seen there.
        prefix: the network.
        cause: the decision, or the run in which the hosts answered again.
        chronicle: where changes are written.
        removed: the sweeps saw rightly, and count from now on; else they are forgotten.
    """
    if removed:
        life.checks = tuple(check.believed(prefix) for check in life.checks)
        _perhaps_missing(life, Trigger.CONFIRMED, cause, chronicle)
    else:
        life.checks = tuple(check for check in life.checks if prefix not in check.doubted)


def port_taken(life: DeviceLife, run: RunView, chronicle: Chronicle) -> bool:
    """Whether a switch shows that something else is plugged in where the device was, and moves it on."""
    socket = life.socket
    if socket is None or any(row.mac in life.macs for row in run.sightings):
        return False
    others = {
        row.mac
        for row in run.sightings
        if not row.uplink and (row.switch, row.port) == (socket.switch, socket.port)
    }
    fresh = sorted(others.difference(socket.beside))
    if not fresh:
        return False
    life.gone_on = run.at.date()
    evidence = (run.run, f"{socket.switch} {socket.port}: {', '.join(fresh)}")
    return chronicle.move(PRESENCE, life, Trigger.PORT_TAKEN, Cause(run.at, run=run.run), evidence)


def stated(life: DeviceLife, data: Mapping[str, object], cause: Cause, chronicle: Chronicle) -> str:
    """A person states the removal; returns why that does not fit, empty if it does."""
    try:
        day = date.fromisoformat(str(data.get("date", "")))
    except ValueError:
        return "the statement names no day"
    if day < life.last_seen.date():
        return f"a run saw it after {day}: {life.last_run}"
    if day > cause.at.date():
        return f"{day} had not come yet"
    if not chronicle.move(PRESENCE, life, Trigger.STATED, cause):
        return f"it was {life.state} then; only what is missing or later can be verified as removed"
    life.gone_on = day
    return ""


def lived_in(life: DeviceLife, site: str, prefix: str) -> bool:
    """Whether a device was last seen in a network."""
    return life.site == site and any(lies_in(address, prefix) for address in life.addresses)


def lies_within(life: DeviceLife, prefix: str, part: str) -> bool:
    """Whether all addresses of a device that lie in a network lie in a part of it."""
    there = [address for address in life.addresses if lies_in(address, prefix)]
    return bool(there) and all(lies_in(address, part) for address in there)
