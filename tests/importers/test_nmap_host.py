"""Which ports a host was asked on, by nmap's account."""

from __future__ import annotations

import pytest

from scanner.importers.interface import PORTS
from scanner.importers.nmap_host import Asked, Host, Port, Rest, counts, ports_of, row_of
from scanner.importers.nmap_scripts import Script

ASKED = Asked(PORTS)


def made(*ports: Port, rest: tuple[Rest, ...] = (), **more) -> Host:
    return Host(addresses=["10.0.0.5"], state="up", ports=list(ports), rest=list(rest), **more)


def endings(host: Host, asked: Asked = ASKED, *, whole: bool = True) -> dict[int, str]:
    return {one.port: one.ending.value for one in row_of(host, asked, "", whole=whole).endings}


def test_ports_of_a_list():
    assert ports_of("1-100,443,8080-8090") == {80, 443, 8080}
    assert ports_of("80-") == ports_of("") == ports_of("x,99999999999") == frozenset()


@pytest.mark.parametrize(
    ("kind", "expected"), [("syn", True), ("connect", True), ("ack", False), ("fin", False)]
)
def test_kinds_of_scan_that_show_silence(kind, expected):
    assert counts(kind) is expected


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        ("open", "syn-ack", "complete"),
        ("closed", "reset", "refused"),
        ("filtered", "no-response", "silent"),
        ("filtered", "admin-prohibited", None),
        ("open|filtered", "no-response", None),
        ("unfiltered", "reset", None),
    ],
)
def test_a_state_is_an_ending_only_where_it_proves_one(state, reason, expected):
    assert endings(made(Port(80, "tcp", state, reason))).get(80) == expected


def test_a_port_outside_the_sweep_counts_only_if_it_is_open():
    host = made(Port(22, "tcp", "open"), Port(23, "tcp", "closed"), Port(161, "udp", "open"))

    assert endings(host) == {22: "complete"}


def test_one_sum_is_what_the_unlisted_ports_did():
    host = made(Port(80, "tcp", "open"), rest=(Rest("closed", [("reset", "tcp", "")]),))

    assert endings(host) == {80: "complete", **dict.fromkeys(sorted(PORTS - {80}), "refused")}


def test_several_sums_without_numbers_were_asked_and_it_is_open_which_refused():
    host = made(rest=(Rest("closed", [("reset", "tcp", "")]), Rest("filtered", [("no-response", "tcp", "")])))

    assert set(endings(host).values()) == {"silent"}


def test_a_sum_that_somebody_on_the_way_answered_proves_nothing():
    host = made(
        rest=(Rest("filtered", [("admin-prohibited", "tcp", "")]), Rest("closed", [("reset", "tcp", "")]))
    )

    assert endings(host) == {}


def test_numbers_that_are_told_are_believed():
    rest = Rest("filtered", [("no-response", "tcp", "80,443"), ("host-unreach", "tcp", "554,8000,8080,8443")])

    assert endings(made(rest=(rest,))) == {80: "silent", 443: "silent"}


def test_a_host_that_timed_out_or_was_cut_proves_only_what_it_lists():
    rest = (Rest("filtered", [("no-response", "tcp", "")]),)

    assert endings(made(Port(80, "tcp", "open"), rest=rest, timed_out=True)) == {80: "complete"}
    assert endings(made(Port(80, "tcp", "open"), rest=rest), whole=False) == {80: "complete"}


def test_an_ack_scan_proves_no_silence():
    assert endings(made(Port(80, "tcp", "filtered", "no-response")), Asked(counts=False)) == {}


def test_a_host_without_an_address_is_explained():
    row = row_of(Host(addresses=["224.0.0.1", "x"]), ASKED, "", whole=True)

    assert (row.unused, row.names) == ("no address of a host", ())


def test_a_mac_address_is_heard():
    row = row_of(made(mac="44:19:B6:01:02:03"), ASKED, "2026-01-01T00:00:00Z", whole=True)

    assert [(one.protocol.value, one.payload, one.at) for one in row.observations] == [
        ("mac", b"44:19:b6:01:02:03", "2026-01-01T00:00:00Z")
    ]


def test_scripts_that_gave_nothing_stand_beside_what_was_used():
    port = Port(80, "tcp", "open", scripts=[Script("http-title", "index"), Script("http-enum", "/x/")])
    host = made(port, scripts=[Script("whois-ip", "nobody")])

    row = row_of(host, ASKED, "", whole=True)

    assert row.observations
    assert row.left == ("script http-enum", "script whois-ip")
