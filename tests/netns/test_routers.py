"""Routed MAC addresses and switch ports, read from a real snmpd whose neighbours and LLDP are real too.

The router of these tests is a namespace with a bridge: what its ARP table holds comes from the kernel, what its
LLDP tables hold from lldpd, and its forwarding tables from a script behind snmpd, since snmpd has none.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.netns, pytest.mark.peer]

COMMUNITY = "only-this-site-knows"
SIGN, HIDE = "sign-this-site-7", "hide-this-site-7"
USER = "nobody-else-reads"
ROUTER = "10.77.9.1"
CAMERA, SWITCH, BEHIND = "44:19:b6:00:00:01", "44:19:b6:00:00:02", "44:19:b6:00:00:03"
"""Addresses of a block that is registered to the maker."""
UDP = 17
PRINTER = "00:00:74:00:00:01"
OPTIONS = ("--no-multicast", "--snmp-router", ROUTER, "--snmp-credentials")
V2C = f"default:\n  community: {COMMUNITY}\n"
V3 = (
    f"[{ROUTER}]\nversion = 3\nuser = {USER}\nauth = SHA-256\nauth-password = {SIGN}\n"
    f"privacy = AES\nprivacy-password = {HIDE}\n"
)
AGENT = """
import os, signal, sys
rows = []
for line in open(sys.argv[1]):
    oid, kind, value = line.split(None, 2)
    rows.append((tuple(map(int, oid.split("."))), kind, value.strip()))
rows.sort()
end, at = sys.argv[2], tuple(map(int, sys.argv[3].split(".")))
def ask():
    line = sys.stdin.readline()
    if not line:
        sys.exit()
    return line.strip()
while True:
    command = ask()
    if command == "PING":
        print("PONG", flush=True)
        continue
    wanted = tuple(map(int, ask().strip(".").split(".")))
    if command == "getnext":
        found = next((row for row in rows if row[0] > wanted), None)
        if found and found[0] >= at and found[0][:-6] == at[:-6]:
            if end == "dies":
                sys.exit(1)
            if end == "stops":
                os.kill(int(open(sys.argv[4]).read()), signal.SIGSTOP)
    else:
        found = next((row for row in rows if row[0] == wanted), None)
    if found is None:
        print("NONE", flush=True)
    else:
        print("." + ".".join(map(str, found[0])), found[1], found[2], sep="\\n", flush=True)
"""
"""Speaks snmpd's pass_persist protocol; from one row of a column on it may die, or stop snmpd as it is."""
BRIDGE, VTP = "1.3.6.1.2.1.17", "1.3.6.1.4.1.9.9.46"
FDB_PORT, VLAN_STATE = f"{BRIDGE}.4.3.1.2", f"{VTP}.1.3.1.1.2"


def mac_index(mac: str) -> str:
    return ".".join(str(int(part, 16)) for part in mac.split(":"))


def forwarding(seats: dict[str, int], interfaces: dict[int, int]) -> str:
    """BRIDGE-MIB tables for these MACs by bridge port, and the interface of each bridge port."""
    rows = [f"{BRIDGE}.1.4.1.2.{port} integer {interface}" for port, interface in interfaces.items()]
    for mac, port in seats.items():
        rows.append(f"{FDB_PORT}.{mac_index(mac)} integer {port}")
        rows.append(f"{BRIDGE}.4.3.1.3.{mac_index(mac)} integer 3")
    return "\n".join(rows) + "\n"


