"""UPnP: one description, only from the device that pointed to it on itself."""

from __future__ import annotations

import pytest
from playbook import SILENCE, Peer, World, http_reply

from scanner.model.action import Outcome
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Service, Target
from scanner.model.protocol import Protocol
from scanner.policy.requests import learnt_path_allowed
from scanner.probes.learned import description_paths
from scanner.probes.upnp import PROBE, converse

ADDRESS = "192.0.2.7"
SERVICE = Service(49152, "http")
DESCRIPTION = http_reply(body=b'<root xmlns="urn:schemas-upnp-org:device-1-0"/>')


def _answer(location: str) -> Exchange:
    text = f"HTTP/1.1 200 OK\r\nLOCATION: {location}\r\nST: upnp:rootdevice\r\n\r\n"
    return Exchange(Protocol.SSDP, 1900, Ending.COMPLETE, text.encode())


def _target(*said: Exchange, services: tuple[Service, ...] = (SERVICE,)) -> Target:
    return Target(ADDRESS, services, "", said)


def test_the_description_is_fetched_once_whatever_the_host_names() -> None:
    world = World({49152: Peer(DESCRIPTION)})
    said = (_answer("http://192.0.2.7:49152/desc.xml"), _answer("http://192.0.2.7:49152/other.xml"))

    (exchange,) = world.play(converse(_target(*said)))

    assert world.asked() == ["GET /desc.xml"]
    assert exchange == Exchange(
        Protocol.UPNP_DESCRIPTION, 49152, Ending.COMPLETE, DESCRIPTION, "GET /desc.xml"
    )
    assert (PROBE.connections, PROBE.requests) == (1, 1)
    assert learnt_path_allowed(*description_paths(ADDRESS, said[:1]))


@pytest.mark.parametrize(
    "location",
    [
        "http://198.51.100.1:49152/desc.xml",
        "http://camera.example:49152/desc.xml",
        "https://192.0.2.7:49152/desc.xml",
        "http://192.0.2.7:8000/desc.xml",
        "http://192.0.2.7:9999/desc.xml",
        "http://192.0.2.7:49152/ISAPI/System/reboot",
        "http://192.0.2.7:49152/desc.xml?action=reboot",
        "/desc.xml",
        "",
    ],
)
def test_a_description_elsewhere_or_one_that_acts_is_not_fetched(location: str) -> None:
    services = (SERVICE, Service(8000, "listen"))

    assert World({}).play(converse(_target(_answer(location), services=services))) == ()


def test_it_is_not_fetched_again_in_a_second_look() -> None:
    before = Exchange(Protocol.UPNP_DESCRIPTION, 49152, Ending.COMPLETE, DESCRIPTION)

    assert World({}).play(converse(_target(_answer("http://192.0.2.7:49152/d"), before))) == ()


def test_without_an_answer_nothing_is_asked() -> None:
    assert World({}).play(converse(_target())) == ()


@pytest.mark.parametrize(
    ("peer", "ending"),
    [
        (Peer(opens=Outcome(Ending.REFUSED)), Ending.REFUSED),
        (Peer(after=SILENCE), Ending.SILENT),
        (Peer(DESCRIPTION[:30]), Ending.CLOSED_EARLY),
        (Peer(b"SSH-2.0-x"), Ending.OTHER_PROTOCOL),
        (Peer(b"HTTP/1.1 what\r\n\r\n"), Ending.MALFORMED),
        (Peer(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 70000), Ending.CUT),
    ],
)
def test_each_way_to_fail_has_its_ending(peer: Peer, ending: Ending) -> None:
    said = _answer("http://192.0.2.7:49152/d")

    (exchange,) = World({49152: peer}).play(converse(_target(said)))

    assert exchange.ending is ending


def test_a_port_that_was_asked_for_six_pages_is_not_asked_for_a_description() -> None:
    world = World({49152: Peer(DESCRIPTION)})
    pages = [Exchange(Protocol.HTTP, 49152, Ending.COMPLETE, b"x", f"GET /{n}") for n in range(6)]

    (exchange,) = world.play(converse(_target(_answer("http://192.0.2.7:49152/desc.xml"), *pages)))

    assert world.asked() == []
    assert exchange.ending is Ending.STOPPED_BY_US
    assert "6 GETs" in exchange.detail
