"""The maker's own devices in states that hide them: fresh, without a web page, moved, or only software."""

from __future__ import annotations

from scanner.lab.card import Card, Truth, own_device
from scanner.lab.devices import parts
from scanner.lab.devices.cameras import LOGIN_PAGE, VUE_PAGE, modern_web
from scanner.lab.servers.http import Page, Web
from scanner.lab.servers.sdk import Waiting
from scanner.lab.servers.tls import Tls
from scanner.model.device import Confidence, DeviceClass, Relation
from scanner.model.evidence import Maker

_FRESH_HEADERS = ("Server: webserver", "X-Frame-Options: SAMEORIGIN")
_FRESH = Card(
    name="camera-not-activated",
    title="camera out of the box: no password set, nothing but activation is served",
    number=29,
    truth=own_device(
        DeviceClass.CAMERA,
        "DS-2CD2043G0-I",
        "DS-2CD2043G0-I20200311AAWRE21700156",
        "V5.6.3",
        "44:19:b6:10:00:1d",
    ),
    tcp=(
        parts.guarded_web(
            _FRESH_HEADERS,
            LOGIN_PAGE,
            check=parts.xml_page(
                "403 Forbidden",
                '<?xml version="1.0" encoding="UTF-8"?>\n'
                f'<ResponseStatus version="2.0" xmlns="{parts.HIKVISION_NS}">\n'
                "<requestURL>/ISAPI/System/deviceInfo</requestURL>\n<statusCode>4</statusCode>\n"
                "<statusString>Invalid Operation</statusString>\n"
                "<subStatusCode>notActivated</subStatusCode>\n</ResponseStatus>\n",
                *_FRESH_HEADERS,
            ),
            activated=False,
        ),
        Waiting(8000),
    ),
    udp=(
        parts.sadp(
            "139267",
            "DS-2CD2043G0-I",
            "DS-2CD2043G0-I20200311AAWRE21700156",
            "44-19-b6-10-00-1d",
            "V5.6.3build 190923",
            more={"Activated": "false"},
        ),
    ),
    origin=(
        "no capture of a not activated device is public: SADP as of an activated one, Activated set to false",
        "403 body: form of public file 35224437848, the word notActivated from client code 58695481181",
    ),
)

_NO_ONVIF = Card(
    name="camera-onvif-off",
    title="camera with ONVIF switched off: its path is not found, port 3702 is shut",
    number=30,
    truth=own_device(
        DeviceClass.CAMERA,
        "DS-2CD2T47G1-L",
        "DS-2CD2T47G1-L20190522AAWRD22300157",
        "V5.6.5",
        "68:6d:bc:10:00:1e",
    ),
    tcp=(
        modern_web("webserver", LOGIN_PAGE, parts.challenge("IP Camera(D0157)")),
        parts.camera_rtsp('Digest realm="IP Camera(D0157)", nonce="@nonce@", stale="FALSE"'),
        Waiting(8000),
    ),
    udp=(
        parts.sadp(
            "155650",
            "DS-2CD2T47G1-L",
            "DS-2CD2T47G1-L20190522AAWRD22300157",
            "68-6d-bc-10-00-1e",
            "V5.6.5build 200316",
        ),
    ),
    origin=(
        "SADP: public file 69112239485; RTSP: public file 3737374184; root page: public file 29293732417",
    ),
)

_SADP_ONLY = Card(
    name="camera-sadp-only",
    title="camera with HTTP, RTSP and SDK switched off: only SADP finds it",
    number=31,
    truth=own_device(
        DeviceClass.CAMERA,
        "DS-2CD2320D-I",
        "DS-2CD2320D-I20180919AACHC52900158",
        "V5.5.6",
        "44:47:cc:10:00:1f",
    ),
    udp=(
        parts.sadp(
            "142378",
            "DS-2CD2320D-I",
            "DS-2CD2320D-I20180919AACHC52900158",
            "44-47-cc-10-00-1f",
            "V5.5.6build 180326",
            dsp="V7.3 build 180326",
            more={"SDKServerStatus": "false"},
        ),
    ),
    origin=("SADP: public file 19375522317",),
)

_MOVED = Card(
    name="camera-moved-port",
    title="camera whose web port was moved to 10081: SADP says so",
    number=32,
    truth=own_device(
        DeviceClass.CAMERA,
        "DS-2CD2366G2-ISU/SL",
        "DS-2CD2366G2-ISU/SL20210726AAWRG41300159",
        "V5.7.1",
        "ac:b9:2f:10:00:20",
    ),
    tcp=(modern_web("Webs", VUE_PAGE, parts.challenge("IP Camera(G0159)"), port=10081),),
    udp=(
        parts.sadp(
            "155650",
            "DS-2CD2366G2-ISU/SL",
            "DS-2CD2366G2-ISU/SL20210726AAWRG41300159",
            "ac-b9-2f-10-00-20",
            "V5.7.1build 210722",
        ),
    ),
    web_port=10081,
    origin=("serial grammar: hikvision_next issue 58; SADP: form of public file 69112239485",),
)

_CENTRAL_HEADERS = ("Server: nginx", "X-Frame-Options: SAMEORIGIN", "Content-Type: text/html; charset=utf-8")
_CENTRAL_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>HikCentral Professional</title>
<script>window.__api = {login: "/ISAPI/Bumblebee/Platform/V0/Login", \
crypto: "/ISAPI/Bumblebee/Platform/V0/Security/Crypto"};</script>
</head><body><div id="app"></div><script src="/portal/js/app.js"></script></body></html>
"""


def _central(port: int, tls: Tls | None = None) -> Web:
    page = Page("200 OK", _CENTRAL_HEADERS, _CENTRAL_PAGE)
    missing = Page("404 Not Found", ("Server: nginx", "Content-Type: text/html"), "<h1>404 Not Found</h1>\n")
    return Web(pages={"/": page}, missing=missing, port=port, tls=tls)


_CENTRAL = Card(
    name="hikcentral",
    title="HikCentral server: the maker's software on a PC, no device",
    number=33,
    truth=Truth(
        Maker.HIKVISION,
        Confidence.PROBABLE,
        "Hikvision",
        relation=Relation.OWN,
        device_class=DeviceClass.PLATFORM,
        unjudged=("presented_brand", "model"),
    ),
    tcp=(_central(80), _central(443, Tls("CN=hikcentral.example"))),
    origin=(
        "API prefix: client code of five integrations (public files 67399245621, 55683948678 ...)",
        "title: a honeypot's (public file 56031506538); the page around both is made up",
    ),
)

DEVICES: tuple[Card, ...] = (_FRESH, _NO_ONVIF, _SADP_ONLY, _MOVED, _CENTRAL)
