from __future__ import annotations

import pytest

from scanner.model.errors import Refused
from scanner.policy.requests import (
    GET_PATHS,
    check_datagram,
    check_nmap_arguments,
    check_stream,
    learnt_path_allowed,
)

INQUIRY = (
    b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>F93CF8DC-DF53-424B-98A7-9FC0536E1083</Uuid>'
    b"<Types>inquiry</Types></Probe>"
)


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: 10.0.0.1", *headers, "", "")).encode()


@pytest.mark.parametrize("path", [*sorted(GET_PATHS), "/0123456789abcdef"])
def test_the_closed_list_of_paths_passes(path: str) -> None:
    assert check_stream(get(path, "Accept: */*", "Connection: close")) == f"GET {path}"


@pytest.mark.parametrize(
    "path",
    [
        "/ISAPI/Security/sessionLogin/capabilities?username=x",
        "/ISAPI/System/reboot",
        "/SDK/webLanguage",
        "/System/configurationFile?auth=YWRtaW46MTEK",
        "/onvif-http/snapshot?auth=x",
        "/cgi-bin/reboot.cgi",
        "/0123456789ABCDEF",
        "/ISAPI/System/deviceInfo?auth=1",
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(Refused) as refused:
        check_stream(get(path))

    assert refused.value.rule == "request"


@pytest.mark.parametrize(
    "header", ["Authorization: Basic YTpi", "Cookie: a=b", "X-Forwarded-For: 1", "authorization : x"]
)
def test_headers_that_carry_a_claim_are_never_sent(header: str) -> None:
    with pytest.raises(Refused, match="header"):
        check_stream(get("/", header))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "get"])
def test_methods_that_are_not_get_are_refused(method: str) -> None:
    with pytest.raises(Refused):
        check_stream(f"{method} / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n".encode())


def test_a_second_request_in_the_same_breath_is_refused() -> None:
    with pytest.raises(Refused, match="body"):
        check_stream(get("/") + get("/ISAPI/System/reboot"))


def test_a_path_that_the_host_named_itself_passes_for_that_host_only() -> None:
    assert check_stream(get("/view/index.html"), {"/view/index.html"}) == "GET /view/index.html"
    with pytest.raises(Refused):
        check_stream(get("/view/index.html"))


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/doc/page/login.asp?_1700000000000", True),
        ("/index.asp", True),
        ("/upnp/description.xml", True),
        ("/ISAPI/System/reboot", False),
        ("/cgi-bin/main", False),
        ("/x?auth=1", False),
        ("/a/../ISAPI/System/reboot", False),
        ("/reboot", False),
        ("/x\r\nAuthorization: y", False),
        ("/" + "a" * 300, False),
    ],
)
def test_what_a_host_may_make_us_fetch(path: str, allowed: bool) -> None:
    assert learnt_path_allowed(path) is allowed


def soap(body: str) -> bytes:
    data = (
        '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()
    head = f"POST /onvif/device_service HTTP/1.1\r\nHost: 10.0.0.1\r\nContent-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def test_only_the_two_onvif_queries_pass() -> None:
    assert check_stream(soap('<GetDeviceInformation xmlns="x"/>')) == "POST GetDeviceInformation"
    assert "GetServices" in check_stream(
        soap('<GetServices xmlns="x"><IncludeCapability>false</IncludeCapability></GetServices>')
    )
    for body in (
        "<SystemReboot/>",
        "<GetServices/><SystemReboot/>",
        "<GetUsers/>",
        "<Security/><GetServices/>",
        "",
    ):
        with pytest.raises(Refused):
            check_stream(soap(body))


def test_a_post_goes_to_the_onvif_services_only() -> None:
    """A POST to another path is refused even with a body from the list."""
    for path in (b"/ISAPI/System/reboot", b"/onvif/../ISAPI/System/reboot", b"/onvif%2f..%2fx", b"/onvif?x"):
        with pytest.raises(Refused):
            check_stream(soap("<GetServices/>").replace(b"/onvif/device_service", path))


def test_rtsp_asks_options_and_describe_and_nothing_else() -> None:
    assert check_stream(b"OPTIONS rtsp://10.0.0.1:554/ RTSP/1.0\r\nCSeq: 1\r\n\r\n").startswith("OPTIONS")
    for line in ("SETUP rtsp://10.0.0.1/ RTSP/1.0", "PLAY rtsp://10.0.0.1/ RTSP/1.0"):
        with pytest.raises(Refused):
            check_stream(f"{line}\r\nCSeq: 1\r\n\r\n".encode())
    with pytest.raises(Refused):
        check_stream(b"DESCRIBE rtsp://10.0.0.1/ RTSP/1.0\r\nCSeq: 1\r\nAuthorization: Basic x\r\n\r\n")


def test_the_inquiry_passes_and_no_other_word_in_its_envelope() -> None:
    assert check_datagram(37020, INQUIRY) == "SADP inquiry"
    for word in (b"update", b"reset", b"activate", b"inquiry_v32", b"getcode", b"lamp", b"reboot"):
        with pytest.raises(Refused):
            check_datagram(37020, INQUIRY.replace(b"inquiry", word))
    with pytest.raises(Refused):
        check_datagram(37020, INQUIRY + b"\n")
    with pytest.raises(Refused):
        check_datagram(1900, INQUIRY)


@pytest.mark.parametrize("port", [53, 161, 8000, 9100])
def test_no_other_port_gets_a_datagram(port: int) -> None:
    with pytest.raises(Refused):
        check_datagram(port, INQUIRY)


def test_nmap_is_called_with_exactly_the_agreed_options() -> None:
    good = "-sT -Pn -n --max-retries 1 --max-rate 500 --max-parallelism 64 --scan-delay 50ms".split()

    check_nmap_arguments(good)
    for extra in (["-A"], ["--script", "vuln"], ["-sV"], ["-O"]):
        with pytest.raises(Refused):
            check_nmap_arguments([*good, *extra])
    with pytest.raises(Refused):
        check_nmap_arguments(good[1:])


@pytest.mark.parametrize("break_", ["\n", "\r"])
def test_a_header_cannot_hide_another_behind_a_bare_line_end(break_: str) -> None:
    request = f"GET / HTTP/1.1\r\nHost: a{break_}Authorization: Basic eA==\r\n\r\n"

    with pytest.raises(Refused, match="line end"):
        check_stream(request.encode())


@pytest.mark.parametrize("hidden", ["<_w:Security/>", "<!-- x -->", "<w.x:Security/>", "<\u00fcser/>"])
def test_a_soap_body_holds_nothing_but_the_query(hidden: str) -> None:
    body = f"<s:Envelope><s:Body><GetServices/>{hidden}</s:Body></s:Envelope>".encode()
    head = f"POST /onvif/device_service HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"

    with pytest.raises(Refused):
        check_stream(head.encode() + body)


@pytest.mark.parametrize(
    "path",
    ["/%49SAPI/System/x", "/%2549SAPI/System/x", "/%2e%2e/x", "/%2FISAPI/x", "//ISAPI/x", "/x?%61ction=on"],
)
def test_a_path_is_judged_as_a_server_reads_it(path: str) -> None:
    assert not learnt_path_allowed(path)
