"""The first pages of a host: each once, on its first web port, one connection a request."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peer import look, server_context, web_server
from playbook import CLOSED, SILENCE, Peer, Playbook, World, by_path, http_reply

from scanner.model.action import Close, Open, Outcome, Send, StartTls
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Service, Target
from scanner.model.protocol import Protocol
from scanner.policy.requests import check_stream
from scanner.probes.http import FURTHER, GETS, PROBE, REDIRECTED, converse
from scanner.probes.http_wire import get

ADDRESS, NONCE = "192.0.2.7", "0123456789abcdef"
HTTP, HTTPS = Service(80, "http"), Service(443, "https")
FIXED = ["GET /", "GET /SDK/activateStatus", "GET /ISAPI/System/deviceInfo", f"GET /{NONCE}"]

FRONT = http_reply(body=b'<script>window.location.href="/doc/page/login.asp?_"</script>')
# A camera's challenge, public file 18036528041; nonce and suffix replaced.
GUARDED = http_reply(
    "401 Unauthorized", headers=['WWW-Authenticate: Digest qop="auth", realm="IP Camera(K1234)"']
)
MISSING = http_reply("404 Not Found", b"<h1>Not Found</h1>")
CAMERA = by_path({"/": FRONT, "/ISAPI/System/deviceInfo": GUARDED}, MISSING)
TLS = Outcome(data=b"DER")


def _target(*services: Service, said: tuple[Exchange, ...] = ()) -> Target:
    return Target(ADDRESS, services, NONCE, said)


def test_four_pages_each_on_a_connection_of_its_own() -> None:
    play = Playbook(converse(_target(HTTP)))

    for path, reply in (
        ("/", FRONT),
        ("/SDK/activateStatus", MISSING),
        ("/ISAPI/System/deviceInfo", GUARDED),
        (f"/{NONCE}", MISSING),
    ):
        play.expect(Open(80)).expect(Send(get(ADDRESS, HTTP, path))).hears(reply).expect(Close())

    exchanges = play.end()
    assert [e.request for e in exchanges] == FIXED
    assert [e.payload for e in exchanges] == [FRONT, MISSING, GUARDED, MISSING]
    assert [e.protocol for e in exchanges] == [Protocol.HTTP, Protocol.ISAPI, Protocol.ISAPI, Protocol.HTTP]
    assert {e.ending for e in exchanges} == {Ending.COMPLETE}


def test_over_tls_the_handshake_comes_first_and_the_certificate_is_kept_once() -> None:
    play = Playbook(converse(_target(HTTPS)))

    for _ in range(4):
        play.expect(Open(443)).expect(StartTls(), TLS).expect(Send).hears(MISSING).expect(Close())

    assert [e.protocol for e in play.end()] == [
        Protocol.TLS_CERT,
        Protocol.HTTPS,
        Protocol.ISAPI,
        Protocol.ISAPI,
        Protocol.HTTPS,
    ]


@pytest.mark.parametrize("piece", [1, 13, 4096])
@pytest.mark.parametrize("behind", [b"", b"\x00 garbage"])
def test_a_page_reads_the_same_whole_byte_by_byte_and_with_garbage_behind_it(
    piece: int, behind: bytes
) -> None:
    world = World({80: Peer(lambda request: CAMERA(request) + behind, piece=piece)})

    assert [e.payload for e in world.play(converse(_target(HTTP)))] == [FRONT, MISSING, GUARDED, MISSING]


@pytest.mark.parametrize("status", ["200 OK", "401 Unauthorized", "403 Forbidden", "500 Oops"])
def test_each_path_is_asked_once_whatever_the_status(status: str) -> None:
    world = World({80: Peer(http_reply(status))})

    world.play(converse(_target(HTTP)))

    assert world.asked() == FIXED


def test_further_web_ports_get_one_page_each() -> None:
    world = World({80: Peer(CAMERA), 443: Peer(CAMERA, tls=TLS), 8080: Peer(CAMERA)})

    world.play(converse(_target(HTTP, HTTPS, Service(8080, "http"))))

    assert world.asked(80) == FIXED
    assert world.asked(443) == world.asked(8080) == ["GET /"]


def test_the_first_port_that_answers_as_http_is_the_one_that_is_asked_further() -> None:
    world = World({80: Peer(b"SSH-2.0-x\r\n"), 443: Peer(CAMERA, tls=TLS), 8080: Peer(CAMERA)})

    world.play(converse(_target(HTTP, HTTPS, Service(8080, "http"), Service(8443, "https"))))

    assert world.asked(80) == ["GET /"]
    assert world.asked(443) == FIXED
    assert world.asked(8080) == ["GET /"]
    assert world.opened[-1] == 8443


ENDINGS = {
    "refused": (Peer(opens=Outcome(Ending.REFUSED)), Ending.REFUSED, b""),
    "no connection": (Peer(opens=Outcome(Ending.SILENT)), Ending.SILENT, b""),
    "silent": (Peer(after=SILENCE), Ending.SILENT, b""),
    "closed at once": (Peer(), Ending.CLOSED_EARLY, b""),
    "closed while we ask": (Peer(sends=CLOSED), Ending.CLOSED_EARLY, b""),
    "ssh": (Peer(b"SSH-2.0-x\r\n"), Ending.OTHER_PROTOCOL, b"SSH-2.0-x\r\n"),
    "tls": (Peer(b"\x15\x03\x01\x00\x02\x02\x46"), Ending.OTHER_PROTOCOL, b"\x15\x03\x01\x00\x02\x02\x46"),
    "rtsp": (Peer(b"RTSP/1.0 400 Bad\r\n\r\n"), Ending.OTHER_PROTOCOL, b"RTSP/1.0 400 Bad\r\n\r\n"),
    "garbage": (Peer(b"\x00\xff\xfe", after=SILENCE), Ending.OTHER_PROTOCOL, b"\x00\xff\xfe"),
    "no status": (Peer(b"HTTP/1.1 what\r\n\r\n"), Ending.MALFORMED, b"HTTP/1.1 what\r\n\r\n"),
    "fault of ours": (Peer(opens=Outcome(Ending.FAULT)), Ending.FAULT, b""),
}


@pytest.mark.parametrize(("peer", "ending", "payload"), ENDINGS.values(), ids=ENDINGS.keys())
def test_a_port_that_does_not_answer_as_http_has_its_ending_and_is_asked_no_further(
    peer: Peer, ending: Ending, payload: bytes
) -> None:
    world = World({80: peer})

    (exchange,) = world.play(converse(_target(HTTP)))

    assert (exchange.request, exchange.ending, exchange.payload) == ("GET /", ending, payload)


PARTIAL = {
    "closed mid-header": (Peer(FRONT[:30]), Ending.CLOSED_EARLY, FRONT[:30]),
    "silent mid-body": (Peer(FRONT[:-5], after=SILENCE), Ending.CUT, FRONT[:-5]),
    "endless body": (Peer(b"HTTP/1.1 200 OK\r\n\r\n" + b"A" * 99999), Ending.CUT, None),
    "header bomb": (Peer(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 5000), Ending.CUT, None),
    "no length": (Peer(b"HTTP/1.0 200 OK\r\n\r\nhello"), Ending.COMPLETE, b"HTTP/1.0 200 OK\r\n\r\nhello"),
}


@pytest.mark.parametrize(("peer", "ending", "payload"), PARTIAL.values(), ids=PARTIAL.keys())
def test_an_answer_in_part_is_kept_and_counts_as_an_answer(
    peer: Peer, ending: Ending, payload: bytes | None
) -> None:
    world = World({80: peer})

    exchanges = world.play(converse(_target(HTTP)))

    assert world.asked() == FIXED
    assert {e.ending for e in exchanges} == {ending}
    assert payload is None or exchanges[0].payload == payload
    assert max(len(e.payload) for e in exchanges) <= 16384 + 65536


def test_a_failed_handshake_ends_that_port_and_the_next_is_tried() -> None:
    world = World({443: Peer(CAMERA), 80: Peer(CAMERA)})

    first, *rest = world.play(converse(_target(HTTPS, HTTP)))

    assert (first.protocol, first.port, first.ending) == (Protocol.HTTPS, 443, Ending.TLS_FAILED)
    assert [e.request for e in rest] == FIXED


def _moved(location: str) -> bytes:
    return http_reply("302 Found", headers=[f"Location: {location}"])


def test_a_redirect_on_the_same_port_is_followed_and_counts() -> None:
    world = World({80: Peer(by_path({"/": _moved("/doc/page/login.asp?_1")}, MISSING))})

    exchanges = world.play(converse(_target(HTTP)))

    assert world.asked() == ["GET /", "GET /doc/page/login.asp?_1", *FIXED[1:]]
    assert exchanges[1].detail == REDIRECTED


def test_a_redirect_to_the_https_port_moves_the_further_questions_there_and_its_first_page_is_not_repeated() -> (
    None
):
    world = World({80: Peer(_moved("https://192.0.2.7/")), 443: Peer(CAMERA, tls=TLS)})

    world.play(converse(_target(HTTP, HTTPS)))

    assert world.asked(80) == ["GET /"]
    assert world.asked(443) == FIXED


def test_no_more_than_two_redirects_are_followed_and_six_pages_asked() -> None:
    chain = {"/": _moved("/1"), "/1": _moved("/2"), "/2": _moved("/3")}
    world = World({80: Peer(by_path(chain, MISSING))})

    world.play(converse(_target(HTTP)))

    assert world.asked() == ["GET /", "GET /1", "GET /2", *FIXED[1:]]
    assert len(world.sent) == GETS


@pytest.mark.parametrize(
    "location",
    [
        "/",
        "http://198.51.100.1/",
        "http://camera.example/",
        "https://192.0.2.7:9443/",
        "/ISAPI/System/reboot",
    ],
)
def test_a_redirect_in_a_circle_to_another_host_or_to_something_that_acts_is_not_followed(
    location: str,
) -> None:
    world = World({80: Peer(by_path({"/": _moved(location)}, MISSING))})

    world.play(converse(_target(HTTP)))

    assert world.asked() == FIXED
    assert set(world.opened) == {80}


def test_a_redirect_to_a_port_that_no_longer_answers_leaves_the_questions_where_they_were() -> None:
    world = World({80: Peer(by_path({"/": _moved("https://192.0.2.7/x")}, MISSING))})

    world.play(converse(_target(HTTP, HTTPS)))

    assert world.asked(80) == FIXED
    assert world.opened.count(443) == 2


@pytest.mark.parametrize("stop_after", range(6))
def test_a_question_dropped_for_budget_is_listed_as_stopped_by_us(stop_after: int) -> None:
    world = World({80: Peer(CAMERA), 8080: Peer(CAMERA)}, stop_after=stop_after)

    exchanges = world.play(converse(_target(HTTP, Service(8080, "http"))))

    assert [e.request for e in exchanges] == [*FIXED, "GET /"]
    assert [e.ending is Ending.STOPPED_BY_US for e in exchanges] == [n >= stop_after for n in range(5)]


def test_the_card_is_the_most_that_a_talkative_host_can_cost() -> None:
    chain = {"/": _moved("/1"), "/1": _moved("/2")}
    ports = range(8080, 8090)
    world = World({port: Peer(by_path(chain, MISSING)) for port in ports})

    world.play(converse(_target(*(Service(port, "http") for port in ports))))

    assert len(world.opened) == len(world.sent) == GETS + FURTHER == PROBE.connections == PROBE.requests


def test_nothing_is_said_that_the_gate_would_refuse_and_no_control_port_is_written_to() -> None:
    world = World({port: Peer(CAMERA) for port in (80, 8000, 9010, 9020)})
    services = (Service(8000, "http"), Service(9010, "http"), Service(9020, "https"), HTTP)

    world.play(converse(_target(*services)))

    assert [check_stream(data) for _, data in world.sent] == FIXED
    assert set(world.opened) == {80}
    assert not any(b"uthorization" in data for _, data in world.sent)


def test_without_a_web_port_nothing_is_asked() -> None:
    assert World({}).play(converse(_target(Service(554, "rtsp")))) == ()


@settings(max_examples=60)
@given(cut=st.integers(0, len(GUARDED)), noise=st.binary(max_size=64), piece=st.integers(1, 80))
def test_a_real_reply_cut_and_continued_with_noise_still_ends(cut: int, noise: bytes, piece: int) -> None:
    world = World({80: Peer(GUARDED[:cut] + noise, piece=piece)})

    exchanges = world.play(converse(_target(HTTP)))

    assert exchanges[0].request == "GET /"
    assert {e.ending for e in exchanges}.isdisjoint({Ending.FAULT, Ending.STOPPED_BY_US, Ending.NEVER_ASKED})


@pytest.mark.peer
def test_a_web_server_that_we_did_not_write_is_asked_over_the_real_transport(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>hello</title>")
    with web_server(tmp_path) as port:
        exchanges, gate = look(PROBE, Target("127.0.0.1", (Service(port, "http"),), NONCE))

    assert [e.request for e in exchanges] == FIXED
    assert [e.payload.split(b" ", 2)[1] for e in exchanges] == [b"200", b"404", b"404", b"404"]
    assert exchanges[0].payload.endswith(b"<title>hello</title>")
    assert {e.ending for e in exchanges} == {Ending.COMPLETE}
    assert gate.refusals == []
    assert gate.budgets.used("127.0.0.1") == (4, 4)


@pytest.mark.peer
def test_over_tls_it_is_asked_the_same(tmp_path: Path) -> None:
    context, certificate = server_context(tmp_path)
    with web_server(tmp_path, context) as port:
        exchanges, gate = look(PROBE, Target("127.0.0.1", (Service(port, "https"),), NONCE))

    assert exchanges[0].payload == certificate
    assert [e.request for e in exchanges[1:]] == FIXED
    assert gate.refusals == []


@pytest.mark.peer
def test_a_tls_port_that_is_asked_in_plain_text_is_another_protocol(tmp_path: Path) -> None:
    context, _ = server_context(tmp_path)
    with web_server(tmp_path, context) as port:
        (exchange,), _ = look(PROBE, Target("127.0.0.1", (Service(port, "http"),), NONCE))

    assert exchange.ending in (Ending.OTHER_PROTOCOL, Ending.CLOSED_EARLY)


def test_pages_that_were_got_before_the_run_was_cut_are_not_asked_again() -> None:
    whole = _target(HTTPS)
    play = Playbook(converse(whole))
    for reply in (FRONT, MISSING, GUARDED, MISSING):
        play.expect(Open(443)).expect(StartTls(), TLS).expect(Send).hears(reply).expect(Close())
    exchanges = play.end()
    assert whole.told == list(exchanges)

    for done in range(len(exchanges) + 1):
        again = Target(ADDRESS, (HTTPS,), NONCE, (), exchanges[:done])
        play = Playbook(converse(again))
        for exchange in exchanges[max(done, 1) :]:
            play.expect(Open(443)).expect(StartTls(), TLS).expect(Send).hears(exchange.payload).expect(
                Close()
            )
        assert play.end() == exchanges
        # The certificate comes with the first page that is asked; it is told once.
        assert again.told == list(exchanges[done:])
