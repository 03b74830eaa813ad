"""Addresses that are not devices one by one: a port forward, one recorder on two wires, a catch-all page."""

from __future__ import annotations

from scanner.lab.card import Card, Truth, own_device
from scanner.lab.devices import parts
from scanner.lab.devices.cameras import VUE_PAGE, modern_web
from scanner.lab.servers.http import Page, Web
from scanner.lab.servers.sdk import Waiting
from scanner.model.device import Confidence, DeviceClass
from scanner.model.evidence import Maker

_INFERRED = ("maker_name", "presented_brand", "relation", "device_class", "model")
_WEB_MAC, _VIDEO_MAC = "68:6d:bc:10:00:51", "68:6d:bc:10:00:52"

_FORWARD = Card(
    name="port-forward",
    title="one address, two cameras: the web port of one, the video port of another",
    number=81,
    truth=Truth(
        Maker.HIKVISION,
        Confidence.CONFIRMED,
        mac=_WEB_MAC,
        unjudged=_INFERRED,
        also=(Truth(Maker.HIKVISION, Confidence.CONFIRMED, mac=_VIDEO_MAC, unjudged=_INFERRED),),
    ),
    tcp=(
        modern_web("App-webs/", VUE_PAGE, parts.challenge(_WEB_MAC.replace(":", ""))),
        parts.camera_rtsp(parts.challenge(_VIDEO_MAC.replace(":", "")).partition(": ")[2]),
    ),
    origin=("each half as a camera of V5.5; that a router joins them is made up",),
)

_SERIAL = "DS-7616NI-K21620190826CCRRD54500183WCVU"


def _interface(name: str, number: int, wire: str, mac: str) -> Card:
    """One of the two addresses of a recorder."""
    return Card(
        name=name,
        title=f"recorder with two network interfaces: the {wire} one",
        number=number,
        truth=own_device(
            DeviceClass.RECORDER,
            "DS-7616NI-K2",
            _SERIAL,
            "V4.30.085",
            mac,
            unjudged=("mac",),
            same_as="recorder-lan1" if name != "recorder-lan1" else None,
        ),
        tcp=(
            modern_web(
                "Webs", VUE_PAGE, parts.challenge("5048c9083c2853c127630083"), namespace=parts.ISAPI_NS
            ),
            Waiting(8000),
        ),
        udp=(parts.sadp("75042", "DS-7616NI-K2", _SERIAL, mac.replace(":", "-"), "V4.30.085build 200916"),),
        origin=("as the recorder nvr; that each interface answers with its own MAC address is inferred",),
    )


_LAN1 = _interface("recorder-lan1", 82, "first", "68:6d:bc:10:00:53")
_LAN2 = _interface("recorder-lan2", 83, "second", "68:6d:bc:10:00:54")

_WORDS = Page(
    "200 OK",
    ("Server: App-webs/", "Content-Type: text/html"),
    "<!DOCTYPE html><html><head><title>Hikvision</title></head>"
    '<body><a href="/doc/page/login.asp">Login</a></body></html>',
)
_CATCH_ALL = Card(
    name="catch-all",
    title="proxy that gives one page with the maker's words for every path of every web port",
    number=84,
    truth=Truth(ignored="every-path"),
    tcp=(Web(pages={}, missing=_WORDS), Web(pages={}, missing=_WORDS, port=8080)),
    origin=("made up, after projectdiscovery/nuclei-templates#1384",),
    hostile=True,
)

DEVICES: tuple[Card, ...] = (_FORWARD, _LAN1, _LAN2, _CATCH_ALL)
