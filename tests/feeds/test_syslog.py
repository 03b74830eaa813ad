"""Syslog to a collector on loopback, over TCP: RFC 5424 messages, framed by counting octets."""

from __future__ import annotations

import re
import socket
import threading

import pycef
import pytest

from scanner.feeds import Target, syslog
from scanner.model.errors import UsageError

MESSAGE = re.compile(rb"<(\d+)>1 (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) \xef\xbb\xbf(.*)", re.DOTALL)


@pytest.fixture
def collector():
    """Takes one connection; gives its URL and, when asked, all that came."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(20)
    came = bytearray()

    def take():
        connection, _ = listening.accept()
        with connection:
            while piece := connection.recv(65_536):
                came.extend(piece)

    thread = threading.Thread(target=take, daemon=True)
    thread.start()

    def read():
        thread.join(20)
        return bytes(came)

    yield f"tcp://127.0.0.1:{listening.getsockname()[1]}", read
    listening.close()


def frames(data: bytes) -> list[bytes]:
    found = []
    while data:
        length, _, data = data.partition(b" ")
        found.append(data[: int(length)])
        data = data[int(length) :]
    return found


@pytest.mark.parametrize("form", ["cef", "leef"])
def test_every_event_arrives_as_a_whole_message(form, found, collector):
    url, read = collector
    sent = syslog.send(found(form), Target(url))
    messages = [MESSAGE.fullmatch(one) for one in frames(read())]

    assert sent.whole
    assert sent.lines == (f"{len(messages):,} events were handed over; syslog confirms none of them",)
    assert all(messages)
    assert {one[4] for one in messages} == {b"hiksweep"}
    assert all(one[8].startswith(b"CEF:0|" if form == "cef" else b"LEEF:2.0|") for one in messages)


def test_severity_follows_the_event(found):
    export = found("cef")
    grave = [line for line in syslog.cef_lines(export) if "cat=finding" in line]
    calm = [line for line in syslog.cef_lines(export) if "cat=device" in line]

    assert {syslog.message(export, line)[:5] for line in calm} == {b"<110>"}
    assert {syslog.message(export, line)[:5] for line in grave} <= {b"<108>", b"<109>", b"<110>"}
    assert pycef.parse(syslog.message(export, grave[0]).decode())["DeviceProduct"] == "hiksweep"


def test_a_collector_that_is_not_there_is_one_line(found):
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()

    with pytest.raises(UsageError, match="0 messages were handed over"):
        syslog.send(found("cef"), Target(f"tcp://127.0.0.1:{port}"))
