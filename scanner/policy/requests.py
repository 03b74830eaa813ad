"""The closed list of messages: what is not on it cannot be sent, whoever asks.

The list is held here a second time, apart from the probes, on purpose: a probe that grew a forbidden message
is refused by it. A test holds the two equal.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Collection

from scanner.model.errors import Refused
from scanner.policy.rules import SADP_PORT, SSDP_PORT, WSDISCOVERY_PORT

GET_PATHS = frozenset(
    (
        "/",
        "/SDK/activateStatus",
        "/ISAPI/System/deviceInfo",
        "/favicon.ico",
        "/doc/page/login.asp",
        "/doc/script/lib/seajs/config/sea-config.js",
        "/pramaAPI/System/deviceInfo",
    )
)
ONVIF_QUERIES = frozenset(("GetServices", "GetDeviceInformation"))

_NONCE_PATH = re.compile(r"/[0-9a-f]{16}")
_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_REQUEST_LINE = re.compile(r"(GET|POST) (/[!-~]*) HTTP/1\.1")
_ONVIF_PATH = re.compile(r"(?i)/onvif[a-z0-9_./-]*")
_RTSP_LINE = re.compile(r"(OPTIONS|DESCRIBE) (rtsp://[!-~]+|\*) RTSP/1\.0")
_HTTP_HEADERS = frozenset(("host", "user-agent", "accept", "connection", "content-type", "content-length"))
_RTSP_HEADERS = frozenset(("cseq", "user-agent", "accept"))

# A redirect or a description may name any path on its own host; these trees hold calls that act.
_ACTING = re.compile(
    r"(?i)^/(?:ISAPI|SDK|PSIA|pramaAPI|System|cgi-bin|goform|onvif|onvif-http|artemis)(?:/|$)"
)
_LEARNT_PATH = re.compile(r"/[A-Za-z0-9_./~%+-]*(?:\?[A-Za-z0-9_.=&%+-]*)?")
_ACTING_WORD = re.compile(
    r"(?i)auth|passw|login=|token|reboot|restart|reset|restore|upgrade|format|delete|action=|cmd=|set[A-Z]?\w*="
)

_SADP_INQUIRY = re.compile(
    rb'<\?xml version="1\.0" encoding="utf-8"\?>'
    + f"<Probe><Uuid>{_UUID}</Uuid><Types>inquiry</Types></Probe>".encode()
)
_SSDP_SEARCH = re.compile(
    rb"M-SEARCH \* HTTP/1\.1\r\nHOST: [0-9A-Fa-f.:\[\]]+\r\nMAN: \"ssdp:discover\"\r\nMX: [1-5]\r\n"
    rb"ST: [A-Za-z0-9:.-]+\r\n(?:USER-AGENT: [ -~]+\r\n)?\r\n",
)
_WSD_ACTION = "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe"
_WSD_ELEMENTS = frozenset(
    ("Envelope", "Header", "MessageID", "To", "ReplyTo", "Address", "Action", "Body", "Probe", "Types")
)


def learnt_path_allowed(path: str) -> bool:
    """Whether a path that a host named itself may be fetched from that host."""
    plain = path.split("#", 1)[0]
    # As a server reads it: a percent sign can hide a letter, and another percent sign.
    meant = urllib.parse.unquote(urllib.parse.unquote(plain))
    return (
        len(plain) <= 256
        and _LEARNT_PATH.fullmatch(plain) is not None
        and not any(climbs in meant for climbs in ("..", "//", "/./"))
        and _ACTING.match(meant) is None
        and _ACTING_WORD.search(meant) is None
    )


def check_stream(data: bytes, learnt: Collection[str] = ()) -> str:
    """Judge a request that is about to leave on a TCP connection; returns its short name.

    Args:
        data: the whole request.
        learnt: paths that this host named itself (redirects, descriptions).

    Raises:
        Refused: the message is not on the closed list.
    """
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        raise Refused("request", "a request without an end of its headers")
    try:
        first, *lines = head.decode("ascii").split("\r\n")
    except UnicodeDecodeError:
        raise Refused("request", "a request with bytes outside ASCII in its headers") from None
    if any("\n" in line or "\r" in line for line in (first, *lines)):
        raise Refused("request", "a line end inside a header, which servers read as one more header")
    if match := _RTSP_LINE.fullmatch(first):
        _check_headers(lines, _RTSP_HEADERS)
        if body:
            raise Refused("request", "an RTSP request with a body")
        return f"{match[1]} {match[2]}"
    if not (match := _REQUEST_LINE.fullmatch(first)):
        raise Refused("request", f"not on the closed list: {first[:80]!r}")
    method, path = str(match[1]), str(match[2])
    _check_headers(lines, _HTTP_HEADERS)
    if method == "GET":
        if body:
            raise Refused("request", "a GET with a body")
        if not (path in GET_PATHS or _NONCE_PATH.fullmatch(path) or path in learnt):
            raise Refused("request", f"GET of a path that is not on the closed list: {path[:80]!r}")
        return "GET " + path
    if not _ONVIF_PATH.fullmatch(path) or ".." in path:
        raise Refused("request", f"a POST to a path that is not ONVIF's: {path[:80]!r}")
    return f"POST {_onvif_query(body)}"


def _check_headers(lines: list[str], allowed: frozenset[str]) -> None:
    for line in lines:
        name = line.partition(":")[0].lower()
        if name not in allowed:
            raise Refused("request", f"a header that is never sent: {name[:40]!r}")


def _elements(text: str) -> list[str]:
    """Local names of the elements of a message of ours.

    Raises:
        Refused: something stands between angle brackets that cannot be told.
    """
    found: list[str] = re.findall(r"<(?:[A-Za-z0-9]+:)?([A-Za-z]+)(?=[\s/>])", text)
    if text.count("<") != len(found) + text.count("</") + text.startswith("<?xml"):
        raise Refused("request", "an XML message with more than plain elements")
    return found


def _onvif_query(body: bytes) -> str:
    elements = _elements(body.decode("utf-8", "replace"))
    around = {"Envelope", "Header", "Body", "IncludeCapability"}
    queries = [name for name in elements if name not in around]
    if len(queries) != 1 or queries[0] not in ONVIF_QUERIES or len(body) > 1024:
        raise Refused("request", f"a SOAP body that is not on the closed list: {queries[:3]!r}")
    return queries[0]


def check_datagram(port: int, data: bytes) -> str:
    """Judge a datagram; returns its short name.

    Raises:
        Refused: the message is not on the closed list for this port.
    """
    if port == SADP_PORT and _SADP_INQUIRY.fullmatch(data):
        return "SADP inquiry"
    if port == SSDP_PORT and _SSDP_SEARCH.fullmatch(data):
        return "SSDP M-SEARCH"
    if port == WSDISCOVERY_PORT and _is_wsdiscovery_probe(data):
        return "WS-Discovery Probe"
    raise Refused("request", f"a datagram to port {port} that is not on the closed list: {data[:60]!r}")


def _is_wsdiscovery_probe(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    if len(data) > 1400:
        return False
    elements = _elements(text)
    return set(elements) <= _WSD_ELEMENTS and elements.count("Probe") == 1 and _WSD_ACTION in text


def check_nmap_arguments(arguments: list[str]) -> None:
    """Judge the options of an nmap call: a plain connect sweep, no names resolved, no script run.

    Raises:
        Refused: an option is missing or not on the list.
    """
    text = " ".join(arguments)
    shape = (
        r"-sT -Pn -n --max-retries 1 --max-rate \d+(?:\.\d+)? --max-parallelism \d+ --scan-delay 50ms"
        r"(?: -6)?(?: --host-timeout \d+s)?"
    )
    if not re.fullmatch(shape, text):
        raise Refused("request", f"nmap options that are not on the list: {text[:120]!r}")
