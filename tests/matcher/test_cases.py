"""Whole hosts against the shipped knowledge: what each kind of device, and each trap, comes out as.

Forms of replies come from public captures and notes (research on signatures and discovery); addresses, nonces and
serial numbers are changed. A row tells only the fields that it is about.
"""

from __future__ import annotations

from typing import Any

import pytest

from scanner.knowledge import Knowledge, load
from scanner.matcher import identify
from scanner.reporter.device import device_fields


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """What is shipped."""
    return load()


def challenge(realm: str, version: str = "RTSP/1.0") -> str:
    return f'{version} 401 Unauthorized\r\nWWW-Authenticate: Digest realm="{realm}", nonce="12ab", stale="FALSE"\r\n\r\n'


def page(body: str = "", *headers: str, status: str = "200 OK") -> str:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "Content-Type: text/html", "", body])


def sadp(model: str, serial: str, mac: str, *more: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ProbeMatch><Uuid>13A888A9</Uuid>\n<Types>inquiry</Types>\n'
        f"<DeviceDescription>{model}</DeviceDescription>\n<DeviceSN>{serial}</DeviceSN>\n<MAC>{mac}</MAC>\n"
        f"<SoftwareVersion>V5.6.2build 190701</SoftwareVersion>\n{''.join(more)}</ProbeMatch>"
    )


def hello(
    scopes: str, address: str = "urn:uuid:1b7e2c1a-9d3c-4f0e-8a55-0d0f6a1c2b3d", xaddrs: str = ""
) -> str:
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Body><d:ProbeMatches><d:ProbeMatch>'
        f"<a:EndpointReference><a:Address>{address}</a:Address></a:EndpointReference>"
        "<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>"
        f"<d:Scopes>{scopes}</d:Scopes><d:XAddrs>{xaddrs}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
    )


