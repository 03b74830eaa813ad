"""Each kind of equipment by a real reply, wherever one is public: maker, class, model and brand as they are.

Every row names the source of its words; the unit's own digits in serials and addresses are replaced. A row that no
public reply bears out in full says what of it is composed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from scanner.knowledge import Knowledge, load
from scanner.matcher import identify
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.reporter.device import device_fields

ISAPI = "http://www.isapi.org/ver20/XMLSchema"
HIKVISION = "http://www.hikvision.com/ver20/XMLSchema"
STD_CGI = "http://www.std-cgi.com/ver20/XMLSchema"


class Row(NamedTuple):
    """A reply and what it must come to."""

    source: str
    protocol: Protocol
    payload: str
    is_: dict[str, Any]
    request: str | None = None


def sadp(model: str, serial: str, mac: str, firmware: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ProbeMatch><Types>inquiry</Types>\n'
        f"<DeviceDescription>{model}</DeviceDescription>\n<DeviceSN>{serial}</DeviceSN>\n<MAC>{mac}</MAC>\n"
        f"<SoftwareVersion>{firmware}</SoftwareVersion>\n</ProbeMatch>"
    )


def info(model: str, namespace: str, *more: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<DeviceInfo version="2.0" xmlns="{namespace}">\n'
        f"<model>{model}</model>\n{''.join(more)}</DeviceInfo>"
    )


def realm(name: str) -> str:
    return f'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="{name}", nonce="ab12", qop="auth"\r\n\r\n'


ROWS: dict[str, Row] = {
    "camera": Row(
        "SADP list of a site, public file 69032514426",
        Protocol.SADP,
        sadp(
            "DS-2CD1047G2-L",
            "DS-2CD1047G2-L20230517AAWRAB3711000",
            "fc-9f-fd-8f-69-00",
            "V5.7.11build 230414",
        ),
        {"device_class": "camera", "model": "DS-2CD1047G2-L", "firmware": "V5.7.11", "relation": "own"},
    ),
    "camera of the first interface": Row(
        "public file 16731610262, namespace of ver10",
        Protocol.ISAPI,
        info("DS-2CD2A20F-IS", "http://www.hikvision.com/ver10/XMLSchema"),
        {"device_class": "camera", "model": "DS-2CD2A20F-IS"},
    ),
    "fisheye camera": Row(
        "public file 70510279767",
        Protocol.ISAPI,
        info("DS-2CD63C5G1-IVS", HIKVISION, "<firmwareVersion>V5.8.3</firmwareVersion>"),
        {"device_class": "camera", "model": "DS-2CD63C5G1-IVS", "firmware": "V5.8.3"},
    ),
    "thermal camera": Row(
        "public file 70683974600",
        Protocol.ISAPI,
        info("DS-2TD6267-75C4L/W", HIKVISION, "<firmwareVersion>V5.5.80</firmwareVersion>"),
        {"device_class": "camera", "model": "DS-2TD6267-75C4L/W"},
    ),
    "number-plate camera": Row(
        "public file 71322265643",
        Protocol.ISAPI,
        info("DS-TCG406-E", HIKVISION, "<serialNumber>DS-TCG406-E20240512AAWRFA1234000</serialNumber>"),
        {"device_class": "camera", "model": "DS-TCG406-E", "serial": "DS-TCG406-E20240512AAWRFA1234000"},
    ),
    "camera by its realm": Row(
        "public file 10105826040",
        Protocol.HTTP,
        realm("DS-2CD2310FD-I"),
        {"device_class": "camera", "model": "DS-2CD2310FD-I"},
    ),
    "recorder": Row(
        "SADP list of a site, public file 69032514426",
        Protocol.SADP,
        sadp(
            "DS-7616NI-Q2/16P",
            "DS-7616NI-Q2/16P1620210706CCRRG24476000WCVU",
            "24-28-fd-12-3d-00",
            "V4.75.200build 231110",
        ),
        {"device_class": "recorder", "model": "DS-7616NI-Q2/16P", "firmware": "V4.75.200"},
    ),
    "switch": Row(
        "SADP list of a site, public file 69032514426",
        Protocol.SADP,
        sadp(
            "DS-3E1310P-EI/M",
            "DS-3E1310P-EI/M20250905CRRGF2364000",
            "84-94-59-09-11-00",
            "V3.0.9build 250115",
        ),
        {"device_class": "switch", "model": "DS-3E1310P-EI/M", "firmware": "V3.0.9"},
    ),
    "access terminal": Row(
        "public file 3673033173",
        Protocol.ISAPI,
        info(
            "DS-K1T341CMFW",
            ISAPI,
            "<serialNumber>DS-K1T341CMFW20230901V030315ENFH3990000</serialNumber>",
            "<firmwareVersion>V3.3.15</firmwareVersion>",
        ),
        {
            "device_class": "access",
            "model": "DS-K1T341CMFW",
            "serial": "DS-K1T341CMFW20230901V030315ENFH3990000",
        },
    ),
    "access terminal by its realm": Row(
        "public file 62356833491",
        Protocol.HTTP,
        realm("DS-K1T8003MF"),
        {"device_class": "access", "model": "DS-K1T8003MF"},
    ),
    "door station": Row(
        "public file 56507827675",
        Protocol.ISAPI,
        info(
            "DS-KV6113-WPE1(C)",
            ISAPI,
            "<serialNumber>DS-KV6113-WPE1(C)0120250625RRGC0255000</serialNumber>",
            "<firmwareVersion>V2.2.65</firmwareVersion>",
        ),
        {
            "device_class": "doorbell",
            "model": "DS-KV6113-WPE1(C)",
            "serial": "DS-KV6113-WPE1(C)0120250625RRGC0255000",
        },
    ),
    "alarm panel": Row(
        "public file 67218374845",
        Protocol.ISAPI,
        info(
            "DS-PWA96-M-WE",
            ISAPI,
            "<deviceType>AXPro</deviceType>",
            "<firmwareVersion>V1.2.8</firmwareVersion>",
        ),
        {"device_class": "other", "model": "DS-PWA96-M-WE", "firmware": "V1.2.8"},
    ),
    "video wall": Row(
        "goby's rule set, Hik-C10s",
        Protocol.TELNET,
        "\r\nHik-C10s login: ",
        {"device_class": "other"},
    ),
    "encoder": Row(
        "model of the maker's own lists (models.md §1), composed",
        Protocol.SADP,
        sadp(
            "DS-6704HUHI-K",
            "DS-6704HUHI-K0420200402CCWRE26407000WCVU",
            "98-df-82-d4-1b-00",
            "V3.4.108build 200102",
        ),
        {"device_class": "encoder", "model": "DS-6704HUHI-K"},
    ),
    "gateway of alarms": Row(
        "realm in public file 61044832790",
        Protocol.HTTP,
        realm("DS-GWAS0101(FA1234000)"),
        {"device_class": "other", "model": "DS-GWAS0101"},
    ),
    "camera of EZVIZ": Row(
        "research sadp.md, EZVIZ CS-C6TC",
        Protocol.SADP,
        sadp(
            "CS-C6TC-32WFR",
            "CS-C6TC-32WFR0120170803CCRR800000000",
            "34-ea-34-00-00-10",
            "V5.2.3build 170630",
        ),
        {"device_class": "camera", "model": "CS-C6TC-32WFR"},
    ),
    "camera of HiLook": Row(
        "model of the maker's own lists (models.md §1), composed",
        Protocol.SADP,
        sadp("IPC-B140H", "IPC-B140H20210412AAWRF84329000", "08-a1-89-d6-85-00", "V5.5.88build 200610"),
        {"device_class": "camera", "model": "IPC-B140H"},
    ),
    "camera of Prama": Row(
        "model and namespace of public file 52041837318",
        Protocol.ISAPI,
        info("PT-NC163D3-WNM(D2)", STD_CGI, "<firmwareVersion>V5.8.5</firmwareVersion>"),
        {"device_class": "camera", "model": "PT-NC163D3-WNM(D2)"},
        "GET /pramaAPI/System/deviceInfo",
    ),
    "recorder of Prama that asks for a login": Row(
        "paths and namespace of public file 52041837318, body composed",
        Protocol.ISAPI,
        f'<userCheck version="2.0" xmlns="{STD_CGI}"><statusValue>401</statusValue></userCheck>',
        {"presented_brand": "Prama", "maker_name": "Prama Hikvision (India)"},
        "GET /pramaAPI/System/deviceInfo",
    ),
    "camera of the value line": Row(
        "bench log of ECI-T24F2, public file 69384930782",
        Protocol.SADP,
        sadp("ECI-T24F2", "ECI-T24F220230615AAWRAC4440000", "08-54-11-5d-7e-00", "V5.7.1build 220609"),
        {"device_class": "camera", "model": "ECI-T24F2", "firmware": "V5.7.1"},
    ),
    "recorder of the value line": Row(
        "https://github.com/maciej-or/hikvision_next/issues/50 (ERI-K104-P4), masked digits replaced",
        Protocol.HTTP,
        "HTTP/1.1 401 Unauthorized\r\nServer: DNVRS-Webs\r\n"
        'WWW-Authenticate: Digest realm="fe12f37bd00000bccbbd35f1", domain="::", qop="auth", '
        'nonce="300b7e88f3d69ebf00000f3e2f04218a:1685000004756", opaque="", algorithm="MD5", stale="FALSE"\r\n\r\n'
        "<userCheck>\n<statusValue>401</statusValue>\n<statusString>Unauthorized</statusString>\n</userCheck>",
        {"device_class": "recorder"},
        "GET /ISAPI/System/status",
    ),
    "recorder of the days before the interface": Row(
        "https://github.com/eu-evops/homebridge-hikvision/issues/2 (404 for /ISAPI)",
        Protocol.HTTP,
        "HTTP/1.1 404 Not Found\r\nServer: DNVRS-Webs\r\nCache-Control: no-cache\r\nContent-Length: 20\r\n"
        "Content-Type: text/html\r\n\r\nFile not found here.",
        {"maker_name": "Hikvision"},
        "GET /ISAPI/System/deviceInfo",
    ),
    "login check of the days of PSIA": Row(
        "public file 18423113342 (200 with 401 inside, no namespace)",
        Protocol.HTTP,
        "HTTP/1.1 200 OK\r\n\r\n<userCheck>\n<statusValue>401</statusValue>\n"
        "<statusString>Unauthorized</statusString>\n</userCheck>",
        {"maker_name": "Hikvision"},
        "GET /PSIA/Custom/SelfExt/userCheck",
    ),
    "first page of the newest interface": Row(
        "address captured in public file 16138771778 and nine others, page composed",
        Protocol.HTTP,
        "HTTP/1.1 200 OK\r\nServer: webserver\r\n\r\n<!doctype html><html><script>"
        'window.location.href = "/doc/index.html#/portal/login";</script></html>',
        {"maker_name": "Hikvision"},
        "GET /",
    ),
    "platform iVMS-4200": Row(
        "FOFA rule in public file 48082732497, composed",
        Protocol.HTTP,
        "HTTP/1.1 200 OK\r\nServer: If you want know, you can ask me\r\n\r\n<html><title>Login</title>"
        '<span class="enname">iVMS-4200</span><label id="laRemPassword"></label></html>',
        {"device_class": "platform"},
        "GET /",
    ),
    "platform iVMS-8700": Row(
        "FOFA rule in public file 48082732497, composed",
        Protocol.HTTP,
        'HTTP/1.1 200 OK\r\n\r\n<html><link rel="stylesheet" href="/ivms-ui/default/css/login.css">'
        '<script src="/portal/common/js/commonVar.js"></script></html>',
        {"device_class": "platform"},
        "GET /",
    ),
    "platform iSecure Center": Row(
        "FOFA rule in public file 48082732497, composed",
        Protocol.HTTPS,
        'HTTP/1.1 200 OK\r\n\r\n<html><script src="/portal/common/js/commonVar.js"></script>'
        '<a href="/nginxService/v1/download/InstallRootCert.exe">x</a></html>',
        {"device_class": "platform"},
        "GET /",
    ),
    "platform HikCentral": Row(
        "its interface in five integrations (public file 67399245621 and others), page composed",
        Protocol.HTTPS,
        "HTTP/1.1 200 OK\r\n\r\n<html><title>HikCentral Professional</title>"
        '<script>var crypto = "/ISAPI/Bumblebee/Platform/V0/Security/Crypto";</script></html>',
        {"device_class": "platform"},
        "GET /",
    ),
    "lease of a camera": Row(
        "number of public file 69032514426, composed as a lease",
        Protocol.DHCP,
        "mac: fc:9f:fd:8f:69:00\nhostname: DS-2CD1047G2-L20230517AAWRAB3711000\n",
        {"device_class": "camera", "model": "DS-2CD1047G2-L"},
    ),
}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """What is shipped."""
    return load()


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_a_kind_of_equipment_is_told_by_a_reply_of_its_own(row: Row, knowledge: Knowledge) -> None:
    observation = Observation(
        host="192.0.2.9",
        protocol=row.protocol,
        port=80,
        payload=row.payload.encode(),
        request=row.request,
    )

    (device,) = identify([observation], knowledge)

    given = device_fields(device)
    assert given["evidenced_maker"] == "hikvision"
    assert given["confidence"] in ("confirmed", "probable")
    assert {key: given[key] for key in row.is_} == row.is_


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_every_row_names_its_source(row: Row) -> None:
    assert len(row.source) > 8
