from __future__ import annotations

import ipaddress

import pytest

from scanner.model.errors import Refused
from scanner.policy.gate import Gate, Link
from scanner.policy.rules import LISTENED_PORTS, NEVER_TOUCHED, Limits
from scanner.policy.tenure import Tenure, clock
from scanner.scope import AddressRange, Scope, parse_target

GET = b"GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n"
INQUIRY = (
    b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>F93CF8DC-DF53-424B-98A7-9FC0536E1083</Uuid>'
    b"<Types>inquiry</Types></Probe>"
)


def gate(target: str = "10.0.0.0/24", ports: tuple[int, ...] = (80, 443), **limits: object) -> Gate:
    found = parse_target(target)
    assert isinstance(found, AddressRange)
    link = Link("eth7", 7, (target,), "test")
    return Gate(Scope.of([found]), Limits(**limits), links=[link], ports=ports)  # type: ignore[arg-type]


def rule(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.rule


def test_an_address_outside_the_scope_is_refused_whatever_asks_for_it() -> None:
    guard = gate()

    for action in (
        lambda: guard.sweep("10.0.1.1", 80),
        lambda: guard.open("10.0.1.1", 80),
        lambda: guard.send("10.0.1.1", 80, GET),
        lambda: guard.datagram("10.0.1.1", 37020, INQUIRY),
        lambda: guard.snmp("10.0.1.1", ["1.3.6.1.2.1.1.1.0"]),
        lambda: guard.nmap(["10.0.1.1"], [80], []),
    ):
        with pytest.raises(Refused) as refused:
            action()
        assert rule(refused) == "scope"
    assert len(guard.refusals) == 6


@pytest.mark.parametrize("port", sorted(NEVER_TOUCHED))
def test_a_port_that_is_never_touched_is_refused_even_when_planned(port: int) -> None:
    guard = gate(ports=(80, port))

    for action in (guard.sweep, guard.open):
        with pytest.raises(Refused) as refused:
            action("10.0.0.1", port)
        assert rule(refused) == "port"
    assert not guard.learn_port("10.0.0.1", port)


def test_the_one_control_port_of_a_host_opens_and_takes_not_a_byte() -> None:
    guard = gate(ports=(80, 50001))

    assert guard.allow_control("10.0.0.1", 50002)
    assert guard.allow_control("10.0.0.1", 50002)
    assert not guard.allow_control("10.0.0.1", 50003)
    assert not guard.allow_control("10.0.0.2", 50001)
    assert not guard.allow_control("10.0.0.2", 8081)
    assert not guard.allow_control("10.0.1.1", 50002)
    guard.open("10.0.0.1", 50002)
    for action in (
        lambda: guard.send("10.0.0.1", 50002, GET),
        lambda: guard.start_tls("10.0.0.1", 50002),
        lambda: guard.open("10.0.0.2", 50002),
        lambda: guard.open("10.0.0.1", 50003),
        lambda: guard.sweep("10.0.0.1", 50002),
    ):
        with pytest.raises(Refused) as refused:
            action()
        assert rule(refused) == "port"


def test_a_port_that_nobody_planned_opens_only_after_the_host_named_it() -> None:
    guard = gate()
    with pytest.raises(Refused):
        guard.open("10.0.0.1", 81)

    assert guard.learn_port("10.0.0.1", 81)
    guard.open("10.0.0.1", 81)
    with pytest.raises(Refused):
        guard.open("10.0.0.2", 81)
    with pytest.raises(Refused):
        guard.sweep("10.0.0.1", 81)


def test_a_host_can_name_only_a_few_ports_and_paths() -> None:
    guard = gate()

    assert [guard.learn_port("10.0.0.1", 8100 + number) for number in range(6)] == [True] * 4 + [False] * 2
    assert [guard.learn_path("10.0.0.1", f"/page{number}") for number in range(6)] == [True] * 4 + [False] * 2
    assert guard.learn_path("10.0.0.1", "/page0#top")
    assert not guard.learn_path("10.0.0.2", "/ISAPI/System/reboot")


def test_a_forbidden_request_is_refused_and_kept_as_a_fault_of_ours() -> None:
    guard = gate()

    with pytest.raises(Refused) as refused:
        guard.send("10.0.0.1", 80, b"PUT /ISAPI/System/reboot HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n")

    assert rule(refused) == "request"
    assert len(guard.refusals) == 1


def test_budgets_end_a_host_without_being_a_fault() -> None:
    guard = gate(connections=2, requests=1)
    guard.open("10.0.0.1", 80)
    guard.open("10.0.0.1", 80)
    guard.send("10.0.0.1", 80, GET)

    with pytest.raises(Refused) as refused:
        guard.open("10.0.0.1", 80)
    assert rule(refused) == "budget"
    with pytest.raises(Refused) as refused:
        guard.send("10.0.0.1", 80, GET)
    assert rule(refused) == "budget"
    guard.open("10.0.0.2", 80)
    assert guard.refusals == []


def test_groups_and_broadcast_need_a_link_of_this_run() -> None:
    guard = gate()

    assert guard.datagram("239.255.255.250", 37020, INQUIRY, "eth7") == "SADP inquiry"
    assert guard.datagram("255.255.255.255", 37020, INQUIRY, "eth7") == "SADP inquiry"
    for interface in ("", "eth0"):
        with pytest.raises(Refused) as refused:
            guard.datagram("239.255.255.250", 37020, INQUIRY, interface)
        assert rule(refused) == "scope"
    with pytest.raises(Refused):
        guard.mdns("eth0", ["_http._tcp.local."])
    with pytest.raises(Refused):
        guard.mdns("eth7", ["http"])
    guard.mdns("eth7", ["_http._tcp.local."])


def arp(operation: bytes = b"\x00\x01", target: str = "10.0.0.9") -> bytes:
    return (
        b"\xff" * 6 + b"\x02" * 6 + b"\x08\x06" + b"\x00\x01\x08\x00\x06\x04" + operation + b"\x02" * 6
        + bytes(4) + bytes(6) + ipaddress.ip_address(target).packed
    )  # fmt: skip


def test_frames_are_arp_requests_in_scope_and_the_echo_to_all_nodes() -> None:
    guard = gate()

    guard.frame("eth7", arp())
    for frame in (arp(b"\x00\x02"), arp(target="10.0.1.9"), b"\xff" * 12 + b"\x80\x33" + bytes(60)):
        with pytest.raises(Refused):
            guard.frame("eth7", frame)
    with pytest.raises(Refused):
        guard.frame("eth0", arp())


def test_a_host_that_stopped_answering_is_left_alone_and_its_prefix_after_three() -> None:
    guard = gate("10.0.0.0/23")

    assert [guard.breaker.trip(f"10.0.0.{number}") for number in (1, 2, 3)] == [False, False, True]
    for address in ("10.0.0.1", "10.0.0.200"):
        with pytest.raises(Refused) as refused:
            guard.sweep(address, 80)
        assert rule(refused) == "stopped"
    guard.sweep("10.0.1.1", 80)
    assert guard.refusals == []


def test_a_run_that_is_being_stopped_sends_nothing_more() -> None:
    guard = gate()
    guard.close("interrupted by the user")

    for action in (
        lambda: guard.sweep("10.0.0.1", 80),
        lambda: guard.open("10.0.0.1", 80),
        lambda: guard.datagram("10.0.0.1", 37020, INQUIRY),
        lambda: guard.datagram("239.255.255.250", 37020, INQUIRY, "eth7"),
        lambda: guard.frame("eth7", arp()),
    ):
        with pytest.raises(Refused, match="interrupted") as refused:
            action()
        assert rule(refused) == "stopped"
    assert guard.refusals == []


def test_nmap_gets_whole_prefixes_in_scope_and_planned_ports_only() -> None:
    guard = gate()
    options = "-sT -Pn -n --max-retries 1 --max-rate 500 --max-parallelism 64 --scan-delay 50ms".split()

    guard.nmap(["10.0.0.0/25", "10.0.0.200"], [80], options)
    for targets, ports in ((["10.0.0.0/23"], [80]), (["10.0.0.1"], [81]), (["10.0.0.1"], [9100])):
        with pytest.raises(Refused):
            guard.nmap(targets, ports, options)


@pytest.mark.parametrize("port", LISTENED_PORTS)
def test_a_control_port_is_opened_and_never_spoken_to(port: int) -> None:
    guard = gate(ports=(80, port))
    guard.open("10.0.0.1", port)

    for speak in (lambda: guard.start_tls("10.0.0.1", port), lambda: guard.send("10.0.0.1", port, GET)):
        with pytest.raises(Refused) as refused:
            speak()
        assert rule(refused) == "port"
    guard.start_tls("10.0.0.1", 443)


def test_one_port_of_a_host_gets_six_pages_and_another_its_own() -> None:
    guard = gate()
    for _ in range(6):
        guard.send("10.0.0.1", 80, GET)

    with pytest.raises(Refused) as refused:
        guard.send("10.0.0.1", 80, GET)

    assert rule(refused) == "budget"
    assert guard.send("10.0.0.1", 443, GET) == "GET /"
    assert guard.refusals == []


ROUTER = "10.9.9.1"
READ = bytes.fromhex("a51d020400e991e402010002011e300f300d06092b06010201042301040500")
"""A bulk read of ipNetToPhysicalPhysAddress."""


def router_gate(target: str = "10.0.0.0/24") -> Gate:
    found = parse_target(target)
    assert isinstance(found, AddressRange)
    return Gate(Scope.of([found]), Limits(), ports=(80, 161, 443), routers=(ROUTER,))


def test_a_named_router_outside_the_targets_is_asked_for_its_tables_and_nothing_else_ever() -> None:
    guard = router_gate()

    assert guard.table(ROUTER, READ) == "GETBULK"
    for action in (
        lambda: guard.sweep(ROUTER, 80),
        lambda: guard.sweep(ROUTER, 161),
        lambda: guard.open(ROUTER, 80),
        lambda: guard.start_tls(ROUTER, 443),
        lambda: guard.send(ROUTER, 80, GET),
        lambda: guard.datagram(ROUTER, 37020, INQUIRY),
        lambda: guard.datagram(ROUTER, 161, READ),
        lambda: guard.snmp(ROUTER, ["1.3.6.1.2.1.1.1.0"]),
        lambda: guard.nmap([ROUTER], [80], []),
    ):
        with pytest.raises(Refused) as refused:
            action()
        assert rule(refused) == "scope"
    assert not guard.learn_port(ROUTER, 80)
    assert ROUTER not in guard.scope


def test_a_router_in_the_targets_is_looked_at_like_any_other_host_too() -> None:
    guard = router_gate("10.9.9.0/24")

    assert guard.table(ROUTER, READ) == "GETBULK"
    guard.open(ROUTER, 80)
    assert guard.send(ROUTER, 80, GET) == "GET /"


@pytest.mark.parametrize("address", ["10.0.0.1", "10.9.9.2", "10.9.9.1 "])
def test_tables_are_read_from_named_routers_only_also_inside_the_targets(address: str) -> None:
    guard = router_gate()

    with pytest.raises(Refused) as refused:
        guard.table(address, READ)

    assert rule(refused) == "scope"


def test_a_table_read_off_the_list_is_a_fault_of_ours_and_kept() -> None:
    guard = router_gate()

    with pytest.raises(Refused) as refused:
        guard.table(ROUTER, b"\xa3" + READ[1:])

    assert rule(refused) == "request"
    assert guard.refusals == [str(refused.value)]


def test_a_router_is_left_alone_once_it_stopped_answering_or_the_run_stops() -> None:
    guard, closed = router_gate(), router_gate()
    guard.breaker.trip(ROUTER)
    closed.close("interrupted")

    for one in (guard, closed):
        with pytest.raises(Refused) as refused:
            one.table(ROUTER, READ)
        assert rule(refused) == "stopped"


def test_what_sends_of_itself_asks_whether_anything_may_be_sent() -> None:
    tenure = Tenure(until=clock() + 60)
    gate = Gate(Scope(()), Limits(), tenure=tenure)
    gate.still_open()
    assert gate.until == tenure.until

    gate.close("over")

    assert gate.until == 0.0
    with pytest.raises(Refused, match="over"):
        gate.still_open()
