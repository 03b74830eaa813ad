"""The reference page "What it sends", written from the probes themselves.

Cards give the numbers and the words. The bytes are not copied from anywhere: calls are asked for their
datagram, and the conversations are played against a sample host that answers everything, so the page shows
what really leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.model.action import Action, Close, Conversation, Open, Outcome, Receive, Send, StartTls
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Probe, Service, Target
from scanner.model.protocol import Protocol

CONNECTIONS = 24
"""Connections that the gate grants a host. The cards add up to one more, but `http` and `http-more` share the
six of the first web port."""

_ADDRESS = "192.0.2.7"
_NONCE = "0123456789abcdef"
_UUID = "00000000-0000-4000-8000-000000000000"
_SERVICES = (Service(80, "http"), Service(554, "rtsp"), Service(8000, "listen"), Service(8443, "tls"))
_DESCRIBED = f"HTTP/1.1 200 OK\r\nLOCATION: http://{_ADDRESS}:49152/description.xml\r\n\r\n".encode()
_FRONT_PAGE = b'HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n<a href="/doc/page/"></a>'
_VIDEO = b"RTSP/1.0 200 OK\r\n\r\n"
_PREAMBLE = """
# What it sends

<!-- Generated from scanner/probes. Do not edit: change the probe. -->

Every message that a scan may send, in the order in which a host sees them. What is not on this page is
refused by the gate (`scanner/policy`). Nothing here logs in, writes, or carries a credential, save SNMP with
a community or user that the site itself supplies. Before any of it, the sweep opens and closes TCP ports
without a byte. Where a question goes to a group, the answers to it may too, so the group is joined; the
kernel reports that with IGMP or MLD.

`hiksweep listen` asks nobody. With a capture it sends nothing at all; with `--join`, or without privilege,
the kernel's reports are all that leaves.

The bytes below are those sent to a sample host, 192.0.2.7; address, random numbers and version differ.
"""
_NEEDS = {
    "raw-socket": "raw sockets (root)",
    "multicast": "multicast, for whole links",
    "community": "the site's SNMP community",
    "router": "a router or switch that the user names, and the site's credential for it",
}


def what_it_sends(probes: Sequence[Probe]) -> str:
    """The page as Markdown."""
    connections = min(CONNECTIONS, sum(p.connections for p in probes))
    requests = sum(p.requests for p in probes)
    lines = [
        _PREAMBLE.lstrip(),
        f"To one host at most: **{connections} connections**, one at a time, and **{requests} requests**.",
        "",
        *_table(probes),
    ]
    transcripts = _transcripts(probes)
    for probe in probes:
        lines += ["", *_card(probe), *_bytes(transcripts[probe.name])]
    return "\n".join(lines) + "\n"


def _table(probes: Sequence[Probe]) -> Iterator[str]:
    yield "| probe | what | ports | connections | requests | datagrams |"
    yield "|---|---|---|---|---|---|"
    for probe in probes:
        ports = ", ".join(map(str, probe.ports)) or "–"
        numbers = " | ".join(str(n or "–") for n in (probe.connections, probe.requests, probe.datagrams))
        yield f"| [{probe.name}](#{probe.name}) | {probe.title} | {ports} | {numbers} |"


def _card(probe: Probe) -> Iterator[str]:
    yield f"## {probe.name}"
    yield ""
    yield f"{probe.title} ({probe.kind}, by `transports/{probe.transport}`)."
    yield ""
    for message in probe.sends or ("Nothing: not a byte.",):
        yield f"- Sends: {_text(message)}"
    if probe.call is not None:
        groups = ", ".join(f"`{group}`" for group in probe.call.groups)
        yield f"- To: {groups}" + (", and each address of a routed prefix" if probe.call.unicast else "")
    yield f"- No answer means: {_text(probe.silence)}"
    if probe.needs:
        yield f"- Needs: {', '.join(_NEEDS.get(need, need) for need in probe.needs)}"
    for name, note in probe.notes.items():
        yield f"- {_text(name[:1].upper() + name[1:])}: {_text(note)}"
    yield f"- Sources: {_text('; '.join(probe.sources))}"


def _text(words: str) -> str:
    """Words with their angle brackets safe in Markdown."""
    return words.replace("<", "&lt;").replace(">", "&gt;")


def _bytes(messages: Sequence[bytes]) -> Iterator[str]:
    for message in messages:
        yield ""
        yield "```text"
        yield from message.decode("ascii").rstrip("\r\n").split("\r\n")
        yield "```"


def _transcripts(probes: Sequence[Probe]) -> dict[str, list[bytes]]:
    """What each probe sends to a sample host that answers everything."""
    said: tuple[Exchange, ...] = (
        Exchange(Protocol.SSDP, 1900, Ending.COMPLETE, _DESCRIBED),
        # The description lies on a port of its own: on the first web port the pages would be used up.
        Exchange(Protocol.HTTP, 49152, Ending.COMPLETE, _FRONT_PAGE, "GET /"),
    )
    found: dict[str, list[bytes]] = {}
    for probe in probes:
        sent: list[bytes] = []
        if probe.call is not None:
            sent.append(probe.call.payload(_UUID))
        if probe.converse is not None:
            said += _play(probe.converse(Target(_ADDRESS, _SERVICES, _NONCE, said)), sent)
        found[probe.name] = sent
    return found


def _play(conversation: Conversation, sent: list[bytes]) -> tuple[Exchange, ...]:
    outcome: Outcome | None = None
    while True:
        try:
            action = next(conversation) if outcome is None else conversation.send(outcome)
        except StopIteration as finished:
            exchanges: tuple[Exchange, ...] = finished.value
            return exchanges
        outcome = _answer(action, sent)


def _answer(action: Action, sent: list[bytes]) -> Outcome:
    match action:
        case Send(data):
            sent.append(data)
        case Receive() if sent:
            return Outcome(data=_VIDEO if b" RTSP/" in sent[-1] else _FRONT_PAGE)
        case Receive():
            return Outcome(Ending.SILENT)
        case Open() | StartTls() | Close():
            pass
    return Outcome()
