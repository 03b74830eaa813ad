"""Hostile bytes into named fields, one kind of payload a file.

`PARSERS` lists who reads what; `read` is the door. A parser returns fields or raises `Malformed`, nothing
else, whatever the bytes are; none of them opens anything, asks a clock or keeps a state. Before them come
`layers`, which takes packets apart, and `heard`, which says whose word a packet is, and of which kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.model.protocol import Protocol
from scanner.parsers import (
    banner,
    dhcp,
    http,
    mac,
    mdns,
    onvif_soap,
    other_tool,
    rtsp,
    sadp,
    sdk8000,
    snmp,
    ssdp,
    tls_cert,
    wsdiscovery,
)

Parser: TypeAlias = Callable[[bytes, str | None], Fields]

PARSERS: Mapping[Protocol, Parser] = MappingProxyType(
    {
        Protocol.HTTP: http.read,
        Protocol.HTTPS: http.read,
        Protocol.RTSP: rtsp.read,
        Protocol.ONVIF_WSDISCOVERY: wsdiscovery.read,
        Protocol.ONVIF_SOAP: onvif_soap.read,
        Protocol.ISAPI: http.read_xml,
        Protocol.SADP: sadp.read,
        Protocol.SSDP: ssdp.read,
        Protocol.UPNP_DESCRIPTION: http.read_xml,
        Protocol.MDNS: mdns.read,
        Protocol.SNMP: snmp.read,
        Protocol.TLS_CERT: tls_cert.read,
        Protocol.TELNET: banner.read_telnet,
        Protocol.FTP: banner.read,
        Protocol.SSH: banner.read,
        Protocol.SDK8000: sdk8000.read,
        Protocol.MAC: mac.read,
        Protocol.DHCP: dhcp.read,
        Protocol.OTHER_TOOL: other_tool.read,
    }
)


def read(protocol: Protocol, payload: bytes, request: str | None = None) -> Fields:
    """Read one payload.

    Args:
        protocol: what kind of payload it is.
        payload: the bytes as they came; line feeds are as good as CRLF.
        request: what was asked, as ``GET /path``; None = not known.

    Returns:
        What could be read; a payload that was cut is read as far as it goes.

    Raises:
        Malformed: nothing in it could be read as that kind.
    """
    if not payload:
        raise Malformed("an empty payload")
    return PARSERS[protocol](payload, request)
