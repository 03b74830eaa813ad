"""Cameras of five generations of firmware, oldest first."""

from __future__ import annotations

from scanner.lab.card import Card, own_device
from scanner.lab.devices import parts
from scanner.lab.servers.http import Page, Web
from scanner.lab.servers.mdns import Mdns
from scanner.lab.servers.rtsp import Rtsp
from scanner.lab.servers.sdk import Waiting
from scanner.lab.servers.tls import Tls
from scanner.model.device import DeviceClass

SDK_REFUSAL = bytes.fromhex("000000100000001e0000001e00000000")
"""What port 8000 sent in nmap's nmap-service-probes, line 1821: status 30, no user."""

FRAME_PAGE = """<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>index</title>
<script type="text/javascript" src="doc/script/jquery.min.js"></script>
<script type="text/javascript" src="doc/script/jquery.cookie.js"></script>
<script language="JavaScript">\x20
self.moveTo(0,0);   //使其IE窗口最大化
self.resizeTo(screen.availWidth,screen.availHeight);\x20
$.cookie('language', 'en');
$.cookie('updateTips', 'true');

window.location.href = "doc/page/login.asp"; //如果是简体中文或繁体中文
</script>\x20
</head>
<body>
</body>
</html>"""
"""Root page of the V3 and V4 web interface (public file 15608889700), its language table cut."""

LOGIN_PAGE = """\ufeff<!doctype html>
<html>
<head>
\t<title></title>
\t<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
\t<meta http-equiv="X-UA-Compatible" content="IE=edge" >
\t<meta http-equiv="Pragma" content="no-cache" />
\t<meta http-equiv="Cache-Control" content="no-cache, must-revalidate" />
\t<meta http-equiv="Expires" content="0" />
\t<!-- 去除edge下将数字处理成电话的错误 -->
\t<meta name="format-detection" content="telephone=no" />
</head>
<body>
</body>
<script>
\twindow.location.href = "./doc/page/login.asp?_" + (new Date()).getTime();
</script>
</html>"""
"""Root page from V5.5 on (public file 29293732417; the comment from cyclopcam/cyclops)."""

VUE_PAGE = """\ufeff<!doctype html>
<html>
<head>
\t<title></title>
\t<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
</head>
<body></body>
<script>
\twindow.location.href = "/doc/index.html#/portal/login";
</script>
</html>"""
"""Root page of the newest interface: the address is captured (public file 16138771778), its frame not."""

GUARDED = "X-Frame-Options: SAMEORIGIN"


def modern_web(
    server: str,
    root: str,
    challenge: str,
    *,
    namespace: str = parts.HIKVISION_NS,
    port: int = 80,
    tls: Tls | None = None,
    activated: bool = True,
) -> Web:
    """The web server of V5.3 and later: ISAPI guarded, activation open, the rest not found."""
    headers = (f"Server: {server}", GUARDED) if server else (GUARDED,)
    return parts.guarded_web(
        headers, root, challenge, namespace=namespace, activated=activated, port=port, tls=tls
    )


