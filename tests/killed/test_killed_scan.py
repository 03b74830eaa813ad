"""A scan that is killed again and again, and resumed each time, ends as one that nobody touched.

Five kills; `make killed` makes it fifty.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.upkeep import check
from scanner.journal import Looked, Observation, is_written, read_journal
from scanner.policy.rules import Limits

KILLS = int(os.environ.get("HIKSWEEP_KILLS", "5"))
CAMERAS = 24
HTTP, RTSP = 10080, 10554
NOTHING = (
    "id",
    "observation",
    "at",
    "first_seen",
    "last_seen",
    "started",
    "finished",
    "run",
    "digest",
    "seen",
)
"""Names of what differs between any two runs: times, names of runs, and names made of these."""
_REALM = 'Digest realm="DS-2CD2143G2-I", qop="auth", nonce="3f8a1c"'
_PAGES = {
    "/": ("200 OK", "text/html", "<html><head><title>index</title></head><body>/doc/page/login.asp</body></html>"),
    "/SDK/activateStatus": (
        "200 OK",
        "application/xml",
        '<ActivateStatus xmlns="http://www.hikvision.com/ver20/XMLSchema"><Activated>true</Activated></ActivateStatus>',
    ),
    "/ISAPI/System/deviceInfo": ("401 Unauthorized", "text/html", "Document Error: Unauthorized"),
}  # fmt: skip


class Site:
    """Cameras on loopback that note who asked them what, and take their time."""

    def __init__(self, prefix: str) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.opened: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self.addresses = [
            f"{prefix}.{number * 37 % 4094 // 256}.{number * 37 % 255 + 1}" for number in range(CAMERAS)
        ]
        for address in self.addresses:
            for port in (HTTP, RTSP):
                listening = socket.create_server((address, port), backlog=64)
                self._sockets.append(listening)
                threading.Thread(target=self._accept, args=(listening, address, port), daemon=True).start()

    def close(self) -> None:
        for listening in self._sockets:
            listening.shutdown(socket.SHUT_RDWR)  # or whoever waits for the next one keeps it open
            listening.close()

    def _accept(self, listening: socket.socket, address: str, port: int) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with self._lock:
                self.opened[address, port] += 1
            threading.Thread(target=self._serve, args=(connection, address, port), daemon=True).start()

    def _serve(self, connection: socket.socket, address: str, port: int) -> None:
        with connection:
            connection.settimeout(10)
            try:
                while request := connection.recv(4096):
                    method, path = request.decode("latin-1").split(" ", 2)[:2]
                    with self._lock:
                        self.asked[address, f"{method} {'/' if port == RTSP else path}"] += 1
                    time.sleep(0.05)
                    connection.sendall(self._answer(port, path, request))
                    if port == HTTP:
                        return
            except (OSError, ValueError):
                return

    def _answer(self, port: int, path: str, request: bytes) -> bytes:
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
        if port == RTSP:
            return f"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: {_REALM}\r\nDate: {date}\r\n\r\n".encode()
        status, kind, body = _PAGES.get(path, ("404 Not Found", "text/html", "not found"))
        more = f"WWW-Authenticate: {_REALM}\r\n" if status.startswith("401") else ""
        return (
            f"HTTP/1.1 {status}\r\nServer: App-webs/\r\nDate: {date}\r\nContent-Type: {kind}\r\n{more}"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
        ).encode()


@pytest.fixture
def second() -> int:
    """The second octet of addresses that no other test uses at the time."""
    return 100 + os.getpid() % 120


@pytest.fixture
def site(second: int) -> Iterator[Site]:
    made = Site(f"127.{second}")
    yield made
    made.close()


@pytest.fixture
def hiksweep(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """``hiksweep(word, …)``: the command, as a process of its own."""

    def start(*words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "scanner", *words],
            env=os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data"), "COVERAGE_PROCESS_CONFIG": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def plain(value: Any) -> Any:
    """What a report says, without what differs between any two runs."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name not in NOTHING}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def result(hiksweep: Callable[..., subprocess.Popen[str]], journal: Path) -> dict[str, Any]:
    """Devices and coverage of a journal."""
    out, err = hiksweep("report", str(journal), "--format", "json", "--all").communicate(timeout=120)
    assert out, err
    report = json.loads(out)
    devices = sorted(map(plain, report["devices"]), key=lambda one: str(one["addresses"]))
    for device in devices:
        device["evidence"] = sorted({json.dumps(one, sort_keys=True) for one in device.get("evidence", [])})
    return {
        "devices": devices,
        "coverage": plain(report["coverage"]),
        "errors": report["errors"],
        "verdict": report["run"]["verdict"],
    }


