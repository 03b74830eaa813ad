"""What a scan will do: addresses, questions, links and why, cost, and what stays unseen."""

from __future__ import annotations

import dataclasses

import pytest

from scanner.model.credential import Community
from scanner.model.errors import UsageError
from scanner.policy.rules import LISTENED_PORTS, SWEPT_PORTS, Limits
from scanner.probes import PROBES
from scanner.run.credentials import Credentials
from scanner.run.machine import Machine
from scanner.run.plan import Plan, make_plan
from scanner.run.request import ScanRequest, Secret


@pytest.fixture
def eth0(interface):
    return interface("eth0", "10.1.0.5/24")


def planned(machine: Machine, *targets: str, **options) -> Plan:
    return make_plan(ScanRequest(targets, **options), machine, resolver=lambda name: [])


def link_names(plan: Plan) -> list[str]:
    return [link.interface.name for link in plan.links]


def reasons(plan: Plan) -> str:
    return "\n".join(gap.reason for gap in plan.gaps)


def test_a_link_whose_whole_prefix_is_in_the_targets_is_asked(machine, eth0):
    for target in ("10.1.0.0/24", "10.0.0.0/8"):
        plan = planned(machine(eth0), target)
        (link,) = plan.links
        assert (link.link.interface, link.link.prefixes) == ("eth0", ("10.1.0.0/24",))
        assert link.link.reason == "wholly inside the targets"
        assert plan.gaps == ()


def test_of_a_part_of_a_prefix_the_gap_names_the_flag_to_add(machine, eth0):
    plan = planned(machine(eth0), "10.1.0.0/25")
    assert plan.links == ()
    (gap,) = plan.gaps
    assert (gap.targets, gap.method, gap.affects_verdict) == ("10.1.0.0/24", "link-local discovery", False)
    assert "--interface eth0" in gap.reason


def test_a_named_interface_is_asked_whatever_the_targets_say(machine, eth0):
    for targets in (("10.1.0.0/25",), ("192.168.7.1",)):
        plan = planned(machine(eth0), *targets, interfaces=("eth0",))
        (link,) = plan.links
        assert (link.link.prefixes, link.link.reason) == (("10.1.0.0/24",), "named by --interface")
        assert plan.gaps == ()


def test_a_link_that_the_targets_do_not_touch_is_neither_asked_nor_a_gap(machine, eth0):
    plan = planned(machine(eth0), "10.2.0.0/24")
    assert (plan.links, plan.gaps) == ((), ())


@pytest.mark.parametrize("excluded", ["10.1.0.9", "10.1.0.128/25"])
def test_an_excluded_address_on_a_link_switches_broadcast_off_there(machine, eth0, excluded):
    plan = planned(machine(eth0), "10.1.0.0/24", exclude=(excluded,))
    assert plan.links == ()
    (gap,) = plan.gaps
    assert gap.reason.startswith(excluded)
    assert "--interface eth0" in gap.reason


def test_an_excluded_address_switches_off_its_link_also_beside_the_targets(machine, eth0):
    """A broadcast to a /24 reaches the excluded device, whichever half of it was named."""
    plan = planned(machine(eth0), "10.1.0.0/25", exclude=("10.1.0.200",))
    assert plan.links == ()
    assert "10.1.0.200 is excluded" in reasons(plan)


def test_an_excluded_address_that_is_our_own_switches_nothing_off(machine, eth0):
    plan = planned(machine(eth0), "10.1.0.0/24", exclude=("10.1.0.5",))
    # The prefix is then not wholly in the targets any more; named, it is asked.
    assert "is excluded" not in reasons(plan)


def test_a_named_interface_overrides_an_exclusion_on_it(machine, eth0):
    plan = planned(machine(eth0), "10.1.0.0/24", exclude=("10.1.0.9",), interfaces=("eth0",))
    assert link_names(plan) == ["eth0"]
    assert "10.1.0.9" not in plan.scope


def test_local_is_every_connected_network_with_its_links(machine, interface, eth0):
    plan = planned(machine(eth0, interface("eth1", "10.2.0.5/24", index=8)), "local")
    assert [str(found) for found in plan.scope.walked] == ["10.1.0.0/24", "10.2.0.0/24"]
    assert {(link.link.interface, link.link.reason) for link in plan.links} == {
        ("eth0", "local"),
        ("eth1", "local"),
    }


def test_local_without_a_network_is_refused(machine):
    with pytest.raises(UsageError, match="local"):
        planned(machine(), "local")


def test_loopback_is_swept_and_never_asked_by_multicast(machine, eth0):
    plan = planned(machine(eth0), "127.0.0.0/8")
    assert (plan.links, plan.gaps) == ((), ())
    assert [str(network) for network in plan.connected] == ["127.0.0.0/8"]


