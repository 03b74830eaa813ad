"""How long tickets take: `python benchmarks/tickets.py [--findings 10000] [--creates 300]`.

A run of cameras is told to an inventory, and a real Roundup is started on this machine; it comes with what
the tests need. Then:

- the plan of all findings is made by a program of its own, with a tracker that has no ticket yet and with one
  that has all of them: its time less the tracker's answers, how many requests it sent, and its memory;
- some tickets are created by `apply`, and by a bare loop that sends the same creates to another Roundup.

It ends with 1 and says what is broken, unless the plan takes less than 5 s, at most as many requests as pages
of tickets and 20 more, less than 300 MB, and `apply` at most 4 times as long as the bare loop.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

import practice_tracker

from scanner.inventory.engine import Store, open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.journal import Journal, Looked, RunEnded, RunStarted, Swept
from scanner.knowledge import Knowledge, load
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.tickets.apply import Done
from scanner.tickets.content import memo_of
from scanner.tickets.desk import Desk, Wishes
from scanner.tickets.gather import items_of
from scanner.tickets.groups import groups_of
from scanner.tickets.policy import TicketPolicy
from scanner.tickets.trackers.interface import Place
from scanner.tickets.trackers.roundup import authorise, tracker
from scanner.tickets.words import Act, Grouping
from scanner.transports.tracker_http import Answer, TrackerHttp

PAGE = 100
"""Tickets of one page, as the adapter asks for them."""
SECONDS, MORE_REQUESTS, MEGABYTES, RATIO = 5.0, 20, 300.0, 4.0
_AT = "2026-01-05T02:00:00Z"
_NOW = datetime(2026, 1, 6, tzinfo=UTC)
_ANSWER = (
    '<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><DeviceDescription>DS-2CD2143G2-I</DeviceDescription>'
    "<DeviceSN>DS-2CD2143G2-I20211201AAWRG{number:08d}</DeviceSN><MAC>{mac}</MAC></ProbeMatch>"
)
_FILL = """
import json, sys
from roundup import instance
database = instance.open(sys.argv[1]).open("admin")
for title, memo in json.load(sys.stdin):
    database.issue.create(title=title, hiksweep=memo, status="1")
database.commit()
database.close()
"""


@dataclass(frozen=True)
class Planned:
    """What making a plan took."""

    steps: Mapping[str, int]
    findings: int
    seconds: float
    """Less what the tracker took to answer."""
    answers: float
    """Seconds of the tracker's answers."""
    requests: int
    tickets: int
    megabytes: float
    """The most that the program held."""

    def __str__(self) -> str:
        steps = ", ".join(f"{count:,} {act}" for act, count in self.steps.items())
        return (
            f"plan of {self.findings:,} findings ({steps}; {self.tickets:,} tickets there): "
            f"{self.seconds:.2f} s and {self.answers:.2f} s of answers to {self.requests} requests; "
            f"{self.megabytes:.0f} MB"
        )

    def broken(self) -> Iterator[str]:
        """What is not as it has to be."""
        if self.seconds >= SECONDS:
            yield f"a plan takes {self.seconds:.1f} s (at most {SECONDS:g})"
        if self.requests > self.tickets / PAGE + MORE_REQUESTS:
            yield f"a plan of {self.tickets:,} tickets sends {self.requests} requests"
        if self.megabytes >= MEGABYTES:
            yield f"a plan needs {self.megabytes:.0f} MB (at most {MEGABYTES:g})"


@dataclass(frozen=True)
class Applied:
    """What creating tickets took."""

    creates: int
    seconds: float
    requests: int
    bare: float
    """Seconds of the same creates in a plain loop."""

    def __str__(self) -> str:
        return (
            f"apply of {self.creates:,} creates: {self.seconds:.2f} s, {self.requests} requests; "
            f"a bare loop of the same {self.bare:.2f} s; ratio {self.seconds / self.bare:.2f}"
        )

    def broken(self) -> Iterator[str]:
        """What is not as it has to be."""
        if self.seconds > RATIO * self.bare:
            yield f"apply takes {self.seconds / self.bare:.1f} times the bare loop (at most {RATIO:g})"


