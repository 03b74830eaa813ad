"""Pieces that several devices of one maker share: envelopes, challenges, discovery answers, pages.

The shapes were read off captures that stand in public code; each card names its own. Serial numbers
keep their grammar and are made up, addresses keep the first three bytes and are made up, salts and
tokens are zeros.
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.lab.servers.http import Page, Web
from scanner.lab.servers.onvif import Onvif
from scanner.lab.servers.rtsp import Rtsp
from scanner.lab.servers.sadp import Sadp
from scanner.lab.servers.tls import Tls
from scanner.lab.servers.wsdiscovery import Discovery

HIKVISION_NS = "http://www.hikvision.com/ver20/XMLSchema"
ISAPI_NS = "http://www.isapi.org/ver20/XMLSchema"
STD_CGI_NS = "http://www.std-cgi.com/ver20/XMLSchema"

ENVELOPE = (
    '<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:soapenc="http://www.w3.org/2003/05/soap-encoding"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:timg="http://www.onvif.org/ver20/imaging/wsdl"'
    ' xmlns:tev="http://www.onvif.org/ver10/events/wsdl" xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl"'
    ' xmlns:tan="http://www.onvif.org/ver20/analytics/wsdl" xmlns:tst="http://www.onvif.org/ver10/storage/wsdl"'
    ' xmlns:ter="http://www.onvif.org/ver10/error" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"'
    ' xmlns:tns1="http://www.onvif.org/ver10/topics" xmlns:tmd="http://www.onvif.org/ver10/deviceIO/wsdl"'
    ' xmlns:wsdl="http://schemas.xmlsoap.org/wsdl" xmlns:wsoap12="http://schemas.xmlsoap.org/wsdl/soap12"'
    ' xmlns:http="http://schemas.xmlsoap.org/wsdl/http" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:wsadis="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:wsa="http://www.w3.org/2005/08/addressing"'
    ' xmlns:wstop="http://docs.oasis-open.org/wsn/t-1" xmlns:wsrf-bf="http://docs.oasis-open.org/wsrf/bf-2"'
    ' xmlns:wsntw="http://docs.oasis-open.org/wsn/bw-2" xmlns:wsrf-rw="http://docs.oasis-open.org/wsrf/rw-2"'
    ' xmlns:wsaw="http://www.w3.org/2006/05/addressing/wsdl" xmlns:wsrf-r="http://docs.oasis-open.org/wsrf/r-2"'
    ' xmlns:trc="http://www.onvif.org/ver10/recording/wsdl" xmlns:tse="http://www.onvif.org/ver10/search/wsdl"'
    ' xmlns:trp="http://www.onvif.org/ver10/replay/wsdl"'
    ' xmlns:tnshik="http://www.hikvision.com/2011/event/topics"'
    ' xmlns:hikwsd="http://www.onvifext.com/onvif/ext/ver10/wsdl"'
    ' xmlns:hikxsd="http://www.onvifext.com/onvif/ext/ver10/schema"'
    ' xmlns:tas="http://www.onvif.org/ver10/advancedsecurity/wsdl">'
)
"""The namespace list as a DS-2CD3955FWD-IWS sent it (public file 15028900494)."""

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def discovery(mac: str, scopes: str, prefix: str = "18ec6401-3aa0-11b5-83f6") -> Discovery:
    """A ProbeMatches in the maker's own envelope; ``mac`` as twelve hexadecimal digits.

    The last part of the endpoint's name is the MAC address (public files 15028900494, 28488762960).
    """
    name = f"urn:uuid:{prefix}-{mac}"
    return Discovery(
        f"{_XML}{ENVELOPE}\n<env:Header>\n<wsadis:MessageID>{name}</wsadis:MessageID>\n"
        "<wsadis:RelatesTo>@relates-to@</wsadis:RelatesTo>\n"
        "<wsadis:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsadis:To>\n"
        "<wsadis:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsadis:Action>\n"
        '<d:AppSequence InstanceId="705289" MessageNumber="11682"/>\n</env:Header>\n<env:Body>\n'
        "<d:ProbeMatches>\n<d:ProbeMatch>\n<wsadis:EndpointReference>\n"
        f"<wsadis:Address>{name}</wsadis:Address>\n</wsadis:EndpointReference>\n"
        "<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>\n"
        f"<d:Scopes>{scopes}</d:Scopes>\n"
        "<d:XAddrs>http://@web@/onvif/device_service</d:XAddrs>\n"
        "<d:MetadataVersion>10</d:MetadataVersion>\n"
        "</d:ProbeMatch>\n</d:ProbeMatches>\n</env:Body>\n</env:Envelope>\n"
    )


def onvif(*, fault_headers: tuple[str, ...] = (), fault_status: str = "400 Bad Request") -> Onvif:
    """The maker's device service: services listed to anybody, information refused."""
    services = "".join(
        f"<tds:Service><tds:Namespace>http://www.onvif.org/{space}</tds:Namespace>"
        f"<tds:XAddr>http://@web@/onvif/{path}</tds:XAddr>"
        f"<tds:Version><tt:Major>{major}</tt:Major><tt:Minor>{minor}</tt:Minor></tds:Version></tds:Service>\n"
        for space, path, major, minor in (
            ("ver10/device/wsdl", "device_service", 16, 12),
            ("ver10/media/wsdl", "Media", 16, 12),
            ("ver10/events/wsdl", "Events", 16, 12),
            ("ver20/imaging/wsdl", "Imaging", 16, 6),
            ("ver10/deviceIO/wsdl", "DeviceIO", 16, 12),
            ("ver20/analytics/wsdl", "Analytics", 16, 12),
        )
    )
    return Onvif(
        services=f"{_XML}{ENVELOPE}<env:Body><tds:GetServicesResponse>{services}</tds:GetServicesResponse>\n"
        "</env:Body>\n</env:Envelope>\n",
        fault=f"{_XML}{ENVELOPE}<env:Body><env:Fault><env:Code><env:Value>env:Sender</env:Value>"
        "<env:Subcode><env:Value>ter:NotAuthorized</env:Value></env:Subcode></env:Code>"
        '<env:Reason><env:Text xml:lang="en">The action requested requires authorization and the sender is '
        "not authorized</env:Text></env:Reason></env:Fault>\n</env:Body>\n</env:Envelope>\n",
        fault_status=fault_status,
        fault_headers=fault_headers,
    )


