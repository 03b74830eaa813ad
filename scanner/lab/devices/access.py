"""Door station, access terminal, and the consumer brand of the group."""

from __future__ import annotations

from scanner.lab.card import Card, Truth, own_device
from scanner.lab.devices import parts
from scanner.lab.devices.cameras import VUE_PAGE
from scanner.lab.servers.http import Web
from scanner.lab.servers.sdk import Waiting
from scanner.lab.servers.tls import Tls
from scanner.model.device import Confidence, DeviceClass, Relation
from scanner.model.evidence import Maker

SDK_REFUSAL = bytes.fromhex("000000100000000d0000000d00000000")
"""What port 8000 sent in nmap's nmap-service-probes, line 14039: status 13, not supported."""

FACTORY_CERTIFICATE = Tls(
    "C=CN, ST=ZJ, L=HZ, O=HIKVISION, OU=HZ, CN=hikvision.com", serial=0x8AB42317C62A20F1
)
"""The certificate that every DS-KV6113 carries (public file 58559640099)."""


def _web(challenge: str, port: int = 80, tls: Tls | None = None) -> Web:
    headers = ("Server: App-webs/",)
    check = parts.xml_page(
        "401 Unauthorized", parts.user_check(parts.ISAPI_NS, activated=True), *headers, challenge
    )
    return parts.guarded_web(headers, VUE_PAGE, namespace=parts.ISAPI_NS, check=check, port=port, tls=tls)


_DOOR_CHALLENGE = parts.terminal_challenge("DS-0CED27ED")
_DOOR = Card(
    name="door-station",
    title="door station with the maker's factory certificate",
    number=23,
    truth=own_device(
        DeviceClass.DOORBELL,
        "DS-KV6113-WPE1(C)",
        "DS-KV6113-WPE1(C)0120220611RRJ90001230",
        "V2.2.45",
        "bc:5e:33:10:00:17",
        presented_brand="HIKVISION",
    ),
    tcp=(_web(_DOOR_CHALLENGE), _web(_DOOR_CHALLENGE, 443, FACTORY_CERTIFICATE), Waiting(8000)),
    udp=(
        parts.sadp(
            "57397",
            "DS-KV6113-WPE1(C)",
            "DS-KV6113-WPE1(C)0120220611RRJ90001230",
            "bc-5e-33-10-00-17",
            "V2.2.45build 220329",
            dsp="V2.8, build 220310",
            channels=(1, 0),
            full=False,
            more={"OEMInfo": "N/A", "DeviceLock": "true"},
            declaration='<?xml version="1.0" encoding="UTF-8" ?>',
        ),
    ),
    origin=(
        "certificate: public file 58559640099; challenge: public file 62377225497; 401 body: 18761962418",
        "SADP: indoor station DS-KH6210-L, public file 54607369698; serial grammar of hikvision_next#196",
        "header App-webs: inferred for this family",
    ),
)

_TERMINAL_CHALLENGE = parts.terminal_challenge("DS-K1T341AMF")
_TERMINAL = Card(
    name="access-terminal",
    title="face terminal whose serial number carries its firmware",
    number=24,
    truth=own_device(
        DeviceClass.ACCESS,
        "DS-K1T341AMF",
        "DS-K1T341AMF20220311V030230ENJ70300704",
        "V3.2.30",
        "24:28:fd:10:00:18",
    ),
    tcp=(_web(_TERMINAL_CHALLENGE), Waiting(8000)),
    udp=(
        parts.sadp(
            "57399",
            "DS-K1T341AMF",
            "DS-K1T341AMF20220311V030230ENJ70300704",
            "24-28-fd-10-00-18",
            "V3.2.30build 220311",
            dsp=None,
            channels=(1, 0),
            full=False,
        ),
    ),
    origin=(
        "challenge: public file 53411877138, realm: the form DS-K1T; 401 body: public file 18761962418",
        "serial grammar: DS-K1T341AMF of models.md; SADP: form of DS-KH6210-L (public file 54607369698)",
    ),
)

_EZVIZ = Card(
    name="ezviz",
    title="EZVIZ Wi-Fi camera: no web page, no RTSP, app ports and discovery only",
    number=25,
    truth=Truth(
        Maker.HIKVISION,
        Confidence.CONFIRMED,
        "EZVIZ (Hikvision)",
        "EZVIZ",
        Relation.SUBSIDIARY,
        DeviceClass.CAMERA,
        "CS-C6TC-32WFR",
        "CS-C6TC-32WFR0120170327CCCH738200995",
        "V5.2.3",
        "54:c4:15:10:00:19",
    ),
    tcp=(
        Waiting(8000, SDK_REFUSAL),
        Waiting(8443, strict=False, tls=Tls("CN=EZVIZ Device", issuer="CN=EZVIZ CAServer")),
        Waiting(9010),
        Waiting(9020),
    ),
    udp=(
        parts.sadp(
            "139991",
            "CS-C6TC-32WFR",
            "CS-C6TC-32WFR0120170327CCCH738200995",
            "54-c4-15-10-00-19",
            "V5.2.3build 180804",
            dsp="V1.0 build 180731",
            full=False,
            more={"HttpPort": "80", "OEMInfo": "N/A", "PasswordResetAbility": "false"},
            declaration='<?xml version="1.0" encoding="UTF-8" ?>',
        ),
    ),
    origin=(
        "SADP: https://www.itread01.com/content/1544974924.html; ports and certificate: pyEzvizApi issue 274",
        "port 8000: nmap-service-probes line 14039 (there an answer, here said unasked)",
    ),
)

DEVICES: tuple[Card, ...] = (_DOOR, _TERMINAL, _EZVIZ)
