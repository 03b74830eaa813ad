"""Control ports: connect and listen, not a byte sent.

Ports 8000, 9010 and 9020 speak a maker's own protocol, in which the first message is a login; and a port
that the site names without a protocol is one of which we do not know what a byte would do. So each is
opened, listened to for two seconds, and closed. What speaks first names itself: the sixteen bytes of an
error header on 8000 (sadp.md §5.1), a Telnet, FTP or SSH greeting.

Silence is the usual answer and proves nothing; that the port is open is in itself a weak sign. A close
without a word is one as well.

Never: a byte. There is no Send in this file.
"""

from __future__ import annotations

from collections.abc import Generator

from scanner.model.action import Action, Close, Conversation, Open, Outcome, Receive
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Probe, ProbeKind, Service, Target
from scanner.model.protocol import Protocol
from scanner.probes.talk import LISTEN_ONLY, TURN_OVER

LISTEN = 2.0
"""Seconds to the first word."""
MORE = 0.5
"""Seconds for each further piece: a greeting comes in one, Telnet's in two or three."""
PIECES = 4
BANNER_LIMIT = 1024
"""Bytes; an SSH greeting is at most 255 (RFC 4253 §4.2), log-in texts are longer."""
_TELNET_COMMAND = 0xFF


def converse(target: Target) -> Conversation:
    """Listen to each control port and each port without a known protocol; one exchange a port."""
    exchanges: list[Exchange] = []
    stopped = False
    for port in {s.port: s for s in target.services if _listens(s)}:
        if stopped:
            exchanges.append(Exchange(Protocol.SDK8000, port, Ending.STOPPED_BY_US, detail=TURN_OVER))
            continue
        exchange = yield from _listen(port)
        stopped = exchange.ending is Ending.STOPPED_BY_US
        exchanges.append(exchange)
    return tuple(exchanges)


def _listens(service: Service) -> bool:
    return service.scheme == "listen" or service.port in LISTEN_ONLY


def _listen(port: int) -> Generator[Action, Outcome, Exchange]:
    outcome = yield Open(port)
    if outcome.ending is not None:
        return Exchange(Protocol.SDK8000, port, outcome.ending, detail=outcome.detail)
    heard = b""
    for piece in range(PIECES):
        outcome = yield Receive(BANNER_LIMIT - len(heard), MORE if piece else LISTEN)
        heard += outcome.data
        if outcome.ending is not None or not outcome.data or len(heard) >= BANNER_LIMIT:
            break
    yield Close()
    if heard and outcome.ending in (None, Ending.SILENT, Ending.CLOSED_EARLY):
        ending = Ending.CUT if len(heard) >= BANNER_LIMIT else Ending.COMPLETE
        return Exchange(speaks(heard), port, ending, heard)
    ending = outcome.ending or Ending.CLOSED_EARLY
    return Exchange(speaks(heard), port, ending, heard, detail=outcome.detail)


def speaks(banner: bytes) -> Protocol:
    """The protocol of whoever greets first; the control protocol where it is none of the known ones."""
    if banner.startswith(b"SSH-"):
        return Protocol.SSH
    if banner[:4] in (b"220 ", b"220-") and b"SMTP" not in banner.upper():
        return Protocol.FTP
    if banner[:1] == bytes([_TELNET_COMMAND]) or banner.rstrip().lower().endswith(b"login:"):
        return Protocol.TELNET
    return Protocol.SDK8000


PROBE = Probe(
    name="sdk",
    title="Control ports, listened to",
    kind=ProbeKind.CONVERSATION,
    protocol=Protocol.SDK8000,
    order=60,
    transport="tcp",
    ports=(8000, 9010, 9020),
    sends=(),
    silence="Usual: these ports wait for the other side. It proves nothing.",
    connections=len(LISTEN_ONLY),
    converse=converse,
    sources=("research sadp.md §5.1, §5.7",),
    notes={
        "--ports": "A port that the site names without a protocol is listened to as well: a connection more.",
    },
)
