"""Whole scans over real subnets: what multicast finds, what unicast finds, and what is said of the rest."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from bisect import bisect_left
from collections import defaultdict
from pathlib import Path

import pytest

pytestmark = pytest.mark.netns

FAR = {"nvr": 21, "camera-v57": 22, "dahua": 23, "camera-v3": 24, "ezviz": 25, "dvr": 26, "camera-newest": 27, "relabel-annke": 28}  # fmt: skip
HIKVISION_FAR = {f"10.77.3.{last}" for name, last in FAR.items() if name != "dahua"}


ARP = b"\x08\x06"


def looked_up(tap) -> set[str]:
    """The addresses that the scanner asked for by ARP."""
    return {
        socket.inet_ntoa(frame[38:42])
        for frame in tap.said()
        if frame[12:14] == ARP
        and frame[20:22] == b"\x00\x01"
        and frame[28:32] == socket.inet_aton("10.77.1.2")
    }


def most_in_a_second(times: list[float]) -> int:
    """The largest number of these that lie within one second."""
    times = sorted(times)
    return max(bisect_left(times, start + 0.999) - place for place, start in enumerate(times))


def interfaces_of(journal: Path) -> dict[str, set[str]]:
    """Which interface each link-local answer came in on, by host."""
    found: dict[str, set[str]] = {}
    for line in journal.read_text().splitlines():
        entry = json.loads(line)
        if entry["kind"] == "observation" and entry.get("interface"):
            found.setdefault(entry["host"], set()).add(entry["interface"])
    return found


def test_two_wires_and_a_routed_subnet_are_found_each_by_its_own_means(sites, lab, scan, tmp_path):
    lab(sites.near1, {"camera-v55": "10.77.1.31", "camera-sadp-only": "192.168.1.64"})
    lab(sites.near2, {"relabel-lts": "10.77.2.32"})
    lab(sites.far, {name: f"10.77.3.{last}" for name, last in list(FAR.items())[:4]})
    journal = tmp_path / "journal.jsonl"
    foreign = sites.near1.tap("lan")

    ran = scan(sites.scanner, "10.77.1.0/24", "10.77.2.0/24", "10.77.3.16/28", "--journal", str(journal))

    assert ran.code == 3, ran.said
    assert ran.found() == {
        "10.77.1.31", "192.168.1.64", "10.77.2.32", "10.77.3.21", "10.77.3.22", "10.77.3.24",
    }  # fmt: skip
    heard = interfaces_of(journal)
    assert heard["10.77.1.31"] == {"near1"}
    assert heard["192.168.1.64"] == {"near1"}
    assert heard["10.77.2.32"] == {"near2"}
    assert "10.77.3.21" not in heard
    assert ran.result["run"]["coverage_complete"] is True, ran.result["coverage"]["gaps"]
    assert sum(ran.states.values()) == ran.result["coverage"]["addresses"] == 528
    # The camera with the foreign address was heard; nothing was ever sent to it.
    assert not [frame for frame in foreign.said() if socket.inet_aton("192.168.1.64") == frame[30:34]]


def test_a_blocked_subnet_makes_the_verdict_incomplete(sites, lab, scan, command, tmp_path):
    lab(sites.far, {"nvr": "10.77.3.21"})
    sites.router.block("10.77.3.0/24")

    ran = scan(sites.scanner, "10.77.3.0/24", "10.77.2.0/24", "--no-multicast")

    assert ran.code == 4, ran.said
    assert ran.result["run"]["verdict"] == "incomplete"
    # The router's own address in that subnet still refuses; it must not vouch for what lies behind it.
    assert ran.states["blind"] == 255
    assert [gap["targets"] for gap in ran.gaps("only 10.77.3.1 answered")] == ["10.77.3.0/24"]
    assert all(not gap["affects_verdict"] for gap in ran.gaps("--no-multicast"))

    lab(sites.near2, {"relabel-lts": "10.77.2.32"})
    journal = tmp_path / "journal.jsonl"
    found = scan(sites.scanner, "10.77.3.0/28", "10.77.2.32", "--journal", str(journal))
    assert (found.code, found.found()) == (3, {"10.77.2.32"})
    assert found.result["run"]["coverage_complete"] is False
    words = command(sites.scanner, "report", str(journal))
    said = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 3
    assert "Found 1, coverage INCOMPLETE" in said.stdout


@pytest.mark.parametrize(
    "rule", ["reject", "reject with tcp reset", "reject with icmp type admin-prohibited"], ids=str.split
)
def test_a_filter_that_says_no_is_not_taken_for_the_hosts(sites, lab, scan, rule):
    lab(sites.far, {"nvr": "10.77.3.21"})
    udp = "reject" if "tcp" in rule else rule
    sites.router.nft(
        "table inet block {\nchain through { type filter hook forward priority 0\n"
        f" ip daddr 10.77.3.0/24 meta l4proto udp {udp}\n ip daddr 10.77.3.0/24 meta l4proto tcp {rule}\n }}\n}}\n"
    )

    ran = scan(sites.scanner, "10.77.3.16/28")

    assert ran.code == 4, ran.result["coverage"]
    assert ran.states["blind"] + ran.states["silent"] + ran.states["refused"] == 16
    assert ran.states["blind"] >= 1


def test_a_routed_subnet_with_nothing_in_it_is_covered_once_its_router_looked(sites, scan):
    """The router looks for each address on its link and says that it is not there: packets get that far."""
    ran = scan(sites.scanner, "10.77.3.64/27")

    assert ran.code == 0, ran.result["coverage"]
    assert ran.states["silent"] == 32


def test_loss_and_delay_cost_no_device(network, lab, scan):
    """Every twentieth packet lost each way and 50 ms each way: what speaks TCP is found all the same."""
    here, there = network.namespace("here"), network.namespace("there")
    network.slow_link(here, "wan", there, "lan", 0.05)
    here.ip("address", "add", "10.77.3.2/24", "dev", "wan")
    lab(there, {name: f"10.77.3.{last}" for name, last in FAR.items()})
    there.lose()

    ran = scan(here, "10.77.3.0/25", "--no-multicast", rate=2000)

    assert ran.code == 3, ran.said
    assert ran.found() >= HIKVISION_FAR
    by_address = {d["addresses"][0]: d for d in ran.result["devices"]}
    assert by_address["10.77.3.23"]["evidenced_maker"] == "other"


def test_a_device_that_speaks_only_udp_and_is_not_heard_is_not_called_seen(sites, lab, scan):
    """A camera whose answers are lost: silent, counted as such, and no device."""
    lab(sites.far, {"camera-sadp-only": "10.77.3.31"})
    sites.router.nft(
        "table inet mute {\nchain through { type filter hook forward priority 0\n ip saddr 10.77.3.31 drop\n }\n}\n"
    )

    ran = scan(sites.scanner, "10.77.3.24/29")

    assert ran.states["answered"] == 0
    assert ran.result["devices"] == []
    assert ran.result["coverage"]["by_method"]["sadp"]["answered"] == 0


def test_a_link_that_is_only_partly_in_scope_hears_nothing_of_us(sites, scan):
    tap = sites.near1.tap("lan")

    ran = scan(sites.scanner, "10.77.1.8/29")

    # Only the kernel's own ARP goes to everyone, and only for addresses in scope.
    assert {frame[12:14] for frame in tap.said() if frame[0] & 1} <= {ARP}
    assert looked_up(tap) <= {f"10.77.1.{last}" for last in range(8, 16)}
    (gap,) = ran.gaps("add --interface near1")
    assert gap["affects_verdict"] is False


def test_an_excluded_address_on_the_link_switches_broadcast_off(sites, lab, scan):
    lab(sites.near1, {"camera-sadp-only": "192.168.1.64"})
    tap = sites.near1.tap("lan")

    quiet = scan(sites.scanner, "10.77.1.0/24", "--exclude", "10.77.1.99")

    assert {frame[12:14] for frame in tap.said() if frame[0] & 1} <= {ARP}
    assert "10.77.1.98" in looked_up(tap)
    assert "10.77.1.99" not in looked_up(tap)
    assert quiet.found() == set()
    assert quiet.states["excluded"] == 1
    assert quiet.gaps("10.77.1.99 is excluded")

    named = scan(sites.scanner, "10.77.1.0/24", "--exclude", "10.77.1.99", "--interface", "near1")
    assert named.found() == {"192.168.1.64"}


def test_a_scan_of_loopback_sends_nothing_on_any_other_interface(sites, scan):
    taps = [sites.scanner.tap(name) for name in ("near1", "near2", "uplink")]

    ran = scan(sites.scanner, "127.0.0.0/28")

    assert ran.code == 0, ran.said
    assert [tap.said() for tap in taps] == [[], [], []]


def test_local_means_every_connected_network(sites, lab, scan):
    lab(sites.near2, {"relabel-lts": "10.77.2.32"})

    ran = scan(sites.scanner, "local")

    assert ran.found() == {"10.77.2.32"}
    assert ran.result["coverage"]["addresses"] >= 512
    assert ran.gaps("fd77:2::/64")


def test_ipv6_neighbours_are_found_without_walking_the_prefix_and_a_short_one_is_walked(sites, scan):
    server = sites.near1.run(lambda: socket.create_server(("::", 80), family=socket.AF_INET6))

    with server:
        ran = scan(sites.scanner, "fd77:1::/64", "fd77:2::/120")

    assert "fd77:1::10" in {address for device in ran.result["devices"] for address in device["addresses"]}
    assert ran.states["answered"] >= 1
    (gap,) = ran.gaps("too large to walk")
    assert (gap["targets"], gap["affects_verdict"]) == ("fd77:1::/64", False)
    # Of the /64 only who showed itself counts; of the other every address.
    assert 256 < ran.result["coverage"]["addresses"] < 270
    assert ran.methods["tcp"]["asked"] >= 256
    assert ran.states["blind"] == 0


def test_without_privileges_only_frames_are_missing(sites, lab, scan, tmp_path):
    lab(sites.near1, {"camera-v55": "10.77.1.31", "camera-sadp-only": "192.168.1.64"})
    folder = tmp_path / "data"
    folder.mkdir()
    for path in (folder, *tmp_path.parents[:2], tmp_path):
        path.chmod(0o777)
    ordinary = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all")
    if _hidden_from_others(Path(sys.executable)):
        # Nobody else can start this Python, so root does without its privileges.
        ordinary = ("setpriv", "--bounding-set", "-all,+dac_override", "--inh-caps=-all")

    ran = scan(sites.scanner, "10.77.1.0/24", before=ordinary)

    assert ran.found() == {"10.77.1.31", "192.168.1.64"}, ran.said
    assert ran.result["run"]["coverage_complete"] is True, ran.result["coverage"]["gaps"]
    (gap,) = ran.gaps("CAP_NET_RAW")
    assert gap["affects_verdict"] is False


def _hidden_from_others(path: Path) -> bool:
    places = {Path(path), path.resolve(), Path(__file__).resolve()}
    return any(not parent.stat().st_mode & 0o001 for place in places for parent in place.parents)


def test_the_discovery_port_taken_by_another_program_is_said(sites, lab, scan):
    lab(sites.near1, {"camera-v55": "10.77.1.31"})
    taken = sites.scanner.run(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    taken.bind(("0.0.0.0", 37020))

    with taken:
        ran = scan(sites.scanner, "10.77.1.0/24")

    assert ran.found() == {"10.77.1.31"}
    assert ran.gaps("37020 is taken")


def test_nmap_as_engine_finds_the_same(sites, lab, scan, needs_program):
    needs_program("nmap", "nmap")
    lab(sites.far, {name: f"10.77.3.{last}" for name, last in list(FAR.items())[:4]})

    ran = scan(sites.scanner, "10.77.3.16/28", "--engine", "nmap")

    assert ran.found() == {"10.77.3.21", "10.77.3.22", "10.77.3.24"}
    assert ran.result["run"]["engine"] == "nmap"
    assert ran.states == {"answered": 4, "silent": 12}


def test_the_time_limit_leaves_the_rest_stopped_by_us(sites, scan):
    ran = scan(sites.scanner, "10.77.3.0/24", "--time-limit", "2", rate=100)

    assert ran.code == 4
    assert ran.states["aborted"] > 200
    assert ran.gaps("time limit")


def test_the_rate_is_kept_and_the_plan_is_an_upper_bound(sites, scan, command):
    tap = sites.far.tap("lan")
    planned = subprocess.run(
        command(sites.scanner, "plan", "10.88.0.0/26", "--rate", "200", "--format", "json"),
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    # A prefix behind the far host: nothing answers and nothing is resolved, so every packet is seen.
    sites.router.ip("route", "add", "10.88.0.0/16", "via", "10.77.3.10")
    sites.scanner.ip("route", "add", "10.88.0.0/16", "via", "10.77.9.1")
    started = time.time()

    ran = scan(sites.scanner, "10.88.0.0/26", rate=200)
    took = time.time() - started

    packets = [
        (when, socket.inet_ntoa(frame[30:34]))
        for when, frame in tap.stamped()
        if frame[12:14] == b"\x08\x00" and frame[26:30] == socket.inet_aton("10.77.9.2")
    ]
    plan = json.loads(planned.stdout)
    assert ran.states["blind"] == 64
    assert len(packets) <= plan["at_most"]["packets"]
    assert len(packets) / took <= 200
    assert took <= plan["expected_seconds"] * 1.1 + 15  # a busy machine starts programs slowly
    assert most_in_a_second([when for when, _ in packets]) <= 200 * 1.05
    by_host: dict[str, list[float]] = defaultdict(list)
    for when, host in packets:
        by_host[host].append(when)
    assert max(map(len, by_host.values())) <= plan["at_most"]["packets_per_silent_host"]
    assert max(map(most_in_a_second, by_host.values())) <= plan["at_most"]["packets_per_second_per_host"]


def test_a_scan_that_was_killed_still_reports_what_it_had(sites, lab, command, tmp_path):
    lab(sites.far, {"nvr": "10.77.3.21", "camera-v57": "10.77.3.22"})
    journal = tmp_path / "journal.jsonl"
    words = command(
        sites.scanner,
        "scan",
        "10.77.3.16/28",
        "10.99.0.0/22",
        "--rate",
        "3000",
        "--journal",
        str(journal),
    )
    environment = os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data")}
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        until = time.monotonic() + 60
        while time.monotonic() < until and not (
            journal.exists() and journal.read_text().count('"kind":"looked"') >= 1
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
