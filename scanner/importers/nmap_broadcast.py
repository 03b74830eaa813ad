"""What nmap's broadcast scripts print of several hosts at once, outside every host.

The sender's address stands in the URL that it names; the line above it may be that of the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.importers.interface import Row
from scanner.importers.making import address_of
from scanner.importers.nmap_scripts import Piece, Script, pieces
from scanner.model.observation import Observation
from scanner.parsers.address import read_address

SECTIONS_LIMIT = 4096
_TEXT_LIMIT = 1024 * 1024
_URL_HOST = re.compile(r"\b(?:Location|Address): *[a-z]{1,8}://(?:\[([0-9A-Fa-f:.]{2,45})\]|([0-9.]{7,15}))")
_ALONE = {"broadcast-upnp-info": "upnp-info", "broadcast-wsdd-discover": "wsdd-discover"}
"""Scripts that ask a whole network, and those that print the same of one host."""
_NOT_READ = "a script's summary of several hosts that is not read"
_NO_HOST = "no host in it that is named by its address"


def row_of_script(script: Script, at: str) -> Row:
    """The row of a script that ran outside the hosts."""
    place = f"script {script.id[:64]}"
    if script.id not in _ALONE:
        return Row(place, unused=_NOT_READ)
    found = tuple(
        Observation(host, piece.protocol, piece.payload, 0, piece.request, at=at, synthesised=True)
        for section in _sections(script.output[:_TEXT_LIMIT])
        if (host := _host(section))
        for piece in _pieces(script.id, section)
    )
    return Row(place, found, unused="" if found else _NO_HOST)


def _pieces(name: str, section: str) -> Iterator[Piece]:
    return pieces(Script(_ALONE[name], section), tls=False)


def _sections(output: str) -> Iterator[str]:
    """The text of each host: it begins with a line that is an address."""
    lines: list[str] = []
    count = 0
    for line in output.splitlines():
        if read_address(line.strip()) is not None:
            if lines:
                yield "\n".join(lines)
                count += 1
            lines = []
            if count >= SECTIONS_LIMIT:
                return
        lines.append(line)
    if lines:
        yield "\n".join(lines)


def _host(section: str) -> str:
    if found := _URL_HOST.search(section):
        return address_of(found[1] or found[2])
    return address_of(section.strip().partition("\n")[0])