def challenge(realm: str) -> str:
    """The digest challenge of cameras and recorders of V5 (public file 18036528041)."""
    return f'WWW-Authenticate: Digest qop="auth", realm="{realm}", nonce="@nonce@", stale="FALSE"'


def old_challenge(realm: str) -> str:
    """The digest challenge of V3 and V4, with its domain of two colons (public file 7377077238)."""
    return (
        f'WWW-Authenticate: Digest realm="{realm}", domain="::", qop="auth", nonce="@nonce@:@millis@",'
        ' opaque="", algorithm="MD5", stale="FALSE"'
    )


def terminal_challenge(realm: str) -> str:
    """The digest challenge of terminals and intercoms, nonce in base64 (public file 53411877138)."""
    return (
        f'WWW-Authenticate: Digest qop="auth", realm="{realm}", nonce="@nonce64@", stale="false",'
        ' opaque="", domain="::"'
    )


def basic(realm: str) -> str:
    """A basic challenge beside it."""
    return f'WWW-Authenticate: Basic realm="{realm}"'


def user_check(namespace: str | None, *, activated: bool | None = None) -> str:
    """The body of a 401 under /ISAPI (public files 18761962418, 68315297336; old form without namespace)."""
    opening = f'<userCheck version="2.0" xmlns="{namespace}">' if namespace else "<userCheck>"
    middle = "" if activated is None else f"<isActivated>{str(activated).lower()}</isActivated>\n"
    lock = "<lockStatus>unlock</lockStatus>\n<unlockTime>0</unlockTime>\n<retryLoginTime>5</retryLoginTime>\n"
    return (
        f'<?xml version="1.0" encoding="UTF-8" ?>\n{opening}\n<statusValue>401</statusValue>\n'
        f"<statusString>Unauthorized</statusString>\n{middle}{lock if namespace else ''}</userCheck>\n"
    )