_V3_MODEL = "DS-2CD2032-I"
_V3 = Card(
    name="camera-v3",
    title="camera of 2013, firmware V5.1, web server DNVRS-Webs, ONVIF on",
    number=11,
    truth=own_device(
        DeviceClass.CAMERA,
        _V3_MODEL,
        "DS-2CD2032-I20131210CCWR443700388",
        "V5.1.0",
        "c0:56:e3:1a:02:0b",
        presented_brand="HIKVISION",
    ),
    tcp=(
        Web(
            pages={"/": Page("200 OK", ("Server: DNVRS-Webs", "Content-Type: text/html"), FRAME_PAGE)},
            under={
                prefix: Page(
                    "401 Unauthorized",
                    (
                        "Server: DNVRS-Webs",
                        parts.old_challenge(_V3_MODEL),
                        parts.basic(_V3_MODEL),
                        "Content-Type: application/xml",
                    ),
                    parts.user_check(None),
                )
                for prefix in ("/ISAPI/", "/PSIA/")
            },
            missing=parts.not_found("Server: DNVRS-Webs"),
            onvif=parts.onvif(),
        ),
        Rtsp(
            {
                "OPTIONS": "RTSP/1.0 200 OK\nCSeq: @cseq@\n"
                "Public: DESCRIBE, PLAY, PAUSE, SETUP, OPTIONS, TEARDOWN, SET_PARAMETER\n\n",
                "DESCRIBE": 'RTSP/1.0 401 Unauthorized\nCSeq: @cseq@\nWWW-Authenticate: Basic realm="/"\n\n',
            }
        ),
        Waiting(8000, SDK_REFUSAL),
    ),
    udp=(
        parts.sadp(
            "41019",
            _V3_MODEL,
            "DS-2CD2032-I20131210CCWR443700388",
            "c0-56-e3-1a-02-0b",
            "V5.1.0build 131202",
            dsp="V4.0, build 131107",
            full=False,
        ),
        parts.discovery(
            "c056e31a020b",
            "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/hardware/DS-2CD2032-I "
            "onvif://www.onvif.org/name/HIKVISION%20DS-2CD2032-I onvif://www.onvif.org/location/city/hangzhou",
        ),
        Mdns("HIKVISION DS-2CD2032-I - 443700388", "DS-2CD2032-I20131210CCWR443700388"),
    ),
    origin=(
        "root page: public file 15608889700; header DNVRS-Webs: public file 37812723304",
        "challenge: recorded in a Greenbone check (public file 7377077238), realm of the form in 10105826040",
        "RTSP: public file 36205657649; port 8000: nmap-service-probes line 1821",
        "SADP: elements of the shortest captures; WS-Discovery: public file 15028900494",
    ),
)

_V52_MAC = "a41437400b0c"
_V52 = Card(
    name="camera-v52",
    title="camera of 2016, firmware V5.4, web server App-webs, its MAC as realm",
    number=12,
    truth=own_device(
        DeviceClass.CAMERA,
        "DS-2CD3T25D-I3",
        "DS-2CD3T25D-I320161028AACH666200424",
        "V5.4.20",
        "a4:14:37:40:0b:0c",
        presented_brand="HIKVISION",
    ),
    tcp=(
        parts.guarded_web(
            ("Server: App-webs/",),
            FRAME_PAGE,
            parts.challenge(_V52_MAC),
            parts.basic(_V52_MAC),
            more={
                "/doc/script/lib/seajs/config/sea-config.js": Page(
                    "200 OK",
                    ("Server: App-webs/", "Content-Type: text/javascript"),
                    'seajs.web_version="V4.0.1build171121";',
                ),
            },
            onvif=parts.onvif(),
        ),
        parts.camera_rtsp(
            f'Digest realm="{_V52_MAC}", nonce="@nonce@", stale="FALSE"', f'Basic realm="{_V52_MAC}"'
        ),
        Waiting(8000),
    ),
    udp=(
        parts.sadp(
            "140071",
            "DS-2CD3T25D-I3",
            "DS-2CD3T25D-I320161028AACH666200424",
            "a4-14-37-40-0b-0c",
            "V5.4.20build 160726",
            dsp="V7.3 build 160713",
        ),
        parts.discovery(
            _V52_MAC,
            "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/Profile/Streaming "
            "onvif://www.onvif.org/MAC/a4:14:37:40:0b:0c onvif://www.onvif.org/hardware/DS-2CD3T25D-I3 "
            "onvif://www.onvif.org/name/HIKVISION%20DS-2CD3T25D-I3 onvif://www.onvif.org/location/city/hangzhou",
            "8bde032b-45a0-11b5-8404",
        ),
    ),
    origin=(
        "model, serial, firmware: public file 11558647860; RTSP with a MAC as realm: 45432850679",
        "root page: public file 15608889700; sea-config: Greenbone gb_hikvision_ip_camera_http_detect",
        "SADP: https://553668.com/manong/259645.html; WS-Discovery: public file 15028900494",
    ),
)

