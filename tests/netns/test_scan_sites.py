"""Whole scans over real subnets: what multicast finds, what unicast finds, and what is said of the rest."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.netns

FAR = {"nvr": 21, "camera-v57": 22, "dahua": 23, "camera-v3": 24, "ezviz": 25, "dvr": 26, "camera-newest": 27, "relabel-annke": 28}  # fmt: skip
HIKVISION_FAR = {f"10.77.3.{last}" for name, last in FAR.items() if name != "dahua"}


def lab(namespace, devices: dict[str, str]) -> None:
    """Start devices of the rehearsal network at these addresses of a namespace, with their true ports."""
    for address in devices.values():
        namespace.ip("address", "add", f"{address}/24", "dev", "lan")
    words = [word for name, address in devices.items() for word in ("--address", f"{name}={address}")]
    started = namespace.start(
        sys.executable, "-m", "scanner", "lab", "up", "--base", "10.77.0.0/16", "--only", ",".join(devices), *words,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    os.set_blocking(started.stderr.fileno(), False)
    until = time.monotonic() + 20
    said = b""
    while b"are up" not in said and b"is up" not in said:
        assert time.monotonic() < until, said.decode()
        assert started.poll() is None, said.decode()
        said += started.stderr.read() or b""
        time.sleep(0.05)


class Ran:
    """A scan that ended: its code, its JSON, what it said."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.said = done.returncode, done.stderr
        self.result: dict[str, Any] = json.loads(done.stdout) if done.stdout.startswith("{") else {}

    def found(self) -> set[str]:
        return {
            address
            for device in self.result["devices"]
            if device["evidenced_maker"] == "hikvision"
            for address in device["addresses"]
        }

    def gaps(self, word: str) -> list[dict[str, Any]]:
        return [gap for gap in self.result["coverage"]["gaps"] if word in json.dumps(gap)]

    @property
    def states(self) -> dict[str, int]:
        return self.result["coverage"]["by_state"]


def command(namespace, *words: str) -> list[str]:
    return ["ip", "netns", "exec", namespace.name, sys.executable, "-m", "scanner", *words]


def scan(namespace, tmp_path: Path, *words: str, rate: int = 5000, before: tuple[str, ...] = ()) -> Ran:
    whole = command(namespace, "scan", *words, "--rate", str(rate), "--format", "json", "--quiet")
    whole = [*whole[:4], *before, *whole[4:]]
    environment = os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data")}
    done = subprocess.run(whole, capture_output=True, text=True, env=environment, timeout=150, check=False)
    return Ran(done)


def interfaces_of(journal: Path) -> dict[str, set[str]]:
    """Which interface each link-local answer came in on, by host."""
    found: dict[str, set[str]] = {}
    for line in journal.read_text().splitlines():
        entry = json.loads(line)
        if entry["kind"] == "observation" and entry.get("interface"):
            found.setdefault(entry["host"], set()).add(entry["interface"])
    return found


def test_two_wires_and_a_routed_subnet_are_found_each_by_its_own_means(sites, tmp_path):
    lab(sites.near1, {"camera-v55": "10.77.1.31", "camera-sadp-only": "192.168.1.64"})
    lab(sites.near2, {"relabel-lts": "10.77.2.32"})
    lab(sites.far, {name: f"10.77.3.{last}" for name, last in list(FAR.items())[:4]})
    journal = tmp_path / "journal.jsonl"
    foreign = sites.near1.tap("lan")

    ran = scan(
        sites.scanner, tmp_path, "10.77.1.0/24", "10.77.2.0/24", "10.77.3.0/24", "--journal", str(journal)
    )

    assert ran.code == 3, ran.said
    assert ran.found() == {
        "10.77.1.31", "192.168.1.64", "10.77.2.32", "10.77.3.21", "10.77.3.22", "10.77.3.24",
    }  # fmt: skip
    heard = interfaces_of(journal)
    assert heard["10.77.1.31"] == {"near1"}
    assert heard["192.168.1.64"] == {"near1"}
    assert heard["10.77.2.32"] == {"near2"}
    assert "10.77.3.21" not in heard
    assert ran.result["run"]["coverage_complete"] is True
    assert sum(ran.states.values()) == ran.result["coverage"]["addresses"] == 768
    # The camera with the foreign address was heard; nothing was ever sent to it.
    assert not [frame for frame in foreign.said() if socket.inet_aton("192.168.1.64") == frame[30:34]]


