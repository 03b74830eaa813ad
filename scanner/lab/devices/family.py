"""Devices of companies that belong to the maker or build with it, under a name of their own."""

from __future__ import annotations

from scanner.lab.card import Card, Truth
from scanner.lab.devices import parts
from scanner.lab.devices.cameras import VUE_PAGE
from scanner.lab.servers.http import Page, Web
from scanner.lab.servers.sdk import Waiting
from scanner.model.device import Confidence, DeviceClass, Relation
from scanner.model.evidence import Maker

_HEADERS = ("Server: webserver", "X-Frame-Options: SAMEORIGIN")
_REALM = "3f8a0c5d7be94e21a6c40022"
_NOTHING = Page("", empty=True)
_PRAMA = Card(
    name="recorder-prama",
    title="recorder for India: /ISAPI gives an empty reply, /pramaAPI asks for a login",
    number=34,
    truth=Truth(
        Maker.HIKVISION,
        Confidence.CONFIRMED,
        "Prama Hikvision (India)",
        "Prama",
        Relation.SUBSIDIARY,
        DeviceClass.RECORDER,
    ),
    tcp=(
        Web(
            pages={"/": Page("200 OK", (*_HEADERS, "Content-Type: text/html"), VUE_PAGE)},
            under={
                "/ISAPI/": _NOTHING,
                "/SDK/": _NOTHING,
                "/pramaAPI/": parts.xml_page(
                    "401 Unauthorized",
                    parts.user_check(parts.STD_CGI_NS),
                    *_HEADERS,
                    parts.challenge(_REALM),
                ),
            },
            missing=parts.not_found(*_HEADERS),
        ),
        Waiting(8000),
    ),
    origin=(
        "the two trees: public file 68412526665 (a recorder of this firmware, V4.74)",
        "login, namespace and page: public file 52041837318 (a camera); body and realm of the 401 inferred",
    ),
)

DEVICES: tuple[Card, ...] = (_PRAMA,)
