"""Cameras of other makers, with the traps that some of them are."""

from __future__ import annotations

from scanner.lab.card import Card, Truth
from scanner.lab.servers.http import Page, Web
from scanner.lab.servers.onvif import Onvif
from scanner.lab.servers.rtsp import Rtsp
from scanner.lab.servers.tls import Tls
from scanner.lab.servers.wsdiscovery import Discovery
from scanner.model.device import Confidence, DeviceClass
from scanner.model.evidence import Maker

_NOT_FOUND = Page("404 Not Found", ("Content-Type: text/html",), "<h1>404 Not Found</h1>\n")
_WHO = ("confidence", "device_class", "model", "presented_brand", "mac", "serial", "firmware")


def _other(name: str, *open_fields: str, model: str | None = None) -> Truth:
    return Truth(
        Maker.OTHER,
        Confidence.PROBABLE,
        name,
        device_class=DeviceClass.CAMERA,
        model=model,
        unjudged=(*_WHO, *open_fields),
    )


def _rtsp(options: str, describe: str) -> Rtsp:
    return Rtsp({"OPTIONS": options, "DESCRIBE": describe})


_S = (
    '<?xml version="1.0" encoding="utf-8" standalone="yes" ?>'
    '<s:Envelope xmlns:sc="http://www.w3.org/2003/05/soap-encoding" xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"'
    ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing">'
)
_SOAP_ENV = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:SOAP-ENC="http://www.w3.org/2003/05/soap-encoding"'
    ' xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:wsdd="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:tdn="http://www.onvif.org/ver10/network/wsdl"{more}>'
)
_HIK_SPACES = (
    ' xmlns:hikwsd="http://www.onvifext.com/onvif/ext/ver10/wsdl"'
    ' xmlns:hikxsd="http://www.onvifext.com/onvif/ext/ver10/schema"'
)
_SERVICE = (
    "<tds:GetServicesResponse><tds:Service><tds:Namespace>http://www.onvif.org/ver10/device/wsdl</tds:Namespace>"
    "<tds:XAddr>http://{where}/onvif/device_service</tds:XAddr><tds:Version><tt:Major>2</tt:Major>"
    "<tt:Minor>60</tt:Minor></tds:Version></tds:Service></tds:GetServicesResponse>"
)


def _short_discovery(
    scopes: str, where: str = "@web@", identity: str = "503b687a-b9d7-474f-a2d0-a18c8b25a464"
) -> Discovery:
    return Discovery(
        f"{_S}<s:Header><a:MessageID>uuid:{identity}</a:MessageID><a:RelatesTo>@relates-to@</a:RelatesTo>"
        "<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"
        "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action></s:Header>"
        f"<s:Body><d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>uuid:{identity}</a:Address>"
        "</a:EndpointReference><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>"
        f"<d:Scopes>{scopes}</d:Scopes>"
        f"<d:XAddrs>http://{where}/onvif/device_service</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
        "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
    )


