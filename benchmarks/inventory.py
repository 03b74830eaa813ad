"""How long the inventory takes: `python benchmarks/inventory.py [--devices 2000] [--runs 26] [--store URL]`.

Weekly runs are made here as the store keeps them after each was worked out by itself; every fiftieth device
moves each week. Measured are: all views told anew, lists of devices and of findings, and the comparison of
the last two runs. Without ``--store`` the store is a temporary SQLite file.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from scanner.inventory.derive import Derived, Found, derived_row
from scanner.inventory.diff import diff
from scanner.inventory.engine import Store, open_store
from scanner.inventory.lists import list_devices, list_findings
from scanner.inventory.rebuild import refresh
from scanner.inventory.run_views import run_views
from scanner.inventory.schema import derived, run
from scanner.inventory.words import NetworkView
from scanner.knowledge import load
from scanner.model.identity import Name, Rung

FIRST = date(2026, 1, 5)
MOVES = 50
MEASURES = frozenset({"measure-one", "measure-two"})


def address_of(number: int, week: int) -> str:
    """Where a device is in a week; each /24 holds 125 devices, and room for them to move."""
    moved = (week // 2) % 2 if number % MOVES == week % MOVES else 0
    return f"10.{number // 125 >> 8 & 255}.{number // 125 & 255}.{number % 125 + 1 + 125 * moved}"


def weekly(devices: int, week: int) -> Derived:
    """What a run of a week amounts to."""
    found = []
    answered: dict[str, list[str]] = {}
    for number in range(devices):
        address = address_of(number, week)
        answered.setdefault(address.rpartition(".")[0], []).append(address)
        mac = f"44:19:b6:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"
        names = (Name(Rung.SERIAL, f"G{number:08}"), Name(Rung.MAC, mac))
        fields = {"model": "DS-2CD2143G2-I", "serial": f"G{number:08}", "mac": mac, "confidence": "confirmed"}
        found.append(
            Found(
                f"dev-{number}", names, (address,), "hikvision", frozenset({"tcp", "sadp"}), MEASURES, fields
            )
        )
    networks = tuple(
        NetworkView(f"{prefix}.0/24", frozenset({"tcp"}), frozenset(there), frozenset(), interrupted=False)
        for prefix, there in answered.items()
    )
    return Derived(tuple(found), frozenset(), networks, MEASURES, ())


def fill(store: Store, devices: int, runs: int) -> Iterator[str]:
    """Write the runs; yields their names."""
    for week in range(runs):
        name = f"run-{week:04}"
        started = f"{FIRST + timedelta(weeks=week)}T02:00:00Z"
        head = {"id": name, "site": "s", "header": "{}", "started": started, "finished": started}
        row = derived_row(name, 1, "", weekly(devices, week))
        with store.writing() as connection:
            connection.execute(insert(run), [{**head, "lines": 1, "chain": ""}])
            connection.execute(insert(derived), [row])
        yield name


def timed(what: str, work: Callable[[], object]) -> float:
    """Do something, print and return how many seconds it took."""
    begun = time.perf_counter()
    work()
    took = time.perf_counter() - begun
    print(f"{what:<44} {took:8.2f} s")
    return took


def measure(store: Store, devices: int, runs: int) -> dict[str, float]:
    """Fill a store and measure it; seconds by what was done."""
    names = list(fill(store, devices, runs))
    knowledge = load()
    today = datetime.now(UTC).date()

    def page() -> None:
        with store.reading() as connection:
            list_devices(connection)

    def findings() -> None:
        with store.reading() as connection:
            list_findings(connection, today)

    def compare() -> None:
        with store.reading() as connection:
            diff(*run_views(connection, names[-2:]))

    told = timed(f"views of {devices:,} devices in {runs:,} runs", lambda: refresh(store, knowledge))
    print(f"{'for each device in each run':<44} {told / devices / runs * 1000:8.3f} ms")
    return {
        "views": told,
        "devices": timed("list of all devices", page),
        "findings": timed("list of all findings", findings),
        "diff": timed("comparison of the last two runs", compare),
    }


def main() -> None:
    """Measure as the arguments say."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--devices", type=int, default=2000)
    options.add_argument("--runs", type=int, default=26)
    options.add_argument("--store")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(open_store(given.store, Path(folder), make=True), given.devices, given.runs)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    print(f"{'on disk':<44} {size / 1e6:8.1f} MB")
    print(f"{'peak memory':<44} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")


if __name__ == "__main__":
    main()