class Site:
    """A scanner, a router that bridges three ports, a camera, a printer, and a camera behind another switch.

    ======== =================================================================
    scanner  10.77.9.2, one hop from the router
    router   10.77.9.1 and 10.78.0.1 on ``br0`` with ports ``p1``, ``p2``, ``p3``
    camera   10.78.0.2 on ``p1``; printer 10.78.0.3 on ``p2``
    access   a switch on ``p3``, 10.78.0.4; behind it a camera, 10.78.0.5
    ======== =================================================================
    """

    def __init__(self, network: Any, folder: Path, needs_program: Callable[[str, str], str]) -> None:
        self.network, self.folder, self._needs = network, folder, needs_program
        self.scanner, self.router, self.camera, self.printer, self.access = (
            network.namespace(name) for name in ("scanner", "router", "camera", "printer", "access")
        )
        network.link(self.scanner, "uplink", self.router, "uplink")
        self.router.ip("link", "add", "br0", "type", "bridge")
        for other, port in ((self.camera, "p1"), (self.printer, "p2"), (self.access, "p3")):
            network.link(other, "lan", self.router, port)
            self.router.ip("link", "set", port, "master", "br0")
        self.router.ip("link", "set", "br0", "up")
        for namespace, device, address in (
            (self.scanner, "uplink", "10.77.9.2/30"),
            (self.router, "uplink", f"{ROUTER}/30"),
            (self.router, "br0", "10.78.0.1/24"),
            (self.camera, "lan", "10.78.0.2/24"),
            (self.printer, "lan", "10.78.0.3/24"),
            (self.access, "lan", "10.78.0.4/24"),
        ):
            namespace.ip("address", "add", address, "dev", device)
        for namespace, mac in ((self.camera, CAMERA), (self.printer, PRINTER), (self.access, SWITCH)):
            namespace.ip("link", "set", "lan", "address", mac)
            namespace.ip("route", "add", "default", "via", "10.78.0.1")
        self.behind = network.namespace("behind")
        words = ("link", "lan", "name", "lan2", "address", BEHIND, "type", "macvlan", "mode", "bridge")
        self.access.ip("link", "add", *words)
        self.access.ip("link", "set", "lan2", "netns", self.behind.name)
        self.behind.ip("link", "set", "lan2", "up")
        self.behind.ip("address", "add", "10.78.0.5/24", "dev", "lan2")
        self.behind.ip("route", "add", "default", "via", "10.78.0.1")
        self.scanner.ip("route", "add", "10.78.0.0/24", "via", ROUTER)
        self.router.run(lambda: Path("/proc/sys/net/ipv4/ip_forward").write_text("1"))

    def serve(self, *lines: str, end: str = "well", without: str = "") -> Any:
        """Start snmpd on the router, with forwarding tables from a script.

        In the middle of the column of ports, behind the row of the camera, the script ``dies``, ``stops`` snmpd, or
        goes on ``well``. ``without`` names a module of snmpd that is left out.
        """
        interfaces = {number: self.interface_index(f"p{number}") for number in (1, 2, 3)}
        seats = {CAMERA: 1, PRINTER: 2, SWITCH: 3, BEHIND: 3}
        for number in range(20):
            seats[f"a0:00:00:00:00:{number:02x}"], interfaces[10 + number] = 10 + number, 100 + number
        bridge = self._script("bridge", BRIDGE, forwarding(seats, interfaces), end)
        return self._snmpd("router", *self._access(), bridge, *lines, to=ROUTER, without=without)

    def serve_vlans(self) -> None:
        """Start a switch that keeps a forwarding table for each VLAN, each in a context of its own."""
        vlans = {20: {CAMERA: 1}, 30: {PRINTER: 1, BEHIND: 2}}
        lines = [
            self._script(
                "vtp", VTP, "".join(f"{VLAN_STATE}.1.{vlan} integer 1\n" for vlan in (20, 30, 40, 1002))
            )
        ]
        for vlan, seats in vlans.items():
            names = ("p1",) if vlan == 20 else ("p2", "p3")
            interfaces = {place: self.interface_index(name) for place, name in enumerate(names, 1)}
            self._snmpd(
                f"vlan{vlan}", "rocommunity inner", self._script(f"bridge{vlan}", BRIDGE, forwarding(seats, interfaces)),
                to=f"127.0.0.1:{16100 + vlan}",
            )  # fmt: skip
            context = f"vlan-{vlan}"
            lines += [
                f"com2sec -Cn {context} v{vlan} default {COMMUNITY}@{vlan}",
                f"group g{vlan} v2c v{vlan}",
                f"access g{vlan} {context} any noauth exact all none none",
                f"proxy -Cn {context} -v 2c -c inner 127.0.0.1:{16100 + vlan} {BRIDGE}",
            ]
        access = (*self._access(), "view all included .1", f"rouser {USER} priv -V all vlan-*")
        self._snmpd("router", *access, *lines, to=ROUTER)

    def _access(self) -> tuple[str, ...]:
        made = f'createUser {USER} SHA-256 "{SIGN}" AES "{HIDE}"'
        return (f"rocommunity {COMMUNITY}", made, f"rouser {USER} priv", "sysName core-1")

    def _script(self, name: str, oid: str, rows: str, end: str = "well") -> str:
        """A line of snmpd's that has a subtree answered by a script."""
        script, table = self.folder / "agent.py", self.folder / f"{name}.rows"
        script.write_text(AGENT)
        table.write_text(rows)
        at = f"{FDB_PORT}.{mac_index(SWITCH)}"
        return f"pass_persist .{oid} {sys.executable} {script} {table} {end} {at} {self.folder}/router.pid"

    def _snmpd(self, name: str, *lines: str, to: str, without: str = "") -> Any:
        conf, log, state = (self.folder / f"{name}.{ending}" for ending in ("conf", "log", "state"))
        conf.write_text("\n".join(lines) + "\n")
        state.mkdir()
        program = self.router.start(
            self._needs("snmpd", "snmpd"), "-f", "-p", str(self.folder / f"{name}.pid"), "-Lf", str(log),
            "-C", "-c", str(conf), "-m", "", *(["-I", f"-{without}"] if without else []),
            f"--persistentDir={state}", f"udp:{to}" if ":" in to else f"udp:{to}:161",
        )  # fmt: skip
        time.sleep(1.5)
        assert program.poll() is None, log.read_text()
        return program

    def interface_index(self, name: str) -> int:
        """The interface number in the router's namespace."""
        said = subprocess.run(
            ["ip", "-n", self.router.name, "-j", "link", "show", name],
            capture_output=True, check=True, timeout=20,
        ).stdout  # fmt: skip
        return int(json.loads(said)[0]["ifindex"])

    def speak_lldp(self) -> None:
        """Start lldpd on the switch and on the router, under its snmpd; returns when that one knows the switch."""
        program, client = self._needs("lldpd", "lldpd"), self._needs("lldpcli", "lldpd")
        self.access.run(lambda: Path("/proc/sys/net/ipv4/ip_forward").write_text("1"))
        clients = {}
        for namespace, extra in ((self.access, ""), (self.router, f"-x -X {self.folder}/agentx")):
            # `ip netns exec` gives a mount namespace of its own: this /run is seen by the daemon alone.
            daemon = namespace.start(
                "sh", "-ec", f"mount -t tmpfs none /run\nmkdir /run/lldpd\nexec {program} -d -u /run/socket {extra}",
                stderr=(self.folder / f"{namespace.name}.log").open("wb"),
            )  # fmt: skip
            clients[namespace] = ["nsenter", "-t", str(daemon.pid), "-m", client, "-u", "/run/socket"]
        until, said = time.monotonic() + 60, ""
        while f"lldp.p3.chassis.mac={SWITCH}" not in said:
            assert time.monotonic() < until, said
            time.sleep(1)
            self._tell([*clients[self.access], "configure", "lldp", "tx-interval", "1"])
            said = self._tell([*clients[self.router], "-f", "keyvalue", "show", "neighbors"])
        time.sleep(1)

    def _tell(self, words: list[str]) -> str:
        return subprocess.run(words, capture_output=True, text=True, timeout=20, check=False).stdout

    def hear(self) -> Callable[[], list[tuple[int, int]]]:
        """Listen at the scanner; gives what it sent to the router's own address, as protocol and port."""
        tap = self.scanner.tap("uplink")
        router = bytes(map(int, ROUTER.split(".")))

        def sent() -> list[tuple[int, int]]:
            return [
                (frame[23], int.from_bytes(frame[36:38], "big"))
                for frame in tap.frames()
                if frame[12:14] == b"\x08\x00" and frame[30:34] == router
            ]

        return sent

    def credentials(self, text: str) -> str:
        path = self.folder / "credentials"
        path.write_text(text)
        path.chmod(0o600)
        return str(path)


