"""SNMP: what a device says of itself to someone who has the site's read community.

One GET of seven numeric identifiers, only with a community that the site supplied: a community is a
credential and is never guessed, and never written into a record (signatures.md §2, §7). Version 2c, so that
an identifier that a device does not know spoils the answer of no other.

``sysDescr`` and ``sysObjectID`` of the standard system group; two private trees that devices use, asked at
their leaves because cameras leave ``sysObjectID`` empty.

Silence: SNMP is off (as delivered), the community is another, or UDP 161 is filtered. It says nothing about
the maker.

Never: SET, a walk, a trap, a community that nobody gave us.
"""

from __future__ import annotations

from scanner.model.probe import Probe, ProbeKind
from scanner.model.protocol import Protocol

PORT = 161
SYSTEM = ("1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0")
"""Description, and the identifier of the kind of device (RFC 3418)."""
CAMERA = tuple(f"1.3.6.1.4.1.39165.1.{leaf}.0" for leaf in (1, 3, 4, 6))
"""Model, firmware, MAC address, manufacturer in the tree that IANA gave to the maker."""
RECORDER = ("1.3.6.1.4.1.50001.1.3.0",)
"""Serial number in a tree that recorders use and that IANA gave to someone else."""
OIDS = (*SYSTEM, *CAMERA, *RECORDER)
ASKS = 2
"""Datagrams to a host that does not answer."""


PROBE = Probe(
    name="snmp",
    title="SNMP with the site's community",
    kind=ProbeKind.CALL,
    protocol=Protocol.SNMP,
    order=70,
    transport="snmp",
    ports=(PORT,),
    sends=(f"SNMPv2c GET of {len(OIDS)} identifiers: " + ", ".join(OIDS),),
    silence="SNMP is off, filtered, or the community is another. It says nothing about the maker.",
    datagrams=ASKS,
    needs=("community",),
    sources=("RFC 3416", "RFC 3418", "research signatures.md §7 snmp"),
    notes={"community": "Only one that the site supplied; it is in no record and no report."},
)
