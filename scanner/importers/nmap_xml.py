"""nmap's XML (``-oX``), with and without scripts, also cut short, resumed, or several in one file.

Read as a stream by expat, a host at a time. A document type with declarations of its own is refused, so no
entity is ever expanded; depth, tokens and texts are bounded. After a fault reading goes on at the next host.
Of a host that was found up and whose results never came (the scan was cut short, or shows open ports alone)
counts what was said when it was found. The elements are those of nmap's own document type (nmap.dtd of 7.93).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import IO
from xml.parsers import expat

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.making import broken, time_of
from scanner.importers.nmap_broadcast import row_of_script
from scanner.importers.nmap_host import Asked, Host, Port, Rest, counts, ports_of, row_of
from scanner.importers.nmap_scripts import Script

CHUNK = 64 * 1024
TOKEN_LIMIT = 4 * 1024 * 1024
"""Bytes of one tag; expat holds a tag until it ends."""
DEPTH_LIMIT = 64
PORTS_LIMIT = 2 * 65_536
SCRIPTS_LIMIT = 1024
ELEMENTS_LIMIT = 4096
HINTS_LIMIT = 1 << 16
"""Hosts that were found up and whose results are waited for."""
TEXT_LIMIT = 256 * 1024
"""Characters of one element of a script."""
HOST_TEXT_LIMIT = 16 * 1024 * 1024
"""Characters of all the scripts and fingerprints of one host."""
_START = re.compile(rb"<\?xml\s|<nmaprun[\s>]")
_NEXT = re.compile(rb"<\?xml\s|<nmaprun[\s>]|<host[\s>]")
_LONGEST_MARK = 9
_OUTSIDE = 3
"""Depth of a script that ran before or after the hosts."""
_OPENING = b"<nmaprun>"
_CUT = "cut short: the scan's end is not in the file"


class _Hostile(Exception):
    """What no scan writes; the part is left there."""


class _Part:
    """The handlers for one document, or for what is left of one after a fault."""

    def __init__(self, rows: deque[Row], hints: dict[str, Host]) -> None:
        self.rows = rows
        self.hints = hints
        """Hosts that nmap found up before it asked them more, by address; each until its results come."""
        self.ended = False
        self.prefix = 0
        """Bytes that the parser got and the file does not hold."""
        self.asked = Asked()
        self.started = ""
        self._host: Host | None = None
        self._hint: Host | None = None
        self._seen = ""
        self._port: Port | None = None
        self._script: Script | None = None
        self._keys: list[str] = []
        self._text: list[str] = []
        self._in_element = False
        self._depth = 0
        self._size = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.EntityDeclHandler = self._entity

    def go_on_after(self, other: _Part) -> None:
        """Keep what an earlier part of the same document said of the whole scan."""
        self.asked, self.started = other.asked, other.started

    def pretend(self) -> None:
        """Begin in the middle: what follows is a host."""
        self.parser.Parse(_OPENING, False)
        self.prefix = len(_OPENING)

    def leave(self) -> Row | None:
        """The host that was cut, if one was."""
        host, self._host = self._host, None
        return row_of(host, self.asked, self.started, whole=False) if host is not None else None

    def _document_type(self, _name: str, _system: str | None, _public: str | None, subset: int) -> None:
        if subset:
            raise _Hostile("a document type with declarations of its own")

    def _entity(self, *_: object) -> None:
        raise _Hostile("an entity is declared")

    def _characters(self, text: str) -> None:
        if self._in_element and sum(map(len, self._text)) < TEXT_LIMIT:
            self._text.append(text)

    def _start(self, name: str, given: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise _Hostile("nested deeper than any scan")
        if name == "host" and self._depth <= 2:
            self._host, self._size = Host(seen=given.get("endtime") or given.get("starttime", "")), 0
            self._host.timed_out = given.get("timedout") == "true"
        elif name == "hosthint" and self._depth <= 2:
            self._hint = Host(seen=self._seen)
        elif name == "nmaprun":
            self._seen = given.get("start", "")[:32]
            self.started = time_of(self._seen)
            self.asked = Asked()
        elif name == "scaninfo" and given.get("protocol") == "tcp":
            counting = counts(given.get("type", ""))
            ports = ports_of(given.get("services", "")) if counting else frozenset()
            self.asked = Asked(self.asked.ports | ports, counts=counting)
        elif (host := self._host or self._hint) is not None:
            self._start_in_host(name, given, host)
        elif name == "script" and self._depth <= _OUTSIDE:
            self._size = 0
            self._script, self._keys = Script(given.get("id", ""), self._bounded(given.get("output", ""))), []

    def _start_in_host(self, name: str, given: Mapping[str, str], host: Host) -> None:
        if name == "address":
            if given.get("addrtype") == "mac":
                host.mac = given.get("addr", "")[:64]
            elif len(host.addresses) < 8:
                host.addresses.append(given.get("addr", "")[:64])
        elif name == "status":
            host.state = given.get("state", "")[:16]
        elif name == "port" and len(host.ports) < PORTS_LIMIT:
            number = given.get("portid", "")
            if number.isascii() and number.isdigit() and len(number) <= 5:
                self._port = Port(int(number), given.get("protocol", ""))
                host.ports.append(self._port)
        elif name == "extraports" and len(host.rest) < 16:
            host.rest.append(Rest(given.get("state", "")))
        elif name == "extrareasons" and host.rest and len(host.rest[-1].reasons) < 16:
            reason = (given.get("reason", ""), given.get("proto", ""), given.get("ports", ""))
            host.rest[-1].reasons.append(reason)
        elif name == "osclass" and len(host.opinion) < 16:
            host.opinion += [("vendor", given.get("vendor", "")), ("type", given.get("type", ""))]
        elif name == "script":
            self._start_script(given, host)
        elif self._script is not None and name in {"table", "elem"}:
            self._keys.append(given.get("key", ""))
            self._in_element, self._text = name == "elem", []
        elif self._port is not None:
            self._start_in_port(name, given, self._port)

    def _start_in_port(self, name: str, given: Mapping[str, str], port: Port) -> None:
        if name == "state":
            port.state, port.reason = given.get("state", ""), given.get("reason", "")
        elif name == "service":
            port.tls = given.get("tunnel") == "ssl" or given.get("name") in {"https", "ssl"}
            port.fingerprint = self._bounded(given.get("servicefp", ""))
            if given.get("method") != "table":  # which says what usually listens there
                words = (
                    ("product", "product"),
                    ("type", "devicetype"),
                    ("os", "ostype"),
                    ("extra", "extrainfo"),
                )
                port.opinion = [(word, given.get(name, "")) for word, name in words]

    def _start_script(self, given: Mapping[str, str], host: Host) -> None:
        scripts = self._port.scripts if self._port is not None else host.scripts
        self._script, self._keys = Script(given.get("id", ""), self._bounded(given.get("output", ""))), []
        if len(scripts) < SCRIPTS_LIMIT:
            scripts.append(self._script)

    def _bounded(self, text: str) -> str:
        kept = text[: max(0, min(TEXT_LIMIT, HOST_TEXT_LIMIT - self._size))]
        self._size += len(kept)
        return kept

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == "host" and self._host is not None and self._depth <= 1:
            for address in self._host.addresses:
                self.hints.pop(address, None)
            self.rows.append(row_of(self._host, self.asked, self.started, whole=True))
            self._host = self._port = self._script = None
        elif name == "hosthint" and self._hint is not None and self._depth <= 1:
            if self._hint.addresses and len(self.hints) < HINTS_LIMIT:
                address, mac, state = self._hint.addresses[0], self._hint.mac, self._hint.state
                self.hints[address] = Host([address], mac, state, self._hint.seen)
            self._hint = self._port = self._script = None
        elif name == "port":
            self._port = None
        elif name == "script":
            if self._host is None and self._script is not None:
                self.rows.append(row_of_script(self._script, self.started))
            self._script = None
        elif name == "nmaprun":
            self.ended = True
        elif self._script is not None and name in {"table", "elem"} and self._keys:
            if name == "elem" and len(self._script.elements) < ELEMENTS_LIMIT:
                self._script.elements.append((tuple(self._keys), self._bounded("".join(self._text))))
            self._keys.pop()
            self._in_element = False


class _Reader:
    """Cuts a file into documents and feeds them; after a fault it goes on at the next host."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._rows: deque[Row] = deque()
        self._part: _Part | None = None
        self._fed = 0
        self._named = False
        """Whether the document's own element has begun."""
        self._hints: dict[str, Host] = {}
        self._before: _Part | None = None
        """The part that broke, for what it said of the scan."""

    def __iter__(self) -> Iterator[Row]:
        held = b""
        while True:
            block = self._stream.read(CHUNK)
            held += block
            held = self._take(held, last=not block)
            while self._rows:
                yield self._rows.popleft()
            if not block:
                return

    def _take(self, data: bytes, *, last: bool) -> bytes:
        """Feed what is whole; returns the few bytes that may be the start of a mark."""
        while data:
            if self._part is None:
                found = _NEXT.search(data)
                if found is None:
                    return data[-_LONGEST_MARK:]
                data = data[found.start() :]
                self._begin(data)
            border = len(data) if last else max(len(data) - _LONGEST_MARK, 0)
            other = self._other_document(data, border)
            border = border if other is None else other
            left = self._feed(data[:border])
            if left is None:
                if other is not None:
                    self._finish()
                data = data[border:]
                if other is None:
                    break
            else:  # it broke: the next host is looked for in what is left
                data = left + data[border:]
        if last:
            self._finish()
        return data

    def _other_document(self, data: bytes, end: int) -> int | None:
        """Where another document begins, before ``end``; each place is looked at once."""
        for found in _START.finditer(data):
            if found.start() >= end:
                break
            if found[0].startswith(b"<?"):
                if self._fed or found.start():
                    return found.start()
            elif self._named:
                return found.start()
            else:
                self._named = True
        return None

    def _begin(self, data: bytes) -> None:
        self._part, self._fed, self._named = _Part(self._rows, self._hints), 0, False
        if data.startswith(b"<host"):
            self._named = True
            self._part.pretend()
            if self._before is not None:
                self._part.go_on_after(self._before)
        self._before = None

    def _feed(self, data: bytes) -> bytes | None:
        """Feed a part; None if all went well, else what is left after the fault."""
        part = self._part
        if part is None:
            return data
        start = self._fed + part.prefix
        try:
            part.parser.Parse(data, False)
            self._fed += len(data)
            if self._fed + part.prefix - part.parser.CurrentByteIndex > TOKEN_LIMIT:
                raise _Hostile("a tag longer than any scan writes")
        except (expat.ExpatError, _Hostile) as error:
            reason = expat.errors.messages.get(getattr(error, "code", 0), "") or str(error)
            self._leave(f"not XML as nmap writes it: {reason}")
            self._before = part
            at = part.parser.CurrentByteIndex - start
            return data[max(1, min(at + 1, len(data))) :]
        return None

    def _leave(self, why: str) -> None:
        part, self._part = self._part, None
        cut = part.leave() if part is not None else None
        self._rows.append(cut if cut is not None else broken("document", why))

    def _finish(self) -> None:
        part = self._part
        if part is not None and not part.ended:
            self._leave(_CUT)
        self._part = None
        self._rows.extend(row_of(host, Asked(), "", whole=True) for host in self._hints.values())
        self._hints.clear()


def _read(stream: IO[bytes], source: Source) -> Iterator[Row]:
    del source
    yield from _Reader(stream)


def _recognises(head: bytes) -> bool:
    start = head.lstrip()
    return start.startswith(b"<nmaprun") or (start.startswith(b"<?xml") and b"<nmaprun" in start[:4096])


IMPORTER = Importer(
    name="nmap-xml",
    title="nmap XML (-oX)",
    cannot_tell=(
        "nmap keeps whole replies only of services that it did not know; what its scripts did not print, and "
        "ports that it did not ask, are not in the file."
    ),
    recognises=_recognises,
    read=_read,
)