def description(**elements: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
    return (
        f'<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>{inner}</device></root>'
    )


HIK = {"evidenced_maker": "hikvision"}
CONFIRMED = {**HIK, "confidence": "confirmed"}
PROBABLE = {**HIK, "confidence": "probable"}
NOT_HIK: dict[str, Any] = {"evidenced_maker": ("other", "unknown"), "relation": None}
UNKNOWN = {"evidenced_maker": "unknown", "confidence": "none"}
OTHER = {"evidenced_maker": "other"}
ISAPI_401 = "GET /ISAPI/System/deviceInfo"
RANDOM = "GET /5b0d7f31c2a94e68"

CASES: dict[str, tuple[list[tuple[str, str, int, str | None]], dict[str, Any]]] = {
    "camera of the segment": (
        [("sadp", sadp("DS-2CD2385G1-I", "DS-2CD2385G1-I20200414AAWRE33842150", "58-50-ed-01-02-03"), 37020, None)],
        {
            **CONFIRMED, "model": "DS-2CD2385G1-I", "serial": "DS-2CD2385G1-I20200414AAWRE33842150",
            "firmware": "V5.6.2", "device_class": "camera", "relation": "own", "mac": "58:50:ed:01:02:03",
        },
    ),
    "recorder of the segment": (
        [("sadp", sadp("DS-7804HQH-K1", "DS-7804HQH-K10420190822CCCHD53257168WCVU", "54-c4-15-01-02-03"), 37020, None)],
        {**CONFIRMED, "model": "DS-7804HQH-K1", "device_class": "recorder"},
    ),
    "subsidiary of the segment": (
        [("sadp", sadp("CS-C6TC-32WFR", "CS-C6TC-32WFR0120170327CCCH738231995", "bc-4c-78-01-02-03"), 37020, None)],
        {**CONFIRMED, "relation": "subsidiary", "maker_name": "EZVIZ (Hikvision)", "device_class": "camera"},
    ),
    "relabel of the segment": (
        [("sadp", sadp("CMIP7352W", "CMIP7352W20170428AAWR756864499", "14-2f-fd-01-02-03"), 37020, None)],
        {**CONFIRMED, "relation": "relabel", "model": "CMIP7352W", "presented_brand": "LTS", "maker_name": "Hikvision"},
    ),
    "relabel that states its brand": (
        [
            (
                "sadp",
                sadp(
                    "LTN8704", "LTN87040420170428AAWR756864499WCVU", "14-2f-fd-01-02-03", "<OEMInfo>LTS</OEMInfo>\n"
                ),
                37020,
                None,
            )
        ],
        {**CONFIRMED, "relation": "relabel", "presented_brand": "LTS"},
    ),
    "board that imitates the envelope": (
        [("sadp", sadp("STM32", "0123456789ABCDEF01234567", "02-00-00-01-02-03"), 37020, None)],
        NOT_HIK,
    ),
    "realm with the tail of the serial": (
        [("rtsp", challenge("IP Camera(FG092)"), 554, None)],
        {**PROBABLE, "device_class": "camera", "relation": None},
    ),
    "realm that is the model": (
        [("isapi", challenge("DS-2CD2310FD-I", "HTTP/1.1"), 80, ISAPI_401)],
        {**CONFIRMED, "model": "DS-2CD2310FD-I", "device_class": "camera", "relation": "own"},
    ),
    "realm that is a device name": (
        [("isapi", challenge("DS-0362B98B", "HTTP/1.1"), 80, ISAPI_401)],
        {**HIK, "model": None, "relation": None},
    ),
    "realm that is the address": ([("rtsp", challenge("4419b60d2485"), 554, None)], {**CONFIRMED, "mac": "44:19:b6:0d:24:85"}),
    "realm that is another maker's address": ([("rtsp", challenge("accc8e0a0a8f"), 554, None)], NOT_HIK),
    "realm of old recorders": ([("http", challenge("DVRNVRDVS", "HTTP/1.1"), 80, None)], {**HIK, "device_class": "recorder"}),
    "realm in small letters": ([("http", challenge("ds-mcp", "HTTP/1.1"), 80, None)], NOT_HIK),
    "look-alike realm": ([("http", challenge("IPCamera Login", "HTTP/1.1"), 80, None)], NOT_HIK),
    "realm of another maker": ([("rtsp", challenge("Login to 4K01FD2PAJ6E3FF"), 554, None)], {**OTHER, "maker_name": "Dahua"}),
    "neighbour": ([("mac", "E0:BA:AD:01:02:03", 0, None)], {**PROBABLE, "relation": None, "mac": "e0:ba:ad:01:02:03"}),
    "neighbour of a subsidiary": (
        [("mac", "0C:A6:4C:01:02:03", 0, None)],
        {**PROBABLE, "relation": "subsidiary", "maker_name": "EZVIZ (Hikvision)", "presented_brand": None},
    ),
    "two strong signals": (
        [("mac", "E0:BA:AD:01:02:03", 0, None), ("rtsp", challenge("IP Camera(C2875)"), 554, None)],
        {**CONFIRMED, "device_class": "camera"},
    ),
    "neighbour of another maker": ([("mac", "AC:CC:8E:01:02:03", 0, None)], {**OTHER, "maker_name": "Axis"}),
    "guarded interface": (
        [
            ("http", challenge("0a1b2c3d4e5f60718293a4b5", "HTTP/1.1"), 80, ISAPI_401),
            ("http", page(status="404 Not Found"), 80, RANDOM),
        ],
        HIK,
    ),
    "a login everywhere": (
        [
            ("http", challenge("secure", "HTTP/1.1"), 80, ISAPI_401),
            ("http", challenge("secure", "HTTP/1.1"), 80, RANDOM),
        ],
        UNKNOWN,
    ),
    "one page everywhere": (
        [
            ("http", page("<p>welcome</p>"), 80, path)
            for path in (ISAPI_401, RANDOM, "GET /", "GET /SDK/activateStatus", "GET /doc/page/login.asp")
        ],
        UNKNOWN,
    ),
    "header of the web server": ([("http", page("<title>index</title>", "Server: DNVRS-Webs"), 80, "GET /")], HIK),
    "header with a version": ([("http", page("", "Server: Hikvision-Webs/3.0"), 80, "GET /")], NOT_HIK),
    "header that contains the word": ([("http", page("", "Server: desarrollo-de-app-webs"), 80, "GET /")], NOT_HIK),
    "generic header": ([("http", page("", "Server: webserver"), 80, "GET /")], UNKNOWN),
    "root page that leads to the login": (
        [("http", page('<script>window.location.href = "/doc/page/login.asp?_" + (new Date()).getTime();</script>'), 80, "GET /")],
        HIK,
    ),
    "look-alike with the same login": (
        [
            (
                "http",
                page('<script>window.location.href="/doc/page/login.asp";</script>', "Server: NVR Webserver"),
                80,
                "GET /",
            )
        ],
        NOT_HIK,
    ),
    "news about the ban": (
        [
            (
                "http",
                page("<title>Hikvision banned</title><p>Hikvision cameras, DS-2CD2143G2-I and HiLook, must go.</p>"),
                80,
                "GET /",
            )
        ],
        NOT_HIK,
    ),
    "list of assets": (
        [("http", page('<a href="http://10.0.0.9/doc/page/login.asp">DS-2CD2143G2-I Hikvision</a>'), 80, "GET /")],
        NOT_HIK,
    ),
    "activation": (
        [
            (
                "isapi",
                ('<ActivateStatus version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema"><Activated>true</Activated>'
                "</ActivateStatus>"),
                80,
                "GET /SDK/activateStatus",
            )
        ],
        {**CONFIRMED, "relation": None},
    ),
    "neutral build": (
        [
            (
                "isapi",
                '<userCheck xmlns="http://www.std-cgi.com/ver20/XMLSchema"><statusValue>401</statusValue></userCheck>',
                80,
                None,
            )
        ],
        {**HIK, "presented_brand": None},
    ),
    "doorbell of a relabelling brand": (
        [
            (
                "isapi",
                ('<DeviceInfo version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema"><model>NSC-DB2</model>'
                "<serialNumber>NSC-DB20120190108CCRRD12345678</serialNumber><firmwareVersion>V1.4.66</firmwareVersion>"
                "<manufacturer>Nelly's Security</manufacturer></DeviceInfo>"),
                80,
                ISAPI_401,
            )
        ],
        {**CONFIRMED, "relation": "relabel", "model": "NSC-DB2", "firmware": "V1.4.66", "presented_brand": "Nelly's Security"},
    ),
    "scope with the brand": (
        [
            (
                "onvif-wsdiscovery",
                hello("onvif://www.onvif.org/name/HIKVISION%20DS-2CD3955FWD-IWS onvif://www.onvif.org/hardware/DS-2CD3955FWD-IWS"),
                3702,
                None,
            )
        ],
        {**CONFIRMED, "presented_brand": "HIKVISION", "model": "DS-2CD3955FWD-IWS", "relation": "own", "device_class": "camera"},
    ),
    "relabel unmasked by its block": (
        [
            (
                "onvif-wsdiscovery",
                hello(
                    "onvif://www.onvif.org/hardware/DFI6256TE onvif://www.onvif.org/MAC/68:6d:bc:01:02:03",
                    "urn:uuid:cea94000-fb96-11b3-8260-686dbc010203",
                ),
                3702,
                None,
            )
        ],
        {**CONFIRMED, "model": "DFI6256TE", "mac": "68:6d:bc:01:02:03"},
    ),
    "city and port alone": (
        [
            (
                "onvif-wsdiscovery",
                hello(
                    "onvif://www.onvif.org/location/city/hangzhou onvif://www.onvif.org/name/ONVIF",
                    xaddrs="http://172.16.10.6:8000/onvif/device_service",
                ),
                3702,
                None,
            )
        ],
        NOT_HIK,
    ),
    "copied name spaces": (
        [
            (
                "onvif-soap",
                ('<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" '
                'xmlns:hikwsd="http://www.onvifext.com/onvif/ext/ver10/wsdl" '
                'xmlns:hikxsd="http://www.onvifext.com/onvif/ext/ver10/schema"><SOAP-ENV:Body/></SOAP-ENV:Envelope>'),
                80,
                None,
            )
        ],
        NOT_HIK,
    ),
    "recorder by its private branch": (
        [
            (
                "snmp",
                ("SNMPv2-MIB::sysDescr.0 = STRING: Hikvision company products\n"
                "1.3.6.1.4.1.50001.1.3.0 = 0820160719AARR624006457WCVU\n"),
                161,
                None,
            )
        ],
        {**CONFIRMED, "presented_brand": "HIKVISION", "serial": "0820160719AARR624006457WCVU", "device_class": "recorder"},
    ),
    "relabelled recorder by its description": (
        [("snmp", "sysDescr.0 = ABUS company products\n", 161, None)],
        {**HIK, "presented_brand": "ABUS", "relation": "relabel"},
    ),
    "camera by its private branch": (
        [
            (
                "snmp",
                "1.3.6.1.4.1.39165.1.1.0 = DS-2CD2185FWD-I\n1.3.6.1.4.1.39165.1.3.0 = V5.5.3 build 171025\n",
                161,
                None,
            )
        ],
        {**CONFIRMED, "model": "DS-2CD2185FWD-I", "firmware": "V5.5.3", "device_class": "camera"},
    ),
    "certificate of a recorder": (
        [
            (
                "tls-cert",
                ("subject=C=CN, ST=ZheJiang, L=HangZhou, O=HIKVISION, OU=DVRNVR, CN=www.hikvision.com\n"
                "issuer=C=CN, ST=ZheJiang, L=HangZhou, O=HIKVISION, OU=DVRNVR, CN=www.hikvision.com\n"),
                443,
                None,
            )
        ],
        {**CONFIRMED, "presented_brand": "HIKVISION", "relation": "own"},
    ),
    "host name that is the serial": (
        [("mdns", "host: DS-2CD2686G2T-IZS20231208AAWRAX6597176.local", 5353, None)],
        {**HIK, "model": "DS-2CD2686G2T-IZS", "device_class": "camera"},
    ),
    "factory address as host name": ([("telnet", "\r\n192.0.0.64 login: ", 23, None)], HIK),
    "control port": (
        [("sdk8000", "\\x00\\x00\\x00\\x10\\x00\\x00\\x00\\x1e\\x00\\x00\\x00\\x1e\\x00\\x00\\x00\\x00", 8000, None)],
        PROBABLE,
    ),
    "another service on the control port": ([("sdk8000", "SSH-2.0-Go\r\n", 8000, None)], NOT_HIK),
    "description of a recorder": (
        [
            (
                "upnp-description",
                description(
                    manufacturer="Hikvision",
                    modelName="DS-7608NI-I2",
                    serialNumber="DS-7608NI-I20820211224CCRRJ28921871WCVU",
                ),
                80,
                "GET /upnpdevicedesc.xml",
            )
        ],
        {**CONFIRMED, "presented_brand": "HIKVISION", "model": "DS-7608NI-I2", "device_class": "recorder"},
    ),
    "network storage": (
        [("upnp-description", description(manufacturer="Synology", modelName="DS918+", modelNumber="DS918+"), 5000, None)],
        {**OTHER, "maker_name": "Synology", "model": "DS918+"},
    ),
    "piece of device information": (
        [
            (
                "isapi",
                (
                    "<model>DS-2CD2043G2-I</model>\n<serialNumber>DS-2CD2043G2-I20230313CCCHK12345678</serialNumber>\n"
                    "<firmwareVersion>V5.7.15</firmwareVersion>\n<firmwareReleasedDate>build 230"
                ),
                80,
                "GET /ISAPI/System/deviceInfo",
            )
        ],
        {**HIK, "model": "DS-2CD2043G2-I", "serial": "DS-2CD2043G2-I20230313CCCHK12345678", "firmware": "V5.7.15"},
    ),
    "scopes that a service lists": (
        [
            (
                "onvif-soap",
                (
                    "<e:Envelope xmlns:e='e'><e:Body><GetScopesResponse>"
                    "<ScopeItem>onvif://www.onvif.org/hardware/DS-2CD2043G2-I</ScopeItem>"
                    "<ScopeItem>onvif://www.onvif.org/name/HIKVISION%20DS-2CD2043G2-I</ScopeItem>"
                    "</GetScopesResponse></e:Body></e:Envelope>"
                ),
                80,
                None,
            )
        ],
        {**HIK, "presented_brand": "HIKVISION", "relation": "own", "model": "DS-2CD2043G2-I"},
    ),
    "dashboard that links to a recorder": (
        [("http", page("<a href='http://192.0.2.5/doc/index.html#/portal/login'>NVR</a>"), 80, "GET /")],
        {"evidenced_maker": "unknown", "confidence": "none"},
    ),
    "refresh to the login page": (
        [("http", page('<meta http-equiv="refresh" content="0; url=/doc/index.html#/portal/login">'), 80, "GET /")],
        {"evidenced_maker": "hikvision", "confidence": "probable"},
    ),
    "name typed on a camera of another maker": (
        [("mdns", "instance: Reolink RLC-810A\ntype: _http._tcp.local\nhost: cam.local\n", 5353, None)],
        {**OTHER, "maker_name": "Reolink"},
    ),
    "name in the text of an instance": (
        [("mdns", "instance: Dahua room\ntype: _http._tcp.local\nhost: x.local\n", 5353, None)],
        {"evidenced_maker": "unknown"},
    ),
    "network storage by its announcement": (
        [("mdns", 'instance: nas\ntype: _http._tcp.local\ntxt: "vendor=Synology" "model=DS918+"\n', 5353, None)],
        {**OTHER, "maker_name": "Synology", "model": "DS918+"},
    ),
    "program with one page for short paths and a login below": (
        [
            ("isapi", page("", "WWW-Authenticate: Bearer", status="401 Unauthorized"), 443, ISAPI_401),
            ("http", page("<div id=root></div>"), 443, RANDOM),
        ],
        {"evidenced_maker": "unknown", "confidence": "none"},
    ),
    "bridge that names a camera in its own words": (
        [("mdns", "instance: Hikvision Front Door\ntype: _hap._tcp.local\nhost: bridge.local\n", 5353, None)],
        {"evidenced_maker": "unknown", "confidence": "none"},
    ),
    "model masked before it was published": (
        [
            (
                "isapi",
                '<DeviceInfo xmlns="http://www.hikvision.com/ver20/XMLSchema"><model>xxxx</model></DeviceInfo>',
                80,
                ISAPI_401,
            )
        ],
        {**CONFIRMED, "model": None},
    ),
    "relabel by block and name": (
        [
            ("upnp-description", description(manufacturer="SWANN", modelName="DVR8-1550"), 80, None),
            ("mac", "8C:E7:48:01:02:03", 0, None),
        ],
        {**HIK, "presented_brand": "Swann", "relation": "relabel", "model": "DVR8-1550"},
    ),
    "restreamer that passes a session name on": (
        [("rtsp", "RTSP/1.0 200 OK\r\nServer: gortsplib\r\nContent-Type: application/sdp\r\n\r\ns=HIK Media Server V3.0.17\r\n", 8554, None)],
        OTHER,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_host_comes_out_as_it_should(knowledge, observation, name):
    replies, expected = CASES[name]
    (device,) = identify(
        [observation(kind, payload, port=port, request=request) for kind, payload, port, request in replies],
        knowledge,
    )
    fields = device_fields(device)
    for key, wanted in expected.items():
        allowed = wanted if isinstance(wanted, tuple) else (wanted,)
        assert fields[key] in allowed, (key, fields[key], [one.signature for one in device.evidence])
