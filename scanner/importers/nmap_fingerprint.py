"""The replies that nmap keeps in a service fingerprint: bytes of the wire, in quotes of its own.

``SF-Port80-TCP:V=7.93%I=7%…%r(GetRequest,1A3,"HTTP/1\\.1\\x20200…")``: name of the question, length in
hexadecimal, the reply. Also tells what kind of reply some bytes are, where only they are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.model.protocol import Protocol

FINGERPRINT_LIMIT = 256 * 1024
"""Characters of one fingerprint that are looked at."""
REPLIES_LIMIT = 32
_REPLY = re.compile(r'%r\(([A-Za-z0-9_-]{1,64}),([0-9A-Fa-f]{1,6}),"((?:[^"\\]|\\.)*)"\)', re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_LETTERS = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_REQUESTS = {
    "GetRequest": "GET /",
    "HTTPOptions": "OPTIONS /",
    "FourOhFourRequest": "GET /nice ports,/Trinity.txt.bak",
    "RTSPRequest": "OPTIONS /",
}


def replies(fingerprint: str) -> Iterator[tuple[str, bytes]]:
    """Each question with its reply; of a fingerprint that was cut, the whole ones."""
    joined = fingerprint[:FINGERPRINT_LIMIT].replace("\r\n", "\n").replace("\nSF:", "")
    for count, found in enumerate(_REPLY.finditer(joined)):
        if count >= REPLIES_LIMIT:
            return
        yield found[1], unquoted(found[3])


def unquoted(text: str) -> bytes:
    """The bytes of a text with nmap's backslashes."""
    return _ESCAPE.sub(_one, text).encode("latin-1", "replace")


def _one(found: re.Match[str]) -> str:
    code = found[1]
    if len(code) == 3:
        return chr(int(code[1:], 16))
    return _LETTERS.get(code, code)


def request_of(question: str) -> str | None:
    """What a question of nmap asks, in our words; None = nothing was asked, or it is not known."""
    return _REQUESTS.get(question)


def kind_of(data: bytes, *, tls: bool) -> Protocol | None:
    """The protocol of a reply, by its first bytes; None if it is none that is read here."""
    if data.startswith(b"HTTP/"):
        return Protocol.HTTPS if tls else Protocol.HTTP
    if data.startswith(b"RTSP/"):
        return Protocol.RTSP
    if data.startswith(b"\x00\x00\x00\x10"):
        return Protocol.SDK8000
    if data.startswith(b"SSH-"):
        return Protocol.SSH
    if data.startswith((b"220 ", b"220-")):
        return Protocol.FTP
    if data.startswith((b"\xff\xfb", b"\xff\xfd", b"\xff\xfe", b"\xff\xfc")):
        return Protocol.TELNET
    return None
