"""The icon, and one page where the replies so far leave a doubt."""

from __future__ import annotations

import pytest
from playbook import CLOSED, SILENCE, Peer, World, by_path, http_reply

from scanner.model.action import Outcome
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Service, Target
from scanner.model.protocol import Protocol
from scanner.policy.requests import check_stream
from scanner.probes import http
from scanner.probes.http_more import (
    FAVICON,
    LOGIN_PAGE,
    PRAMA_INFO,
    PROBE,
    SCRIPT_CONFIG,
    converse,
    tie_breaker,
)

ADDRESS, NONCE = "192.0.2.7", "0123456789abcdef"
HTTP, HTTPS = Service(80, "http"), Service(443, "https")
PLAIN = http_reply(body=b"<html>hello</html>")
INTO_DOC = http_reply(body=b'<script>window.location.href="/doc/page/login.asp?_"</script>')
OLD = http_reply(body=b"<script>$.cookie('updateTips', 'true'); location='doc/page/login.asp'</script>")
GUARDED = http_reply("401 Unauthorized", headers=['WWW-Authenticate: Digest realm="x"'])
FAILED = http_reply("500 Internal Server Error")
MISSING = http_reply("404 Not Found", b"<html>404 Not Found</html>")
EMPTY = http_reply("404 Not Found")
EMPTY_200 = http_reply()
ACTIVATED = http_reply(body=b"<ActivateStatus><Activated>true</Activated></ActivateStatus>")
USER_CHECK = http_reply("401 Unauthorized", b"<userCheck><statusValue>401</statusValue></userCheck>")
ICON = http_reply(body=b"\x00\x00\x01\x00icon")


def _said(
    front: bytes = PLAIN, info: bytes = MISSING, nonce: bytes = MISSING, status: bytes = MISSING
) -> tuple[Exchange, ...]:
    pages = {"/": front, http.DEVICE_INFO: info, f"/{NONCE}": nonce, http.ACTIVATE_STATUS: status}
    world = World({80: Peer(by_path(pages, MISSING))})
    return world.play(http.converse(Target(ADDRESS, (HTTP,), NONCE)))


def _target(*said: Exchange, services: tuple[Service, ...] = (HTTP,)) -> Target:
    return Target(ADDRESS, services, NONCE, said)


DOUBTS = {
    "a plain site": (_said(), None),
    "401 everywhere": (_said(GUARDED, GUARDED, GUARDED), None),
    "a guarded tree": (_said(info=GUARDED), SCRIPT_CONFIG),
    "a page that leads into the tree": (_said(INTO_DOC, FAILED), SCRIPT_CONFIG),
    "a front page of the maker's, and the tree is missing": (_said(INTO_DOC), PRAMA_INFO),
    "an empty tree": (_said(info=EMPTY_200), PRAMA_INFO),
    "an empty 404": (_said(info=EMPTY), PRAMA_INFO),
    "not a byte from the tree": (_said(info=b""), PRAMA_INFO),
    "a tree without a page that asks for a login": (_said(INTO_DOC, GUARDED), SCRIPT_CONFIG),
    "a tree that is forbidden": (_said(INTO_DOC, http_reply("403 Forbidden")), SCRIPT_CONFIG),
    "a page of another program": (_said(info=http_reply(body=b"<html>hello</html>")), None),
    "an empty tree whose activation state said it": (_said(info=EMPTY_200, status=ACTIVATED), None),
    "a page of the old generation without it": (_said(OLD), LOGIN_PAGE),
    "a page of the old generation": (_said(OLD, GUARDED), LOGIN_PAGE),
    "the activation state said it": (_said(INTO_DOC, GUARDED, status=ACTIVATED), None),
    "the guard's own body said it": (_said(INTO_DOC, USER_CHECK), None),
    "nothing was said": ((), None),
    "garbage": ((Exchange(Protocol.HTTP, 80, Ending.COMPLETE, b" ", "GET /"),), None),
}


@pytest.mark.parametrize(("said", "page"), DOUBTS.values(), ids=DOUBTS.keys())
def test_a_page_more_is_asked_only_where_the_replies_are_ambiguous(
    said: tuple[Exchange, ...], page: str | None
) -> None:
    assert tie_breaker(said, 80, NONCE) == page


def test_a_page_that_a_redirect_already_fetched_is_not_asked_again() -> None:
    fetched = Exchange(Protocol.HTTP, 80, Ending.COMPLETE, INTO_DOC, f"GET {SCRIPT_CONFIG}")

    assert tie_breaker((*_said(INTO_DOC, GUARDED), fetched), 80, NONCE) is None


