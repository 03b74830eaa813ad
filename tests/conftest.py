"""What holds for every test: how hypothesis draws its examples, which skips a full proof does not allow, what a
reader may cost, and loopback peers to talk to.

A busy machine is no fault of the code, so no example has a deadline; bounds on time are tests of their own.
``make fuzz`` draws many more examples than the suite does.
"""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import os
import pwd
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings

from scanner.journal import Journal, Looked, Record, RunEnded, RunStarted, Swept
from scanner.model.ending import Ended, Ending
from scanner.model.errors import Malformed
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

settings.register_profile("suite", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=5000)
settings.load_profile("suite")

SECONDS = 0.1 if sys.gettrace() is None else 0.5
"""For 64 KiB; what was measured on a quiet machine is below 0.05, quadratic readers take seconds."""

WHAT_CI_HAS = re.compile(r"namespace|is not installed|^ip ")
"""Reasons of skips that .ci/run can meet: it is root, and has installed every program."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With HIKSWEEP_REQUIRE_NETNS=1 a test that is skipped for want of a namespace or a program has failed."""
    report = yield
    if (
        report.skipped
        and os.environ.get("HIKSWEEP_REQUIRE_NETNS") == "1"
        and isinstance(report.longrepr, tuple)
    ):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if WHAT_CI_HAS.search(reason):
            report.outcome = "failed"
            report.longrepr = f"HIKSWEEP_REQUIRE_NETNS=1, so this is no reason to skip: {reason}"
    return report


_NUMBER = itertools.count(1)


@pytest.fixture
def loopback() -> str:
    """The first three parts of a /24 inside 127/8 that no other worker, and hardly any other run, uses."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"127.{150 + worker % 100}.{(os.getpid() * 7 + next(_NUMBER)) % 250}"


class TcpPeer:
    """A TCP server of one handler; each connection gets a thread. Ends with the test."""

    def __init__(self, handler: Callable[[socket.socket], None], address: str, port: int) -> None:
        self.connections = 0
        self.at_once = 0
        self.most_at_once = 0
        self.faults: list[BaseException] = []
        self._handler = handler
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind((address, port))
        self._listening.listen(64)
        self.address, self.port = self._listening.getsockname()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                self._open.add(accepted)
            threading.Thread(target=self._serve, args=(accepted,), daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        try:
            self._handler(accepted)
        except OSError:
            pass  # the other side left
        except BaseException as error:
            self.faults.append(error)
        finally:
            with self._lock:
                self.at_once -= 1
                self._open.discard(accepted)
            accepted.close()

    def close(self) -> None:
        """Refuse from now on; what is open is cut."""
        for opened in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._accepting.join(5)


def linger(opened: socket.socket) -> None:
    """Say nothing until the other side closes."""
    while opened.recv(65536):
        pass


@pytest.fixture
def tcp_peer() -> Iterator[Callable[..., TcpPeer]]:
    """``tcp_peer(handler, address="127.0.0.1", port=0)`` starts a server; without a handler it says nothing."""
    made: list[TcpPeer] = []

    def make(
        handler: Callable[[socket.socket], None] = linger, address: str = "127.0.0.1", port: int = 0
    ) -> TcpPeer:
        made.append(TcpPeer(handler, address, port))
        return made[-1]

    try:
        yield make
    finally:
        for peer in made:
            peer.close()
    assert [fault for peer in made for fault in peer.faults] == []


@pytest.fixture
def deaf_port() -> Iterator[Callable[..., int]]:
    """``deaf_port(address, port=0)`` gives a port that answers nothing: its queue is full, so the kernel drops."""
    opened: list[socket.socket] = []

    def make(address: str, port: int = 0) -> int:
        listening = socket.socket()
        opened.append(listening)
        listening.bind((address, port))
        listening.listen(0)
        for _ in range(3):
            filling = socket.socket()
            opened.append(filling)
            filling.setblocking(False)
            filling.connect_ex(listening.getsockname())
        found: int = listening.getsockname()[1]
        return found

    try:
        yield make
    finally:
        for one in reversed(opened):
            one.close()


@pytest.fixture
def closed_port() -> Callable[[str], int]:
    """``closed_port(address)`` gives a port on which nothing listens."""

    def find(address: str) -> int:
        with socket.socket() as tried:
            tried.bind((address, 0))
            found: int = tried.getsockname()[1]
            return found

    return find


POSTGRESQL = Path("/usr/lib/postgresql")
"""Where Debian keeps the server's own programs, by version."""


