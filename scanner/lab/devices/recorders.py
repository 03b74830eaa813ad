"""Recorders: one for network cameras, one for analogue ones."""

from __future__ import annotations

from scanner.lab.card import Card, own_device
from scanner.lab.devices import parts
from scanner.lab.devices.cameras import GUARDED, VUE_PAGE
from scanner.lab.servers.http import Page, Web
from scanner.lab.servers.rtsp import Rtsp
from scanner.lab.servers.sdk import Waiting
from scanner.lab.servers.ssdp import Ssdp
from scanner.lab.servers.tls import Tls
from scanner.model.device import DeviceClass

_NVR_REALM = "5048c9083c2853c127630016"


def _nvr_web(port: int, tls: Tls | None = None) -> Web:
    headers = ("Server: Webs", GUARDED)
    version = parts.xml_page(
        "200 OK",
        '<?xml version="1.0" encoding="utf-8"?>\n<FileVersion>\n'
        "  <BaseVersion>4.0.2512.3</BaseVersion>\n</FileVersion>\n",
        *headers,
    )
    return parts.guarded_web(
        headers,
        VUE_PAGE,
        parts.challenge(_NVR_REALM),
        namespace=parts.ISAPI_NS,
        more={"/codebase/VersionInfo.xml": version},
        port=port,
        tls=tls,
    )


_NVR = Card(
    name="nvr",
    title="network recorder of 16 channels, brand-neutral ISAPI namespace",
    number=21,
    truth=own_device(
        DeviceClass.RECORDER,
        "DS-7616NI-K2",
        "DS-7616NI-K21620190826CCRRD54500152WCVU",
        "V4.30.085",
        "68:6d:bc:10:00:15",
    ),
    tcp=(
        _nvr_web(80),
        _nvr_web(443, Tls("C=CN, ST=ZheJiang, L=HangZhou, O=Embedded, CN=192.168.1.64")),
        Rtsp(
            {
                "OPTIONS": "RTSP/1.0 200 OK\nCSeq: @cseq@\n"
                "Public: OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, GET_PARAMETER\n"
                "Date:  @rtsp-date@\n\n",
                "DESCRIBE": "RTSP/1.0 401 Unauthorized\nCSeq: @cseq@\n"
                f'WWW-Authenticate: Digest realm="{_NVR_REALM}", nonce="@nonce@", stale="FALSE"\n'
                "Date:  @rtsp-date@\n\n",
            }
        ),
        Waiting(8000),
    ),
    udp=(
        parts.sadp(
            "75042",
            "DS-7616NI-K2",
            "DS-7616NI-K21620190826CCRRD54500152WCVU",
            "68-6d-bc-10-00-15",
            "V4.30.085build 200916",
            dsp="V5.0, build 200910",
            channels=(0, 16),
            more={"OEMInfo": "N/A", "SupportGUID": "true", "SyncIPCPassword": "true"},
            declaration='<?xml version="1.0" encoding="UTF-8" ?>',
        ),
    ),
    origin=(
        "realm of 24 digits: public file 63195905009; VersionInfo.xml: public file 68961378332",
        "namespace of recorders: maciej-or/hikvision_next tests/fixtures/devices; 401 body: 18761962418",
        "SADP: https://www.mhzhuji.com/zhuji_info_958/ (turbo-HD recorder), channel numbers for an NVR",
    ),
)

_DVR_AUTH = (parts.old_challenge("DVRNVRDVS"), parts.basic("DVRNVRDVS"))
_DESCRIPTION = """<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0">
<specVersion><major>1</major><minor>0</minor></specVersion>
<device>
<deviceType>urn:schemas-upnp-org:device:EmbeddedNetDevice:1</deviceType>
<friendlyName>Embedded Net DVR</friendlyName>
<modelNumber>DS-7804HQH-K1</modelNumber>
<serialNumber>DS-7804HQH-K10420190822CCCHD53200153WCVU</serialNumber>
<UDN>uuid:48443533-3230-3031-3533-686dbc100016</UDN>
</device>
</root>
"""
_DVR = Card(
    name="dvr",
    title="analogue recorder of 2019, realm DVRNVRDVS, UPnP on",
    number=22,
    truth=own_device(
        DeviceClass.RECORDER,
        "DS-7804HQH-K1",
        "DS-7804HQH-K10420190822CCCHD53200153WCVU",
        "V3.5.38",
        "68:6d:bc:10:00:16",
    ),
    tcp=(
        Web(
            pages={
                "/": Page(
                    "302 Moved Temporarily",
                    ("Server: DVRDVS-Webs", "Location: http://@web@/doc/page/login.asp?_@millis@"),
                ),
                "/SDK/activateStatus": parts.xml_page(
                    "200 OK", parts.activate_status(parts.HIKVISION_NS), "Server: DVRDVS-Webs"
                ),
                "/upnpdevicedesc.xml": parts.xml_page("200 OK", _DESCRIPTION, "Server: DVRDVS-Webs"),
                "/doc/page/login.asp": Page(
                    "200 OK",
                    ("Server: DVRDVS-Webs", "Content-Type: text/html"),
                    '<!doctype html>\n<html><head><title></title></head>\n<body><div id="login"></div>\n'
                    '<script src="../script/lib/seajs/seajs/sea.min.js" id="seajsnode"></script>\n'
                    "</body></html>",
                ),
            },
            under={
                "/ISAPI/": Page(
                    "401 Unauthorized",
                    ("Server: DVRDVS-Webs", *_DVR_AUTH, "Content-Type: application/xml"),
                    parts.user_check(None),
                )
            },
            missing=parts.not_found("Server: DVRDVS-Webs"),
        ),
        Rtsp(
            {
                "OPTIONS": "RTSP/1.0 200 OK\nCSeq: @cseq@\n"
                "Public: OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, GET_PARAMETER\n"
                "Date:  @rtsp-date@\n\n",
                "DESCRIBE": "RTSP/1.0 401 Unauthorized\nCSeq: @cseq@\n"
                'WWW-Authenticate: Digest realm="Embedded Net DVR", nonce="416231552", algorithm="MD5"\n'
                "Date:  @rtsp-date@\n\n",
            }
        ),
        Waiting(8000),
    ),
    udp=(
        parts.sadp(
            "44322",
            "DS-7804HQH-K1",
            "DS-7804HQH-K10420190822CCCHD53200153WCVU",
            "68-6d-bc-10-00-16",
            "V3.5.38build 191215",
            dsp="V5.0, build 191213",
            channels=(4, 5),
            more={"OEMInfo": "N/A", "SyncIPCPassword": "true", "SupportGUID": "true"},
            declaration='<?xml version="1.0" encoding="UTF-8" ?>',
        ),
        Ssdp(
            "HTTP/1.1 200 OK\nCACHE-CONTROL: max-age=3600\nEXT:\n"
            "LOCATION: http://@web@/upnpdevicedesc.xml\nSERVER: Linux UPnP/1.0\n"
            "ST: upnp:rootdevice\nUSN: uuid:48443533-3230-3031-3533-686dbc100016::upnp:rootdevice\n\n"
        ),
    ),
    origin=(
        "challenge: a Greenbone check (public file 7377077238); redirect: public file 26128854487",
        "RTSP challenge: public file 62453370062; SADP: https://www.mhzhuji.com/zhuji_info_958/",
        "header DVRDVS-Webs: rapid7/recog http_servers.xml; SSDP: life time of 62331854954, rest inferred",
        "UPnP description: its path, type and two fields from public files 32890496908 and 62331854954",
    ),
)

DEVICES: tuple[Card, ...] = (_NVR, _DVR)
