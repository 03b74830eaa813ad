"""What was never asked is never called silent: everything in which this machine itself keeps a scan from asking."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import defaultdict
from pathlib import Path
from socket import inet_aton, inet_ntoa

import pytest

pytestmark = pytest.mark.netns

PORTS = {80, 443, 554, 8000, 8080, 8443}
TARGET = "10.77.3.64/27"


def refuse_in_the_hosts_name(namespace, rule: str, what: str = "meta l4proto { tcp, udp }") -> None:
    namespace.nft(
        "table inet own {\nchain out { type filter hook output priority 0\n"
        f" {what} ip daddr 10.77.0.0/16 {rule}\n }}\n}}\n"
    )


def asked_ports(tap) -> dict[str, set[int]]:
    """The TCP ports of each address for which a SYN of the scanner arrived."""
    found: dict[str, set[int]] = defaultdict(set)
    for frame in tap.said():
        if frame[12:14] == b"\x08\x00" and frame[23] == 6 and frame[26:30] == inet_aton("10.77.9.2"):
            found[inet_ntoa(frame[30:34])].add(int.from_bytes(frame[36:38], "big"))
    return found


@pytest.fixture
def live_prefix(sites):
    """Addresses behind the far host that swallow everything, but for one that refuses: the prefix lives."""
    sites.router.ip("route", "add", TARGET, "via", "10.77.3.10")
    sites.far.ip("route", "add", "local", TARGET, "dev", "lo")
    sites.far.nft(
        "table inet deaf {\nchain in { type filter hook input priority 0\n"
        f" ip daddr != 10.77.3.65 ip daddr {TARGET} drop\n }}\n}}\n"
    )
    # A refusal alone may be a router's; a page shows that packets get in.
    sites.far.start(
        "python3", "-m", "http.server", "80", "--bind", "10.77.3.65", "--directory", "/nonexistent"
    )
    time.sleep(0.5)
    return sites


def test_silence_means_that_every_port_was_asked(live_prefix, scan):
    """The count that all others are held against: what is silent got a SYN on each port."""
    tap = live_prefix.far.tap("lan")

    ran = scan(live_prefix.scanner, TARGET, "--no-multicast")

    assert ran.states == {"answered": 1, "silent": 31}
    assert ran.code == 0, ran.result["coverage"]["gaps"]
    asked = asked_ports(tap)
    assert {len(asked[f"10.77.3.{last}"] & PORTS) for last in range(64, 96)} == {6}


@pytest.mark.parametrize("protocols", ["{ tcp, udp }", "tcp"])
def test_what_this_machines_firewall_drops_is_not_silent(live_prefix, scan, protocols):
    refuse_in_the_hosts_name(live_prefix.scanner, "drop", f"meta l4proto {protocols}")

    ran = scan(live_prefix.scanner, TARGET, "--no-multicast")

    assert ran.code == 4
    assert ran.states["silent"] == 0
    assert ran.states["aborted"] >= 30
    assert ran.gaps("its own firewall")
    assert ran.methods["tcp"]["silent"] == 0
    assert ran.methods["sadp"]["stopped"] == (32 if "udp" in protocols else 0)
    # Alike at many addresses: said in a few lines.
    assert len(ran.result["errors"]) <= 12
    assert any("more addresses" in error["where"] for error in ran.result["errors"])


def test_what_it_drops_now_and_then_is_asked_again_or_said(live_prefix, scan):
    """As a connection table that is full at times."""
    tap = live_prefix.far.tap("lan")
    refuse_in_the_hosts_name(live_prefix.scanner, "numgen inc mod 3 != 0 drop")

    ran = scan(live_prefix.scanner, TARGET, "--no-multicast")

    asked = asked_ports(tap)
    whole = sum(asked[f"10.77.3.{last}"] >= PORTS for last in range(64, 96))
    assert ran.states["silent"] + ran.states["answered"] <= whole
    assert ran.states["aborted"] == 0 or ran.code == 4


@pytest.mark.parametrize("rule", ["reject", "reject with tcp reset"], ids=str.split)
def test_what_this_machines_firewall_refuses_in_the_hosts_name_is_not_theirs(live_prefix, scan, rule):
    if "OutTransmits" not in Path("/proc/net/snmp").read_text():
        pytest.skip("this kernel does not count what it transmits (Linux before 6.9)")
    refuse_in_the_hosts_name(live_prefix.scanner, rule, "meta l4proto tcp")

    ran = scan(live_prefix.scanner, TARGET, "--no-multicast")

    assert ran.code == 4
    assert ran.result["run"]["coverage_complete"] is False
    assert ran.gaps("own firewall")
    assert ran.states["silent"] == 0


def test_a_route_that_leads_nowhere_makes_its_addresses_blind_beside_living_ones(live_prefix, scan):
    for kind, prefix in (("unreachable", "80/29"), ("prohibit", "88/30"), ("blackhole", "92/30")):
        live_prefix.scanner.ip("route", "add", kind, f"10.77.3.{prefix}")

    ran = scan(live_prefix.scanner, TARGET, "--no-multicast")

    assert ran.code == 4
    assert ran.states == {"answered": 1, "silent": 15, "blind": 16}
    assert ran.methods["tcp"]["stopped"] == 16
    assert ran.gaps("no route leads there")


def test_a_link_without_a_cable_is_blind_and_an_empty_one_is_covered(sites, scan):
    sites.near2.ip("address", "flush", "dev", "lan")

    empty = scan(sites.scanner, "10.77.2.0/25", "--no-multicast")

    assert empty.code == 0, empty.result["coverage"]["gaps"]
    assert empty.states["blind"] == 0
    assert empty.states["silent"] >= 126

    sites.near2.ip("link", "set", "lan", "down")
    until = time.monotonic() + 5
    while "state UP" in _link(sites.scanner) and time.monotonic() < until:
        time.sleep(0.05)

    unplugged = scan(sites.scanner, "10.77.2.0/25", "--no-multicast")

    assert unplugged.code == 4
    assert unplugged.states["silent"] == 0
    assert unplugged.states["blind"] >= 126
    assert unplugged.gaps("no cable is in it")


def _link(namespace) -> str:
    words = ["ip", "-n", namespace.name, "-o", "link", "show", "near2"]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=10).stdout


def test_a_link_that_was_lost_for_a_moment_is_said(sites, scan):
    def pull() -> None:
        sites.near2.ip("link", "set", "lan", "down")
        sites.near2.ip("link", "set", "lan", "up")

    pulling = threading.Timer(4.0, pull)
    pulling.start()

    ran = scan(sites.scanner, "10.77.2.0/28", "--no-multicast")

    pulling.join()
    assert ran.gaps("near2 lost its link")
    assert ran.result["run"]["coverage_complete"] is False


def test_few_descriptors_cost_time_and_no_device(sites, lab, scan):
    lab(
        sites.far,
        {"nvr": "10.77.3.21", "camera-v57": "10.77.3.22", "dahua": "10.77.3.23", "ezviz": "10.77.3.25"},
    )

    ran = scan(sites.scanner, "10.77.3.16/28", before=("prlimit", "--nofile=256:256"))

    assert ran.code == 3
    assert ran.found() == {"10.77.3.21", "10.77.3.22", "10.77.3.25"}
    assert ran.result["errors"] == []
    assert ran.states == {"answered": 4, "silent": 12}


def test_without_a_single_free_port_nothing_is_called_asked(sites, scan):
    def take_all() -> None:
        for name, text in (
            ("ip_local_port_range", "40000 40001"),
            ("ip_local_reserved_ports", "40000-40001"),
        ):
            (Path("/proc/sys/net/ipv4") / name).write_text(text)

    sites.scanner.run(take_all)

    ran = scan(sites.scanner, "10.77.3.64/29", "--no-multicast")

    assert ran.code == 4
    assert ran.states == {"aborted": 8}
    assert ran.result["errors"] or ran.gaps("no free descriptor")
