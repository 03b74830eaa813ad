"""What an entry of a Zeek log says of a device, whatever the log is written in.

Read are conn, http, ssl, x509, dhcp, software, and known_hosts, known_devices, known_services and known_certs
(docs.zeek.org, log files). Zeek keeps names of certificates in x509 and who showed them in ssl; of files that
are joined the two meet here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scanner.importers.interface import PORTS, Row
from scanner.importers.making import (
    NO_ADDRESS,
    address_of,
    broken,
    certificate_text,
    http_head,
    lease,
    opinion,
    port_of,
    station,
    tcp,
    time_of,
    unused,
)
from scanner.model.ending import Ending
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

Entry = Mapping[str, str]
HELD = 1 << 14
"""Certificates, and connections, that wait for one another at most."""

STATES: Mapping[str, Ending] = {
    "S0": Ending.SILENT,
    "REJ": Ending.REFUSED,
    "S1": Ending.COMPLETE,
    "S2": Ending.COMPLETE,
    "S3": Ending.COMPLETE,
    "SF": Ending.COMPLETE,
    "RSTO": Ending.COMPLETE,
    "RSTR": Ending.COMPLETE,
}
"""How the responder met it; connections of other states (RSTOS0, RSTRH, SH, SHR, OTH) were seen by halves."""
_PROGRAMS = {"HTTP::SERVER": Protocol.HTTP, "HTTP::APPSERVER": Protocol.HTTP, "SSH::SERVER": Protocol.SSH}
_CLIENTS = re.compile("BROWSER|CLIENT|UNKNOWN")
LEFT = "a kind of log that says nothing of a device"


@dataclass
class Joined:
    """Certificates and those who show them, in one file."""

    certificates: dict[str, bytes] = field(default_factory=dict)
    servers: dict[str, tuple[str, int]] = field(default_factory=dict)


def row_of(place: str, kind: str, entry: Entry, joined: Joined) -> Row:
    """The row of one entry.

    Args:
        place: where it stands.
        kind: name of the log, ``conn``; empty = told by its fields.
        entry: its fields; what Zeek did not set is absent.
        joined: what waits for its other half.
    """
    reader = _READERS.get(kind or kind_of(entry))
    return reader(place, entry, joined) if reader is not None else unused(place, LEFT)


def kind_of(fields: Mapping[str, object]) -> str:
    """The log that has these fields."""
    return next((kind for kind, needed in _MARKS.items() if needed <= set(fields)), "")


_MARKS = {
    "http": frozenset({"ts", "uid", "id.resp_h", "trans_depth"}),
    "ssl": frozenset({"ts", "uid", "id.resp_h", "established"}),
    "conn": frozenset({"ts", "uid", "id.resp_h", "conn_state"}),
    "x509": frozenset({"ts", "certificate.subject"}),
    "software": frozenset({"ts", "host", "software_type"}),
    "dhcp": frozenset({"ts", "msg_types"}),
    "known_devices": frozenset({"ts", "mac"}),
    "known_certs": frozenset({"ts", "host", "port_num", "subject"}),
    "known_services": frozenset({"ts", "host", "port_num", "service"}),
}
"""In this order; ``known_hosts`` has no field of its own."""


def _conn(place: str, entry: Entry, _joined: Joined) -> Row:
    address, port = address_of(entry.get("id.resp_h")), port_of(entry.get("id.resp_p"))
    if not address:
        return unused(place, NO_ADDRESS)
    if entry.get("proto") != "tcp" or not port:
        return Row(place, names=(address,), unused="not TCP: it proves no port asked")
    ending = STATES.get(entry.get("conn_state", ""))
    if ending is None:
        return Row(place, names=(address,), unused="a connection that was seen by halves")
    if ending is not Ending.COMPLETE and port not in PORTS:
        return Row(place, names=(address,), unused="a port that is not of the sweep, and did not accept")
    return Row(place, endings=(tcp(address, port, ending, time_of(entry.get("ts"))),))


def _http(place: str, entry: Entry, _joined: Joined) -> Row:
    address, port, at = _responder(entry)
    if not address or not port:
        return unused(place, NO_ADDRESS)
    status = entry.get("status_code", "")
    if not status:
        return unused(place, "a question without an answer")
    if entry.get("proxied") or "://" in entry.get("uri", ""):
        return unused(place, "through a proxy: the answer is another host's")
    headers = [("Server", entry[name]) for name in ("server", "server_header") if entry.get(name)]
    payload = http_head(status, headers)
    if not payload:
        return broken(place, "no status")
    request = f"{entry.get('method', 'GET')} {entry.get('uri', '/')}"[:2048]
    heard = Observation(address, Protocol.HTTP, payload, port, request, at=at, synthesised=True)
    return Row(place, (heard,), (tcp(address, port, Ending.COMPLETE, at),))


def _ssl(place: str, entry: Entry, joined: Joined) -> Row:
    address, port, at = _responder(entry)
    if not address or not port:
        return unused(place, NO_ADDRESS)
    ended = (tcp(address, port, Ending.COMPLETE, at),)
    own = certificate_text(entry.get("subject", ""), entry.get("issuer", ""))
    if not own:
        key = (entry.get("cert_chain_fps") or entry.get("cert_chain_fuids") or "").split(",")[0]
        waiting = joined.certificates.get(key) if key else None
        if waiting is not None:
            own = waiting
        elif key and len(joined.servers) < HELD:
            joined.servers[key[:128]] = (address, port)
    if not own:
        return Row(place, endings=ended)
    heard = Observation(address, Protocol.TLS_CERT, own, port, at=at, synthesised=True)
    return Row(place, (heard,), ended)


def _x509(place: str, entry: Entry, joined: Joined) -> Row:
    payload = _certificate(entry)
    keys = [key for key in (entry.get("fingerprint"), entry.get("id"), entry.get("fuid")) if key]
    if not payload or not keys:
        return broken(place, "a certificate without its names")
    for key in keys:
        if key in joined.servers:
            address, port = joined.servers[key]
            at = time_of(entry.get("ts"))
            heard = Observation(address, Protocol.TLS_CERT, payload, port, at=at, synthesised=True)
            return Row(place, (heard,))
        if len(joined.certificates) < HELD:
            joined.certificates[key[:128]] = payload
    return unused(place, "a certificate that no connection before it in this file shows")


def _certificate(entry: Entry) -> bytes:
    names = [
        name for key in ("san.dns", "san.ip") for name in entry.get(key, "")[:4096].split(",")[:16] if name
    ]
    return certificate_text(
        entry.get("certificate.subject", "")[:1024],
        entry.get("certificate.issuer", "")[:1024],
        entry.get("certificate.serial", "")[:128],
        names,
    )


def _dhcp(place: str, entry: Entry, _joined: Joined) -> Row:
    address = address_of(entry.get("assigned_addr") or entry.get("assigned_ip") or entry.get("client_addr"))
    return lease(
        place,
        entry.get("mac", ""),
        address,
        hostname=entry.get("host_name", "") or entry.get("client_fqdn", ""),
        vendor_class=entry.get("client_software", ""),
        at=time_of(entry.get("ts")),
    )


def _known_hosts(place: str, entry: Entry, _joined: Joined) -> Row:
    address = address_of(entry.get("host"))
    return Row(place, names=(address,) if address else (), unused="a host, and nothing of what it is")


def _known_devices(place: str, entry: Entry, _joined: Joined) -> Row:
    at = time_of(entry.get("ts"))
    if entry.get("dhcp_host_name"):
        return lease(place, entry.get("mac", ""), hostname=entry["dhcp_host_name"], at=at)
    return station(place, entry.get("mac", ""), at=at)


def _known_services(place: str, entry: Entry, _joined: Joined) -> Row:
    """A service is one that was seen to answer."""
    address, port = address_of(entry.get("host")), port_of(entry.get("port_num"))
    if not address:
        return unused(place, NO_ADDRESS)
    if entry.get("port_proto", "tcp") != "tcp" or not port:
        return Row(place, names=(address,), unused="not TCP: it proves no port asked")
    return Row(place, endings=(tcp(address, port, Ending.COMPLETE, time_of(entry.get("ts"))),))


def _known_certs(place: str, entry: Entry, _joined: Joined) -> Row:
    address, port, at = (
        address_of(entry.get("host")),
        port_of(entry.get("port_num")),
        time_of(entry.get("ts")),
    )
    payload = certificate_text(
        entry.get("subject", "")[:1024], entry.get("issuer_subject", "")[:1024], entry.get("serial", "")[:128]
    )
    if not address or not port or not payload:
        return unused(place, NO_ADDRESS if payload else "a certificate without its names")
    heard = Observation(address, Protocol.TLS_CERT, payload, port, at=at, synthesised=True)
    return Row(place, (heard,), (tcp(address, port, Ending.COMPLETE, at),))


def _software(place: str, entry: Entry, _joined: Joined) -> Row:
    address, port = address_of(entry.get("host")), port_of(entry.get("host_p"))
    protocol, said = _PROGRAMS.get(entry.get("software_type", "")), entry.get("unparsed_version", "")
    if not address:
        return unused(place, NO_ADDRESS)
    if protocol is None or not said:
        own = not _CLIENTS.search(entry.get("software_type", ""))
        thought = (
            opinion(address, port, [("product", entry.get("name"))], time_of(entry.get("ts"))) if own else ()
        )
        return Row(
            place, thought, names=(address,), unused="" if thought else "a program that is no device's"
        )
    payload = f"SSH-2.0-{said}\r\n".encode()
    if protocol is Protocol.HTTP:
        payload = http_head("", [("Server", said)])
    at = time_of(entry.get("ts"))
    return Row(place, (Observation(address, protocol, payload, port, at=at, synthesised=True),))


def _responder(entry: Entry) -> tuple[str, int, str]:
    return address_of(entry.get("id.resp_h")), port_of(entry.get("id.resp_p")), time_of(entry.get("ts"))


_READERS: Mapping[str, Callable[[str, Entry, Joined], Row]] = {
    "conn": _conn,
    "http": _http,
    "ssl": _ssl,
    "x509": _x509,
    "dhcp": _dhcp,
    "known_hosts": _known_hosts,
    "known_devices": _known_devices,
    "known_services": _known_services,
    "known_certs": _known_certs,
    "software": _software,
}
