"""SADP: the maker's own discovery, the one question of it that only asks.

One datagram of 124 bytes, ``inquiry``, to UDP 37020: to the group 239.255.255.250, to the limited broadcast
(it gets through where a switch drops group traffic) and, on routed networks, to single addresses. Devices
answer with model, serial, MAC address, firmware, ports and activation state, to the port that asked, to the
group, or to both; so we listen on 37020 as well (sadp.md §1.1, §1.2). Devices that start up announce
themselves with ``Hello``.

Silence proves nothing: another layer 2, a switch that filters multicast, discovery switched off, a sleeping
camera. To a unicast question it means nothing at all (sadp.md §3, §6).

Never: any other ``Types``. The same port and envelope carry password reset, activation, change of address
and reboot (sadp.md §1.3); newer inquiries stay out too until their replies have been seen.
"""

from __future__ import annotations

from uuid import UUID

from scanner.model.probe import Call, Probe, ProbeKind
from scanner.model.protocol import Protocol
from scanner.parsers import sadp

PORT = 37020
GROUP = "239.255.255.250"
LIMITED_BROADCAST = "255.255.255.255"
TYPES = "inquiry"
"""The only word that may stand here."""
_TEMPLATE = '<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>{uuid}</Uuid><Types>{types}</Types></Probe>'
LENGTH = len(_TEMPLATE.format(uuid="0" * 36, types=TYPES))
"""Bytes of one inquiry: 124."""


def inquiry(uuid: str) -> bytes:
    """The bytes of one inquiry: one line, no byte order mark, nothing behind it; the UUID in upper case.

    Raises:
        ValueError: ``uuid`` is none, so nothing else can be put into the envelope.
    """
    return _TEMPLATE.format(uuid=str(UUID(uuid)).upper(), types=TYPES).encode("ascii")


def reads(datagram: bytes) -> bool:
    """True for a reply or an announcement, and for what is no XML at all (kept as it came).

    A ``Probe`` is a question, ours heard back or another client's; it may be a writing one, and is not kept.
    """
    return sadp.is_answer(datagram)


PROBE = Probe(
    name="sadp",
    title="Maker's discovery (SADP)",
    kind=ProbeKind.CALL,
    protocol=Protocol.SADP,
    order=1,
    transport="udp",
    ports=(PORT,),
    sends=(f"{LENGTH} bytes: <Probe> with <Types>{TYPES}</Types> and a random UUID",),
    silence="Nothing: another segment, filtered multicast, discovery off, asleep. Never a sign of absence.",
    datagrams=2,
    needs=("multicast",),
    call=Call(
        port=PORT,
        groups=(GROUP, LIMITED_BROADCAST),
        payload=inquiry,
        reads=reads,
        unicast=True,
        listen_port=PORT,
    ),
    sources=("research sadp.md §1",),
    notes={
        "never": "No other <Types> exists here; replies to other clients are read, their questions are not."
    },
)