_V55 = Card(
    name="camera-v55",
    title="camera of 2020, firmware V5.6, web server webserver, ONVIF off as delivered",
    number=13,
    truth=own_device(
        DeviceClass.CAMERA,
        "DS-2CD2385G1-I",
        "DS-2CD2385G1-I20200414AAWRE33800150",
        "V5.6.2",
        "58:50:ed:10:00:0d",
    ),
    tcp=(
        modern_web("webserver", LOGIN_PAGE, parts.challenge("IP Camera(E0150)")),
        parts.camera_rtsp('Digest realm="IP Camera(E0150)", nonce="@nonce@", stale="FALSE"'),
        Waiting(8000),
        Waiting(8443, strict=False, tls=Tls("C=CN, ST=ZheJiang, L=HangZhou, O=IP Camera, CN=192.168.1.64")),
    ),
    udp=(
        parts.sadp(
            "141945",
            "DS-2CD2385G1-I",
            "DS-2CD2385G1-I20200414AAWRE33800150",
            "58-50-ed-10-00-0d",
            "V5.6.2build 190701",
            more={
                "DetailOEMCode": "1",
                "SDKOverTLSPort": "8443",
                "SDKServerStatus": "true",
                "SDKOverTLSServerStatus": "true",
            },
        ),
    ),
    origin=(
        "SADP: public file 28488762960; RTSP: public files 12939387716 and 34128402832",
        "root page: public file 29293732417; challenge: public file 18036528041",
        "certificate of 8443: inferred, no capture of a camera's known",
    ),
)

_V57 = Card(
    name="camera-v57",
    title="camera of 2022, firmware V5.7, new web interface, HTTPS beside HTTP",
    number=14,
    truth=own_device(
        DeviceClass.CAMERA,
        "DS-2CD2387G2-LSU/SL",
        "DS-2CD2387G2-LSU/SL20220118AAWRJ50000151",
        "V5.7.3",
        "24:0f:9b:10:00:0e",
    ),
    tcp=(
        modern_web("Webs", VUE_PAGE, parts.challenge("IP Camera(J0151)")),
        modern_web(
            "Webs",
            VUE_PAGE,
            parts.challenge("IP Camera(J0151)"),
            port=443,
            tls=Tls("C=CN, ST=ZheJiang, L=HangZhou, O=IP Camera, CN=192.168.1.64"),
        ),
        parts.camera_rtsp('Digest realm="IP Camera(J0151)", nonce="@nonce@", stale="FALSE"'),
        Waiting(8000),
    ),
    udp=(
        parts.sadp(
            "155650",
            "DS-2CD2387G2-LSU/SL",
            "DS-2CD2387G2-LSU/SL20220118AAWRJ50000151",
            "24-0f-9b-10-00-0e",
            "V5.7.3build 220112",
            dsp="V7.3 build 220105",
        ),
    ),
    origin=(
        "challenge with the newer nonce: public file 18036528041; SADP: public file 69112239485",
        "root page: address captured (public file 16138771778), frame inferred",
    ),
)

_NEWEST = Card(
    name="camera-newest",
    title="camera of 2025, realm of eight digits, no Server header",
    number=15,
    truth=own_device(
        DeviceClass.CAMERA,
        "DS-2CD1143G2-LIU",
        "DS-2CD1143G2-LIU20250923AAWRGG3000152",
        "V5.8.10",
        "bc:5e:33:10:00:0f",
    ),
    tcp=(
        modern_web(
            "",
            VUE_PAGE,
            parts.terminal_challenge("DS-595F1BA8"),
        ),
        parts.camera_rtsp('Digest realm="DS-595F1BA8", nonce="@nonce@", stale="FALSE"'),
        Waiting(8000),
    ),
    udp=(
        parts.sadp(
            "155650",
            "DS-2CD1143G2-LIU",
            "DS-2CD1143G2-LIU20250923AAWRGG3000152",
            "bc-5e-33-10-00-0f",
            "V5.8.10build 250812",
            dsp="V7.3 build 250805",
        ),
    ),
    origin=(
        "challenge: public files 14033337312 and 62377225497 (seen on terminals; on cameras inferred)",
        "serial grammar: two letters and seven digits, as on labels of 2025",
    ),
)

DEVICES: tuple[Card, ...] = (_V3, _V52, _V55, _V57, _NEWEST)
