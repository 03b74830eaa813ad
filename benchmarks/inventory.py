"""How long the inventory takes: `python benchmarks/inventory.py [--devices 10000] [--runs 26] [--whole]`.

Weekly runs are made here as the store keeps them after each was worked out by itself; every fiftieth device
moves in every other fortnight. The first two and the last two runs are told as every run is; of those between
the rows are written that telling them leaves, unless ``--whole`` has all of them told, and all views told
anew at the end. Then pages of every list, a device's history, coverage and comparisons are read.

Each figure stands beside the same rows written or read by Python's own sqlite3: a ratio holds on any machine.
Without ``--store`` the store is a temporary SQLite file. One that was filled in part is filled further.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import sqlite3
import statistics
import tempfile
import time
import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from scanner.inventory.covered import coverage, last_runs
from scanner.inventory.derive import Derived, Found, derived_row, lines_of
from scanner.inventory.diff import Diff, diff, last_two
from scanner.inventory.engine import Store, open_store
from scanner.inventory.lists import Page, history, list_devices, list_findings
from scanner.inventory.rebuild import tell
from scanner.inventory.run_views import differing, walked
from scanner.inventory.schema import (
    address_interval,
    appearance,
    body,
    checkpoint,
    derived,
    device,
    finding,
    network_run,
    record,
    run,
)
from scanner.inventory.story import Chapter
from scanner.inventory.tables import add_all, insert_new
from scanner.inventory.views import network_rows, packed_numbers
from scanner.inventory.words import NetworkView
from scanner.model.identity import Name, Rung

FIRST = date(2022, 1, 3)
MOVES = 50
MEASURES = frozenset({"measure-one", "measure-two"})
METHODS = frozenset({"tcp", "sadp"})
SITE = "s"
REAL = 2
"""Runs at each end that are told, whatever is asked for."""
ROUNDS = 5


def address_of(number: int, week: int) -> str:
    """Where a device is in a week; each /24 holds 125 devices, and room for them to move."""
    moved = (week // 2) % 2 if number % MOVES == week % MOVES else 0
    return f"10.{number // 125 >> 8 & 255}.{number // 125 & 255}.{number % 125 + 1 + 125 * moved}"


def device_of(number: int, address: str) -> Found:
    """What a run finds of a device."""
    mac = f"44:19:b6:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"
    names = (Name(Rung.SERIAL, f"G{number:08}"), Name(Rung.MAC, mac))
    fields = {"model": "DS-2CD2143G2-I", "serial": f"G{number:08}", "mac": mac, "confidence": "confirmed"}
    return Found(f"dev-{number}", names, (address,), "hikvision", METHODS, MEASURES, fields)


class Weeks:
    """What the run of each week amounts to, as the store keeps it; weeks are asked for in order."""

    def __init__(self, devices: int) -> None:
        self._addresses = [""] * devices
        self._lines = [""] * devices
        self.moved: list[tuple[int, str]] = []
        """Who is not where it was the week before, and where that was."""
        self.networks: tuple[NetworkView, ...] = ()

    def __getitem__(self, week: int) -> dict[str, Any]:
        self.moved = []
        answered: dict[str, list[str]] = {}
        for number, before in enumerate(self._addresses):
            address = address_of(number, week)
            if address != before:
                self.moved.append((number, before))
                self._addresses[number] = address
            answered.setdefault(address.rpartition(".")[0], []).append(address)
        self.networks = tuple(
            NetworkView(
                f"{prefix}.0/24", frozenset({"tcp"}), frozenset(there), frozenset(), interrupted=False
            )
            for prefix, there in answered.items()
        )
        found = tuple(device_of(number, self._addresses[number]) for number, _ in self.moved)
        told = derived_row(name_of(week), 1, "", Derived(found, frozenset(), self.networks, MEASURES, ()))
        head, lines = lines_of(told["data"])
        for (number, _), line in zip(self.moved, lines, strict=True):
            self._lines[number] = line
        data = zlib.compress("\n".join([head, *self._lines]).encode("ascii"), 1)
        return told | {"data": data, "mark": hashlib.sha256(data).hexdigest()[:16]}


def started(week: int) -> str:
    """When the run of a week began."""
    return f"{FIRST + timedelta(weeks=week)}T02:00:00Z"


def name_of(week: int) -> str:
    """The id of a week's run."""
    return f"run-{week:04}"


def put(store: Store, week: int, told: dict[str, Any], bodies: int) -> None:
    """Write a run with its bodies and what it amounts to, and nothing of the views."""
    head = {"id": name_of(week), "site": SITE, "header": "{}", "started": started(week), "chain": ""}
    with store.writing() as connection:
        connection.execute(insert(run), [head | {"finished": started(week), "lines": 1 + bodies}])
        connection.execute(insert(derived), [told | {"lines": 1 + bodies}])
        add_all(connection, insert(body), (reply(week, number) for number in range(bodies)))
        add_all(connection, insert(record), (line(week, number) for number in range(bodies)))