def test_an_interface_that_is_down_or_has_no_multicast_is_not_asked(machine, interface):
    down = interface("eth0", "10.1.0.5/24", up=False)
    plan = planned(machine(down), "10.1.0.0/24")
    assert plan.links == ()
    assert "eth0 is down, or no cable is in it" in reasons(plan)
    assert plan.gaps[0].affects_verdict
    beside = interface("eth1", "10.1.0.6/24")
    assert all(not gap.affects_verdict for gap in planned(machine(down, beside), "10.1.0.0/24").gaps)
    tunnel = interface("tun0", "10.1.0.5/24", multicast=False)
    plan = planned(machine(tunnel), "10.1.0.0/24")
    assert plan.links == ()
    assert "tun0 carries no multicast" in reasons(plan)


def test_on_a_tunnel_without_neighbour_look_ups_silence_is_not_taken_for_an_empty_address(machine, eth0):
    tunnel = dataclasses.replace(eth0, name="tun0", looks_up=False)
    assert planned(machine(tunnel), "10.1.0.0/24").connected == ()
    assert planned(machine(eth0), "10.1.0.0/24").connected != ()


def test_switched_off_multicast_is_a_gap_that_does_not_affect_the_verdict(machine, eth0):
    plan = planned(machine(eth0), "10.1.0.0/24", multicast=False)
    assert plan.links == ()
    (gap,) = plan.gaps
    assert "--no-multicast" in gap.reason
    assert not gap.affects_verdict


def test_switched_off_multicast_affects_the_verdict_where_it_was_the_only_way(machine, interface):
    plan = planned(machine(interface("eth0", "fd00:1::5/64")), "fd00:1::/64", multicast=False)
    assert any(gap.affects_verdict and "--no-multicast" in gap.reason for gap in plan.gaps)


@pytest.mark.parametrize(
    ("name", "says"),
    [("eth9", "no such interface; there is eth0, eth1"), ("lo", "loopback"), ("eth1", "it is down")],
)
def test_an_interface_that_cannot_be_used_is_refused_with_the_reason(machine, interface, eth0, name, says):
    down = interface("eth1", "10.2.0.5/24", up=False)
    with pytest.raises(UsageError, match=f"--interface {name}: {says}"):
        planned(machine(eth0, down), "10.1.0.1", interfaces=(name,))


def test_no_interface_at_all_is_said_so(machine):
    with pytest.raises(UsageError, match="there is none"):
        planned(machine(), "10.1.0.1", interfaces=("eth0",))


def test_without_privilege_frames_are_a_gap_that_does_not_affect_the_verdict(machine, eth0):
    plan = planned(machine(eth0, raw=False), "10.1.0.0/24")
    (gap,) = plan.gaps
    assert (gap.targets, gap.method, gap.affects_verdict) == ("eth0", "arp", False)
    assert planned(machine(raw=False), "127.0.0.1").gaps == ()


def test_a_family_is_asked_only_where_a_prefix_of_it_qualified(machine, interface):
    both = interface("eth0", "10.1.0.5/24", "fd00:1::5/64", "fe80::5/64")
    (link,) = planned(machine(both), "10.1.0.0/24").links
    assert (len(link.interface.ipv4), link.interface.ipv6) == (1, ())
    (link,) = planned(machine(both), "fd00:1::/64").links
    assert (link.interface.ipv4, len(link.interface.ipv6)) == ((), 2)


def test_a_large_ipv6_prefix_is_not_walked_and_said_so(machine, interface):
    plan = planned(machine(interface("eth0", "fd00:1::5/64")), "fd00:1::/64")
    assert plan.scope.size == 0
    assert "fd00:1::9" in plan.scope
    (gap,) = plan.gaps
    assert (gap.targets, gap.state, gap.affects_verdict) == ("fd00:1::/64", "not walked", False)
    assert "neighbours on eth0" in gap.reason


def test_a_large_ipv6_prefix_on_no_link_of_ours_leaves_the_verdict_incomplete(machine, eth0):
    (gap,) = planned(machine(eth0), "fd00:2::/64").gaps
    assert gap.affects_verdict
    assert "/112" in gap.reason


def test_a_small_ipv6_prefix_is_walked(machine, eth0):
    plan = planned(machine(eth0), "fd00:2::/120")
    assert (plan.scope.size, plan.gaps) == (256, ())


def test_the_ports_are_those_of_the_maker_and_the_users_own(machine):
    plan = planned(machine(), "127.0.0.1", ports=("http:81", "https:80"))
    assert plan.ports == (*SWEPT_PORTS, 81)
    assert {service.port: service.scheme for service in plan.services}[80] == "https"
    assert set(LISTENED_PORTS) <= set(plan.touched_ports)