def test_a_blocked_subnet_makes_the_verdict_incomplete(sites, tmp_path):
    lab(sites.far, {"nvr": "10.77.3.21"})
    sites.router.block("10.77.3.0/24")

    ran = scan(sites.scanner, tmp_path, "10.77.3.0/24", "10.77.2.0/24", "--no-multicast")

    assert ran.code == 4, ran.said
    assert ran.result["run"]["verdict"] == "incomplete"
    # The router's own address in that subnet still refuses; it must not vouch for what lies behind it.
    assert ran.states["blind"] == 255
    assert [gap["targets"] for gap in ran.gaps("only 10.77.3.1 answered")] == ["10.77.3.0/24"]
    assert all(not gap["affects_verdict"] for gap in ran.gaps("--no-multicast"))


@pytest.mark.parametrize(
    "rule", ["reject", "reject with tcp reset", "reject with icmp type admin-prohibited"], ids=str.split
)
def test_a_filter_that_says_no_is_not_taken_for_the_hosts(sites, tmp_path, rule):
    lab(sites.far, {"nvr": "10.77.3.21"})
    udp = "reject" if "tcp" in rule else rule
    sites.router.nft(
        "table inet block {\nchain through { type filter hook forward priority 0\n"
        f" ip daddr 10.77.3.0/24 meta l4proto udp {udp}\n ip daddr 10.77.3.0/24 meta l4proto tcp {rule}\n }}\n}}\n"
    )

    ran = scan(sites.scanner, tmp_path, "10.77.3.16/28")

    assert ran.code == 4, ran.result["coverage"]
    assert ran.states["blind"] + ran.states["silent"] + ran.states["refused"] == 16
    assert ran.states["blind"] >= 1


def test_a_routed_subnet_with_nothing_in_it_is_covered_once_its_router_looked(sites, tmp_path):
    """The router looks for each address on its link and says that it is not there: packets get that far."""
    ran = scan(sites.scanner, tmp_path, "10.77.3.64/27")

    assert ran.code == 0, ran.result["coverage"]
    assert ran.states["silent"] == 32


def test_loss_and_delay_cost_no_device(network, tmp_path):
    """Every twentieth packet lost each way and 50 ms each way: what speaks TCP is found all the same."""
    here, there = network.namespace("here"), network.namespace("there")
    network.slow_link(here, "wan", there, "lan", 0.05)
    here.ip("address", "add", "10.77.3.2/24", "dev", "wan")
    lab(there, {name: f"10.77.3.{last}" for name, last in FAR.items()})
    there.lose()

    ran = scan(here, tmp_path, "10.77.3.0/25", "--no-multicast", rate=2000)

    assert ran.code == 3, ran.said
    assert ran.found() >= HIKVISION_FAR
    by_address = {d["addresses"][0]: d for d in ran.result["devices"]}
    assert by_address["10.77.3.23"]["evidenced_maker"] == "other"


def test_a_device_that_speaks_only_udp_and_is_not_heard_is_not_called_seen(sites, tmp_path):
    """A camera whose answers are lost: silent, counted as such, and no device."""
    lab(sites.far, {"camera-sadp-only": "10.77.3.31"})
    sites.router.nft(
        "table inet mute {\nchain through { type filter hook forward priority 0\n ip saddr 10.77.3.31 drop\n }\n}\n"
    )

    ran = scan(sites.scanner, tmp_path, "10.77.3.24/29")

    assert ran.states["answered"] == 0
    assert ran.result["devices"] == []
    assert ran.result["coverage"]["by_method"]["sadp"]["answered"] == 0


