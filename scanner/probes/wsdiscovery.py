"""WS-Discovery: the ONVIF question for cameras, to a group and to single addresses.

One SOAP ``Probe`` to UDP 3702: to 239.255.255.250 and ff02::c, and unicast, which crosses routers. Answers
hold the device's identifier (often with its MAC address in it), types, scopes (model, hardware, location,
sometimes the MAC) and service addresses (sadp.md §5.5).

The question names the type ``dn:NetworkVideoTransmitter``, with the prefix declared on the envelope as the
common ONVIF manager does. The standard wants an answer to a question without types too, but recorders have
been met that stay silent then (onvif-rs pull request 61), and cameras that answer no other type than this
(ZoneMinder issue 1644); every type named must match, so a second one would lose devices. And a question
without types would make every printer and PC on the link answer.

Silence: ONVIF is off, which is the delivered state since firmware 5.5. It proves nothing.

Never: any other action, a Resolve, credentials.
"""

from __future__ import annotations

from uuid import UUID

from scanner.model.probe import Call, Probe, ProbeKind
from scanner.model.protocol import Protocol
from scanner.parsers import wsdiscovery

PORT = 3702
GROUPS = ("239.255.255.250", "ff02::c")
TYPES = "dn:NetworkVideoTransmitter"
_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
_TEMPLATE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="{_ADDRESSING}"'
    f' xmlns:d="{_DISCOVERY}" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
    "<s:Header>"
    "<a:MessageID>urn:uuid:{uuid}</a:MessageID>"
    f"<a:ReplyTo><a:Address>{_ADDRESSING}/role/anonymous</a:Address></a:ReplyTo>"
    '<a:To s:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>'
    f'<a:Action s:mustUnderstand="true">{_DISCOVERY}/Probe</a:Action>'
    "</s:Header>"
    f"<s:Body><d:Probe><d:Types>{TYPES}</d:Types></d:Probe></s:Body>"
    "</s:Envelope>"
)


def question(uuid: str) -> bytes:
    """The bytes of one Probe.

    Raises:
        ValueError: ``uuid`` is none, so nothing else can be put into the envelope.
    """
    return _TEMPLATE.format(uuid=str(UUID(uuid))).encode("ascii")


def reads(datagram: bytes) -> bool:
    """True for a device's answer or announcement, False for a question, ours or another client's."""
    return wsdiscovery.is_answer(datagram)


PROBE = Probe(
    name="wsdiscovery",
    title="ONVIF discovery",
    kind=ProbeKind.CALL,
    protocol=Protocol.ONVIF_WSDISCOVERY,
    order=2,
    transport="udp",
    ports=(PORT,),
    sends=(f"WS-Discovery Probe for {TYPES} with a random message number",),
    silence="ONVIF is off, as it is when delivered since firmware 5.5. Never a sign of absence.",
    datagrams=2,
    needs=("multicast",),
    call=Call(port=PORT, groups=GROUPS, payload=question, reads=reads, unicast=True),
    sources=("OASIS WS-Discovery (2005/04)", "ONVIF Core Specification §7", "research sadp.md §5.5"),
)
