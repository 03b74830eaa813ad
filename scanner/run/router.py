"""Reads the tables of the named routers and switches, and joins them: address, MAC, switch, port.

It is done after the sweep, since the sweep makes a router look up whoever is there. A router's word that an
address has a MAC is no answer of that address: it shows a device, and says nothing about whether packets get
to it.
"""

from __future__ import annotations

import asyncio
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from scanner.matcher.ports import SwitchTables, sightings
from scanner.model.ending import Ending
from scanner.model.errors import Refused
from scanner.model.protocol import Protocol
from scanner.parsers.mib import AddressRow
from scanner.policy.gate import Gate
from scanner.policy.rules import ROUTER, SNMP_PORT
from scanner.run.plan import Plan
from scanner.run.recorder import Recorder, utc_now
from scanner.run.router_plan import RouterPlan
from scanner.run.router_tables import Reading, read_tables
from scanner.run.standing import Standing

AT_ONCE = 8
UNWALKED_AT_MOST = 4096
"""Addresses of prefixes too large to walk that are taken from routers' tables and asked."""


class Routers:
    """The routers of one run.

    Args:
        plan: the run's plan.
        gate: judges every message unit.
        recorder: takes what the tables say and what could not be read.
        on_host: told of each address in scope that a table shows.
        standing: of earlier sittings. No journal holds their tables, so that all are read again.
    """

    def __init__(
        self,
        plan: Plan,
        gate: Gate,
        recorder: Recorder,
        on_host: Callable[[str], None],
        standing: Standing | None = None,
    ) -> None:
        self._plan = plan
        self._gate = gate
        self._recorder = recorder
        self._on_host = on_host
        self._left = {router.address: router for router in plan.routers}
        self._read: list[Reading] = []
        macs = standing.macs if standing else set()
        self._known = {(address, mac) for method, address, mac in macs if method == ROUTER}
        self._unwalked = {address for address, _ in self._known if plan.scope.index(address) is None}

    async def read(self) -> None:
        """Read every router, several at a time; returns when the last one is done."""
        places = asyncio.Semaphore(AT_ONCE)

        async def one(router: RouterPlan) -> None:
            async with places:
                await self._one(router)

        async with asyncio.TaskGroup() as group:
            for router in self._plan.routers:
                group.create_task(one(router))

    async def _one(self, router: RouterPlan) -> None:
        from scanner.transports.snmp_walk import TableWalk

        walk = TableWalk(self._gate, router.address, router.credential)
        reading = Reading(router)
        self._read.append(reading)
        try:
            await read_tables(
                walk,
                reading,
                lambda table, rows: self._addresses(router, table, rows),
                self._plan.limits.vlans,
            )
        except Refused as refused:
            reading.stopped(Ending.STOPPED_BY_US, str(refused))
        except Exception as error:  # noqa: BLE001 - a bug of ours must not end the run: it is counted
            reading.stopped(Ending.FAULT, _where(error))
        finally:
            walk.close()
        self._done(reading)

    def _done(self, reading: Reading) -> None:
        if self._left.pop(reading.router.address, None) is None:
            return
        self._recorder.ended(ROUTER, reading.router.address, SNMP_PORT, reading.word, detail=reading.detail)
        for gap in reading.gaps():
            self._recorder.gap(
                gap.targets, gap.method, gap.reason, affects_verdict=gap.affects_verdict, state=gap.state
            )

    def _addresses(self, router: RouterPlan, table: str, rows: Iterable[AddressRow]) -> None:
        """Take over what an address table says of addresses in scope; of others nothing is kept."""
        scope, own = self._plan.scope, self._plan.machine.own_addresses
        for row in rows:
            if row.address not in scope or row.address in own or (row.address, row.mac) in self._known:
                continue
            if scope.index(row.address) is None:
                if len(self._unwalked) >= UNWALKED_AT_MOST and row.address not in self._unwalked:
                    continue
                self._unwalked.add(row.address)
            self._known.add((row.address, row.mac))
            request = f"{table} of {router.address}"
            self._recorder.observe(ROUTER, row.address, Protocol.MAC, 0, row.mac.encode(), request=request)
            self._on_host(row.address)

    def finish(self) -> None:
        """Say what was not read, and where each device's MAC address was seen. Called once, at the end."""
        for reading in self._read:
            if reading.router.address in self._left:
                reading.stopped(Ending.STOPPED_BY_US, "the run was stopped")
                self._done(reading)
        for router in list(self._left.values()):
            unread = Reading(router)
            unread.stopped(Ending.STOPPED_BY_US, "the run was stopped before it was asked")
            self._done(unread)
        self._note_what_is_odd()
        tables = [reading.tables() for reading in self._read if reading.anything]
        try:
            if tables:
                self._join(tables)
        except Exception as error:  # noqa: BLE001 - the report must come whatever a table holds: it is counted
            self._recorder.error(ROUTER, _where(error))

    def _join(self, tables: list[SwitchTables]) -> None:
        wanted: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for address, mac in self._known:
            wanted[mac][address] = None
        for device in self._recorder.result.devices():
            if device.mac:
                wanted[device.mac] |= dict.fromkeys(device.addresses)
        for sighting in sightings(tables, {mac: tuple(found) for mac, found in wanted.items()}, utc_now()):
            self._recorder.record(sighting)

    def _note_what_is_odd(self) -> None:
        """Hints that change no verdict: a router that routes none of the targets, and a limit of ours."""
        read = [reading.router.address for reading in self._read if reading.has_addresses]
        if read and not self._known:
            reason = "no entry of the targets in its address tables; only the targets' own gateway has them"
            self._recorder.gap(", ".join(read), ROUTER, reason, affects_verdict=False, state="nothing there")
        if len(self._unwalked) >= UNWALKED_AT_MOST:
            reason = f"more than {UNWALKED_AT_MOST} addresses of prefixes that are too large to walk"
            self._recorder.gap("all", ROUTER, reason, affects_verdict=True, state="reduced")


def _where(error: Exception) -> str:
    """What failed and where, without the words of the error: they may hold a part of a credential."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
