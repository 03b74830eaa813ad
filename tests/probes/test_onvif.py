"""ONVIF: two questions, each once, without credentials."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playbook import CLOSED, SILENCE, Peer, Playbook, World, http_reply

from scanner.model.action import Close, Open, Outcome, Send, StartTls
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Service, Target
from scanner.model.protocol import Protocol
from scanner.policy.requests import ONVIF_QUERIES, check_stream
from scanner.probes.onvif import PROBE, QUERIES, USUAL_PATH, converse, request, where

ADDRESS = "192.0.2.7"
HTTP, HTTPS, MOVED = Service(80, "http"), Service(443, "https"), Service(8081, "http")
FRONT = Exchange(Protocol.HTTP, 80, Ending.COMPLETE, http_reply(), "GET /")
SERVICES = http_reply(body=b"<env:Envelope><env:Body><tds:GetServicesResponse/></env:Body></env:Envelope>")
NOT_AUTHORISED = http_reply("400 Bad Request", b"<env:Value>ter:NotAuthorized</env:Value>")


def _matches(*urls: str) -> Exchange:
    body = (
        f"<d:ProbeMatches><d:ProbeMatch><d:XAddrs>{' '.join(urls)}</d:XAddrs></d:ProbeMatch></d:ProbeMatches>"
    )
    return Exchange(Protocol.ONVIF_WSDISCOVERY, 3702, Ending.COMPLETE, body.encode())


def _target(*said: Exchange, services: tuple[Service, ...] = (HTTP,)) -> Target:
    return Target(ADDRESS, services, "", said)


def test_both_questions_are_asked_once_each_on_a_connection_of_its_own() -> None:
    play = Playbook(converse(_target(FRONT)))

    for query in ("GetServices", "GetDeviceInformation"):
        play.expect(Open(80)).expect(Send(request(ADDRESS, HTTP, USUAL_PATH, query)))
        play.hears(SERVICES).expect(Close())

    exchanges = play.end()
    assert [e.request for e in exchanges] == [
        "POST /onvif/device_service GetServices",
        "POST /onvif/device_service GetDeviceInformation",
    ]
    assert {e.protocol for e in exchanges} == {Protocol.ONVIF_SOAP}
    assert {(e.ending, e.payload) for e in exchanges} == {(Ending.COMPLETE, SERVICES)}


def test_the_bytes_are_a_plain_soap_question_and_pass_the_gate() -> None:
    sent = request(ADDRESS, HTTP, USUAL_PATH, "GetServices")
    head, _, body = sent.partition(b"\r\n\r\n")

    assert head.startswith(b"POST /onvif/device_service HTTP/1.1\r\nHost: 192.0.2.7\r\nUser-Agent: hiksweep/")
    assert f"\r\nContent-Length: {len(body)}\r\n".encode() in head
    assert b"<IncludeCapability>false</IncludeCapability>" in body
    assert set(QUERIES) == ONVIF_QUERIES
    for query in QUERIES:
        assert check_stream(request(ADDRESS, HTTP, USUAL_PATH, query)) == f"POST {query}"
        assert b"Security" not in QUERIES[query]


@pytest.mark.parametrize(
    "reply",
    [NOT_AUTHORISED, http_reply("401 Unauthorized"), http_reply("403 Forbidden")],
    ids=["fault", "401", "403"],
)
def test_not_authorised_ends_it_and_is_kept(reply: bytes) -> None:
    world = World({80: Peer(reply)})

    first, second = world.play(converse(_target(FRONT)))

    assert (first.ending, first.payload) == (Ending.COMPLETE, reply)
    assert (second.ending, second.detail) == (
        Ending.NEVER_ASKED,
        "not asked: the host answers only those it knows",
    )
    assert len(world.sent) == 1


@pytest.mark.parametrize("status", ["404 Not Found", "405 Method Not Allowed"])
def test_a_port_without_onvif_is_asked_no_further(status: str) -> None:
    world = World({80: Peer(http_reply(status))})

    assert world.play(converse(_target(FRONT)))[1].detail == "not asked: no such service on this port"


def test_an_old_device_that_does_not_know_the_first_question_gets_the_second() -> None:
    world = World({80: Peer(http_reply("500 Internal Server Error", b"ter:ActionNotSupported"))})

    world.play(converse(_target(FRONT)))

    assert len(world.sent) == PROBE.requests == PROBE.connections == 2


@pytest.mark.parametrize(
    ("peer", "ending"),
    [
        (Peer(opens=Outcome(Ending.REFUSED)), Ending.REFUSED),
        (Peer(after=SILENCE), Ending.SILENT),
        (Peer(), Ending.CLOSED_EARLY),
        (Peer(sends=CLOSED), Ending.CLOSED_EARLY),
        (Peer(b"RTSP/1.0 400 Bad\r\n\r\n"), Ending.OTHER_PROTOCOL),
        (Peer(b"HTTP/1.1 what\r\n\r\n"), Ending.MALFORMED),
    ],
)
def test_each_way_to_fail_has_its_ending_and_asks_no_further(peer: Peer, ending: Ending) -> None:
    first, second = World({80: peer}).play(converse(_target(FRONT)))

    assert first.ending is ending
    assert (second.ending, second.detail) == (
        Ending.NEVER_ASKED,
        f"not asked: the question before ended {ending}",
    )


def test_when_we_are_stopped_the_second_question_is_listed_too() -> None:
    exchanges = World({}, stop_after=0).play(converse(_target(FRONT)))

    assert [e.ending for e in exchanges] == [Ending.STOPPED_BY_US, Ending.STOPPED_BY_US]


def test_the_hosts_own_service_address_is_preferred() -> None:
    target = _target(FRONT, _matches("http://192.0.2.7:8081/onvif/device"), services=(HTTP, MOVED))

    assert where(target) == (MOVED, "/onvif/device")


@pytest.mark.parametrize(
    "url",
    [
        "http://198.51.100.1/onvif/device_service",
        "http://[fe80::1]/onvif/device_service",
        "http://192.0.2.7:9999/onvif/device_service",
        "http://192.0.2.7:8000/onvif/device_service",
        "ftp://192.0.2.7/onvif",
        "nonsense",
    ],
)
def test_a_service_address_elsewhere_or_on_a_port_that_is_not_open_is_passed_over(url: str) -> None:
    services = (Service(8000, "listen"), HTTP)

    assert where(_target(FRONT, _matches(url), services=services)) == (HTTP, USUAL_PATH)


@pytest.mark.parametrize("path", ["/ISAPI/System/x", "/other", "/onvif/device?x=1"])
def test_of_an_unusual_service_address_only_the_port_is_taken(path: str) -> None:
    target = _target(_matches(f"http://192.0.2.7:8081{path}"), services=(MOVED,))

    assert where(target) == (MOVED, USUAL_PATH)


def test_without_an_address_the_first_web_port_that_answered_is_asked_over_tls_if_it_is_one() -> None:
    said = (
        Exchange(Protocol.HTTP, 80, Ending.OTHER_PROTOCOL, b"SSH-2.0-x", "GET /"),
        Exchange(Protocol.HTTPS, 443, Ending.COMPLETE, http_reply(), "GET /"),
    )
    play = Playbook(converse(_target(*said, services=(HTTP, HTTPS))))

    play.expect(Open(443)).expect(StartTls())


def test_where_nothing_answered_or_it_was_asked_before_nothing_is_asked() -> None:
    before = Exchange(Protocol.ONVIF_SOAP, 80, Ending.COMPLETE, SERVICES)

    assert World({}).play(converse(_target())) == ()
    assert World({}).play(converse(_target(FRONT, before))) == ()


@settings(max_examples=50)
@given(cut=st.integers(0, len(SERVICES)), noise=st.binary(max_size=64), piece=st.integers(1, 64))
def test_a_reply_cut_and_continued_with_noise_still_ends(cut: int, noise: bytes, piece: int) -> None:
    exchanges = World({80: Peer(SERVICES[:cut] + noise, piece=piece)}).play(converse(_target(FRONT)))

    assert len(exchanges) == 2
    assert exchanges[0].ending is not Ending.FAULT
