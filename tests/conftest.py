"""What holds for every test: how hypothesis draws its examples, which skips a full proof does not allow, and
loopback peers to talk to.

A busy machine is no fault of the code, so no example has a deadline; bounds on time are tests of their own.
``make fuzz`` draws many more examples than the suite does.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import socket
import threading
from collections.abc import Callable, Generator, Iterator

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=5000)
settings.load_profile("suite")

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
