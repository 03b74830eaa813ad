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
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from scanner.inventory.engine import Store
from scanner.inventory.schema import lease
from scanner.model.errors import HiksweepError, Locked
from scanner.policy.tenure import Tenure, clock
from scanner.scope import AddressRange, subtract

TERM = 30.0
"""Seconds that a lease lasts unless it is renewed."""
RENEW = 5.0
"""Seconds between two renewals."""
MARGIN = 5.0
"""Seconds before its end in which its owner sends nothing any more."""
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
    ) -> None:
        self._store = store
        self._id = uuid.uuid4().hex
        self._site, self._ranges, self._run = site, tuple(ranges), run
        self.tenure = tenure or Tenure(reason=LOST)
        self._hold()

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
                "until": now + TERM,
            }
            connection.execute(insert(lease), [row])
        self.tenure.prolong(begun + TERM - MARGIN)

    def _meet(self, connection: Connection, now: float) -> None:
        """Remove leases that are over, and refuse where one that is not touches the same addresses."""
        for row in connection.execute(select(lease).where(lease.c.site == self._site)).all():
            owner = json.loads(row.owner)
            if row.until <= now or _is_gone(owner):
                connection.execute(delete(lease).where(lease.c.id == row.id))
                continue
            theirs = [
                AddressRange(version, int(first), int(last))
                for version, first, last in json.loads(row.ranges)
            ]
            if subtract(self._ranges, theirs) != subtract(self._ranges, ()):
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
            mine = update(lease).where(lease.c.id == self._id).values(until=now + TERM)
            if connection.execute(mine).rowcount != 1:
                return False
        self.tenure.prolong(begun + TERM - MARGIN)
        return True

    def release(self) -> None:
        """Give it back.

        Raises:
            StoreUnusable: the store cannot be written; the lease ends by itself.
        """
        with self._store.writing() as connection:
            connection.execute(delete(lease).where(lease.c.id == self._id))


def _now(store: Store, connection: Connection) -> float:
    """Seconds by the database's clock; on PostgreSQL nobody else asks until the transaction is over."""
    if store.sqlite:
        return float(_one(connection, "SELECT (julianday('now') - 2440587.5) * 86400.0"))
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LEASE_LOCK})"))
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
        while not self._over.wait(RENEW):
            try:
                if not self._held.renew():
                    self._lost(LOST)
                    return
            except HiksweepError:
                if self._held.tenure.over():
                    self._lost(LOST)
                    return
