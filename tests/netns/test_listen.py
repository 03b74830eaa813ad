"""Listening on real wires: what is heard on two interfaces at once, and that not one packet leaves for it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest

pytestmark = pytest.mark.netns

SERIAL = "DS-2CD2143G2-I20211201AAWRJ1234567"
SADP = (
    '<?xml version="1.0" encoding="UTF-8"?><Hello><DeviceDescription>DS-2CD2143G2-I</DeviceDescription>'
    "<DeviceSN>{serial}</DeviceSN><MAC>{mac}</MAC></Hello>"
)
HELLO = (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Header><a:Action>'
    "http://schemas.xmlsoap.org/ws/2005/04/discovery/Hello</a:Action></s:Header><s:Body><d:Hello>"
    "<a:EndpointReference><a:Address>urn:uuid:11111111-1111-1111-1111-{last}</a:Address>"
    "</a:EndpointReference><d:Scopes>onvif://www.onvif.org/name/HIKVISION%20DS-2CD2143G2-I "
    "onvif://www.onvif.org/hardware/DS-2CD2143G2-I</d:Scopes></d:Hello></s:Body></s:Envelope>"
)
QUIET = 3.0
"""Seconds after which a new wire has said what a kernel says of itself."""
WINDOW = 6.0


def udp_frame(mac: str, source: str, target: str, ports: tuple[int, int], payload: bytes) -> bytes:
    """A whole frame, so that a device needs no address and no route."""
    group = b"\xff" * 6
    if target.startswith("239."):
        group = b"\x01\x00\x5e" + bytes([socket.inet_aton(target)[1] & 0x7F]) + socket.inet_aton(target)[2:]
    udp = struct.pack("!HHHH", *ports, 8 + len(payload), 0) + payload
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 1, 17, 0)
    ip = head + socket.inet_aton(source) + socket.inet_aton(target)
    total = sum(struct.unpack("!10H", ip))
    total = (total & 0xFFFF) + (total >> 16)
    ip = ip[:10] + struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF) + ip[12:]
    return group + bytes.fromhex(mac.replace(":", "")) + b"\x08\x00" + ip + udp


def dhcp_frame(mac: str, name: str) -> bytes:
    raw = bytes.fromhex(mac.replace(":", ""))
    message = struct.pack("!BBBBIHH16x", 1, 1, 6, 0, 7, 0, 0) + raw + bytes(10 + 192)
    options = b"\x63\x82\x53\x63\x35\x01\x01" + bytes([12, len(name)]) + name.encode() + b"\xff"
    return udp_frame(mac, "0.0.0.0", "255.255.255.255", (68, 67), message + options)


def arp_frame(mac: str, address: str) -> bytes:
    raw, own = bytes.fromhex(mac.replace(":", "")), socket.inet_aton(address)
    return b"\xff" * 6 + raw + b"\x08\x06" + b"\x00\x01\x08\x00\x06\x04\x00\x01" + raw + own + bytes(6) + own


def advertisement(mac: str, address: str) -> bytes:
    """An IPv6 neighbour advertisement to all nodes, its checksum left out: nobody on a mirror port checks it."""
    raw, own = bytes.fromhex(mac.replace(":", "")), socket.inet_pton(socket.AF_INET6, address)
    body = b"\x88\x00\x00\x00\x20\x00\x00\x00" + own + b"\x02\x01" + raw
    head = struct.pack("!IHBB", 6 << 28, len(body), 58, 255) + own
    return (
        bytes.fromhex("333300000001") + raw + b"\x86\xdd" + head
        + socket.inet_pton(socket.AF_INET6, "ff02::1") + body
    )  # fmt: skip


class Wire:
    """Devices on one wire: a camera by SADP, one by WS-Discovery, one that asks for an address, one by ARP."""

    def __init__(self, number: int) -> None:
        self.macs = [f"44:19:b6:0{number}:00:0{device}" for device in range(1, 5)]
        self.camera, self.onvif, self.quiet = (f"10.77.{number}.{last}" for last in (31, 32, 34))
        serial = f"{SERIAL}{number}"
        sadp = SADP.format(serial=serial, mac=self.macs[0].replace(":", "-")).encode()
        hello = HELLO.format(last=f"{number:012d}").encode()
        self.frames = [
            udp_frame(self.macs[0], self.camera, "239.255.255.250", (37020, 37020), sadp),
            udp_frame(self.macs[1], self.onvif, "239.255.255.250", (3702, 3702), hello),
            dhcp_frame(self.macs[2], f"camera-{number}"),
            arp_frame(self.macs[3], self.quiet),
        ]


class Speakers:
    """Send the frames of a wire again and again, from the other end of it."""

    def __init__(self) -> None:
        self._end = threading.Event()
        self._threads: list[threading.Thread] = []

    def add(self, namespace, frames, every: float = 0.3) -> None:
        def speak() -> None:
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
                sock.bind(("lan", 0))
                for _ in range(400):
                    for frame in frames:
                        with contextlib.suppress(OSError):
                            sock.send(frame)
                    if self._end.wait(every):
                        return

        thread = threading.Thread(target=namespace.run, args=(speak,), daemon=True)
        thread.start()
        self._threads.append(thread)

    def close(self) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(10)


@pytest.fixture
def speakers():
    made = Speakers()
    yield made
    made.close()


@pytest.fixture
def two_wires(sites, speakers):
    """The two near wires with their devices, after the kernels have said what they say of themselves."""
    wires = Wire(1), Wire(2)
    for namespace, wire in zip((sites.near1, sites.near2), wires, strict=True):
        speakers.add(namespace, wire.frames)
    time.sleep(QUIET)
    return wires


class Listening:
    """A listening under way; what it says is read from a file, so that a test can wait for a word."""

    def __init__(self, words, said, env) -> None:
        self._said = said
        with said.open("w") as stream:
            self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=stream, text=True, env=env)

    @property
    def said(self) -> str:
        return self._said.read_text(errors="replace")

    def wait_for(self, words: str, within: float = 60.0) -> None:
        """Until it says something, or has ended: then the test's own assertion tells what is missing."""
        until = time.monotonic() + within
        while words not in self.said and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)