@pytest.fixture
def site(network, tmp_path, needs_program):
    return Site(network, tmp_path, needs_program)


def by_mac(ran: Any) -> dict[str, dict[str, Any]]:
    assert ran.result, ran.said
    return {device["mac"]: device for device in ran.result["devices"]}


def kept(folder: Path) -> bytes:
    """Every byte that a scan has kept."""
    return b"".join(path.read_bytes() for path in (folder / "data").rglob("*") if path.is_file())


BOTH = pytest.mark.parametrize("credentials", [V2C, V3], ids=["v2c", "v3"])


@BOTH
def test_a_routed_camera_is_found_by_its_routers_table_and_at_its_switch_port(
    site, scan, tmp_path, credentials
):
    site.serve()
    sent = site.hear()

    ran = scan(site.scanner, "10.78.0.0/28", *OPTIONS, site.credentials(credentials))

    devices = by_mac(ran)
    assert ran.code == 3
    assert (devices[CAMERA]["addresses"], devices[CAMERA]["evidenced_maker"]) == (["10.78.0.2"], "hikvision")
    assert devices[CAMERA]["confidence"] == "probable"
    (seat,) = devices[CAMERA]["seen_at"]
    assert (seat["switch"], seat["port"], seat["mac"]) == ("core-1", "p1", CAMERA)
    assert devices[PRINTER]["evidenced_maker"] != "hikvision"
    assert ran.methods["snmp-router"] == {
        "asked": 1, "answered": 1, "silent": 0, "refused": 0, "stopped": 0
    }  # fmt: skip
    assert ran.gaps("snmp-router") == []
    assert set(sent()) == {(UDP, 161)}  # the router is no target: nothing else was sent to it
    everything = (json.dumps(ran.result) + ran.said).encode() + kept(tmp_path)
    assert not [secret for secret in (COMMUNITY, SIGN, HIDE, USER) if secret.encode() in everything]


