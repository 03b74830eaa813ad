"""SADP, the maker's own discovery: one XML datagram asked, one answered (UDP 37020).

Only the read-only type ``inquiry`` is answered; every other type writes to a device, acts on it or
opens a recovery, and is put on record as unexpected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.lab.servers.session import Reply
from scanner.lab.station import Station

_UUID = re.compile(rb"<Uuid>([^<]{1,64})</Uuid>")
_TYPES = re.compile(rb"<Types>([^<]{1,64})</Types>")
GROUP = "239.255.255.250"


@dataclass(frozen=True, slots=True)
class Sadp:
    """The elements of a device's answer, in its own order (recorders put some elsewhere)."""

    elements: tuple[tuple[str, str], ...]
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>'
    unicast: bool = True
    answers_from_port: bool = True
    port: int = 37020
    groups: tuple[str, ...] = (GROUP,)

    def answer(self, datagram: bytes, station: Station) -> tuple[Reply, ...]:
        """One ProbeMatch to an inquiry, nothing to anything else."""
        if b"<Probe>" not in datagram or not self.expected(datagram):
            return ()
        uuid = _UUID.search(datagram)
        lines = [f"<{name}>{station.fill(value)}</{name}>" for name, value in self.elements]
        head = f"{self.declaration}\n<ProbeMatch><Uuid>{uuid[1].decode('latin-1') if uuid else ''}</Uuid>\n"
        text = head + "\n".join(["<Types>inquiry</Types>", *lines]) + "\n</ProbeMatch>"
        return (Reply(text.encode()),)

    def expected(self, datagram: bytes) -> bool:
        """True for an inquiry and for other devices' answers that a group carries."""
        types = _TYPES.search(datagram)
        return types is not None and types[1] in (b"inquiry", b"hello")
