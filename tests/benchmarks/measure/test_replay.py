from __future__ import annotations

import asyncio
import ipaddress
import socket

import pytest

from benchmarks.measure.cases import Case
from benchmarks.measure.replay import NETWORK, PLAIN_HEAD, Play, answer_of, by_port, playing, plays, responds
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol


def reply(protocol: Protocol, text: str, port: int = 0, host: str = "h") -> Observation:
    return Observation(host, protocol, text.encode(), port=port)


def free_port(address: str) -> int:
    with socket.socket() as one:
        one.bind((address, 0))
        return int(one.getsockname()[1])


def test_each_host_has_an_address_on_loopback_and_each_port_its_first_reply() -> None:
    cases = [
        Case(
            "a",
            [reply(Protocol.RTSP, "one", 554), reply(Protocol.RTSP, "two", 554), reply(Protocol.HTTP, "x")],
        ),
        Case("b", [reply(Protocol.SNMP, "x", 161), reply(Protocol.TLS_CERT, "x", 443)]),
        Case("c", [reply(Protocol.FTP, "220 ready\r\n")]),
    ]

    found = plays(cases)

    assert [(one.address, one.port) for one in found] == [
        ("127.88.0.1", 554),
        ("127.88.0.1", 80),
        ("127.88.0.3", 21),
    ]
    assert found[0].answer == b"one"
    assert found[1].answer == PLAIN_HEAD + b"x"
    assert all(ipaddress.ip_address(one.address).is_loopback for one in found)
    assert by_port(found) == {21: ["127.88.0.3"], 80: ["127.88.0.1"], 554: ["127.88.0.1"]}


def test_escaped_bytes_of_a_greeting_are_played_as_bytes() -> None:
    assert answer_of(reply(Protocol.SDK8000, "\\x00\\x00\\x00\\x10")) == b"\x00\x00\x00\x10"
    assert answer_of(reply(Protocol.MAC, "44:19:b6:00:00:01")) == b""


@pytest.mark.parametrize(
    ("protocol", "request_line", "answered"),
    [
        (Protocol.HTTP, b"GET / HTTP/1.0\r\n\r\n", True),
        (Protocol.HTTP, b"OPTIONS / RTSP/1.0\r\n\r\n", False),
        (Protocol.RTSP, b"OPTIONS / RTSP/1.0\r\n\r\n", True),
        (Protocol.RTSP, b"GET / HTTP/1.0\r\n\r\n", False),
        (Protocol.SDK8000, b"\r\n\r\n", True),
    ],
)
def test_a_host_answers_the_requests_of_its_protocol(protocol, request_line, answered) -> None:
    assert responds(protocol, request_line) is answered


def test_hosts_are_played_until_the_end_of_the_context() -> None:
    address = str(NETWORK[7])
    web = Play(Case("a"), address, free_port(address), Protocol.HTTP, b"HTTP/1.1 200 OK\r\n\r\n")
    greeting = Play(Case("b"), address, free_port(address), Protocol.FTP, b"220 ready\r\n")

    async def ask(play: Play, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(play.address, play.port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        return answer

    async def run() -> list[bytes]:
        async with playing([web, greeting, web]) as bound:
            assert bound == [web, greeting], "what is bound already is left out"
            answers = [await ask(web, b"GET / HTTP/1.0\r\n\r\n"), await ask(web, b"HELP\r\n")]
            answers.append(await ask(greeting, b"USER x\r\n"))
        with pytest.raises(ConnectionError):
            await ask(web, b"")
        return answers

    assert asyncio.run(run()) == [web.answer, b"", greeting.answer]


def test_nothing_but_loopback_is_bound() -> None:
    async def run() -> None:
        async with playing([Play(Case("a"), "192.0.2.1", 80, Protocol.HTTP, b"")]):
            pass

    with pytest.raises(ValueError, match="not on loopback"):
        asyncio.run(run())
