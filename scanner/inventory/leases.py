"""No two programs sweep the same addresses of a site at a time: whoever sweeps holds a lease in the store.

A lease is measured by the database's clock, so that the clocks of two machines need not agree. Its owner
renews it; one that cannot stops sending before the lease ends, measured by a clock of its own that goes on
while it is stopped or asleep. What was not renewed is anybody's.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from scanner.inventory.engine import Store
from scanner.inventory.schema import lease
from scanner.model.errors import HiksweepError, Locked
from scanner.policy.tenure import Tenure, clock
from scanner.scope import AddressRange, subtract

TERM = 30.0
"""Seconds that a lease lasts unless it is renewed, where nobody wants another term."""
RENEWALS = 6
"""Times that a lease is renewed in its term. In its last part, as long as one of these, its owner sends
nothing any more."""
LOST = "another program may have taken over: the lease of these addresses could not be renewed"
_LEASE_LOCK = 0x68696B6C


class Lease:
    """Addresses of a site that this program alone sweeps now.

    Args:
        store: where it is kept.
        site: whose addresses these are.
        ranges: what is swept.
        run: its name.
        tenure: the run's right to send, which lasts as long as the lease.
        term: seconds that it lasts unless it is renewed; None = `TERM`.

    Raises:
        Locked: another program sweeps some of them; the message names it.
        StoreUnusable: the store cannot be written.
    """

    def __init__(
        self,
        store: Store,
        site: str,
        ranges: Sequence[AddressRange],
        run: str,
        tenure: Tenure | None = None,
        term: float | None = None,
    ) -> None:
        self._store = store
        self.term = TERM if term is None else term
        self._id = uuid.uuid4().hex
        self._site, self._ranges, self._run = site, tuple(ranges), run
        self.tenure = tenure or Tenure(reason=LOST)
        self._hold()

    @property
    def renewal(self) -> float:
        """Seconds between two renewals, and before its end in which nothing is sent any more."""
        return self.term / RENEWALS

    def _hold(self) -> None:
        begun = clock()
        with self._store.writing() as connection:
            now = _now(self._store, connection)
            self._meet(connection, now)
            row = {
                "id": self._id,
                "site": self._site,
                "ranges": json.dumps([[one.version, str(one.first), str(one.last)] for one in self._ranges]),
                "owner": json.dumps(
                    {"host": os.uname().nodename, "here": _here(), "pid": os.getpid(), "run": self._run}
                ),
                "since": now,
                "until": now + self.term,
            }
            connection.execute(insert(lease), [row])
        self.tenure.prolong(begun + self.term - self.renewal)

    def _meet(self, connection: Connection, now: float) -> None:
        """Remove leases that are over, and refuse where one that is not touches the same addresses."""
        for row in connection.execute(select(lease).where(lease.c.site == self._site)).all():
            owner = json.loads(row.owner)
            if row.until <= now or _is_gone(owner):
                connection.execute(delete(lease).where(lease.c.id == row.id))
                continue
            if overlap(self._ranges, _ranges(row.ranges)):
                raise Locked(
                    f"another scan of these addresses is running: process {owner['pid']} on {owner['host']}, "
                    f"run {owner['run']}; wait for it or end it (if it died, its lease ends in "
                    f"{row.until - now:.0f} s)"
                )

    def renew(self) -> bool:
        """Hold it for another term; False when it is another's by now.

        Raises:
            StoreUnusable: the store cannot be written; the lease goes on towards its end.
        """
        begun = clock()
        with self._store.writing() as connection:
            now = _now(self._store, connection)
            mine = update(lease).where(lease.c.id == self._id).values(until=now + self.term)
            if connection.execute(mine).rowcount != 1:
                return False
        self.tenure.prolong(begun + self.term - self.renewal)
        return True

    def release(self) -> None:
        """Give it back.

        Raises:
            StoreUnusable: the store cannot be written; the lease ends by itself.
        """
        with self._store.writing() as connection:
            connection.execute(delete(lease).where(lease.c.id == self._id))


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that somebody holds now."""

    site: str
    ranges: tuple[AddressRange, ...]
    run: str
    owner: str
    """Process and machine."""


def held_now(store: Store) -> list[Held]:
    """Every lease that is not over and whose owner is not known to have died.

    Raises:
        StoreUnusable: the store cannot be read.
    """
    with store.reading() as connection:
        now = _clock_of(store, connection)
        rows = connection.execute(select(lease)).all()
    found = []
    for row in rows:
        owner = json.loads(row.owner)
        if row.until > now and not _is_gone(owner):
            who = f"process {owner['pid']} on {owner['host']}"
            found.append(Held(row.site, tuple(_ranges(row.ranges)), owner["run"], who))
    return found


def overlap(ours: Sequence[AddressRange], theirs: Sequence[AddressRange]) -> bool:
    """Whether some address lies in both."""
    return subtract(ours, theirs) != subtract(ours, ())


def _ranges(kept: str) -> list[AddressRange]:
    return [AddressRange(version, int(first), int(last)) for version, first, last in json.loads(kept)]


def _now(store: Store, connection: Connection) -> float:
    """Seconds by the database's clock; on PostgreSQL nobody else asks until the transaction is over."""
    store.hurry(connection)
    if not store.sqlite:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LEASE_LOCK})"))
    return _clock_of(store, connection)


def _clock_of(store: Store, connection: Connection) -> float:
    if store.sqlite:
        return float(_one(connection, "SELECT (julianday('now') - 2440587.5) * 86400.0"))
    return float(_one(connection, "SELECT extract(epoch FROM clock_timestamp())"))


def _one(connection: Connection, query: str) -> Any:
    return connection.execute(text(query)).scalar_one()


def _here() -> str:
    """Where the number of a process means something: this machine since its start, and this container."""
    try:
        booted = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{booted} {Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return uuid.uuid4().hex  # nowhere else


def _is_gone(owner: dict[str, Any]) -> bool:
    """Whether the owner was a process of this machine that ended without giving its lease back."""
    if owner["here"] != _here():
        return False
    try:
        os.kill(owner["pid"], 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


class Holder:
    """Renews a lease in a thread of its own while a run is under way.

    Args:
        held: the lease.
        lost: called once, with a reason, when it is another's.
    """

    def __init__(self, held: Lease, lost: Callable[[str], None]) -> None:
        self._held, self._lost = held, lost
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="hiksweep-lease", daemon=True)

    def __enter__(self) -> Holder:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()
        try:
            self._held.release()
        except HiksweepError:
            return  # it ends by itself

    def _work(self) -> None:
        while not self._over.wait(self._held.renewal):
            try:
                if not self._held.renew():
                    self._lost(LOST)
                    return
            except HiksweepError:
                if self._held.tenure.over():
                    self._lost(LOST)
                    return
