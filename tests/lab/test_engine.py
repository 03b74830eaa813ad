from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.lab import Lab, LabError


def eventually(condition: Callable[[], object], within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and not condition():
        time.sleep(0.02)
    return bool(condition())


Listening = list[tuple[str, int]]


def listening() -> Listening:
    """Every TCP and UDP port that this process has open, from the kernel's own tables."""
    inodes = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = []
    for table, states in (("tcp", {"0A"}), ("udp", {"07"})):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[9] in inodes and words[3] in states:
                address, port = words[1].split(":")
                found.append((socket.inet_ntoa(bytes.fromhex(address)[::-1]), int(port, 16)))
    return found


def test_nothing_listens_outside_the_labs_own_network(make_lab: Callable[..., Lab]) -> None:
    before = listening()
    with make_lab() as lab:
        opened = listening()
        for one in before:
            opened.remove(one)
        prefix = lab.network.rsplit(".", 1)[0] + "."
        assert len(opened) > 100
        assert [one for one in opened if not one[0].startswith(prefix)] == []
        assert [one for one in opened if one[1] < 1024] == [], "an ordinary user must be able to start it"
    assert listening() == before, "everything is closed again"


def test_it_is_up_in_two_seconds_and_down_in_two(make_lab: Callable[..., Lab]) -> None:
    started = time.monotonic()
    lab = make_lab()
    with lab:
        assert time.monotonic() - started < 2
        idle = [socket.create_connection((address, 8000), 2) for address in list(lab.addresses.values())[:5]]
        started = time.monotonic()
    assert time.monotonic() - started < 2, "open conversations do not hold it up"
    for connection in idle:
        connection.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "hiksweep-lab"]


def test_a_taken_port_is_one_clear_line_and_leaves_nothing_open(network: str) -> None:
    before = listening()
    with Lab(["camera-v55"], base=network):
        pass
    with Lab(["camera-v55"], base=network) as first:
        address = first.addresses["camera-v55"]
        during = listening()
        with (
            pytest.raises(
                LabError, match=rf"^lab: camera-v55 cannot have {address}:10080 \(.+\): is a lab running\?$"
            ),
            Lab(["camera-v55"], base=network),
        ):
            pass
        assert listening() == during
    assert listening() == before


def test_an_address_that_is_not_ours_is_one_clear_line() -> None:
    lab = Lab(["camera-v55"], base="192.0.2.0/24")
    with pytest.raises(LabError, match=r"cannot have 192\.0\.2\.13:80 \(.*assign"), lab:
        pass


def test_each_connection_and_each_byte_is_on_record(make_lab: Callable[..., Lab]) -> None:
    with make_lab("ezviz", "nvr") as lab:
        with socket.create_connection((lab.addresses["ezviz"], 9010), 2) as opened:
            opened.sendall(b"\x00\x01 not asked for \xff")
        with socket.create_connection((lab.addresses["nvr"], 8000), 2):
            pass
        assert eventually(lambda: lab.recorder.records("ezviz", "unexpected"))
        assert eventually(lambda: lab.recorder.records("nvr"))
        assert [record.kind for record in lab.recorder.records("nvr")] == ["connect"]
        assert lab.recorder.received("ezviz", 9010) == b"\x00\x01 not asked for \xff"
        kinds = [record.kind for record in lab.recorder.records("ezviz")]
        assert kinds == ["connect", "bytes", "unexpected"]
        assert lab.recorder.records("ezviz")[0].peer.startswith("127.")
        assert {record.connection for record in lab.recorder.records("ezviz")} != {0}


def test_a_failed_handshake_is_on_record_and_hurts_nobody(make_lab: Callable[..., Lab]) -> None:
    with make_lab("camera-v57") as lab:
        address = lab.addresses["camera-v57"]
        with socket.create_connection((address, 10443), 2) as opened:
            opened.sendall(b"GET / HTTP/1.1\r\n\r\n")
            opened.settimeout(3)
            while opened.recv(1000):
                pass
        assert eventually(lambda: len(lab.recorder.records("camera-v57", "tls-failed")) == 1)
        context = ssl._create_unverified_context()
        with socket.create_connection((address, 10443), 2) as plain, context.wrap_socket(plain) as opened:
            assert opened.getpeercert(binary_form=True)


def test_what_arrived_just_before_the_end_is_still_on_record(make_lab: Callable[..., Lab]) -> None:
    with make_lab("printer") as lab, socket.create_connection((lab.addresses["printer"], 9100), 2) as opened:
        opened.sendall(b"last words")
    assert lab.printed == b"last words"


def test_stopping_twice_is_no_fault(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab("nas-ds918")
    with lab:
        assert lab._engine is not None
        lab._engine.stop()
        lab._engine.stop()
