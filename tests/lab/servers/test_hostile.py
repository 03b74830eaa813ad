from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from scanner.lab.recorder import Recorder
from scanner.lab.servers import hostile
from scanner.lab.servers.hostile import Endless, Tarpit
from scanner.lab.servers.session import Session
from scanner.lab.station import Station

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Peer(Session):
    """A session whose peer asks once and takes what it gets."""

    def __init__(self, head: bytes = REQUEST, takes: int = 10**9) -> None:
        super().__init__(Station("hostile", "x"), Recorder(), 80, "p", 1)
        self.asks, self.takes, self.got = head, takes, b""

    async def head(self, end: bytes = b"\r\n\r\n") -> bytes:
        return self.asks

    async def send(self, data: bytes) -> bool:
        self.got += data
        return len(self.got) < self.takes


def test_the_tarpit_drips_one_byte_a_second(client: Any) -> None:
    with client.connect("tarpit", 80) as opened:
        opened.sendall(REQUEST)
        started = time.monotonic()
        got = b""
        while len(got) < 3:
            got += opened.recv(100)
        assert time.monotonic() - started > 1.5
    assert got == b"HTT"


def test_every_flood_and_every_drip_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile, "_MOST", 200_000)
    peer = Peer()
    asyncio.run(Endless(b"head ", b"again ").serve(peer))
    assert 200_000 <= len(peer.got) < 400_000
    assert peer.got.startswith(b"head again again ")
    monkeypatch.setattr(hostile, "_LONGEST", 0.5)
    dripped = Peer()
    asyncio.run(Tarpit(pause=0.001).serve(dripped))
    assert dripped.got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert dripped.got.endswith(b"aaa")


def test_they_let_go_of_a_peer_that_leaves_or_never_asks() -> None:
    for server in (Endless(b"h", b"r"), Tarpit(pause=0)):
        leaving = Peer(takes=5)
        asyncio.run(server.serve(leaving))
        assert leaving.recorder.records("hostile", "request")
        silent = Peer(head=b"")
        asyncio.run(server.serve(silent))
        assert silent.got == b""
