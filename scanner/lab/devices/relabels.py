"""Devices that bear another name than their maker's."""

from __future__ import annotations

from scanner.lab.card import Card, Truth
from scanner.lab.devices import parts
from scanner.lab.devices.cameras import FRAME_PAGE, GUARDED, LOGIN_PAGE
from scanner.lab.servers.sdk import Waiting
from scanner.model.device import Confidence, DeviceClass, Relation
from scanner.model.evidence import Maker

_HEADERS = ("Server: webserver", GUARDED)
_LTS_MAC = "142ffd10001a"
_LTS = Card(
    name="relabel-lts",
    title="LTS camera: own brand, own MAC block, the maker's serial grammar",
    number=26,
    truth=Truth(
        Maker.HIKVISION,
        Confidence.CONFIRMED,
        "Hikvision",
        "LTS",
        Relation.RELABEL,
        DeviceClass.CAMERA,
        "CMIP7352W",
        "CMIP7352W20170428AAWR756800499",
        "V5.4.5",
        "14:2f:fd:10:00:1a",
    ),
    tcp=(
        parts.guarded_web(
            ("Server: App-webs/",),
            FRAME_PAGE,
            parts.challenge(_LTS_MAC),
            parts.basic(_LTS_MAC),
            namespace=parts.ISAPI_NS,
        ),
        parts.camera_rtsp(
            f'Digest realm="{_LTS_MAC}", nonce="@nonce@", stale="FALSE"', f'Basic realm="{_LTS_MAC}"'
        ),
        Waiting(8000),
    ),
    udp=(
        parts.sadp(
            "140071",
            "CMIP7352W",
            "CMIP7352W20170428AAWR756800499",
            "14-2f-fd-10-00-1a",
            "V5.4.5build 170401",
            dsp="V7.3 build 170321",
        ),
    ),
    origin=(
        "model, serial grammar and MAC block: public file 59147483727 (an ISAPI reply of this model)",
        "RTSP with a MAC as realm: public file 45432850679; SADP: form of DS-2CD5026EFWD-A, inferred",
    ),
)

_ANNKE = Card(
    name="relabel-annke",
    title="Annke camera: own brand and MAC block, neutral namespace, model as realm",
    number=27,
    truth=Truth(
        Maker.HIKVISION,
        Confidence.CONFIRMED,
        "Hikvision",
        "ANNKE",
        Relation.RELABEL,
        DeviceClass.CAMERA,
        "I91BL",
        "I91BL20200612AAWRE50000155",
        "V5.5.120",
        "d0:3b:f4:10:00:1b",
    ),
    tcp=(
        parts.guarded_web(
            _HEADERS,
            LOGIN_PAGE,
            parts.challenge("I91BL"),
            parts.basic("I91BL"),
            namespace=parts.ISAPI_NS,
            onvif=parts.onvif(),
        ),
        parts.camera_rtsp('Digest realm="I91BL", nonce="@nonce@", stale="FALSE"'),
        Waiting(8000),
    ),
    udp=(
        parts.sadp(
            "155650",
            "I91BL",
            "I91BL20200612AAWRE50000155",
            "d0-3b-f4-10-00-1b",
            "V5.5.120build 200604",
            dsp="V7.3 build 200525",
            more={"DetailOEMCode": "2"},
        ),
        parts.discovery(
            "d03bf410001b",
            "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/Profile/Streaming "
            "onvif://www.onvif.org/MAC/d0:3b:f4:10:00:1b onvif://www.onvif.org/hardware/I91BL "
            "onvif://www.onvif.org/name/ANNKE%20I91BL onvif://www.onvif.org/location/city/hangzhou",
            "cea94000-fb96-11b3-8260",
        ),
    ),
    origin=(
        "realm that is a relabel's model: public file 7377077238; namespace: public file 57161465856",
        "WS-Discovery envelope: public file 15028900494; brand in the name scope: inferred",
        "serial grammar and code of the relabel: inferred from the maker's",
    ),
)

_NEUTRAL = Card(
    name="relabel-neutral",
    title="camera with brand-neutral firmware (std-cgi) and a model name of its own",
    number=28,
    truth=Truth(
        Maker.HIKVISION,
        Confidence.CONFIRMED,
        "Hikvision",
        None,
        Relation.RELABEL,
        DeviceClass.CAMERA,
        "DFI6256TE",
        "DFI6256TE20190608AAWRD26700311",
        "V5.5.80",
        "68:6d:bc:10:00:1c",
    ),
    tcp=(
        parts.guarded_web(
            _HEADERS,
            LOGIN_PAGE,
            parts.challenge("IP Camera(D0311)"),
            namespace=parts.STD_CGI_NS,
            onvif=parts.onvif(),
        ),
        parts.camera_rtsp('Digest realm="IP Camera(D0311)", nonce="@nonce@", stale="FALSE"'),
        Waiting(8000),
    ),
    udp=(
        parts.sadp(
            "155650",
            "DFI6256TE",
            "DFI6256TE20190608AAWRD26700311",
            "68-6d-bc-10-00-1c",
            "V5.5.80build 190528",
            more={"SpecificDeviceType": "Neutral", "DetailOEMCode": "1142"},
        ),
        parts.discovery(
            "686dbc10001c",
            "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/Profile/Streaming "
            "onvif://www.onvif.org/MAC/68:6d:bc:10:00:1c onvif://www.onvif.org/hardware/DFI6256TE",
            "cea94000-fb96-11b3-8260",
        ),
    ),
    origin=(
        "WS-Discovery, model, firmware, serial: edgexfoundry device-onvif-camera (public file 8209414390)",
        "namespace std-cgi: public file 7560952279; SpecificDeviceType: the vendor's own client",
        "OEM code: composed, since none of a relabel is public",
    ),
)

DEVICES: tuple[Card, ...] = (_LTS, _ANNKE, _NEUTRAL)
