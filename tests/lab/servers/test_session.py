from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from scanner.lab.recorder import Recorder
from scanner.lab.servers import session as module
from scanner.lab.servers.session import RecordingReader, Session
from scanner.lab.station import Station


def converse(
    work: Callable[[Session], Awaitable[object]], sends: bytes, end: bool = True
) -> tuple[object, Recorder]:
    """Run one session whose peer sends some bytes (and then closes, if ``end``)."""
    recorder = Recorder()

    async def play() -> object:
        ours, theirs = socket.socketpair()
        session = Session(Station("camera", "127.9.0.5"), recorder, 8000, "peer:1", 4)
        reader = RecordingReader(session)
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        ours.setblocking(False)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, ours)
        session.reader, session.writer = reader, asyncio.StreamWriter(transport, protocol, reader, loop)
        theirs.sendall(sends)
        if end:
            theirs.close()
        try:
            return await work(session)
        finally:
            transport.close()
            theirs.close()

    return asyncio.run(play()), recorder


def test_a_head_is_read_to_its_blank_line_and_all_is_on_record() -> None:
    head, recorder = converse(lambda s: s.head(), b"GET / HTTP/1.1\r\n\r\nrest")
    assert head == b"GET / HTTP/1.1\r\n\r\n"
    assert recorder.received("camera") == b"GET / HTTP/1.1\r\n\r\nrest"
    assert {(r.address, r.port, r.peer, r.connection) for r in recorder.records()} == {
        ("127.9.0.5", 8000, "peer:1", 4)
    }


@pytest.mark.parametrize("sends", [b"", b"GET / HT", b"a" * 200_000])
def test_a_head_that_never_ends_is_empty(sends: bytes) -> None:
    head, recorder = converse(lambda s: s.head(), sends)
    assert head == b""
    assert recorder.received("camera") == sends[: len(recorder.received("camera"))]


def test_a_slow_head_and_a_slow_body_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE", 0.05)
    assert converse(lambda s: s.head(), b"GET", end=False)[0] == b""
    assert converse(lambda s: s.body(10), b"four", end=False)[0] == b""


@pytest.mark.parametrize(("length", "expected"), [(4, b"four"), (0, b""), (-1, b""), (10**9, b""), (9, b"")])
def test_a_body_is_read_by_its_announced_length_within_bounds(length: int, expected: bytes) -> None:
    assert converse(lambda s: s.body(length), b"four")[0] == expected


def test_sending_to_a_peer_that_is_gone_says_so() -> None:
    async def work(session: Session) -> bool:
        await session.linger(1)
        for _ in range(50):
            if not await session.send(b"x" * 100_000):
                return False
            await asyncio.sleep(0)
        return True

    assert converse(work, b"")[0] is False


def test_lingering_records_what_comes_and_ends() -> None:
    _, recorder = converse(lambda s: s.linger(0.2), b"noise", end=False)
    assert recorder.received("camera") == b"noise"


def test_a_session_without_a_stream_does_nothing() -> None:
    async def play() -> tuple[bytes, bytes, bool]:
        session = Session(Station("camera", "x"), Recorder(), 1, "p", 1)
        await session.linger(1)
        return await session.head(), await session.body(3), await session.send(b"x")

    assert asyncio.run(play()) == (b"", b"", False)
