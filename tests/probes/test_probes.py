"""The list of probes: complete, in order, and within what one host may cost."""

from __future__ import annotations

from pathlib import Path

import pytest
from playbook import SILENCE, Peer, World, http_reply

import scanner.probes
from scanner.model.action import Outcome
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Probe, ProbeKind, Service, Target
from scanner.model.protocol import Protocol
from scanner.policy.requests import check_datagram, check_stream
from scanner.policy.rules import DISCOVERY_PORTS, LISTENED_PORTS, NEVER_TOUCHED, Limits
from scanner.probes import PROBES, http_more
from scanner.probes.talk import LISTEN_ONLY

HELPERS = {"__init__", "framing", "http_wire", "learned", "page", "talk"}
ADDRESS, NONCE = "192.0.2.7", "0123456789abcdef"
CONVERSATIONS = [probe for probe in PROBES if probe.converse is not None]
CERTIFICATE = Outcome(data=b"DER")


def test_each_file_of_the_folder_is_a_probe_of_the_list_or_a_known_helper() -> None:
    folder = Path(scanner.probes.__file__).parent

    files = {path.stem for path in folder.glob("*.py")} - HELPERS
    assert {probe.name.replace("-", "_") for probe in PROBES} == files


def test_the_order_of_the_list_is_the_order_of_the_cards_and_names_are_unique() -> None:
    orders = [probe.order for probe in PROBES]

    assert orders == sorted(set(orders))
    assert len({probe.name for probe in PROBES}) == len(PROBES)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_a_card_is_filled_in_and_touches_no_forbidden_port(probe: Probe) -> None:
    assert probe.title
    assert probe.silence
    assert probe.sources
    assert not set(probe.ports) & NEVER_TOUCHED
    assert (probe.converse is not None) == (probe.kind is ProbeKind.CONVERSATION)
    assert probe.connections >= (1 if probe.converse else 0)
    assert probe.sends or probe.name in {"sdk", "control"}
    transports = Path(scanner.probes.__file__).parent.parent / "transports"
    assert (transports / f"{probe.transport}.py").is_file()


def test_the_cards_of_one_host_sum_up_to_no_more_than_its_budget() -> None:
    limits = Limits()

    shared = http_more.PROBE.connections  # the six of the first web port, which `http` counts too
    assert sum(probe.connections for probe in PROBES) - shared <= limits.connections == 24
    assert sum(probe.requests for probe in PROBES) <= limits.requests == 20
    assert set(LISTENED_PORTS) == LISTEN_ONLY


def test_each_datagram_passes_the_gates_own_list() -> None:
    calls = [probe.call for probe in PROBES if probe.call is not None]

    assert {call.port for call in calls} == DISCOVERY_PORTS
    for call in calls:
        assert check_datagram(call.port, call.payload("00000000-0000-4000-8000-00000000000a"))
        assert not call.reads(call.payload("00000000-0000-4000-8000-00000000000a"))


def _serve(request: bytes) -> bytes:
    """A host that answers everything, redirects twice and leaves every doubt."""
    line = request.split(b"\r\n", 1)[0]
    if line.endswith(b"RTSP/1.0"):
        return b"RTSP/1.0 200 OK\r\nPublic: OPTIONS\r\n\r\n"
    if line.startswith(b"GET / "):
        return http_reply("302 Found", headers=["Location: /doc/page/login.asp?_1"])
    if line.startswith(b"GET /doc/page/login.asp?_1 "):
        return http_reply("302 Found", headers=["Location: /doc/page/login.asp?_2"])
    if line.startswith(b"GET /ISAPI"):
        return http_reply("401 Unauthorized")
    return http_reply(body=b"<a href='/doc/'>")


def _talkative(web: tuple[Service, ...]) -> tuple[World, list[Exchange]]:
    services = (
        *web,
        Service(554, "rtsp"),
        Service(10554, "rtsp"),
        *(Service(p, "listen") for p in LISTEN_ONLY),
    )
    location = f"HTTP/1.1 200 OK\r\nLOCATION: http://{ADDRESS}:80/desc.xml\r\n\r\n".encode()
    said = [Exchange(Protocol.SSDP, 1900, Ending.COMPLETE, location)]
    world = World({s.port: Peer(_serve, tls=CERTIFICATE) for s in services if s.scheme != "listen"})
    world.peers |= {port: Peer(after=SILENCE) for port in LISTEN_ONLY}
    for probe in CONVERSATIONS:
        assert probe.converse is not None
        opened, sent = len(world.opened), len(world.sent)
        said += world.play(probe.converse(Target(ADDRESS, services, NONCE, tuple(said))))
        assert len(world.opened) - opened <= probe.connections, probe.name
        assert len(world.sent) - sent <= probe.requests, probe.name
    return world, said


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_host_with_six_web_ports_that_answers_everything_costs_no_more_than_its_budget(scheme: str) -> None:
    ports = (80, 443, 8080, 8443, 81, 8081)
    world, _ = _talkative(tuple(Service(port, scheme) for port in ports))

    assert len(world.opened) <= 24
    assert len(world.sent) <= 20
    gets = [line for line in world.asked(80) if line.startswith("GET ") and line != "GET /desc.xml"]
    assert len(gets) == 6
    for port in ports[1:]:
        assert [line for line in world.asked(port) if line.startswith("GET ")] == ["GET /"]
    assert not any(port in LISTEN_ONLY for port, _ in world.sent)


def test_everything_said_to_such_a_host_is_on_the_gates_list_and_carries_no_credential() -> None:
    world, said = _talkative((Service(80, "http"),))

    learnt = {"/doc/page/login.asp?_1", "/doc/page/login.asp?_2", "/desc.xml"}
    for _, data in world.sent:
        assert check_stream(data, learnt)
        assert b"uthorization" not in data
    assert {e.protocol for e in said} >= {Protocol.HTTP, Protocol.ISAPI, Protocol.RTSP, Protocol.ONVIF_SOAP}


def test_a_second_look_at_a_host_asks_only_the_front_page_of_the_port_it_named() -> None:
    """What was asked in the first look counts: six GETs on one port, ONVIF and the description once."""
    _, said = _talkative((Service(80, "http"),))
    world = World({82: Peer(_serve)})

    for probe in CONVERSATIONS:
        assert probe.converse is not None
        world.play(probe.converse(Target(ADDRESS, (Service(82, "http"),), NONCE, tuple(said))))

    assert world.asked() == ["GET /"]


@pytest.mark.parametrize("probe", CONVERSATIONS, ids=lambda probe: probe.name)
def test_a_host_without_services_is_asked_nothing(probe: Probe) -> None:
    assert probe.converse is not None
    assert World({}).play(probe.converse(Target(ADDRESS, (), NONCE))) == ()