@pytest.mark.parametrize("ending", [Ending.SILENT, Ending.REFUSED, Ending.STOPPED_BY_US, Ending.TLS_FAILED])
def test_a_tree_that_could_not_be_asked_is_not_empty(ending: Ending) -> None:
    said = (Exchange(Protocol.ISAPI, 80, ending, b"", f"GET {http.DEVICE_INFO}"),)

    assert tie_breaker(said, 80, NONCE) is None


def test_where_the_tree_is_empty_its_other_name_is_asked_before_the_icon() -> None:
    world = World({80: Peer(GUARDED)})

    exchanges = world.play(converse(_target(*_said(info=b""))))

    assert [check_stream(data) for _, data in world.sent] == [f"GET {PRAMA_INFO}", f"GET {FAVICON}"]
    assert exchanges[0].protocol is Protocol.ISAPI


def test_the_other_name_counts_among_the_six() -> None:
    hop = Exchange(Protocol.HTTP, 80, Ending.COMPLETE, PLAIN, "GET /n", http.REDIRECTED)
    world = World({80: Peer(GUARDED)})

    exchanges = world.play(converse(_target(*_said(info=b""), hop)))

    assert world.asked() == [f"GET {PRAMA_INFO}"]
    assert exchanges[-1].ending is Ending.STOPPED_BY_US


def test_the_icon_is_always_asked_and_passes_the_gate() -> None:
    world = World({80: Peer(ICON)})

    (exchange,) = world.play(converse(_target(*_said())))

    assert (exchange.protocol, exchange.request, exchange.payload) == (Protocol.HTTP, f"GET {FAVICON}", ICON)
    assert [check_stream(data) for _, data in world.sent] == [f"GET {FAVICON}"]


def test_with_a_doubt_one_page_more_is_asked_and_no_second_one() -> None:
    world = World({80: Peer(ICON)})

    world.play(converse(_target(*_said(INTO_DOC, GUARDED))))

    assert [check_stream(data) for _, data in world.sent] == [f"GET {FAVICON}", f"GET {SCRIPT_CONFIG}"]
    assert len(world.sent) == PROBE.requests == PROBE.connections


@pytest.mark.parametrize(("redirects", "asked"), [(1, [f"GET {FAVICON}"]), (2, [])])
def test_each_redirect_leaves_one_page_less_and_what_is_dropped_is_listed(
    redirects: int, asked: list[str]
) -> None:
    hops = tuple(
        Exchange(Protocol.HTTP, 80, Ending.COMPLETE, INTO_DOC, f"GET /{n}", http.REDIRECTED)
        for n in range(redirects)
    )
    world = World({80: Peer(ICON)})

    exchanges = world.play(converse(_target(*_said(INTO_DOC, GUARDED), *hops)))

    assert world.asked() == asked
    assert [e.request for e in exchanges] == [f"GET {FAVICON}", f"GET {SCRIPT_CONFIG}"]
    assert [e.ending for e in exchanges][len(asked) :] == [Ending.STOPPED_BY_US] * (2 - len(asked))
    assert exchanges[-1].detail == "not asked: 6 GETs a host at most"


def test_it_asks_the_port_that_was_asked_before_and_no_other() -> None:
    said = tuple(
        Exchange(e.protocol, 443, e.ending, e.payload, e.request) for e in _said() if e.request != "GET /"
    )
    world = World({443: Peer(ICON, tls=Outcome(data=b"DER"))})

    world.play(converse(_target(*said, services=(HTTP, HTTPS))))

    assert world.opened == [443]


@pytest.mark.parametrize(
    "said",
    [
        (),
        (Exchange(Protocol.HTTP, 80, Ending.REFUSED, b"", "GET /"),),
        (Exchange(Protocol.ISAPI, 80, Ending.STOPPED_BY_US, b"", f"GET {http.ACTIVATE_STATUS}"),),
    ],
)
def test_where_no_port_answered_as_http_nothing_is_asked(said: tuple[Exchange, ...]) -> None:
    assert World({}).play(converse(_target(*said))) == ()


@pytest.mark.parametrize(
    ("peer", "ending"),
    [
        (Peer(opens=Outcome(Ending.REFUSED)), Ending.REFUSED),
        (Peer(after=SILENCE), Ending.SILENT),
        (Peer(ICON[:20], after=CLOSED), Ending.CLOSED_EARLY),
        (Peer(b"\x15\x03\x01\x00\x02"), Ending.OTHER_PROTOCOL),
        (Peer(b"HTTP/1.1 what\r\n\r\n"), Ending.MALFORMED),
        (Peer(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 70000), Ending.CUT),
    ],
)
def test_each_way_to_fail_has_its_ending(peer: Peer, ending: Ending) -> None:
    (exchange,) = World({80: peer}).play(converse(_target(*_said())))

    assert exchange.ending is ending