@pytest.fixture
def listen(command, tmp_path):
    """``listen(namespace, word, …)``: a listening whose sockets are open; its output is JSON."""
    started = []

    def start(namespace, *words, before=(), every=("near1", "near2")):
        given = [word for name in every for word in ("--interface", name)]
        one = Listening(
            command(namespace, "listen", *given, "--format", "json", *words, before=before),
            tmp_path / f"said-{len(started)}",
            os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data")},
        )
        started.append(one)
        one.wait_for("Listening as")
        return one

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait(10)


def ended(listening, within: float = 90.0):
    """Code, report and what was said of a listening that comes to its end."""
    out, _ = listening.process.communicate(timeout=within)
    return listening.process.returncode, json.loads(out) if out.startswith("{") else {}, listening.said


def mac_of(namespace, name: str) -> bytes:
    def look() -> bytes:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
            sock.bind((name, 0))
            return sock.getsockname()[4]

    return namespace.run(look)


def sent_by(tap, mac: bytes) -> list[bytes]:
    return [frame for frame in tap.frames() if frame[6:12] == mac]


def kind(frame: bytes) -> str:
    """What a frame is, as far as a kernel's own frames need telling apart."""
    if frame[12:14] == b"\x08\x00" and frame[23] == 2:
        return "igmp"
    if frame[12:14] == b"\x86\xdd" and frame[20] == 0 and frame[54] == 58 and frame[62] in (131, 132, 143):
        return "mld"
    if frame[12:14] == b"\x86\xdd" and frame[20] == 58:
        return f"icmpv6-{frame[54]}"
    return frame[12:].hex()[:64]


def watched(sites, action) -> list[str]:
    """The kinds of the frames that the scanner's two interfaces send while something goes on."""
    taps = [
        (sites.near1.tap("lan"), mac_of(sites.scanner, "near1")),
        (sites.near2.tap("lan"), mac_of(sites.scanner, "near2")),
    ]
    action()
    time.sleep(0.3)
    return [kind(frame) for tap, mac in taps for frame in sent_by(tap, mac)]


def protocols(report, wire) -> dict[str, set[str]]:
    """By which protocols each device of a wire was heard."""
    hosts = {wire.camera: "camera", wire.onvif: "onvif", wire.quiet: "quiet", wire.macs[2]: "dhcp"}
    found: dict[str, set[str]] = {name: set() for name in hosts.values()}
    for one in report["observations"]:
        if one["host"] in hosts:
            found[hosts[one["host"]]].add(one["protocol"])
    return found


def test_two_interfaces_are_heard_at_once_and_not_one_packet_is_sent(sites, two_wires, listen):
    control = watched(sites, lambda: time.sleep(WINDOW))
    outcome = []

    sent = watched(sites, lambda: outcome.append(ended(listen(sites.scanner, "--for", f"{WINDOW:g}"))))

    (code, report, said) = outcome[0]
    assert code == 3, said
    for wire, name in zip(two_wires, ("near1", "near2"), strict=True):
        assert protocols(report, wire) == {
            "camera": {"sadp"},
            "onvif": {"onvif-wsdiscovery"},
            "quiet": {"mac"},
            "dhcp": {"dhcp"},
        }
        assert wire.camera in said
        assert {one["interface"] for one in report["observations"] if one["host"] == wire.camera} == {name}
    assert set(sent) <= set(control)
    assert len(sent) <= len(control)
    assert sent == [], "on a quiet wire the control run too is silent"
    assert report["run"]["verdict"] == "found"
    assert not report["run"]["coverage_complete"]
    assert report["run"]["counts"]["hikvision"]["confirmed"] >= 2


