"""The bytes of a GET, and where a reply may send us."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playbook import Peer, World, http_reply

from scanner import __version__
from scanner.model.action import Conversation, Outcome
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Service, Target
from scanner.model.protocol import Protocol
from scanner.policy.requests import check_stream, learnt_path_allowed
from scanner.probes.http_wire import Pages, answered, authority, followable, get, redirect, web_services

HTTP, HTTPS, MOVED = Service(80, "http"), Service(443, "https"), Service(8080, "http")
ADDRESS = "192.0.2.7"
TARGET = Target(ADDRESS, (HTTP, HTTPS, MOVED, Service(554, "rtsp")), "0123456789abcdef")


def test_a_get_is_five_lines_and_passes_the_gates_own_list() -> None:
    request = get(ADDRESS, HTTP, "/")

    assert request == (
        b"GET / HTTP/1.1\r\nHost: 192.0.2.7\r\n"
        + f"User-Agent: hiksweep/{__version__} (inventory; read-only)\r\n".encode()
        + b"Accept: */*\r\nConnection: close\r\n\r\n"
    )
    assert check_stream(request) == "GET /"


@pytest.mark.parametrize(
    ("address", "service", "host"),
    [
        (ADDRESS, HTTP, "192.0.2.7"),
        (ADDRESS, HTTPS, "192.0.2.7"),
        (ADDRESS, MOVED, "192.0.2.7:8080"),
        (ADDRESS, Service(443, "http"), "192.0.2.7:443"),
        ("2001:db8::7", HTTP, "[2001:db8::7]"),
        ("fe80::7%eth1", Service(8443, "https"), "[fe80::7]:8443"),
    ],
)
def test_the_host_header_is_the_address(address: str, service: Service, host: str) -> None:
    assert authority(address, service) == host


def test_web_services_are_http_and_https_each_port_once_and_no_control_port() -> None:
    services = (Service(8000, "http"), HTTP, Service(80, "https"), Service(9010, "https"), HTTPS)

    assert web_services(Target(ADDRESS, services, "")) == (HTTP, HTTPS)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("/doc/page/login.asp?_1700000000", (HTTP, "/doc/page/login.asp?_1700000000")),
        ("index.asp", (HTTP, "/index.asp")),
        ("http://192.0.2.7/doc/index.html#/portal/login", (HTTP, "/doc/index.html")),
        ("https://192.0.2.7", (HTTPS, "/")),
        ("https://192.0.2.7/?lang=en", (HTTPS, "/?lang=en")),
        ("http://192.0.2.7:8080/a%20b/", (MOVED, "/a%20b/")),
    ],
)
def test_a_place_on_the_same_address_is_followed(url: str, place: tuple[Service, str]) -> None:
    assert followable(HTTP, ADDRESS, url) == place
    assert learnt_path_allowed(place[1])


@pytest.mark.parametrize(
    "url",
    [
        "http://198.51.100.1/",
        "//198.51.100.1/",
        "http://camera.example/",
        "http://192.0.2.7.example/",
        "http://user:pass@192.0.2.7/",
        "https:///",
        "ftp://192.0.2.7/",
        "javascript:location",
        "http://192.0.2.7:8000/",
        "http://192.0.2.7:99999/",
        "http://[::1/",
        "/ISAPI/System/reboot",
        "/%49SAPI/System/deviceInfo",
        "/%2549SAPI/System/deviceInfo",
        "//ISAPI/System/deviceInfo",
        "/x/../ISAPI/System/deviceInfo",
        "/./ISAPI/System",
        "/SDK/webLanguage",
        "/System/configurationFile",
        "/onvif-http/snapshot",
        "/cgi-bin/luci",
        "/index.asp?auth=YWRtaW46MTEK",
        "/login.cgi?user=admin",
        "/login.cgi?u%73er=admin",
        "/page?cmd=reboot",
        "/a b",
        "/a\r\nX-Injected: 1",
        "/caf\u00e9",
        "/" + "a" * 300,
    ],
)
def test_a_place_elsewhere_or_one_that_acts_is_not_followed(url: str) -> None:
    assert followable(HTTP, ADDRESS, url) is None


def test_a_redirect_leads_only_to_a_port_that_was_found_open() -> None:
    def place(location: str, status: str = "302 Found") -> tuple[Service, str] | None:
        return redirect(TARGET, HTTP, http_reply(status, headers=[f"Location: {location}"]))

    assert place("https://192.0.2.7/") == (HTTPS, "/")
    assert place("/doc/page/login.asp", "301 Moved") == (HTTP, "/doc/page/login.asp")
    assert place("https://192.0.2.7:9443/") is None
    assert place("http://192.0.2.7:443/") is None
    assert place("/doc/page/login.asp", "200 OK") is None
    assert redirect(TARGET, HTTP, http_reply("302 Found")) is None
    assert redirect(TARGET, HTTP, b"no reply") is None


@given(url=st.one_of(st.text(max_size=60), st.from_regex(r"/[A-Za-z0-9_./~%+?=&-]{0,40}", fullmatch=True)))
def test_whatever_is_followed_passes_the_gate(url: str) -> None:
    """A path that the probe wants and the gate refuses would read as a fault of ours."""
    place = followable(HTTP, ADDRESS, url)

    if place is not None:
        assert learnt_path_allowed(place[1])
        assert check_stream(get(ADDRESS, place[0], place[1]), {place[1]}) == f"GET {place[1]}"


@pytest.mark.parametrize(
    ("ending", "payload", "is_answer"),
    [
        (Ending.COMPLETE, b"HTTP/1.1 401 No\r\n\r\n", True),
        (Ending.CUT, b"HTTP/1.1 200 OK\r\n", True),
        (Ending.CLOSED_EARLY, b"HTTP/1.1 200 OK", True),
        (Ending.CLOSED_EARLY, b"", False),
        (Ending.OTHER_PROTOCOL, b"SSH-2.0-x", False),
        (Ending.REFUSED, b"", False),
    ],
)
def test_an_answer_is_a_reply_of_an_http_server(ending: Ending, payload: bytes, is_answer: bool) -> None:
    assert answered(Exchange(Protocol.HTTP, 80, ending, payload)) is is_answer


def _gets(pages: Pages, *wanted: tuple[Service, str]) -> Conversation:
    for service, path in wanted:
        yield from pages.get(service, path)
    return pages.exchanges


def test_each_page_is_an_exchange_of_its_protocol() -> None:
    world = World({80: Peer(http_reply()), 443: Peer(http_reply(), tls=Outcome(data=b"DER"))})
    wanted = ((HTTP, "/"), (HTTPS, "/"), (HTTPS, "/SDK/activateStatus"), (HTTP, "/ISAPI/System/deviceInfo"))

    exchanges = world.play(_gets(Pages(TARGET), *wanted))

    assert [(e.protocol, e.port, e.request) for e in exchanges] == [
        (Protocol.HTTP, 80, "GET /"),
        (Protocol.TLS_CERT, 443, None),
        (Protocol.HTTPS, 443, "GET /"),
        (Protocol.ISAPI, 443, "GET /SDK/activateStatus"),
        (Protocol.ISAPI, 80, "GET /ISAPI/System/deviceInfo"),
    ]


def test_a_certificate_that_is_known_is_not_kept_again() -> None:
    said = (Exchange(Protocol.TLS_CERT, 443, Ending.COMPLETE, b"DER"),)
    world = World({443: Peer(http_reply(), tls=Outcome(data=b"DER"))})

    exchanges = world.play(_gets(Pages(Target(ADDRESS, (HTTPS,), "", said)), (HTTPS, "/")))

    assert [e.protocol for e in exchanges] == [Protocol.HTTPS]


def test_after_we_were_stopped_the_pages_still_wanted_are_listed_without_an_action() -> None:
    world = World({80: Peer(http_reply())}, stop_after=1)
    pages = Pages(TARGET)

    exchanges = world.play(_gets(pages, (HTTP, "/"), (HTTP, "/a"), (HTTP, "/b")))

    assert [e.ending for e in exchanges] == [Ending.COMPLETE, Ending.STOPPED_BY_US, Ending.STOPPED_BY_US]
    assert pages.stopped
    assert pages.wanted(HTTP, "/b")
    assert not pages.wanted(HTTPS, "/b")