def test_every_probe_is_planned_and_snmp_only_with_the_sites_community(machine):
    without = planned(machine(), "127.0.0.1")
    lacking = {probe.name for probe in PROBES} - {probe.name for probe in without.probes}
    assert lacking == {"snmp", "snmp-router"}
    given = {"routers": ("127.0.0.9",), "credentials": Credentials({"default": Community("x")})}
    with_it = planned(machine(), "127.0.0.1", community=Secret("x"), **given)
    assert with_it.probes == PROBES
    assert [probe.order for probe in with_it.conversations] == sorted(p.order for p in with_it.conversations)
    assert {probe.name for probe in without.unicast} == {"sadp", "wsdiscovery"}


@pytest.mark.parametrize("rate", [0, 0.5, 100_001, -1, float("inf"), float("nan")])
def test_a_rate_out_of_bounds_is_refused(machine, rate):
    with pytest.raises(UsageError, match="--rate"):
        planned(machine(), "127.0.0.1", rate=rate)


def test_no_target_is_refused(machine):
    with pytest.raises(UsageError, match="no target"):
        planned(machine())


def test_the_rate_of_the_request_is_the_limit_of_the_run(machine):
    assert planned(machine(), "127.0.0.1", rate=123.0).limits == Limits(rate=123.0)


def test_the_engine_is_the_built_in_one_unless_nmap_is_asked_for_and_there(machine, monkeypatch, tmp_path):
    assert planned(machine(), "127.0.0.1").engine == "connect"
    program = tmp_path / "nmap"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert planned(machine(), "127.0.0.1", engine="nmap").engine == "nmap"
    program.unlink()
    with pytest.raises(UsageError, match="nmap is not installed; apt-get install nmap"):
        planned(machine(), "127.0.0.1", engine="nmap")
    with pytest.raises(UsageError, match="choose auto, connect or nmap"):
        planned(machine(), "127.0.0.1", engine="masscan")


def test_a_name_is_looked_up_by_the_resolver_that_was_given(machine):
    plan = make_plan(ScanRequest(("nvr.site",)), machine(), resolver={"nvr.site": ["127.0.0.9"]}.__getitem__)
    assert [str(found) for found in plan.scope.walked] == ["127.0.0.9"]


def test_the_cost_of_a_silent_address_is_every_packet_of_every_try(machine):
    estimate = planned(machine(), "127.0.0.0/24").estimate
    # Six ports, two attempts, three SYN each; two discovery protocols, asked twice.
    assert estimate.packets_per_silent_host == 6 * 2 * 3 + 2 * 2
    assert estimate.sweep_packets == 256 * 40
    assert estimate.link_packets == 0
    assert estimate.connections_per_host <= Limits().connections
    assert estimate.requests_per_host <= Limits().requests


def test_nmap_costs_what_nmap_costs(machine, monkeypatch):
    """Its kernel resends each SYN once before it gives up, and silence slows it down whatever the rate."""
    monkeypatch.setattr("scanner.run.plan.shutil.which", lambda _: "/usr/bin/nmap")
    estimate = planned(machine(), "127.0.0.0/24", engine="nmap", rate=5000).estimate
    ours = planned(machine(), "127.0.0.0/24", rate=5000).estimate
    assert estimate.packets_per_silent_host == 6 * 2 * 2 + 2 * 2
    assert estimate.sweep_packets == 256 * 28
    assert estimate.seconds == pytest.approx(32 + 4 + 1024 / 5000)
    assert estimate.seconds > 2 * ours.seconds
    two = planned(machine(), "127.0.0.0/23", "127.0.4.1", engine="nmap", rate=5000).estimate
    assert two.seconds == pytest.approx(2 * 32 + 5.5 + 4 + 2052 / 5000, abs=1)


def test_the_duration_is_that_of_the_packets_but_no_shorter_than_one_hosts_pace(machine):
    slow = planned(machine(), "127.0.0.0/24", rate=50).estimate
    assert slow.seconds == pytest.approx(256 * 40 / 50, abs=12)
    # One host gets 20 packets a second, whatever the rate.
    single = planned(machine(), "127.0.0.1", rate=100_000).estimate
    assert single.seconds >= 6 * 2 * 3 / 20


def test_a_link_costs_its_groups_and_with_privilege_its_arp(machine, eth0):
    without = planned(machine(eth0, raw=False), "10.1.0.0/24").estimate.link_packets
    with_it = planned(machine(eth0), "10.1.0.0/24").estimate.link_packets
    assert without > 0
    assert with_it - without == 3 * 256
