"""Things that are no cameras and must not be accused: a router, a NAS, pages about the maker, a printer."""

from __future__ import annotations

from scanner.lab.card import Card, Truth
from scanner.lab.servers.http import Page, Web
from scanner.lab.servers.sdk import Waiting
from scanner.model.device import Confidence
from scanner.model.evidence import Maker

_OPEN = ("confidence", "device_class", "model", "presented_brand", "mac", "serial", "firmware", "maker_name")
_NGINX = ("Server: nginx", "Content-Type: text/html; charset=utf-8")
_NGINX_404 = Page("404 Not Found", _NGINX, "<html><head><title>404 Not Found</title></head></html>\n")

_ROUTER = Card(
    name="router-goahead",
    title="router with a GoAhead web server and a login.asp",
    number=57,
    truth=Truth(unjudged=(*_OPEN, "evidenced_maker")),
    tcp=(
        Web(
            pages={
                "/": Page(
                    "302 Redirect",
                    (
                        "Server: GoAhead-Webs",
                        "Set-Cookie: _goaheadwebSessionId=9b1c; path=/",
                        "Location: http://@web@/login.asp",
                        "Content-Type: text/html",
                    ),
                    "<html><head></head><body>This document has moved.</body></html>",
                ),
                "/login.asp": Page(
                    "200 OK",
                    ("Server: GoAhead-Webs", "Content-Type: text/html"),
                    "<html><head><title>Router</title></head><body><form></form></body></html>",
                ),
            },
            missing=Page("404 Site or Page Not Found", ("Server: GoAhead-Webs", "Content-Type: text/html")),
        ),
    ),
    origin=("headers: public file 23181346528 and the Ingram rule that takes the cookie for a camera's",),
)

_NAS = Card(
    name="nas-ds918",
    title="Synology NAS whose host name is DS918+: DS- is not only Hikvision's",
    number=58,
    truth=Truth(Maker.OTHER, Confidence.PROBABLE, "Synology", unjudged=(*_OPEN, "evidenced_maker")),
    tcp=(
        Web(
            pages={
                "/": Page(
                    "200 OK",
                    _NGINX,
                    "<!DOCTYPE html>\n<html><head><title>DS918+&nbsp;-&nbsp;Synology&nbsp;DiskStation</title>"
                    '<meta name="description" content="DiskStation DS918+ provides a full-featured network '
                    'attached storage" /></head><body></body></html>\n',
                )
            },
            missing=_NGINX_404,
        ),
    ),
    origin=("title: rapid7/recog html_title.xml; the page around it made up",),
)

_NEWS = Card(
    name="news-site",
    title="news site with an article about the ban",
    number=59,
    truth=Truth(unjudged=_OPEN),
    tcp=(
        Web(
            pages={
                "/": Page(
                    "200 OK",
                    ("Server: Apache", "Content-Type: text/html; charset=utf-8"),
                    "<!DOCTYPE html><html><head><title>Hikvision cameras must go, ministry says</title>"
                    "</head>\n"
                    "<body><h1>Hikvision cameras must go</h1>"
                    "<p>Hangzhou Hikvision Digital Technology Co., Ltd."
                    " was told to wind up its Canadian business. Cameras such as the DS-2CD2143G2-I hang "
                    'in many offices; <a href="http://192.0.2.9/doc/page/login.asp">/doc/page/login.asp</a> '
                    "is their page. HiLook, EZVIZ and LTS come from the same maker. 海康威视</p>\n"
                    "<footer>&copy;2026 The Daily Example. Photo: Hikvision</footer></body></html>\n",
                )
            },
            missing=Page("404 Not Found", ("Server: Apache",), "<h1>Not Found</h1>"),
        ),
    ),
    origin=("made up",),
)

_ROWS = "".join(
    f"<tr><td>{model}</td><td>{serial}</td><td>192.0.2.{number}</td><td>"
    f'<a href="http://192.0.2.{number}/doc/page/login.asp?_1762828508144">Web Portal</a></td></tr>\n'
    for number, (model, serial) in enumerate(
        (
            ("DS-2CD2385G1-I", "DS-2CD2385G1-I20200414AAWRE33800999"),
            ("DS-7616NI-K2", "DS-7616NI-K21620190826CCRRD54500999WCVU"),
            ("DS-K1T341AMF", "DS-K1T341AMF20220311V030230ENJ70300999"),
            ("CS-C6TC-32WFR", "CS-C6TC-32WFR0120170327CCCH738200999"),
        ),
        start=20,
    )
)
_ASSETS = Card(
    name="asset-list",
    title="inventory page full of Hikvision models, serial numbers and links",
    number=60,
    truth=Truth(unjudged=_OPEN),
    tcp=(
        Web(
            pages={
                "/": Page(
                    "200 OK",
                    _NGINX,
                    "<!DOCTYPE html><html><head><title>Assets: cameras</title></head><body>\n"
                    '<p>Server: App-webs/ &middot; realm="IP Camera(E0999)" &middot; HIKVISION</p><table>\n'
                    f"{_ROWS}</table></body></html>\n",
                )
            },
            missing=_NGINX_404,
        ),
    ),
    origin=("links of the form in real inventories (counter-example of the research); the rest made up",),
)

_HP = (
    "Server: HP HTTP Server; HP PageWide Pro 477dw MFP - D3Q20B; Serial Number: CN136MX00X; "
    "Built: Wed Oct 13, 2021 07:50:14PM {MAVEDWPP1N001.2142A.00}"
)
_PRINTER = Card(
    name="printer",
    title="printer that prints whatever reaches port 9100, and keeps count",
    number=61,
    truth=Truth(Maker.OTHER, Confidence.PROBABLE, "HP", unjudged=(*_OPEN, "evidenced_maker")),
    tcp=(
        Web(
            pages={
                "/": Page(
                    "200 OK",
                    (
                        _HP,
                        "Content-Type: text/html",
                    ),
                    "<html><head><title>HP PageWide Pro 477dw MFP</title></head></html>",
                )
            },
            missing=Page("404 Not Found", ("Content-Type: text/html",)),
        ),
        Waiting(9100),
    ),
    origin=("header: public file 20824138348",),
)

DEVICES: tuple[Card, ...] = (_ROUTER, _NAS, _NEWS, _ASSETS, _PRINTER)