@BOTH
def test_the_port_of_a_camera_behind_another_switch_is_not_the_uplink_by_lldp(site, scan, credentials):
    site.serve("master agentx", f"agentXSocket {site.folder}/agentx")
    site.speak_lldp()

    ran = scan(site.scanner, "10.78.0.0/28", *OPTIONS, site.credentials(credentials))

    devices = by_mac(ran)
    assert [seat["port"] for seat in devices[CAMERA]["seen_at"]] == ["p1"]
    assert devices[BEHIND]["confidence"] == "probable"
    assert devices[BEHIND]["seen_at"] == []
    assert [seat["port"] for seat in devices[SWITCH]["seen_at"]] == ["p3"]  # itself the neighbour
    assert ran.gaps("snmp-router") == []


@pytest.mark.parametrize(
    ("credentials", "asked"),
    [
        (V2C.replace(COMMUNITY, "wrong-word-7"), 1),
        (V3.replace(SIGN, "wrong-word-7"), 2),
        (V3.replace(USER, "wrong-word-7"), 2),
        (V3.replace(HIDE, "wrong-word-7"), 2),
    ],
    ids=["community", "signature", "user", "privacy"],
)
def test_a_wrong_credential_is_tried_once_and_leaves_a_gap_and_the_rest_of_the_scan(
    site, scan, tmp_path, credentials, asked
):
    site.serve()
    sent = site.hear()

    ran = scan(site.scanner, "10.78.0.0/28", *OPTIONS, site.credentials(credentials))

    assert ran.result, ran.said
    (gap,) = ran.gaps("snmp-router")
    assert (gap["targets"], gap["state"], gap["affects_verdict"]) == (ROUTER, "not read", True)
    assert ran.code == 4
    assert ran.states["refused"] == 5  # every host was swept all the same
    assert sent() == [(UDP, 161)] * asked  # with version 3 the first question bears no user
    everything = (json.dumps(ran.result) + ran.said).encode() + kept(tmp_path)
    assert not [secret for secret in (b"wrong-word-7", SIGN.encode(), HIDE.encode()) if secret in everything]


@BOTH
def test_half_a_forwarding_table_leaves_what_was_read_and_a_gap(site, scan, credentials):
    site.serve(end="dies")

    ran = scan(site.scanner, "10.78.0.0/28", *OPTIONS, site.credentials(credentials))

    devices = by_mac(ran)
    assert [seat["port"] for seat in devices[CAMERA]["seen_at"]] == ["p1"]
    assert devices[BEHIND]["confidence"] == "probable"
    assert devices[BEHIND]["seen_at"] == []
    assert ran.result, ran.said
    (gap,) = ran.gaps("snmp-router")
    assert (gap["targets"], gap["state"], gap["affects_verdict"]) == (ROUTER, "read in part", False)
    assert "dot1dTpFdb" in gap["reason"]


@BOTH
def test_a_router_that_stops_in_the_middle_of_its_forwarding_table_costs_ports_and_no_device(
    site, scan, credentials
):
    program = site.serve(end="stops")

    ran = scan(site.scanner, "10.78.0.0/28", *OPTIONS, site.credentials(credentials))

    program.send_signal(signal.SIGCONT)
    devices = by_mac(ran)
    assert {devices[mac]["confidence"] for mac in (CAMERA, SWITCH, BEHIND)} == {"probable"}
    assert ran.result, ran.said
    (gap,) = ran.gaps("snmp-router")
    assert (gap["targets"], gap["state"], gap["affects_verdict"]) == (ROUTER, "read in part", False)
    assert "no answer" in gap["reason"]