def reply(week: int, number: int) -> dict[str, Any]:
    """A body: what a device answers, with a part that no other answers."""
    mine = hashlib.sha256(f"{week} {number}".encode())
    text = f"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest nonce={mine.hexdigest() * 4}\r\n".encode()
    digest = mine.hexdigest()
    return {"digest": digest, "size": len(text), "kept": digest, "data": zlib.compress(text)}


def line(week: int, number: int) -> dict[str, Any]:
    """The observation that brought a body."""
    digest = hashlib.sha256(f"{week} {number}".encode()).hexdigest()
    address = address_of(number, week)
    data = f'{{"kind":"observation","host":"{address}","protocol":"http","port":80,"digest":"{digest}"}}'
    return {"run": name_of(week), "seq": number + 2, "kind": "observation", "address": address, "data": data}


def skip(store: Store, week: int, weeks: Weeks, mark: str, since: list[int]) -> None:
    """Write what telling a run leaves of it, without telling it."""
    numbers = array("I", range(len(since)))
    ended = [(number, address, since[number]) for number, address in weeks.moved]
    for number, _ in weeks.moved:
        since[number] = week
    chapter = Chapter(name_of(week), SITE, started(week), numbers, weeks.networks)
    with store.writing() as connection:
        row = {"run": name_of(week), "mark": mark, "numbers": packed_numbers(numbers)}
        connection.execute(insert(appearance), [row])
        add_all(connection, insert(network_run), network_rows(chapter))
        add_all(connection, insert_new(store, address_interval), (interval(*one, week) for one in ended))
        newest = select(func.max(checkpoint.c.place)).scalar_subquery()
        at = datetime.fromisoformat(started(week)).isoformat()
        connection.execute(update(checkpoint).where(checkpoint.c.place == newest).values(at=at))


def interval(number: int, address: str, first: int, week: int) -> dict[str, str]:
    """An address that a device had until the week before."""
    return {
        "device": f"inv-{number:016}",
        "site": SITE,
        "address": address,
        "first_at": started(first),
        "first_run": name_of(first),
        "last_at": started(week - 1),
        "last_run": name_of(week - 1),
    }


@dataclass(frozen=True)
class Figure:
    """How long something took, and the same rows by sqlite3 alone."""

    what: str
    seconds: float
    bare: float | None = None

    def __str__(self) -> str:
        beside = f"{self.bare:10.4f} s {self.seconds / self.bare:8.1f} x" if self.bare else ""
        return f"{self.what:<46} {self.seconds:9.3f} s {beside}"