def activate_status(namespace: str, *, activated: bool = True) -> str:
    """What GET /SDK/activateStatus answers to anybody (public files 68961378332, 15251382388)."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ActivateStatus version="2.0" xmlns="{namespace}">\n'
        f"<Activated>{str(activated).lower()}</Activated>\n</ActivateStatus>\n"
    )


def xml_page(status: str, body: str, *headers: str) -> Page:
    """An XML reply."""
    return Page(status, (*headers, 'Content-Type: application/xml; charset="UTF-8"'), body)


def not_found(*headers: str) -> Page:
    """The short 404 of the small web servers."""
    return Page(
        "404 Not Found",
        (*headers, "Content-Type: text/html"),
        "<!DOCTYPE html>\n<html><head><title>Document Error: Not Found</title></head>\n"
        "<body><h2>Access Error: 404 -- Not Found</h2>\n</body>\n</html>\n",
    )


def guarded_web(
    headers: tuple[str, ...],
    root: str,
    *challenges: str,
    namespace: str = HIKVISION_NS,
    check: Page | None = None,
    activated: bool = True,
    more: Mapping[str, Page] | None = None,
    onvif: Onvif | None = None,
    port: int = 80,
    tls: Tls | None = None,
) -> Web:
    """A web server with ISAPI guarded, activation open, and the rest not found.

    Args:
        headers: of every reply.
        root: the page at ``/``.
        challenges: headers of what ISAPI answers.
        namespace: of the XML bodies.
        check: what ISAPI answers, if not a plain 401 with the challenges.
        activated: what it says of its activation.
        more: further pages.
        onvif: its device service.
        port: where it listens.
        tls: its certificate.
    """
    guard = check or xml_page("401 Unauthorized", user_check(namespace), *headers, *challenges)
    return Web(
        pages={
            "/": Page("200 OK", (*headers, "Content-Type: text/html"), root),
            "/SDK/activateStatus": xml_page(
                "200 OK", activate_status(namespace, activated=activated), *headers
            ),
            **(more or {}),
        },
        under={"/ISAPI/": guard},
        missing=not_found(*headers),
        onvif=onvif,
        port=port,
        tls=tls,
    )


def camera_rtsp(*challenges: str) -> Rtsp:
    """RTSP of cameras from about V5.2 on, two blanks after ``Date:`` (public file 12939387716)."""
    asked = "".join(f"WWW-Authenticate: {line}\n" for line in challenges)
    return Rtsp(
        {
            "OPTIONS": "RTSP/1.0 200 OK\nCSeq: @cseq@\n"
            "Public: OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, GET_PARAMETER\n"
            "Date:  @rtsp-date@\n\n",
            "DESCRIBE": f"RTSP/1.0 401 Unauthorized\nCSeq: @cseq@\n{asked}Date:  @rtsp-date@\n\n",
        }
    )


def sadp(
    kind: str,
    model: str,
    serial: str,
    mac: str,
    software: str,
    *,
    channels: tuple[int, int] = (0, 1),
    dsp: str | None = "V7.3 build 190626",
    more: Mapping[str, str] | None = None,
    full: bool = True,
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> Sadp:
    """A ProbeMatch with the elements and the order of captures (``sadp_samples`` of the research).

    ``mac`` with dashes; ``full`` adds the elements of cameras of V5.5 and later; a salt is zeros.
    """
    pairs: dict[str, str] = {
        "DeviceType": kind,
        "DeviceDescription": model,
        "DeviceSN": serial,
        "CommandPort": "8000",
        "HttpPort": "@http-port@",
        "MAC": mac,
        "IPv4Address": "@address@",
        "IPv4SubnetMask": "255.255.255.0",
        "IPv4Gateway": "0.0.0.0",
    }
    if full:
        pairs |= {"IPv6Address": "::", "IPv6Gateway": "::", "IPv6MaskLen": "64"}
    pairs |= {
        "DHCP": "false",
        "AnalogChannelNum": str(channels[0]),
        "DigitalChannelNum": str(channels[1]),
        "SoftwareVersion": software,
    }
    if dsp:
        pairs["DSPVersion"] = dsp
    pairs["BootTime"] = "2026-09-18 09:21:28"
    if full:
        pairs |= {"Encrypt": "true", "ResetAbility": "false", "DiskNumber": "0"}
    pairs |= {"Activated": "true", "PasswordResetAbility": "true"}
    if full:
        pairs |= {
            "PasswordResetModeSecond": "true",
            "SupportSecurityQuestion": "true",
            "SupportHCPlatform": "true",
            "HCPlatformEnable": "flase",
            "IsModifyVerificationCode": "true",
            "Salt": "0" * 64,
            "DeviceLock": "flase",
        }
    return Sadp(tuple((pairs | dict(more or {})).items()), declaration)
