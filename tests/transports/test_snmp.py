from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import socket
import subprocess
import threading
import time

import pytest
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from scanner.model.ending import Ending
from scanner.model.errors import Refused
from scanner.model.protocol import Protocol
from scanner.transports.snmp import SnmpTransport, value_text

V2C = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
DESCRIPTION, OBJECT_ID = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"
SECRET = "site-community-7"


@pytest.fixture
def agent():
    """A UDP agent on loopback: each datagram gets the next list of replies; a reply is bytes or a function."""
    made = []

    def start(*turns):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(5)
        made.append(sock)

        def body():
            with contextlib.suppress(OSError):
                for replies in turns:
                    data, source = sock.recvfrom(2000)
                    for reply in replies:
                        sock.sendto(reply(data) if callable(reply) else reply, source)

        threading.Thread(target=body, daemon=True).start()
        return sock.getsockname()[1]

    yield start
    for sock in made:
        sock.close()


def good(data):
    message, _ = decoder.decode(data, asn1Spec=V2C.Message())
    reply = V2C.apiMessage.get_response(message)
    values = [(DESCRIPTION, V2C.OctetString(b"Camera\r\nV5")), (OBJECT_ID, V2C.NoSuchObject())]
    V2C.apiPDU.set_varbinds(V2C.apiMessage.get_pdu(reply), values)
    return encoder.encode(reply)


def read(gate, port, timeout=0.3, **options):
    transport = SnmpTransport(gate, SECRET, port=port, timeout=timeout, **options)
    return asyncio.run(transport.read("127.0.0.1", [DESCRIPTION, OBJECT_ID]))


def test_the_payload_is_one_line_an_object(agent, recording_gate):
    exchange = read(recording_gate, agent([good]))
    assert exchange.ending is Ending.COMPLETE
    assert exchange.protocol is Protocol.SNMP
    assert exchange.payload == b"1.3.6.1.2.1.1.1.0 = Camera V5\n"
    assert exchange.request == f"GET {DESCRIPTION} {OBJECT_ID}"
    assert recording_gate.asked == [("snmp", "127.0.0.1", (DESCRIPTION, OBJECT_ID)), ("pace", 1)]


def test_silence_is_asked_once_more(agent, recording_gate):
    assert read(recording_gate, agent([], [good])).ending is Ending.COMPLETE
    assert read(recording_gate, agent([], [], [good])).ending is Ending.SILENT


def test_a_closed_port_is_refused(recording_gate):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert read(recording_gate, port).ending is Ending.REFUSED


def test_junk_is_malformed_without_a_word_on_the_log(agent, recording_gate, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    exchange = read(recording_gate, agent([b"junk", b"\x30\x82\xff\xff\x02"], [b"more junk"] * 20))
    assert (exchange.ending, exchange.payload) == (Ending.MALFORMED, b"")
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name != "asyncio"] == []


def test_a_good_answer_after_junk_counts(agent, recording_gate):
    assert read(recording_gate, agent([b"junk", good])).ending is Ending.COMPLETE


def test_only_the_asked_host_can_answer(agent, recording_gate):
    sent = []

    def from_elsewhere(data):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.2", 0))
            port = sent[0]
            other.sendto(good(data), ("127.0.0.1", port))
        return b"junk"

    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))
    listening.settimeout(5)

    def body():
        data, source = listening.recvfrom(2000)
        sent.append(source[1])
        from_elsewhere(data)

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    exchange = read(recording_gate, listening.getsockname()[1], asks=1)
    thread.join(5)
    listening.close()
    assert exchange.ending is Ending.SILENT


def test_the_community_is_nowhere_but_on_the_wire(agent, recording_gate, caplog):
    caplog.set_level(logging.DEBUG)
    exchange = read(recording_gate, agent([good]))
    shown = (
        repr(SnmpTransport(recording_gate, SECRET))
        + repr(exchange)
        + caplog.text
        + repr(recording_gate.asked)
    )
    assert SECRET not in shown


def test_what_the_gate_refuses_is_not_asked(recording_gate):
    recording_gate.refusing.add("snmp")
    with pytest.raises(Refused):
        read(recording_gate, 9)


def test_without_a_route_the_host_was_never_asked(recording_gate):
    transport = SnmpTransport(recording_gate, SECRET, timeout=0.1)
    exchange = asyncio.run(transport.read("fe80::1%no-such-link", [DESCRIPTION]))
    assert exchange.ending is Ending.NEVER_ASKED


def test_the_pace_of_the_gate_is_kept(agent, recording_gate):
    recording_gate.delay = 0.2
    started = time.monotonic()
    assert read(recording_gate, agent([good])).ending is Ending.COMPLETE
    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (7, "7"),
        ("1.3.6", "1.3.6"),
        (b"Camera\0", "Camera"),
        (b"two\nlines = x", "two lines = x"),
        (b"\x1b[31mred", "0x1b5b33316d726564"),
        (b"\xff\xfe", "0xfffe"),
        ("Überwachung".encode(), "Überwachung"),
        (b"", ""),
        (b"x" * 9000, "x" * 1024),
    ],
)
def test_a_value_is_one_harmless_line(value, text):
    assert value_text(value) == text


@pytest.mark.peer
def test_a_real_agent_is_read(tmp_path, recording_gate):
    program = shutil.which("snmpd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("snmpd is not installed (Debian package snmpd)")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "state").mkdir()
    (tmp_path / "agent.conf").write_text(
        f"rocommunity {SECRET} 127.0.0.1\nsysDescr Network Camera\nsysObjectID 1.3.6.1.4.1.50001\n"
    )
    words = [program, "-f", "-Lo", "-C", "-c", str(tmp_path / "agent.conf"), "-m", ""]
    words += [f"--persistentDir={tmp_path / 'state'}", f"udp:127.0.0.1:{port}"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(50):
                exchange = read(recording_gate, port, asks=1)
                if exchange.ending is Ending.COMPLETE:
                    break
                time.sleep(0.1)
            wrong = SnmpTransport(recording_gate, "not-" + SECRET, port=port, timeout=0.2, asks=1)
            unanswered = asyncio.run(wrong.read("127.0.0.1", [DESCRIPTION]))
        finally:
            process.terminate()
    assert exchange.payload == b"1.3.6.1.2.1.1.1.0 = Network Camera\n1.3.6.1.2.1.1.2.0 = 1.3.6.1.4.1.50001\n"
    assert unanswered.ending is Ending.SILENT