def clock(work: Callable[[], object], rounds: int = 1) -> float:
    """The median of some rounds, in seconds."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def fill(store: Store, devices: int, runs: int, bodies: int, *, whole: bool) -> Iterator[Figure]:
    """Write all runs; yields what telling the last ones took."""
    weeks, since = Weeks(devices), [0] * devices
    with store.reading() as connection:
        there = connection.execute(select(func.count()).select_from(run)).scalar_one()
    for week in range(runs):
        told = weeks[week]
        if week >= there:
            put(store, week, told, bodies // runs)
        if REAL <= week < runs - REAL and not whole:
            if week >= there:
                skip(store, week, weeks, told["mark"], since)
            continue
        took = clock(lambda: tell_one(store))
        if week >= runs - REAL:
            yield Figure(f"run {week + 1} of {devices:,} devices told", took, bare_run(store, week))
    if whole:
        yield Figure(f"all {runs} runs told anew", clock(lambda: tell(store, anew=True)))


def tell_one(store: Store) -> None:
    """Tell the run that came last, and no other.

    Raises:
        RuntimeError: others were told too, so that the figure would be none of one run.
    """
    if (told := tell(store)) > 1:
        raise RuntimeError(f"{told} runs were told")


def bare_run(store: Store, week: int) -> float | None:
    """How long sqlite3 takes to write the rows that telling a run writes, into a file of its own."""
    if not store.sqlite:
        return None
    with store.reading() as connection:
        tables = {
            table.name: [tuple(row) for row in connection.execute(query)]
            for table, query in (
                (device, select(device)),
                (finding, select(finding)),
                (
                    address_interval,
                    select(address_interval).where(address_interval.c.last_run == name_of(week)),
                ),
                (network_run, select(network_run).where(network_run.c.run == name_of(week))),
                (appearance, select(appearance).where(appearance.c.run == name_of(week))),
                (derived, select(derived).where(derived.c.run == name_of(week))),
            )
        }
    with tempfile.TemporaryDirectory() as folder:
        Store(open_store(f"{folder}/bare.sqlite", Path(folder), make=True).url).close()
        plain = sqlite3.connect(f"{folder}/bare.sqlite")
        plain.execute("PRAGMA synchronous=FULL")

        def write() -> None:
            with plain:
                for name, rows in tables.items():
                    marks = ",".join("?" * len(rows[0]))
                    plain.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)

        took = clock(write)
        plain.close()
    return took


def read(store: Store, runs: int) -> Iterator[Figure]:
    """Read a page of every list, a history, coverage and comparisons."""
    today = FIRST + timedelta(weeks=runs)
    plain = sqlite3.connect(store.name) if store.sqlite else None
    with store.reading() as connection:
        ids = list(connection.execute(select(device.c.id).order_by(device.c.site, device.c.id)).scalars())
        middle = ids[len(ids) // 2]
        half = Page(100, middle)
        of_finding = Page(100, f"{middle}/measure-one")
        past = FIRST + timedelta(weeks=runs // 2)

        def bare(query: str, *values: object) -> float | None:
            return plain and clock(lambda: plain.execute(query, values).fetchall(), ROUNDS)

        def figure(what: str, work: Callable[[], object], beside: float | None = None) -> Figure:
            return Figure(what, clock(work, ROUNDS), beside)

        page = "SELECT * FROM device WHERE (site, id) > (?, ?) ORDER BY site, id LIMIT 100"
        yield figure(
            "100 devices from the middle",
            lambda: list_devices(connection, page=half),
            bare(page, SITE, middle),
        )
        yield figure(
            "100 devices that are missing",
            lambda: list_devices(connection, presence=("missing",), page=Page(100)),
            bare("SELECT * FROM device WHERE presence = 'missing' ORDER BY site, id LIMIT 100"),
        )
        page = (
            "SELECT * FROM finding JOIN device ON device.id = finding.device "
            "WHERE (finding.site, finding.id) > (?, ?) ORDER BY finding.site, finding.id LIMIT 100"
        )
        yield figure(
            "100 findings from the middle",
            lambda: list_findings(connection, today, page=of_finding),
            bare(page, SITE, of_finding.after),
        )
        yield figure(
            "100 findings that are waived",
            lambda: list_findings(connection, today, states=("waived",), page=Page(100)),
        )
        page = "SELECT * FROM transition WHERE subject = ? OR subject = ? OR subject = ?"
        subjects = (middle, f"{middle}/measure-one", f"{middle}/measure-two")
        yield figure("history of a device", lambda: history(connection, middle, today), bare(page, *subjects))
        page = "SELECT site, prefix, max(at) FROM network_run WHERE at < ? GROUP BY site, prefix"
        yield figure("coverage today", lambda: coverage(connection, today), bare(page, "9"))
        yield figure(
            "coverage as of half the time ago", lambda: coverage(connection, past), bare(page, str(past))
        )
        blobs = "SELECT data FROM derived WHERE run IN (?, ?)"
        names = [name_of(week) for week in range(runs - 2, runs)]

        def lines() -> object:
            rows = plain.execute(blobs, names).fetchall() if plain else []
            one, other = (set(zlib.decompress(data).split(b"\n")) for (data,) in rows)
            return one ^ other

        beside = clock(lines, ROUNDS) if plain else None
        yield figure("diff of the last two runs", lambda: compare(connection, names), beside)
        yield figure("diff of each network's last two runs", lambda: compare(connection, None), beside)
        far = [name_of(0), names[-1]]
        yield figure("diff of the first run and the last", lambda: compare(connection, far))
    if plain:
        plain.close()


def compare(connection: Any, names: list[str] | None) -> Diff:
    """Compare two runs, or each network's last two."""

    def seen(*pair: Any) -> Any:
        return differing(connection, *pair)

    if names is None:
        return last_two(walked(connection, last_runs(connection)), seen)
    return diff(*seen(*walked(connection, names)))


def measure(store: Store, devices: int, runs: int, bodies: int, *, whole: bool = False) -> list[Figure]:
    """Fill a store and measure it, printing each figure as it comes."""
    found = []
    for figure in (
        one for part in (fill(store, devices, runs, bodies, whole=whole), read(store, runs)) for one in part
    ):
        print(figure, flush=True)
        found.append(figure)
    return found


def main() -> None:
    """Measure as the arguments say."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--devices", type=int, default=10_000)
    options.add_argument("--runs", type=int, default=26)
    options.add_argument("--bodies", type=int, default=10_000, help="replies that differ, over all runs")
    options.add_argument("--whole", action="store_true", help="tell every run")
    options.add_argument("--read-only", action="store_true", help="the store was filled before")
    options.add_argument("--store")
    given = options.parse_args()
    print(f"{given.devices:,} devices, {given.runs:,} runs, {given.bodies:,} bodies; beside: sqlite3 alone")
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(given.store, Path(folder), make=True)
        if given.read_only:
            for figure in read(store, given.runs):
                print(figure, flush=True)
        else:
            measure(store, given.devices, given.runs, given.bodies, whole=given.whole)
        if store.sqlite:
            size = sum(
                path.stat().st_size for path in Path(store.name).parent.glob(f"{Path(store.name).name}*")
            )
            print(f"{'on disk':<46} {size / 1e6:9.0f} MB")
    print(f"{'peak memory':<46} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9.0f} MB")


if __name__ == "__main__":
    main()
