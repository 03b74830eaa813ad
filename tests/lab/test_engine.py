from __future__ import annotations

import ctypes
import os
import socket
import ssl
import subprocess
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
        socket.create_connection((address, 10443), 2).close()
        context = ssl._create_unverified_context()
        with socket.create_connection((address, 10443), 2) as plain, context.wrap_socket(plain) as opened:
            assert opened.getpeercert(binary_form=True)
        assert len(lab.recorder.records("camera-v57", "tls-failed")) == 1, "a bare connect fails nothing"


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


CLONE_NEWNET = 0x40000000
SEARCH = b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n'
MDNS_QUERY = b"\0\0\0\0\0\1\0\0\0\0\0\0\x05_http\x04_tcp\x05local\0\0\x0c\0\x01"


def alone(function: Callable[[], None]) -> None:
    """Run in a thread that lives in a network namespace of its own, with one interface and no way out."""
    errors: list[BaseException] = []

    def body() -> None:
        try:
            if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
                pytest.skip(f"no network namespace for us: {os.strerror(ctypes.get_errno())}")
            for words in (
                "link set lo up",
                "link add lan type veth peer name wire",
                "link set wire up",
                "link set lan up multicast on",
                "address add 10.9.0.1/24 dev lan",
                "address add 10.9.0.11/24 dev lan",
                "address add 10.9.0.22/24 dev lan",
                "address add 192.168.1.64/24 dev lan",
            ):
                done = subprocess.run(["ip", *words.split()], check=False, capture_output=True, text=True)
                if done.returncode:
                    pytest.skip(f"ip {words}: {done.stderr.strip()}")
            function()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    if errors:
        raise errors[0]


def answers(data: bytes, to: tuple[str, int], listen: int = 0, join: str | None = None) -> dict[str, bytes]:
    """Ask a group from 10.9.0.1; the answers of one second by the address that they came from."""
    heard: dict[str, bytes] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        opened.bind(("", listen) if join else ("10.9.0.1", listen))
        ours = socket.inet_aton("10.9.0.1")
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, ours)
        if join:
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(join) + ours)
        opened.sendto(data, to)
        deadline = time.monotonic() + 1
        while (left := deadline - time.monotonic()) > 0:
            opened.settimeout(left)
            try:
                reply, source = opened.recvfrom(65535)
            except TimeoutError:
                break
            if reply != data:
                heard[source[0]] = reply
    return heard


@pytest.mark.netns
def test_on_a_real_interface_the_true_ports_are_open_and_the_groups_answer(
    inquiry: bytes, ws_probe: bytes
) -> None:
    def play() -> None:
        given = {"camera-v3": "10.9.0.11", "dvr": "10.9.0.22", "camera-sadp-only": "192.168.1.64"}
        with Lab(list(given), base="10.9.0.0/24", given=given) as lab:
            assert lab.ports_option == ""
            everyone = {"10.9.0.11", "10.9.0.22", "192.168.1.64"}
            found = answers(inquiry, ("239.255.255.250", 37020))
            assert set(found) == everyone, "one on a foreign subnet answers too"
            assert b"<HttpPort>80</HttpPort>" in found["10.9.0.11"]
            assert set(answers(inquiry, ("255.255.255.255", 37020))) == everyone
            assert set(answers(ws_probe, ("239.255.255.250", 3702))) == {"10.9.0.11"}
            assert b"LOCATION: http://10.9.0.22/" in answers(SEARCH, ("239.255.255.250", 1900))["10.9.0.22"]
            named = answers(MDNS_QUERY, ("224.0.0.251", 5353), 5353, "224.0.0.251")
            assert b"DS-2CD2032-I20131210CCWR443700388" in named["10.9.0.11"]
            for port in (80, 554, 8000):
                socket.create_connection(("10.9.0.11", port), 2).close()
            assert len(lab.recorder.records("dvr", "datagram")) == 3, "each question is heard once"

    alone(play)


@pytest.mark.netns
def test_a_group_that_cannot_be_joined_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def play() -> None:
        card = next(card for card in Lab(["dvr"]).cards)
        monkeypatch.setattr(type(card.udp[0]), "groups", ("10.250.0.1",))
        with pytest.raises(LabError, match=r"^lab: dvr cannot join 10\.250\.0\.1:37020"):
            Lab(["dvr"], base="10.9.0.0/24").__enter__()

    alone(play)