class Timed(TrackerHttp):
    """Counts the seconds that the tracker takes, and keeps what was written there."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.seconds = 0.0
        self.written: list[tuple[str, str, Any]] = []

    def get(self, *given: Any, **more: Any) -> Answer:
        """Read."""
        begun = time.perf_counter()
        try:
            return super().get(*given, **more)
        finally:
            self.seconds += time.perf_counter() - begun

    def send(self, method: str, path: str, data: Any = None, *given: Any, **more: Any) -> Answer:
        """Write."""
        self.written.append((method, path, data))
        return super().send(method, path, data, *given, **more)


def filled(folder: Path, devices: int, knowledge: Knowledge) -> Store:
    """An inventory with one run of so many cameras, each with a serial number and an address of its own."""
    networks = tuple(f"10.1.{third}.0/24" for third in range((devices + 249) // 250))
    journal = Journal(folder / "20260105T020000Z-000001.jsonl")
    sensor = {"name": "hiksweep", "host": "sensor", "interfaces": [], "privileges": []}
    journal.append(
        RunStarted(
            id="20260105T020000Z-000001", version="0", started=_AT, targets=networks, walked=networks,
            excluded=(), unwalked=(), ports=(80,), seed=1, engine="connect", methods=("tcp", "sadp"),
            connected=(), profiles=("ca-federal-institution",), facts="", reference=None, sensor=sensor,
        )
    )  # fmt: skip
    for number in range(devices):
        address = f"10.1.{number // 250}.{number % 250 + 1}"
        mac = f"44-19-b6-{number >> 16 & 255:02x}-{number >> 8 & 255:02x}-{number & 255:02x}"
        answer = _ANSWER.format(number=number, mac=mac).encode()
        journal.append(
            Observation(
                address, Protocol.SADP, answer, 80, method="sadp", run="20260105T020000Z-000001", at=_AT
            )
        )
        journal.append(Looked(address))
    journal.append(Swept(256 * len(networks)))
    journal.append(RunEnded("2026-01-05T02:05:00Z", interrupted=False))
    journal.close()
    store = open_store(str(folder / "store.sqlite"), folder, make=True)
    take(store, journal.path, "bench")
    refresh(store, knowledge)
    return store


@contextmanager
def roundup(folder: Path, store: Store | None = None) -> Iterator[str]:
    """A real Roundup, with a ticket of each device of a store; its address."""
    url = practice_tracker.make(folder)
    if store is not None:
        fill_tracker(store, folder)
    process = practice_tracker.start(folder, url)
    try:
        yield url
    finally:
        process.kill()
        process.wait(20)


def desk_of(store: Store, folder: Path, url: str, knowledge: Knowledge) -> tuple[Desk, Timed]:
    """A desk, and the way to its tracker."""
    http = Timed(url, authorise("hiksweep", (folder / "secret").read_text()))
    made = tracker(http, Place(user="hiksweep"))
    return Desk(store, made, "bench", knowledge, TicketPolicy(), Wishes({}), now=lambda: _NOW), http


def plan_alone(place: str, folder: Path, url: str) -> Planned:
    """Make a plan in this program, and measure it; reading the knowledge is not counted."""
    knowledge = load()
    store = open_store(place, folder)
    desk, http = desk_of(store, folder, url, knowledge)
    begun = time.perf_counter()
    plan = desk.plan()
    took = time.perf_counter() - begun
    store.close()
    return Planned(
        {str(act): count for act, count in plan.counts.items()},
        sum(len(step.group.obligations) for step in plan.steps if step.group),
        took - http.seconds,
        http.seconds,
        http.requests,
        sum(step.ticket is not None for step in plan.steps),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def planned(store: Store, folder: Path, url: str) -> Planned:
    """The same by a program of its own, whose memory is the plan's alone."""
    command = [sys.executable, __file__, "--plan", store.name, str(folder), url]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    return Planned(**json.loads(done.stdout))


def written(store: Store, folder: Path, url: str, knowledge: Knowledge, creates: int) -> tuple[float, Timed]:
    """Create some tickets by `apply`; its seconds without those of the plan, and what it sent."""
    desk, http = desk_of(store, folder, url, knowledge)
    steps = desk.plan().writes[:creates]
    http.requests, http.seconds = 0, 0.0
    begun = time.perf_counter()
    outcomes = list(desk.apply(steps))
    took = time.perf_counter() - begun
    if {one.done for one in outcomes} != {Done.DONE} or {one.step.act for one in outcomes} != {Act.CREATE}:
        raise RuntimeError(f"not all were created: {outcomes[-1]}")
    return took, http


def bare_loop(folder: Path, url: str, sent: list[tuple[str, str, Any]]) -> float:
    """Send the same creates, one after another on one connection, and nothing else."""
    from requests import Session

    place = url.rpartition("/")[0]
    with Session() as session:
        session.trust_env = False
        session.headers.update(authorise("hiksweep", (folder / "secret").read_text()))
        session.headers.update({"X-Requested-With": "rest", "Origin": place, "Accept": "application/json"})
        begun = time.perf_counter()
        for method, path, data in sent:
            answer = session.request(method, f"{url}/{path}", json=data, timeout=60)
            answer.raise_for_status()
        return time.perf_counter() - begun


def fill_tracker(store: Store, folder: Path) -> int:
    """Put a ticket for each device into a Roundup that has none, by its own hand; returns how many."""
    with store.reading() as connection:
        groups = list(groups_of(items_of(connection, _NOW.date()), Grouping.DEVICE))
    rows = json.dumps([(group.subject, memo_of(group)) for group in groups])
    command = [sys.executable, "-c", _FILL, str(folder / "tracker")]
    subprocess.run(command, input=rows, text=True, check=True, capture_output=True, timeout=600)
    return len(groups)


def measure(folder: Path, findings: int, creates: int) -> Iterator[Planned | Applied]:
    """Measure everything in a folder; each figure as it comes."""
    knowledge = load()
    store = filled(folder, findings, knowledge)
    with roundup(folder / "one") as url:
        yield planned(store, folder / "one", url)
        took, http = written(store, folder / "one", url, knowledge, creates)
    with roundup(folder / "two") as url:
        yield Applied(creates, took, http.requests, bare_loop(folder / "two", url, http.written))
    with roundup(folder / "three", store) as url:
        yield planned(store, folder / "three", url)
    store.close()


def main() -> int:
    """Measure as the arguments say."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--findings", type=int, default=10_000)
    options.add_argument("--creates", type=int, default=300)
    options.add_argument("--plan", nargs=3, metavar=("STORE", "FOLDER", "URL"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.plan:
        store, place, url = given.plan
        print(json.dumps(asdict(plan_alone(store, Path(place), url))))
        return 0
    if importlib.util.find_spec("roundup") is None:
        print("tickets: left out, as Roundup is not installed; `make test` installs it")
        return 0
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for one in measure(Path(folder), given.findings, given.creates):
            print(one, flush=True)
            broken += one.broken()
    for line in broken:
        print(f"broken: {line}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
