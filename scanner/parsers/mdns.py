"""Multicast DNS records as text: our own canonical form, and what the usual tools print.

Any text that holds an instance, a service type, a host or TXT strings is read. `record_text` writes the
canonical form, one fact a line, that a transport keeps of a record which a resolver handed to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.parsers.address import read_address
from scanner.parsers.text import decode, printable

TEXT_LIMIT = 64 * 1024
LINES_LIMIT = 1024
PAIRS_LIMIT = 128
VALUE_LENGTH = 512

_TYPE = re.compile(
    r"(?<![\w-])(_[A-Za-z0-9-]{1,32})\._(tcp|udp)(?![\w-])(?:\.local\b\.?|([ \t;]{1,16})local\b)?",
    re.IGNORECASE,
)
_BROWSE_START = re.compile(r"^[=+-][ \t]{1,8}\S{1,64}[ \t]{1,8}IPv[46][ \t]{1,8}")
_RECORD_WORDS = re.compile(r"^(?:.*\s)?(?:PTR|SRV|IN|TXT)(?:\s+|$)")
_HOST = re.compile(r"(?<![\w./-])((?:[A-Za-z0-9][A-Za-z0-9-]{0,127}\.){1,4}local)\.?(?![\w-])", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(instance name|instance|service host|service name|name|hostname|host|server|target|srv"
    r"|addresses|address|addr|type|txt|ptr)[\"']?[ \t]{0,8}[=:][ \t]{0,8}",
    re.IGNORECASE,
)
_TXT = re.compile(r"\bTXT\b[ \t]{0,8}[=:]?[ \t]{0,8}", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?<![\w.:%-])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![\w.-])", re.IGNORECASE
)
_DECIMAL_ESCAPE = re.compile(r"\\(\d{3})")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.){0,512})\"|'((?:[^'\\]|\\.){0,512})'")
_FRAME = " \t[]{}(),;'\""


def record_text(
    instance: str,
    service_type: str,
    host: str,
    port: int,
    addresses: Sequence[str],
    txt: Sequence[str],
) -> bytes:
    """The canonical text of one resolved service; what comes from the network is made one line each."""
    kind = service_type.rstrip(".")
    name = instance.removesuffix(".").removesuffix(kind).removesuffix(".")
    lines = [f"instance: {printable(name, VALUE_LENGTH)}", f"type: {printable(kind)}"]
    lines += [f"host: {printable(host.rstrip('.'), VALUE_LENGTH)}", f"port: {port}"]
    lines += [f"address: {address}" for address in addresses]
    lines += [f"txt: {printable(pair, VALUE_LENGTH)}" for pair in txt]
    return ("\n".join(lines) + "\n").encode()


def read(payload: bytes, _request: str | None = None) -> Fields:
    """The ``mdns.*`` fields and ``text``.

    Raises:
        Malformed: nothing but blanks.
    """
    text = decode(payload[:TEXT_LIMIT])
    if not text.strip():
        raise Malformed("nothing but blanks")
    found: dict[tuple[str, str], None] = {}
    for line in text.splitlines()[:LINES_LIMIT]:
        for name, value in _line_fields(line[:4096]):
            if value and len(found) < 4 * PAIRS_LIMIT:
                found[name, value[:VALUE_LENGTH]] = None
    return Fields([*found, ("text", text)])


def _line_fields(line: str) -> Iterator[tuple[str, str]]:
    before, txt = _split_txt(line)
    yield from _service(before)
    for host in _HOST.finditer(before):
        if not re.search(r"_(?:tcp|udp)\.$", before[: host.start()], re.IGNORECASE):
            yield "mdns.host", host[1]
    yield from _labelled(before)
    for address in _ADDRESS.finditer(before):
        if read_address(address[0]) is not None:
            yield "mdns.address", address[0]
    for pair in txt:
        yield "mdns.txt", pair


def _service(line: str) -> Iterator[tuple[str, str]]:
    """Each service type, and the instance that stands in front of it."""
    begin = 0
    for found in _TYPE.finditer(line):
        kind, protocol, spaced = found.groups()
        yield "mdns.type", f"{kind}._{protocol}.local"
        before, begin = line[begin : found.start()], found.end()
        if before.lstrip().startswith("=;"):  # the parsable form of avahi-browse
            before = before.rstrip(";").rpartition(";")[2]
        elif spaced:  # its form for people: sign, interface, protocol, then the name
            before = _BROWSE_START.sub("", before)
        elif before.rstrip().endswith((":", "=")):
            continue
        label = max((label.end() for label in _LABEL.finditer(before)), default=0)
        instance = _RECORD_WORDS.sub("", before[label:]).strip(_FRAME + ".")
        yield "mdns.instance", _DECIMAL_ESCAPE.sub(lambda code: chr(int(code[1]) % 256), instance)


def _labelled(line: str) -> Iterator[tuple[str, str]]:
    """Values behind ``instance:`` and ``host=`` that do not give themselves away by their form."""
    label = _LABEL.search(line)
    while label:
        following = _LABEL.search(line, label.end())
        value = line[label.end() : following.start() if following else len(line)].strip(_FRAME).rstrip(".")
        kind = label[1].lower()
        if kind in ("instance", "instance name", "service name", "name") and not _TYPE.search(value):
            yield "mdns.instance", value
        elif kind in ("host", "hostname", "service host", "server", "target") and value:
            yield "mdns.host", value.split()[0].strip(_FRAME).rstrip(".")
        label = following


def _split_txt(line: str) -> tuple[str, list[str]]:
    found = _TXT.search(line)
    if found is None:
        if line.startswith("=;"):
            quote = line.find(';"')
            return (line, []) if quote < 0 else (line[:quote], _pairs(line[quote + 1 :]))
        return line, []
    return line[: found.start()], _pairs(line[found.end() :])


def _pairs(text: str) -> list[str]:
    """TXT strings: quoted ones, or ``k=v`` words with whatever words follow them."""
    quoted = [(double or single).replace('\\"', '"') for double, single in _QUOTED.findall(text)]
    if quoted:
        return quoted[:PAIRS_LIMIT]
    pairs: list[str] = []
    for word in text.strip("[]{}").split():
        if "=" in word or not pairs:
            pairs.append(word)
        else:
            pairs[-1] += f" {word}"
    return pairs[:PAIRS_LIMIT]