_DAHUA_REALM = "Login to 4K01FD2PAJ00051"
_DAHUA = Card(
    name="dahua",
    title="Dahua camera: another maker from the same city, with its own discovery scopes",
    number=51,
    truth=_other("Dahua"),
    tcp=(
        Web(
            pages={
                "/": Page(
                    "200 OK",
                    (
                        "X-XSS-Protection: 1;mode=block",
                        "X-Frame-Options: SAMEORIGIN",
                        "Content-type: text/html;charset=utf-8",
                    ),
                    "<!DOCTYPE html><html><head><title>WEB SERVICE</title>"
                    '<script>var g_isdeviceinited = true</script><script src="/cap.js"></script></head>'
                    "<body></body></html>",
                )
            },
            under={
                "/cgi-bin/": Page(
                    "401 Unauthorized",
                    (
                        'WWW-Authenticate: Digest realm="' + _DAHUA_REALM + '", qop="auth", nonce="@nonce@",'
                        ' opaque="", stale="false"',
                    ),
                )
            },
            missing=_NOT_FOUND,
            onvif=Onvif(
                services=f"{_S}<s:Body>{_SERVICE.format(where='@web@')}</s:Body></s:Envelope>",
                fault="",
                fault_status="401 Unauthorized",
                fault_headers=(
                    f'WWW-Authenticate: Digest realm="{_DAHUA_REALM}",qop="auth",nonce="@nonce64@"',
                ),
            ),
        ),
        _rtsp(
            "RTSP/1.0 200 OK\nCSeq: @cseq@\nServer: Dahua Rtsp Server\n"
            "Public: OPTIONS, DESCRIBE, ANNOUNCE, SETUP, PLAY, RECORD, PAUSE, TEARDOWN,"
            " SET_PARAMETER, GET_PARAMETER\n\n",
            "RTSP/1.0 401 Unauthorized\nCSeq: @cseq@\n"
            f'WWW-Authenticate: Digest realm="{_DAHUA_REALM}", nonce="@nonce@"\n\n',
        ),
    ),
    udp=(
        _short_discovery(
            "onvif://www.onvif.org/location/country/china onvif://www.onvif.org/name/Dahua "
            "onvif://www.onvif.org/hardware/IPC-HFW2228M-I1-V2 onvif://www.onvif.org/Profile/Streaming "
            "onvif://www.onvif.org/type/Network_Video_Transmitter onvif://www.onvif.org/extension/unique_identifier"
        ),
    ),
    origin=(
        "RTSP: scottlamb/retina issue 62 and nmap-service-probes; ONVIF challenge: public file 15803164637",
        "WS-Discovery: public file 41621192913; page: public file 46376438246, rroller/dahua#101",
    ),
)

_UNIVIEW = Card(
    name="uniview",
    title="Uniview camera: made in Hangzhou too",
    number=52,
    truth=_other("Uniview"),
    tcp=(
        Web(
            pages={
                "/": Page(
                    "200 OK",
                    ("Content-Type: text/html",),
                    '<html><head><title></title><script>var GJS_VERSION = "1.0"; var gjs_oemtype = "Uniview";'
                    "</script></head><body></body></html>",
                )
            },
            missing=_NOT_FOUND,
        ),
        _rtsp(
            "RTSP/1.0 200 OK\nCSeq: @cseq@\n"
            "Public: OPTIONS,DESCRIBE,SETUP,PLAY,PAUSE,TEARDOWN,GET_PARAMETER\n\n",
            'RTSP/1.0 401 Unauthorized\nCSeq: @cseq@\nWWW-Authenticate: Digest realm="48ea63100034",'
            'nonce="@nonce@",stale="FALSE"\n\n',
        ),
    ),
    udp=(
        _short_discovery(
            "onvif://www.onvif.org/type/Network_Video_Transmitter "
            "onvif://www.onvif.org/location/country/China "
            "onvif://www.onvif.org/location/city/hangzhou onvif://www.onvif.org/name/Uniview "
            "onvif://www.onvif.org/hardware/IPC2122LB-SF28-A onvif://www.onvif.org/Profile/Streaming",
            identity="00010010-0001-1020-8000-48ea63100034",
        ),
    ),
    origin=(
        "page words: rules of public file 46941195467; MAC block: public file 33779407747",
        "RTSP and discovery: made up in that maker's form, no capture at hand",
    ),
)

