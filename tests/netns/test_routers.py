"""Routed MAC addresses and switch ports, read from a real snmpd whose neighbours and LLDP are real too.

The router of these tests is a namespace with a bridge: what its ARP table holds comes from the kernel, what its
LLDP tables hold from lldpd, and its forwarding tables from a script behind snmpd, since snmpd has none.
"""

from __future__ import annotations

import json
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
CAMERA, BEHIND = "44:19:b6:00:00:01", "44:19:b6:00:00:02"
"""Addresses of a block that is registered to the maker."""
PRINTER = "00:00:74:00:00:01"
OPTIONS = ("--no-multicast", "--snmp-router", ROUTER, "--snmp-credentials")
V2C = f"default:\n  community: {COMMUNITY}\n"
V3 = (
    f"[{ROUTER}]\nversion = 3\nuser = {USER}\nauth = SHA-256\nauth-password = {SIGN}\n"
    f"privacy = AES\nprivacy-password = {HIDE}\n"
)
AGENT = """
import sys, time
rows = []
for line in open(sys.argv[1]):
    oid, kind, value = line.split(None, 2)
    rows.append((tuple(map(int, oid.split("."))), kind, value.strip()))
rows.sort()
dies = tuple(map(int, sys.argv[2].split("."))) if len(sys.argv) > 2 else None
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
        if dies and found and found[0] >= dies and found[0][:len(dies) - 7] == dies[:-7]:
            sys.exit(1)
    else:
        found = next((row for row in rows if row[0] == wanted), None)
    if found is None:
        print("NONE", flush=True)
    else:
        print("." + ".".join(map(str, found[0])), found[1], found[2], sep="\\n", flush=True)
"""
"""Speaks snmpd's pass_persist protocol; with a second word it dies where a column reaches that row."""


def mac_index(mac: str) -> str:
    return ".".join(str(int(part, 16)) for part in mac.split(":"))


def forwarding(seats: dict[str, int], interfaces: dict[int, int]) -> str:
    """BRIDGE-MIB tables for these MACs by bridge port, and the interface of each bridge port."""
    rows = [f"1.3.6.1.2.1.17.1.4.1.2.{port} integer {interface}" for port, interface in interfaces.items()]
    for mac, port in seats.items():
        rows.append(f"1.3.6.1.2.1.17.4.3.1.2.{mac_index(mac)} integer {port}")
        rows.append(f"1.3.6.1.2.1.17.4.3.1.3.{mac_index(mac)} integer 3")
    return "\n".join(rows) + "\n"


class Site:
    """A scanner, a router that bridges three ports, a camera, a printer, and a camera behind another switch.

    ======== =================================================================
    scanner  10.77.9.2, one hop from the router
    router   10.77.9.1 and 10.78.0.1 on ``br0`` with ports ``p1``, ``p2``, ``p3``
    camera   10.78.0.2 on ``p1``; printer 10.78.0.3 on ``p2``
    access   a switch on ``p3`` that speaks LLDP; behind it a camera, 10.78.0.4
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
        for namespace, mac in ((self.camera, CAMERA), (self.printer, PRINTER), (self.access, BEHIND)):
            namespace.ip("link", "set", "lan", "address", mac)
            namespace.ip("route", "add", "default", "via", "10.78.0.1")
        self.scanner.ip("route", "add", "10.78.0.0/24", "via", ROUTER)
        self.router.run(lambda: Path("/proc/sys/net/ipv4/ip_forward").write_text("1"))

    def interface(self, name: str) -> int:
        return int(self.router.run(lambda: Path(f"/sys/class/net/{name}/ifindex").read_text()))

    def serve(self, *, dies: str = "", lldp: bool = False, seats: dict[str, int] | None = None) -> Any:
        """Start snmpd on the router, with forwarding tables from a script."""
        table, script, state = (self.folder / name for name in ("rows", "agent.py", "state"))
        indexes = {
            1: self.interface_index("p1"), 2: self.interface_index("p2"), 3: self.interface_index("p3")
        }  # fmt: skip
        table.write_text(forwarding(seats or {CAMERA: 1, PRINTER: 2, BEHIND: 3}, indexes))
        script.write_text(AGENT)
        state.mkdir()
        (self.folder / "snmpd.conf").write_text(
            f"rocommunity {COMMUNITY}\n"
            f'createUser {USER} SHA-256 "{SIGN}" AES "{HIDE}"\nrouser {USER} priv\nsysName core-1\n'
            f"pass_persist .1.3.6.1.2.1.17 {sys.executable} {script} {table} {dies}\n"
            + (f"master agentx\nagentXSocket {self.folder}/agentx\n" if lldp else "")
        )
        program = self.router.start(
            self._needs("snmpd", "snmpd"), "-f", "-Lf", str(self.folder / "log"), "-C",
            "-c", str(self.folder / "snmpd.conf"), "-m", "", f"--persistentDir={state}", f"udp:{ROUTER}:161",
        )  # fmt: skip
        time.sleep(1.5)
        assert program.poll() is None, (self.folder / "log").read_text()
        return program

    def interface_index(self, name: str) -> int:
        """The interface number in the router's namespace."""
        said = subprocess.run(
            ["ip", "-n", self.router.name, "-j", "link", "show", name],
            capture_output=True, check=True, timeout=20,
        ).stdout  # fmt: skip
        return int(json.loads(said)[0]["ifindex"])

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


@pytest.mark.parametrize("credentials", [V2C, V3], ids=["v2c", "v3"])
def test_a_routed_camera_is_found_by_its_routers_table_and_at_its_switch_port(
    site, scan, tmp_path, credentials
):
    site.serve()

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
    everything = (json.dumps(ran.result) + ran.said).encode() + kept(tmp_path)
    assert not [secret for secret in (COMMUNITY, SIGN, HIDE, USER) if secret.encode() in everything]