@BOTH
def test_a_router_that_falls_silent_in_its_address_table_leaves_the_devices_that_it_showed(
    site, scan, credentials
):
    for number in range(100, 160):
        entry = (f"10.78.0.{number}", "lladdr", f"44:19:b6:00:01:{number:02x}", "nud", "permanent")
        site.router.ip("neigh", "add", *entry, "dev", "br0")
    site.serve()
    answered = 4 if credentials == V3 else 2
    site.router.nft(
        "table inet silence {\nchain in { type filter hook input priority 0\n"
        f"udp dport 161 numgen inc mod 1000000 >= {answered} drop\n}}\n}}\n"
    )

    ran = scan(
        site.scanner,
        "10.78.0.0/28",
        "10.78.0.96/27",
        "10.78.0.128/27",
        *OPTIONS,
        site.credentials(credentials),
    )

    assert ran.result, ran.said
    (gap,) = ran.gaps("snmp-router")
    assert (gap["targets"], gap["state"], gap["affects_verdict"]) == (ROUTER, "read in part", True)
    assert ran.methods["snmp-router"]["answered"] == 1
    shown = [device for device in ran.result["devices"] if (device["mac"] or "").startswith("44:19:b6:00:01")]
    assert 10 <= len(shown) <= 50
    assert {device["confidence"] for device in shown} == {"probable"}


@BOTH
def test_a_switch_with_a_table_for_each_vlan_is_read_in_their_contexts(site, scan, tmp_path, credentials):
    site.serve_vlans()
    sent = site.hear()

    ran = scan(site.scanner, "10.78.0.0/28", *OPTIONS, site.credentials(credentials))

    devices = by_mac(ran)
    seats = {
        mac: [(seat["port"], seat["vlan"]) for seat in devices[mac]["seen_at"]]
        for mac in (CAMERA, PRINTER, BEHIND)
    }
    assert seats == {CAMERA: [("p1", "20")], PRINTER: [("p2", "30")], BEHIND: [("p3", "30")]}
    (gap,) = ran.gaps("snmp-router")  # there is no context for VLAN 40
    assert (gap["state"], gap["affects_verdict"]) == ("read in part", False)
    assert "VLAN 40" in gap["reason"]
    assert set(sent()) == {(UDP, 161)}
    everything = (json.dumps(ran.result) + ran.said).encode() + kept(tmp_path)
    assert not [secret for secret in (COMMUNITY, SIGN, HIDE, USER) if secret.encode() in everything]


@pytest.mark.parametrize(
    ("without", "table"),
    [("at", "ipNetToPhysicalTable"), ("inetNetToMediaTable", "ipNetToMediaTable")],
    ids=["the old table is empty", "the new table is empty"],
)
def test_either_address_table_is_enough(site, scan, tmp_path, without, table):
    site.serve(without=without)

    ran = scan(site.scanner, "10.78.0.0/28", *OPTIONS, site.credentials(V2C))

    assert by_mac(ran)[CAMERA]["confidence"] == "probable"
    assert ran.gaps("snmp-router") == []
    said = [
        json.loads(line).get("request") or ""
        for journal in tmp_path.rglob("*.jsonl")
        for line in journal.read_text().splitlines()
        if "snmp-router" in line
    ]
    assert {words.split()[0] for words in said if words} == {table}


def test_ipv6_hosts_of_a_prefix_that_is_too_large_to_walk_are_found_in_the_routers_table(site, scan):
    for namespace, device, address in (
        (site.scanner, "uplink", "fd77:9::2/64"),
        (site.router, "uplink", "fd77:9::1/64"),
        (site.router, "br0", "fd78::1/64"),
        (site.camera, "lan", "fd78::2/64"),
    ):
        namespace.ip("address", "add", address, "dev", device)
    site.scanner.ip("route", "add", "fd78::/64", "via", "fd77:9::1")
    site.camera.ip("route", "add", "default", "via", "fd78::1")
    site.router.run(lambda: Path("/proc/sys/net/ipv6/conf/all/forwarding").write_text("1"))
    site.serve()

    def speak() -> None:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"x", ("fd78::1", 9))

    site.camera.run(speak)
    time.sleep(1)

    ran = scan(site.scanner, "fd78::/64", *OPTIONS, site.credentials(V2C))

    device = by_mac(ran)[CAMERA]
    assert (device["addresses"], device["confidence"]) == (["fd78::2"], "probable")
    assert [seat["port"] for seat in device["seen_at"]] == ["p1"]
    assert ran.states["refused"] == 1  # it was asked, once the table had shown it