_AXIS_REALM = "AXIS_ACCC8E100035"
_AXIS = Card(
    name="axis",
    title="Axis camera",
    number=53,
    truth=_other("Axis"),
    tcp=(
        Web(
            pages={
                "/": Page(
                    "302 Found",
                    ("Server: Apache", "Location: http://@web@/camera/index.html", "Content-Type: text/html"),
                ),
                "/camera/index.html": Page(
                    "200 OK",
                    ("Server: Apache", "Content-Type: text/html"),
                    "<html><head><title>AXIS</title></head><body></body></html>",
                ),
            },
            under={
                "/axis-cgi/": Page(
                    "401 Unauthorized",
                    (
                        f'WWW-Authenticate: Digest realm="{_AXIS_REALM}", nonce="@nonce@", qop="auth"',
                        f'WWW-Authenticate: Basic realm="{_AXIS_REALM}"',
                    ),
                )
            },
            missing=_NOT_FOUND,
        ),
        _rtsp(
            "RTSP/1.0 200 OK\nCSeq: @cseq@\n"
            "Public: OPTIONS, DESCRIBE, ANNOUNCE, GET_PARAMETER, PAUSE, PLAY, RECORD,"
            " SETUP, SET_PARAMETER, TEARDOWN\nServer: GStreamer RTSP server\nDate: @date@\n\n",
            "RTSP/1.0 401 Unauthorized\nCSeq: @cseq@\n"
            f'WWW-Authenticate: Digest realm="{_AXIS_REALM}", nonce="@nonce@", stale=FALSE\n'
            "Server: GStreamer RTSP server\nDate: @date@\n\n",
        ),
    ),
    udp=(
        Discovery(
            _SOAP_ENV.format(more="")
            + "<SOAP-ENV:Header><wsa:MessageID>uuid:b0bca4a7-5eee-48e6-ad9f-f4293e310053"
            "</wsa:MessageID><wsa:RelatesTo>@relates-to@</wsa:RelatesTo>"
            '<wsa:Action SOAP-ENV:mustUnderstand="true">'
            "http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action></SOAP-ENV:Header>"
            "<SOAP-ENV:Body><wsdd:ProbeMatches><wsdd:ProbeMatch><wsa:EndpointReference><wsa:Address>"
            "urn:uuid:e83a0086-3fdc-4d87-b8c4-83c0a16a0053</wsa:Address></wsa:EndpointReference>"
            "<wsdd:Types>tds:Device tdn:NetworkVideoTransmitter</wsdd:Types>"
            "<wsdd:Scopes>onvif://www.onvif.org/Profile/Streaming onvif://www.onvif.org/hardware/M2036-LE "
            "onvif://www.onvif.org/name/AXIS%20M2036-LE onvif://www.onvif.org/location/</wsdd:Scopes>"
            "<wsdd:XAddrs>http://@web@/onvif/device_service</wsdd:XAddrs>"
            "<wsdd:MetadataVersion>1</wsdd:MetadataVersion></wsdd:ProbeMatch></wsdd:ProbeMatches>"
            "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
        ),
    ),
    origin=(
        "RTSP: home-assistant/core issue 122159; WS-Discovery: public file 10406894590; realm: 48346556750",
        "title: rapid7/recog html_title.xml; redirect: the address that manuals of that maker name",
    ),
)

_TVT = Card(
    name="tvt",
    title="TVT recorder platform: widely relabelled, not Hikvision",
    number=54,
    truth=_other("TVT"),
    tcp=(
        Web(
            pages={
                "/": Page(
                    "200 OK",
                    ("Server: Cross Web Server", "Content-Type: text/html"),
                    "<html><head><title>WEB SERVICE</title></head><body></body></html>",
                )
            },
            missing=Page("404 Not Found", ("Server: Cross Web Server",)),
        ),
        _rtsp(
            "RTSP/1.0 200 OK\nCSeq: @cseq@\nServer: TVT RTSP Server\n"
            "Public: OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, GET_PARAMETER\n\n",
            "RTSP/1.0 401 Unauthorized\nCSeq: @cseq@\nServer: TVT RTSP Server\n"
            'WWW-Authenticate: Digest realm="TVT API", nonce="@nonce@"\n\n',
        ),
    ),
    origin=("headers: rapid7/recog and chainreactors/fingers goby.json; the rest made up around them",),
)

_REOLINK = Card(
    name="reolink",
    title="Reolink camera: its RTSP answers DESCRIBE to anybody",
    number=55,
    truth=_other("Reolink", "evidenced_maker", "maker_name"),
    tcp=(
        Web(
            pages={
                "/": Page(
                    "200 OK",
                    ("Server: nginx", "Content-Type: text/html"),
                    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Reolink</title></head>'
                    '<body><div id="app"></div></body></html>',
                )
            },
            missing=Page("404 Not Found", ("Server: nginx",)),
        ),
        Web(
            pages={
                "/": Page("200 OK", ("Server: nginx",), "<html><head><title>Reolink</title></head></html>")
            },
            missing=Page("404 Not Found", ("Server: nginx",)),
            port=443,
            tls=Tls("C=CN, ST=GD, L=ShenZhen, O=Reolink, CN=reolink.local"),
        ),
        _rtsp(
            "RTSP/1.0 200 OK\nCSeq: @cseq@\nDate: @rtsp-date@\n"
            "Public: OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER\n\n",
            "RTSP/1.0 200 OK\nCSeq: @cseq@\nDate: @rtsp-date@\n"
            "Content-Base: rtsp://@address@/h264Preview_01_main/\nContent-Type: application/sdp\n"
            "Content-Length: 165\n\nv=0\no=- 1619813458434609 1 IN IP4 127.0.0.1\n"
            's=Session streamed by "preview"\ni=h264Preview_01_main\nt=0 0\n'
            "a=tool:LIVE555 Streaming Media v2013.04.08\na=type:broadcast\n",
        ),
    ),
    origin=("RTSP: scottlamb/retina testdata/reolink_describe.txt; page: cyclopcam/cyclops, made up",),
)