def test_frames_of_a_mirror_port_are_heard_with_their_tags_and_for_others(sites, speakers, listen):
    wire = Wire(1)
    tagged = [frame[:12] + b"\x81\x00\x00\x05" + frame[12:] for frame in wire.frames]
    twice = udp_frame(wire.macs[0], "10.77.1.35", "10.77.1.200", (37020, 41000), SADP.format(
        serial=SERIAL + "9", mac=wire.macs[0].replace(":", "-")
    ).encode())  # fmt: skip
    for_another = bytes.fromhex("020000000001") + twice[6:]
    raw = bytearray(60)
    raw[0], raw[10], raw[14:20] = 0x21, 1, bytes.fromhex(wire.macs[0].replace(":", ""))
    raw[20:24] = socket.inet_aton("10.77.1.36")
    announced = b"\xff" * 6 + bytes(raw[14:20]) + b"\x80\x33" + bytes(raw)
    neighbour = advertisement(wire.macs[3], "fe80::34")
    speakers.add(sites.near1, [*tagged, for_another, announced, neighbour])

    code, report, said = ended(listen(sites.scanner, "--for", "4", every=("near1",)))

    assert code == 3, said
    assert protocols(report, wire) == {
        "camera": {"sadp"},
        "onvif": {"onvif-wsdiscovery"},
        "quiet": {"mac"},
        "dhcp": {"dhcp"},
    }
    hosts = {address for device in report["devices"] for address in device["addresses"]}
    assert {"10.77.1.35", "10.77.1.36"} <= hosts
    assert ("fe80::34", "mac") in {(one["host"], one["protocol"]) for one in report["observations"]}


def test_joining_sends_memberships_and_nothing_else(sites, two_wires, listen):
    outcome = []

    sent = watched(
        sites, lambda: outcome.append(ended(listen(sites.scanner, "--join", "--for", f"{WINDOW:g}")))
    )

    code, report, said = outcome[0]
    assert code == 3, said
    assert set(sent) == {"igmp", "mld"}
    for wire in two_wires:
        assert protocols(report, wire)["camera"] == {"sadp"}
        assert protocols(report, wire)["quiet"] == {"mac"}
    assert any(gap["state"] == "joined" for gap in report["coverage"]["gaps"])
    assert "IGMP and MLD reports" in said


def test_without_privilege_the_groups_are_joined_and_that_is_said(sites, two_wires, listen):
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed (Debian package util-linux)")
    outcome = []
    without = ("setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw")

    sent = watched(
        sites,
        lambda: outcome.append(ended(listen(sites.scanner, "--for", f"{WINDOW:g}", before=without))),
    )

    code, report, said = outcome[0]
    assert code == 3, said
    assert set(sent) == {"igmp", "mld"}
    for wire in two_wires:
        heard = protocols(report, wire)
        assert heard == {"camera": {"sadp"}, "onvif": {"onvif-wsdiscovery"}, "quiet": set(), "dhcp": set()}
    assert "no capture" in said
    assert report["run"]["sensor"]["privileges"] == []


def test_an_interface_that_goes_and_comes_back_is_heard_again(sites, speakers, listen):
    wire = Wire(1)
    listening = listen(sites.scanner)
    sites.scanner.ip("link", "set", "near1", "down")
    listening.wait_for("near1 was lost")
    sites.scanner.ip("link", "set", "near1", "up")
    listening.wait_for("near1 is back")
    speakers.add(sites.near1, wire.frames)
    listening.wait_for(wire.camera)
    listening.process.send_signal(signal.SIGTERM)

    code, report, said = ended(listening)

    assert code == 3, said
    assert "near1 was lost" in said
    assert "near1 is back" in said
    assert protocols(report, wire)["camera"] == {"sadp"}
    assert any(
        gap["state"] == "link lost" and gap["targets"] == "near1" for gap in report["coverage"]["gaps"]
    )


def test_an_interface_that_is_made_anew_is_heard_again(sites, speakers, listen):
    wire = Wire(2)
    listening = listen(sites.scanner)
    sites.scanner.ip("link", "del", "near2")
    listening.wait_for("near2 was lost")
    sites.network.link(sites.scanner, "near2", sites.near2, "lan")
    listening.wait_for("near2 is back")
    speakers.add(sites.near2, wire.frames)
    listening.wait_for(wire.camera)
    listening.process.send_signal(signal.SIGTERM)

    code, report, said = ended(listening)

    assert code == 3, said
    assert "near2 is back" in said
    assert protocols(report, wire)["camera"] == {"sadp"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well(sites, two_wires, listen, number):
    listening = listen(sites.scanner)
    listening.wait_for("confirmed")
    listening.process.send_signal(number)

    code, report, said = ended(listening)

    assert code == 3, said
    assert report["run"]["finished"]
    assert "Traceback" not in said


def test_a_wire_on_which_nobody_speaks_is_incomplete(sites, listen):
    code, report, said = ended(listen(sites.scanner, "--for", "2"))

    assert code == 4, said
    assert report["run"]["verdict"] == "incomplete"
    assert report["coverage"]["addresses"] == 0


def test_an_interface_that_is_down_from_the_start_is_refused_with_the_reason(sites, listen):
    sites.scanner.ip("link", "set", "near1", "down")

    code, report, said = ended(listen(sites.scanner, "--for", "2", every=("near1",)))

    assert (code, report) == (2, {})
    assert "near1: the interface is down" in said
