"""ARP: a card for frames and the neighbour table."""

from __future__ import annotations

from scanner.model.probe import ProbeKind
from scanner.model.protocol import Protocol
from scanner.probes.arp import ASKS, PROBE
from scanner.transports.frames import ASKED_AT


def test_the_card_says_what_leaves_and_what_it_needs() -> None:
    assert (PROBE.kind, PROBE.protocol, PROBE.transport) == (ProbeKind.CALL, Protocol.MAC, "frames")
    assert (PROBE.needs, PROBE.ports, PROBE.connections) == (("raw-socket",), (), 0)
    assert PROBE.sends == ("ARP request, to the broadcast address of the link",)


def test_the_number_on_the_card_is_that_of_the_transport() -> None:
    assert len(ASKED_AT) == ASKS == PROBE.datagrams