_TAPO_FAULT = (
    _SOAP_ENV.format(more=_HIK_SPACES + ' xmlns:ter="http://www.onvif.org/ver10/error"')
    + "<SOAP-ENV:Body><SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value>"
    "<SOAP-ENV:Subcode><SOAP-ENV:Value>ter:NotAuthorized</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code>"
    '<SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="en">Sender not Authorized</SOAP-ENV:Text></SOAP-ENV:Reason>'
    "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
_TAPO = Card(
    name="tapo",
    title="Tapo camera: its ONVIF on port 2020 carries namespaces copied from Hikvision",
    number=56,
    truth=_other("TP-Link"),
    tcp=(
        _rtsp(
            "RTSP/1.0 200 OK\nCseq: @cseq@\nDate: @rtsp-date@\n"
            "Public: OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, GET_PARAMETER, SET_PARAMETER\n\n",
            "RTSP/1.0 401 Unauthorized\nCseq: @cseq@\nDate: @rtsp-date@\n"
            'Www-Authenticate: Basic realm="TP-Link IP-Camera"\n\n',
        ),
        Web(
            pages={},
            missing=_NOT_FOUND,
            onvif=Onvif(
                services=_SOAP_ENV.format(more=_HIK_SPACES)
                + f"<SOAP-ENV:Body>{_SERVICE.format(where='@address@:2020')}</SOAP-ENV:Body>"
                "</SOAP-ENV:Envelope>",
                fault=_TAPO_FAULT,
            ),
            port=2020,
        ),
    ),
    udp=(
        Discovery(
            _SOAP_ENV.format(more="")
            + "<SOAP-ENV:Header><wsa:MessageID>uuid:3fa1fe68-b915-4053-a3e1-c006c3af0056"
            "</wsa:MessageID><wsa:RelatesTo>@relates-to@</wsa:RelatesTo>"
            '<wsa:Action SOAP-ENV:mustUnderstand="true">'
            "http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action></SOAP-ENV:Header>"
            "<SOAP-ENV:Body><wsdd:ProbeMatches><wsdd:ProbeMatch><wsa:EndpointReference><wsa:Address>"
            "uuid:3fa1fe68-b915-4053-a3e1-c006c3af0056</wsa:Address><wsa:PortType>ttl</wsa:PortType>"
            "</wsa:EndpointReference><wsdd:Types>tdn:NetworkVideoTransmitter</wsdd:Types>"
            "<wsdd:Scopes>onvif://www.onvif.org/name/TP-IPC onvif://www.onvif.org/hardware/MODEL "
            "onvif://www.onvif.org/Profile/Streaming onvif://www.onvif.org/location/ShenZhen "
            "onvif://www.onvif.org/type/NetworkVideoTransmitter </wsdd:Scopes>"
            "<wsdd:XAddrs>http://@address@:2020/onvif/device_service</wsdd:XAddrs>"
            "<wsdd:MetadataVersion>1</wsdd:MetadataVersion></wsdd:ProbeMatch></wsdd:ProbeMatches>"
            "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
        ),
    ),
    origin=(
        "RTSP: AlexxIT/go2rtc issue 999; namespaces: public file 24130135218; WS-Discovery: 8209414390",
        "a recorded fault of this maker: public file 68328146673",
    ),
)

DEVICES: tuple[Card, ...] = (_DAHUA, _UNIVIEW, _AXIS, _TVT, _REOLINK, _TAPO)
