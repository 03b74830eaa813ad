"""Packets that this machine refused itself, by the kernel's counters."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.transports.own_refusals import OwnRefusals


@pytest.fixture
def counters(tmp_path: Path):
    """``counters(requested, transmitted, looped)`` writes what the kernel would say."""

    def write(
        requested: int, transmitted: int | None, looped: int, ipv6: tuple[int, int] | None = (5, 5)
    ) -> Path:
        more = "" if transmitted is None else " OutTransmits"
        figures = f"1 2 {requested}" + ("" if transmitted is None else f" {transmitted}")
        (tmp_path / "snmp").write_text(f"Ip: Forwarding ForwDatagrams OutRequests{more}\nIp: {figures}\n")
        if ipv6:
            said = f"Ip6OutRequests {ipv6[0]}\nIp6OutForwDatagrams 0\nIp6OutTransmits {ipv6[1]}\n"
            (tmp_path / "snmp6").write_text(said)
        (tmp_path / "dev").write_text(f"head\n eth0: {'1 ' * 16}\n   lo: {'1 ' * 9}{looped} 0 0 0 0 0 0\n")
        return tmp_path

    return write


def test_what_was_requested_and_not_transmitted_and_came_back_over_loopback_counts(counters) -> None:
    here = OwnRefusals(counters(100, 102, 7))
    counters(130, 110, 20, ipv6=(8, 7))
    assert here.count() == 13


def test_packets_of_a_tunnel_that_are_requested_twice_do_not_count(counters) -> None:
    here = OwnRefusals(counters(100, 102, 7))
    counters(300, 202, 7)
    assert here.count() == 0


def test_loopback_traffic_alone_does_not_count(counters) -> None:
    here = OwnRefusals(counters(100, 102, 7))
    counters(200, 202, 900)
    assert here.count() == 0


def test_a_kernel_that_does_not_count_says_nothing(counters, tmp_path) -> None:
    assert OwnRefusals(tmp_path / "missing").count() == 0
    here = OwnRefusals(counters(100, None, 7, ipv6=None))
    counters(300, None, 70, ipv6=None)
    assert here.count() == 0


def test_this_machine_is_read() -> None:
    assert OwnRefusals().count() >= 0
