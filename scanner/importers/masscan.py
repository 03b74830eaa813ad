"""What the three text formats of masscan have in common: a port's state, and a banner with its kind.

Kinds of banners that are bytes of the device: ``http`` (a reply's head), ``title``, ``http.server``, ``ssh``,
``ftp``, ``telnet``, ``X509`` (a certificate in base64), ``upnp``. Others are masscan's own words.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import IO

from scanner.importers.interface import PORTS, Row
from scanner.importers.lines import numbered_lines
from scanner.importers.making import (
    HEADING,
    NO_ADDRESS,
    address_of,
    broken,
    http_head,
    port_of,
    tcp,
    time_of,
    title_page,
    unused,
)
from scanner.model.ending import Ending
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

NOT_TCP = "not a TCP port, and no banner"
CONCLUDED = "masscan's own words, no bytes of the device"
_TLS_PORTS = frozenset({443, 4443, 8443, 9443})
_BANNERS = {"ssh": Protocol.SSH, "ftp": Protocol.FTP, "telnet": Protocol.TELNET, "upnp": Protocol.SSDP}
_LINE_LIMIT = 131_072
_BASE64 = re.compile(r"[A-Za-z0-9+/=]+")


def line_rows(stream: IO[bytes], read: Callable[[str, str], Row | None], reason: str) -> Iterator[Row]:
    """A row for each line that is not blank.

    Args:
        stream: the file.
        read: gives the row of a place and a line; None if the line is of another form.
        reason: why such a line is not read.
    """
    for number, line, _ in numbered_lines(stream, _LINE_LIMIT):
        place = f"line {number}"
        if (row := read(place, line)) is not None:
            yield row
        elif line.startswith("#"):
            yield unused(place, HEADING)
        elif line.strip():
            yield broken(place, reason)


def port_row(place: str, ip: object, port: object, proto: str, status: str, at: object) -> Row:
    """A port that is open or closed."""
    address, number = address_of(ip), port_of(port)
    if not address or not number:
        return broken(place, NO_ADDRESS if not address else "no port")
    if proto != "tcp":
        return Row(place, names=(address,), unused=NOT_TCP)
    if status not in ("open", "closed"):
        return broken(place, "a state that is not known")
    if status == "closed" and number not in PORTS:
        return Row(place, names=(address,), unused="a closed port that is not of the sweep")
    ending = Ending.COMPLETE if status == "open" else Ending.REFUSED
    return Row(place, endings=(tcp(address, number, ending, time_of(at)),))


def banner_row(place: str, ip: object, port: object, kind: str, text: str, at: object) -> Row:
    """A banner."""
    address, number, when = address_of(ip), port_of(port), time_of(at)
    if not address or not number:
        return broken(place, NO_ADDRESS if not address else "no port")
    web = Protocol.HTTPS if number in _TLS_PORTS else Protocol.HTTP
    name = kind.lower()
    if name == "http":
        heard = Observation(address, web, text.encode("latin-1", "replace"), number, "GET /", at=when)
    elif name == "http.server":
        payload = http_head("", [("Server", text)])
        heard = Observation(address, web, payload, number, "GET /", at=when, synthesised=True)
    elif name == "title":
        payload = title_page(text).encode("utf-8", "replace")
        heard = Observation(address, web, payload, number, "GET /", at=when, synthesised=True)
    elif name in _BANNERS:
        heard = Observation(address, _BANNERS[name], text.encode("latin-1", "replace"), number, at=when)
    elif name == "x509":
        heard = Observation(address, Protocol.TLS_CERT, _certificate(text), number, at=when)
    else:
        return unused(place, CONCLUDED)
    if not heard.payload:
        return unused(place, "an empty banner")
    if heard.protocol is Protocol.SSDP:
        return Row(place, (heard,))
    return Row(place, (heard,), (tcp(address, number, Ending.COMPLETE, when),))


def _certificate(text: str) -> bytes:
    squeezed = "".join(text.split())
    if not _BASE64.fullmatch(squeezed):
        return b""
    try:
        return base64.b64decode(squeezed, validate=True)
    except binascii.Error:
        return b""


_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")


def unescaped(text: str) -> str:
    r"""Characters that the list and the grepable form write as ``\x0a``."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
