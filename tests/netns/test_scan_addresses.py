"""Addresses that are not devices one by one: catch-all proxies, port forwards, one device on two wires."""

from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.netns

CATCH_ALL, CAMERA, DAHUA = "10.77.3.84", "10.77.3.22", "10.77.3.23"
AMONG, BEHIND, FORWARD = "10.77.3.140", "10.77.3.150", "10.77.3.200"


MUTE = """
import socket
server = socket.create_server(("10.77.3.10", 9999), backlog=512)
held = []
while True:
    held.append(server.accept()[0])
"""


def forward(*rules: str) -> str:
    """Rules of a router that sends connections elsewhere than they say."""
    lines = "\n".join(f"  {rule}" for rule in rules)
    return (
        f"table ip proxy {{\n chain before {{\n  type nat hook prerouting priority -100\n{lines}\n }}\n}}\n"
    )


def rows_at(ran, address):
    return [device for device in ran.result["devices"] if address in device["addresses"]]


def test_a_proxy_that_answers_for_a_prefix_is_no_device_and_hides_no_camera(sites, lab, scan):
    """Every TCP port of a prefix leads to one server; one camera stands among its addresses, one behind it."""
    lab(sites.far, {"catch-all": CATCH_ALL, "camera-v55": CAMERA, "camera-v57": AMONG})
    sites.router.nft(
        forward(
            f"ip daddr {BEHIND} tcp dport {{ 80, 554 }} dnat to {CAMERA}",
            f"ip daddr 10.77.3.128/27 ip daddr != {AMONG} meta l4proto tcp dnat to {CATCH_ALL}:80",
        )
    )

    ran = scan(sites.scanner, "10.77.3.128/27", "--no-multicast")

    assert ran.code == 3, ran.said
    assert ran.found() == {AMONG, BEHIND}
    ignored = {one["address"]: one for one in ran.result["ignored"]}
    assert len(ignored) == 30
    assert {one["kind"] for one in ignored.values()} <= {"every-port", "same-answers"}
    assert not set(ignored) & {AMONG, BEHIND}
    assert {device["addresses"][0] for device in ran.result["devices"]} == {AMONG, BEHIND}
    assert ran.states["answered"] == 32
    (gap,) = [gap for gap in ran.result["coverage"]["gaps"] if gap["state"] == "ghosts"]
    assert (gap["targets"], gap["affects_verdict"]) == ("10.77.3.0/24", True)
    assert ran.result["run"]["coverage_complete"] is False


def test_a_prefix_of_nothing_but_a_proxy_is_never_called_clear(sites, lab, scan):
    lab(sites.far, {"catch-all": CATCH_ALL})
    sites.router.nft(forward(f"ip daddr 10.77.3.128/29 meta l4proto tcp dnat to {CATCH_ALL}:80"))

    ran = scan(sites.scanner, "10.77.3.128/29", "--no-multicast")

    assert ran.code == 4, ran.said
    assert ran.result["devices"] == []
    assert len(ran.result["ignored"]) == 8
    assert ran.result["run"]["verdict"] == "incomplete"


def test_a_proxy_that_accepts_everything_and_says_nothing_is_no_device(sites, scan):
    """A SYN proxy: it completes the handshake for addresses behind which nobody is."""
    sites.far.start(sys.executable, "-c", MUTE)
    sites.router.nft(forward("ip daddr 10.77.3.128/30 meta l4proto tcp dnat to 10.77.3.10:9999"))

    ran = scan(sites.scanner, "10.77.3.128/30", "--no-multicast")

    assert ran.code == 4, ran.said
    assert ran.result["devices"] == []
    assert [one["kind"] for one in ran.result["ignored"]] == ["every-port"] * 4
    assert ran.states["answered"] == 4
    assert ran.gaps("a device behind it would not be seen")


def test_two_devices_behind_one_address_are_two_rows(sites, lab, scan):
    lab(sites.far, {"camera-v55": CAMERA, "dahua": DAHUA})
    sites.router.nft(
        forward(
            f"ip daddr {FORWARD} tcp dport 80 dnat to {CAMERA}",
            f"ip daddr {FORWARD} tcp dport 554 dnat to {DAHUA}",
        )
    )

    ran = scan(sites.scanner, FORWARD, "--no-multicast")

    assert ran.code == 3, ran.said
    rows = {device["evidenced_maker"]: device for device in rows_at(ran, FORWARD)}
    assert set(rows) == {"hikvision", "other"}
    assert (rows["hikvision"]["ports"], rows["other"]["ports"]) == ([80], [554])
    assert rows["hikvision"]["id"] != rows["other"]["id"]
    assert "several devices stand behind it" in rows["hikvision"]["identity"]["reasons"][-1]
    assert ran.result["ignored"] == []


def test_one_recorder_on_two_wires_is_one_row(sites, lab, scan):
    lab(sites.near1, {"recorder-lan1": "10.77.1.82"})
    lab(sites.near2, {"recorder-lan2": "10.77.2.83"})

    ran = scan(sites.scanner, "10.77.1.0/24", "10.77.2.0/24")

    assert ran.code == 3, ran.said
    (row,) = [device for device in ran.result["devices"] if device["evidenced_maker"] == "hikvision"]
    assert set(row["addresses"]) == {"10.77.1.82", "10.77.2.83"}
    assert (row["identity"]["rung"], row["identity"]["key"]) == ("serial", "D54500183")
    assert ran.result["run"]["counts"]["hikvision"]["confirmed"] == 1