def recorded(journal: Path) -> tuple[set[tuple[str, str]], set[str]]:
    """Of whom which question is recorded, and of whom all of them are."""
    asked, looked = set(), set()
    for record in read_journal(journal):
        if isinstance(record, Observation) and record.request:
            asked.add((record.host, record.request))
        elif isinstance(record, Looked):
            looked.add(record.address)
    return asked, looked


def unhurried(hiksweep, *words: str, timeout: float = 300.0) -> str:
    process = hiksweep(*words)
    _, err = process.communicate(timeout=timeout)
    assert process.returncode in (0, 3, 4), err
    return err


def wait_for(journals: Path, process: subprocess.Popen[str], size: int) -> Path | None:
    """The journal, once something was added to it; None when the process ended first."""
    for _ in range(12_000):  # a busy machine starts programs slowly
        found = list(journals.glob("*.jsonl"))
        if found and found[0].stat().st_size > size and is_written(found[0]):
            return found[0]
        if process.poll() is not None:
            return None
        time.sleep(0.05)
    raise AssertionError("the scan never began")


def in_talk(journal: Path, draw: random.Random) -> None:
    """Wait until a host is being talked to, and a little more; not for long."""
    before = journal.read_bytes().count(b'"kind":"talked"')
    for _ in range(30):
        if journal.read_bytes().count(b'"kind":"talked"') > before:
            break
        time.sleep(0.1)
    time.sleep(draw.uniform(0.0, 0.2))


@pytest.mark.slow
def test_a_scan_killed_at_random_and_resumed_is_as_one_that_nobody_touched(
    hiksweep, site, second, store_url, tmp_path
):
    seed = int(os.environ.get("HIKSWEEP_SEED") or random.randrange(1 << 32))
    print(f"seed {seed}, {KILLS} kills")
    draw = random.Random(seed)
    network = f"127.{second}.0.0/20"
    options = (network, "--ports", f"http:{HTTP},rtsp:{RTSP}", "--no-config", "--quiet", "--format", "json")
    whole = tmp_path / "whole.jsonl"
    unhurried(hiksweep, "scan", *options, "--rate", "20000", "--journal", str(whole), "--no-save")
    site.asked.clear()

    journals, kills, size = tmp_path / "data" / "journals", 0, 0
    rate = str(max(1_500, 30_000 // KILLS))  # it must not be over before the last kill
    settled: dict[tuple[str, str], int] = {}
    closed: dict[tuple[str, int], int] = {}
    process = hiksweep("scan", *options, "--rate", rate, "--store", store_url)
    while kills < KILLS and (journal := wait_for(journals, process, size)) is not None:
        if kills % 2:
            time.sleep(draw.uniform(0.0, min(3.0, 75 / KILLS)))
        else:
            in_talk(journal, draw)
        process.kill()
        process.communicate(timeout=30)
        if process.returncode != -signal.SIGKILL:
            break
        kills += 1
        time.sleep(0.3)  # whom it was just asking has noted that by now
        size = journal.stat().st_size
        asked, looked = recorded(journal)
        for key in asked:
            settled.setdefault(key, site.asked[key])
        for key, count in site.opened.items():
            if key[0] in looked:
                closed.setdefault(key, count)
        process = hiksweep("resume", journal.stem, "--quiet", "--format", "json", "--store", store_url)
    _, err = process.communicate(timeout=600)
    assert process.returncode in (0, 3, 4), err
    assert kills == KILLS
    total = sum(site.asked.values())
    print(
        f"{kills} times killed; {total} requests, {len(site.asked)} different ones, {len(settled)} settled before the end"
    )
    assert {key: site.asked[key] for key in settled} == settled, "what was recorded was asked again"
    assert {key: site.opened[key] for key in closed} == closed, "who was finished was connected to again"

    (journal,) = journals.glob("*.jsonl")
    assert result(hiksweep, journal) == result(hiksweep, whole)
    assert list(check(open_store(store_url, tmp_path))) == []
    most = Counter[str]()
    for (address, _), count in site.asked.items():
        most[address] += count
    assert max(most.values()) <= Limits().requests