class PostgreSQL:
    """A server of our own: in a folder, on a Unix socket, without a port, by a user that is not root."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self._user = {"user": pwd.getpwnam("postgres").pw_uid} if os.geteuid() == 0 else {}
        self._count = itertools.count(1)
        if self._user:
            os.chown(folder, self._user["user"], -1)
        self._run("initdb", "--pgdata", folder / "data", "--auth=trust", "--username=hiksweep", "--no-sync")
        options = (
            f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=40 -c shared_buffers=16MB"
        )
        self._run(
            "pg_ctl", "--pgdata", folder / "data", "--wait", "--log", folder / "log", "-o", options, "start"
        )

    def _run(self, program: str, *words: object) -> None:
        subprocess.run(
            [self._programs / program, *map(str, words)],
            check=True,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            timeout=60,
            **self._user,
        )

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"t{next(self._count)}"
        self._run("createdb", "--host", self._folder, "--username=hiksweep", name)
        return f"postgresql://hiksweep@/{name}?host={self._folder}"

    def stop(self) -> None:
        self._run("pg_ctl", "--pgdata", self._folder / "data", "--mode=immediate", "stop")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server for the whole session, started when the first test wants it."""
    programs = sorted(POSTGRESQL.glob("*/bin"), key=lambda path: int(path.parent.name))
    if not programs:
        pytest.skip("postgresql is not installed")
    # Not under pytest's own folder, which no other user may enter, and a socket's name must be short.
    with tempfile.TemporaryDirectory(prefix="hs-") as folder:
        server = PostgreSQL(programs[-1], Path(folder))
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store may be made; each test that asks for it runs on both databases."""
    if request.param == "sqlite":
        return str(tmp_path / "store.sqlite")
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.database()


SADP_ANSWER = (
    '<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><DeviceDescription>DS-2CD2143G2-I</DeviceDescription>'
    "<DeviceSN>DS-2CD2143G2-I20211201AAWRG{serial}</DeviceSN><MAC>{mac}</MAC></ProbeMatch>"
)


def camera(serial: int, mac: int | None = None) -> tuple[Protocol, bytes]:
    """A camera of the maker that states its serial number and hardware address."""
    number = serial if mac is None else mac
    octets = f"44-19-b6-{number >> 16 & 255:02x}-{number >> 8 & 255:02x}-{number & 255:02x}"
    return Protocol.SADP, SADP_ANSWER.format(serial=f"{serial:08d}", mac=octets).encode()


NAMELESS = (Protocol.HTTP, b"HTTP/1.1 401 Unauthorized\r\nServer: App-webs/\r\n\r\n")
"""A camera of the maker that states nothing but its web server."""
LAPTOP = (Protocol.SSH, b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
"""What is none of the maker's."""


@pytest.fixture
def journal_of(tmp_path: Path) -> Callable[..., Path]:
    """``journal_of("2026-01-05", {"10.1.0.5": camera(1)}, targets=("10.1.0.0/28",))``: the journal of a run."""
    folder = tmp_path / "journals"

    def make(
        day: str,
        answers: Mapping[str, tuple[Protocol, bytes]] | None = None,
        targets: Sequence[str] = ("10.1.0.0/28",),
        *,
        swept: int | None = None,
        finished: bool = True,
        more: Sequence[Record] = (),
        **header: Any,
    ) -> Path:
        at = f"{day}T02:00:00Z"
        name = f"{day.replace('-', '')}T020000Z-{zlib.crc32(' '.join(targets).encode()) & 0xFFFFFF:06x}"
        fields: dict[str, Any] = {
            "id": name, "version": "0.1.0", "started": at, "targets": tuple(targets), "walked": tuple(targets),
            "excluded": (), "unwalked": (), "ports": (80, 443), "seed": 3, "engine": "connect",
            "methods": ("tcp", "sadp"), "connected": (), "profiles": ("ca-federal-institution",), "facts": "", "reference": None,
            "sensor": {"name": "hiksweep", "host": "sensor", "interfaces": [], "privileges": []},
        }  # fmt: skip
        started = RunStarted(**{**fields, **header})
        journal = Journal(folder / f"{started.id}.jsonl")
        journal.append(started)
        for address, (protocol, payload) in (answers or {}).items():
            method = "sadp" if protocol is Protocol.SADP else str(protocol)
            journal.append(Ended("tcp", address, 80, Ending.COMPLETE, at=at))
            journal.append(Observation(address, protocol, payload, 80, method=method, run=started.id, at=at))
            journal.append(Looked(address))
        for record in more:
            journal.append(record)
        size = sum(ipaddress.ip_network(text).num_addresses for text in started.walked)
        journal.append(Swept(size if swept is None else swept))
        if finished:
            journal.append(RunEnded(f"{day}T02:05:00Z", interrupted=False))
        journal.close()
        return journal.path

    return make


@pytest.fixture(scope="session")
def things() -> SimpleNamespace:
    """What may answer in a journal: ``things.camera(1)``, ``things.NAMELESS``, ``things.LAPTOP``."""
    return SimpleNamespace(camera=camera, NAMELESS=NAMELESS, LAPTOP=LAPTOP)


@pytest.fixture
def quickly():
    """Check that a call stays within the processor time for 64 KiB; `Malformed` is as good as fields."""

    def check(function, *arguments: object) -> None:
        best = SECONDS * 2
        for _ in range(3):
            begin = time.process_time()
            with contextlib.suppress(Malformed):
                function(*arguments)
            best = min(best, time.process_time() - begin)
        assert best < SECONDS, f"{best:.3f} s for {function.__name__}"

    return check
