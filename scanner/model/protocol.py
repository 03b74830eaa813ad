"""The protocols whose payloads hiksweep can read."""

from __future__ import annotations

from enum import StrEnum


class Protocol(StrEnum):
    """The closed list of payload kinds; the value is the word used in every file and output."""

    HTTP = "http"
    HTTPS = "https"
    RTSP = "rtsp"
    ONVIF_WSDISCOVERY = "onvif-wsdiscovery"
    ONVIF_SOAP = "onvif-soap"
    ISAPI = "isapi"
    SADP = "sadp"
    SSDP = "ssdp"
    UPNP_DESCRIPTION = "upnp-description"
    MDNS = "mdns"
    SNMP = "snmp"
    TLS_CERT = "tls-cert"
    TELNET = "telnet"
    FTP = "ftp"
    SSH = "ssh"
    SDK8000 = "sdk8000"
    MAC = "mac"
    DHCP = "dhcp"
    OTHER_TOOL = "other-tool"
    """What another tool concluded: an opinion, no reply."""