def test_a_link_that_is_only_partly_in_scope_hears_nothing_of_us(sites, tmp_path):
    tap = sites.near1.tap("lan")

    ran = scan(sites.scanner, tmp_path, "10.77.1.8/29")

    groups = {"239.255.255.250", "255.255.255.255", "224.0.0.251"}
    asked = {socket.inet_ntoa(frame[30:34]) for frame in tap.said() if frame[12:14] == b"\x08\x00"}
    assert not asked & groups
    (gap,) = ran.gaps("add --interface near1")
    assert gap["affects_verdict"] is False


def test_an_excluded_address_on_the_link_switches_broadcast_off(sites, tmp_path):
    lab(sites.near1, {"camera-sadp-only": "192.168.1.64"})
    tap = sites.near1.tap("lan")

    quiet = scan(sites.scanner, tmp_path, "10.77.1.0/24", "--exclude", "10.77.1.99")

    broadcast = [
        f for f in tap.said() if f[12:14] == b"\x08\x00" and f[30:34] in {b"\xff" * 4, b"\xef\xff\xff\xfa"}
    ]
    assert broadcast == []
    assert quiet.found() == set()
    assert quiet.states["excluded"] == 1
    assert quiet.gaps("10.77.1.99 is excluded")

    named = scan(sites.scanner, tmp_path, "10.77.1.0/24", "--exclude", "10.77.1.99", "--interface", "near1")
    assert named.found() == {"192.168.1.64"}


def test_a_scan_of_loopback_sends_nothing_on_any_other_interface(sites, tmp_path):
    taps = [sites.scanner.tap(name) for name in ("near1", "near2", "uplink")]

    ran = scan(sites.scanner, tmp_path, "127.0.0.0/28")

    assert ran.code == 0, ran.said
    assert [tap.said() for tap in taps] == [[], [], []]


def test_local_means_every_connected_network(sites, tmp_path):
    lab(sites.near2, {"relabel-lts": "10.77.2.32"})

    ran = scan(sites.scanner, tmp_path, "local")

    assert ran.found() == {"10.77.2.32"}
    assert ran.result["coverage"]["addresses"] >= 512
    assert ran.gaps("fd77:2::/64")


def test_ipv6_neighbours_are_found_without_walking_the_prefix(sites, tmp_path):
    server = sites.near1.run(lambda: socket.create_server(("::", 80), family=socket.AF_INET6))

    with server:
        ran = scan(sites.scanner, tmp_path, "fd77:1::/64")

    assert "fd77:1::10" in {address for device in ran.result["devices"] for address in device["addresses"]}
    assert ran.states["answered"] >= 1
    (gap,) = ran.gaps("too large to walk")
    assert gap["affects_verdict"] is False


def test_a_short_ipv6_prefix_is_walked(sites, tmp_path):
    ran = scan(sites.scanner, tmp_path, "fd77:1::/124")

    assert ran.result["coverage"]["addresses"] == 16
    assert ran.states["blind"] == 0


def test_without_privileges_only_frames_are_missing(sites, tmp_path):
    lab(sites.near1, {"camera-v55": "10.77.1.31", "camera-sadp-only": "192.168.1.64"})
    folder = tmp_path / "data"
    folder.mkdir()
    for path in (folder, *tmp_path.parents[:2], tmp_path):
        path.chmod(0o777)
    ordinary = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all")
    if not os.access(Path(sys.executable).resolve(), os.X_OK) or _hidden_from_others(Path(sys.executable)):
        pytest.skip("this Python lies where an ordinary user cannot read it")

    ran = scan(sites.scanner, tmp_path, "10.77.1.0/24", before=ordinary)

    assert ran.found() == {"10.77.1.31", "192.168.1.64"}, ran.said
    assert ran.result["run"]["coverage_complete"] is True
    (gap,) = ran.gaps("CAP_NET_RAW")
    assert gap["affects_verdict"] is False


