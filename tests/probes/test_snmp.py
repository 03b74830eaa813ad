"""SNMP: a card and a short list of identifiers."""

from __future__ import annotations

from scanner.probes.snmp import ASKS, OIDS, PROBE
from scanner.transports import snmp as transport


def test_seven_identifiers_are_read_and_no_tree_is_walked() -> None:
    assert OIDS == (
        "1.3.6.1.2.1.1.1.0",
        "1.3.6.1.2.1.1.2.0",
        "1.3.6.1.4.1.39165.1.1.0",
        "1.3.6.1.4.1.39165.1.3.0",
        "1.3.6.1.4.1.39165.1.4.0",
        "1.3.6.1.4.1.39165.1.6.0",
        "1.3.6.1.4.1.50001.1.3.0",
    )


def test_it_needs_a_community_of_the_site_and_says_how_often_it_asks() -> None:
    assert PROBE.needs == ("community",)
    assert transport.ASKS == ASKS == PROBE.datagrams
    assert all(oid in PROBE.sends[0] for oid in OIDS)
