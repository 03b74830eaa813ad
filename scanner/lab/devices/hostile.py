"""Peers that a scanner must survive, and must not be fooled by."""

from __future__ import annotations

from scanner.lab.card import Card, Truth, own_device
from scanner.lab.devices import parts
from scanner.lab.servers.hostile import Endless, Tarpit
from scanner.lab.servers.http import Page, Web
from scanner.lab.servers.sdk import Waiting
from scanner.lab.servers.tls import Tls
from scanner.model.device import Confidence, DeviceClass
from scanner.model.evidence import Maker

_OPEN = ("confidence", "device_class", "presented_brand", "maker_name", "evidenced_maker")
_NOBODY = Truth(unjudged=_OPEN)


def _hostile(
    name: str, number: int, title: str, *servers: Web | Tarpit | Endless, ignored: str | None = None
) -> Card:
    truth = Truth(ignored=ignored) if ignored else _NOBODY
    return Card(name, title, number, truth, servers, origin=("made up",), hostile=True)


_LAUGHS = '<!DOCTYPE lolz [\n <!ENTITY lol0 "lol">\n' + "".join(
    f' <!ENTITY lol{level} "{f"&lol{level - 1};" * 10}">\n' for level in range(1, 10)
)
_BOMB = f'<?xml version="1.0"?>\n{_LAUGHS}]>\n<DeviceInfo><model>&lol9;</model></DeviceInfo>\n'
_ELSEWHERE = "Location: http://@address-of-printer@:9100/"
"""The trap: who follows this prints on the printer."""

_TARPIT = _hostile("tarpit", 71, "one byte a second, for ever", Tarpit())
_ENDLESS = _hostile(
    "endless-body",
    72,
    "a body without end",
    Endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", b"<p>all work and no play</p>\n"),
    ignored="every-path",
)
_HEADERS = _hostile(
    "header-bomb",
    73,
    "headers without end",
    Endless(b"HTTP/1.1 200 OK\r\nServer: lighttpd\r\n", b"X-Bomb: " + b"b" * 100 + b"\r\n"),
    ignored="every-path",
)
_XML = _hostile(
    "billion-laughs",
    74,
    "XML entities that would grow to three gigabytes",
    Web(pages={}, missing=Page("200 OK", ("Content-Type: application/xml",), _BOMB)),
    ignored="every-path",
)
_REDIRECT = _hostile(
    "redirect-elsewhere",
    75,
    "redirects every path to another host: the printer's raw port",
    Web(pages={}, missing=Page("302 Found", (_ELSEWHERE, "Content-Type: text/html"), "<p>Moved</p>")),
)
_ALL_401 = _hostile(
    "401-everywhere",
    76,
    "asks for a login on every path, known or not",
    Web(
        pages={},
        missing=Page(
            "401 Unauthorized",
            ('WWW-Authenticate: Basic realm="Restricted"', "Server: nginx", "Content-Type: text/html"),
            "<h1>401 Authorization Required</h1>",
        ),
    ),
)
_ALL_200 = _hostile(
    "200-everywhere",
    77,
    "the same page on every path, with the maker's name in it",
    Web(
        pages={},
        missing=Page(
            "200 OK",
            ("Server: nginx", "Content-Type: text/html; charset=utf-8"),
            "<!DOCTYPE html><html><head><title>Portal</title></head><body>"
            "<p>Supported cameras: Hikvision, Axis, Dahua, ONVIF</p></body></html>",
        ),
    ),
    ignored="every-path",
)

_TLS10 = Card(
    name="tls10-only",
    title="recorder of 2012 that speaks TLS 1.0 and nothing newer; its certificate names the maker",
    number=78,
    truth=own_device(
        DeviceClass.RECORDER,
        unjudged=("device_class",),
        presented_brand="HIKVISION",
    ),
    tcp=(
        Web(
            pages={},
            missing=Page("403 Forbidden", ("Content-Type: text/html",), "<h1>Forbidden</h1>"),
            port=443,
            tls=Tls(
                "C=CN, ST=ZheJiang, L=HangZhou, O=HIKVISION, OU=DVRNVR, CN=www.hikvision.com",
                not_before="2011-06-01",
                not_after="2031-06-01",
                oldest_only=True,
            ),
        ),
    ),
    origin=("certificate: rapid7/recog x509_subjects.xml; the 403 made up",),
    hostile=True,
)

_NAME = '=HYPERLINK("http://198.51.100.7/","DS-2CD")\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>'
_ESCAPED = _NAME.replace("<", "&lt;").replace(">", "&gt;")
_NAMES = Card(
    name="hostile-names",
    title="camera whose model name holds terminal escapes, a formula and markup",
    number=79,
    truth=Truth(
        Maker.HIKVISION,
        Confidence.CONFIRMED,
        "Hikvision",
        serial="DS-2CD2T47G1-L20190522AAWRD22300179",
        firmware="V5.6.5",
        mac="68:6d:bc:10:00:4f",
        unjudged=("presented_brand", "relation", "device_class", "model"),
    ),
    tcp=(
        Web(
            pages={
                "/ISAPI/System/deviceInfo": parts.xml_page(
                    "200 OK",
                    '<?xml version="1.0" encoding="UTF-8"?>\n'
                    f'<DeviceInfo version="2.0" xmlns="{parts.HIKVISION_NS}">\n'
                    f"<deviceName>{_ESCAPED.replace(chr(27), '&#x9b;').replace(chr(7), '')}</deviceName>\n"
                    "<model>@SUM(1+1)*cmd|' /C calc'!A0</model>\n"
                    "<serialNumber>DS-2CD2T47G1-L20190522AAWRD22300179</serialNumber>\n"
                    "<macAddress>68:6d:bc:10:00:4f</macAddress>\n<firmwareVersion>V5.6.5</firmwareVersion>\n"
                    "</DeviceInfo>\n",
                    "Server: webserver",
                )
            },
            missing=parts.not_found("Server: webserver", f"X-Note: {_NAME}"),
        ),
        Waiting(8000),
    ),
    udp=(
        parts.sadp(
            "155650",
            _ESCAPED,
            "DS-2CD2T47G1-L20190522AAWRD22300179",
            "68-6d-bc-10-00-4f",
            "V5.6.5build 200316",
        ),
    ),
    origin=("SADP: public file 69112239485, with a name that no maker gave",),
    hostile=True,
)

DEVICES: tuple[Card, ...] = (
    _TARPIT,
    _ENDLESS,
    _HEADERS,
    _XML,
    _REDIRECT,
    _ALL_401,
    _ALL_200,
    _TLS10,
    _NAMES,
)