def _hidden_from_others(path: Path) -> bool:
    places = {Path(path), path.resolve(), Path(__file__).resolve()}
    return any(not parent.stat().st_mode & 0o001 for place in places for parent in place.parents)


def test_the_discovery_port_taken_by_another_program_is_said(sites, tmp_path):
    lab(sites.near1, {"camera-v55": "10.77.1.31"})
    taken = sites.scanner.run(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    taken.bind(("0.0.0.0", 37020))

    with taken:
        ran = scan(sites.scanner, tmp_path, "10.77.1.0/24")

    assert ran.found() == {"10.77.1.31"}
    assert ran.gaps("37020 is taken")


def test_nmap_as_engine_finds_the_same(sites, tmp_path, needs_program):
    needs_program("nmap", "nmap")
    devices = {name: f"10.77.3.{last}" for name, last in list(FAR.items())[:4]}
    lab(sites.far, devices)

    by_us = scan(sites.scanner, tmp_path, "10.77.3.16/28")
    by_nmap = scan(sites.scanner, tmp_path, "10.77.3.16/28", "--engine", "nmap")

    assert by_nmap.found() == by_us.found() == {"10.77.3.21", "10.77.3.22", "10.77.3.24"}
    assert by_nmap.result["run"]["engine"] == "nmap"
    assert by_nmap.states == by_us.states


def test_the_time_limit_leaves_the_rest_stopped_by_us(sites, tmp_path):
    ran = scan(sites.scanner, tmp_path, "10.77.3.0/24", "--time-limit", "2", rate=100)

    assert ran.code == 4
    assert ran.states["aborted"] > 200
    assert ran.gaps("time limit")


def test_the_rate_is_kept_and_the_plan_is_an_upper_bound(sites, tmp_path):
    tap = sites.far.tap("lan")
    planned = subprocess.run(
        command(sites.scanner, "plan", "10.88.0.0/26", "--rate", "200", "--format", "json"),
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    # A prefix behind the far host: nothing answers and nothing is resolved, so every packet is seen.
    sites.router.ip("route", "add", "10.88.0.0/16", "via", "10.77.3.10")
    sites.scanner.ip("route", "add", "10.88.0.0/16", "via", "10.77.9.1")
    started = time.time()

    ran = scan(sites.scanner, tmp_path, "10.88.0.0/26", rate=200)
    took = time.time() - started

    packets = [
        frame
        for frame in tap.said()
        if frame[12:14] == b"\x08\x00" and frame[26:30] == socket.inet_aton("10.77.9.2")
    ]
    plan = json.loads(planned.stdout)
    assert ran.states["blind"] == 64
    assert len(packets) <= plan["at_most"]["packets"]
    assert len(packets) / took <= 200
    assert took <= plan["expected_seconds"] * 1.1 + 1.5
    per_host = Counter(socket.inet_ntoa(frame[30:34]) for frame in packets)
    assert max(per_host.values()) <= plan["at_most"]["packets_per_silent_host"]


def test_a_scan_that_was_killed_still_reports_what_it_had(sites, tmp_path):
    lab(sites.far, {"nvr": "10.77.3.21", "camera-v57": "10.77.3.22"})
    journal = tmp_path / "journal.jsonl"
    words = command(
        sites.scanner,
        "scan",
        "10.77.3.16/28",
        "10.77.3.64/26",
        "10.99.0.0/21",
        "--rate",
        "1000",
        "--journal",
        str(journal),
    )
    environment = os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data")}
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        until = time.monotonic() + 60
        while time.monotonic() < until and not (
            journal.exists() and journal.read_text().count('"kind":"looked"') >= 2
        ):
            time.sleep(0.2)
        running.send_signal(signal.SIGKILL)

    done = subprocess.run(
        [sys.executable, "-m", "scanner", "report", str(journal), "--format", "json"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    result = json.loads(done.stdout)
    assert done.returncode == 3
    assert result["run"]["coverage_complete"] is False
    assert result["coverage"]["by_state"]["aborted"] > 100
    assert {device["evidenced_maker"] for device in result["devices"]} == {"hikvision"}
