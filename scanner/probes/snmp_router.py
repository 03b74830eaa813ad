"""SNMP tables of the site's own routers and switches: which MAC an address has, and at which port it is.

It asks no device. A camera behind a router shows its MAC to that router only, and the port that it is plugged
into to its switch only; both tell the site whoever has a read credential for them (RFC 4293, RFC 4188,
RFC 4363, IEEE 802.1AB). The closed list of columns is the policy's.

Silence: SNMP is off or filtered there, or the credential is another. It says nothing about any device.

Never: SET, a trap, another subtree, a credential that nobody gave us, or one again that was refused.
"""

from __future__ import annotations

from scanner.model.probe import Probe, ProbeKind
from scanner.model.protocol import Protocol

PORT = 161
TABLES = (
    "sysName", "ifName", "ifDescr", "ipNetToPhysicalTable", "ipNetToMediaTable", "dot1dBasePortTable",
    "dot1dTpFdbTable", "dot1qTpFdbTable", "dot1qVlanFdbId", "lldpLocPortTable", "lldpRemTable",
    "vtpVlanState", "entLogicalDescr",
)  # fmt: skip

PROBE = Probe(
    name="snmp-router",
    title="Tables of the site's own routers and switches",
    kind=ProbeKind.CALL,
    protocol=Protocol.MAC,
    order=80,
    transport="snmp_walk",
    ports=(PORT,),
    sends=(
        "to a router named by --snmp-router only: SNMP v2c or v3 GETBULK and GETNEXT of " + ", ".join(TABLES),
        "before SNMP v3: one GET without any object, which asks the engine for its name",
    ),
    silence="SNMP is off or filtered there, or the credential is another. It says nothing about any device.",
    needs=("router",),
    sources=("RFC 3414", "RFC 4188", "RFC 4293", "RFC 4363", "IEEE 802.1AB"),
    notes={
        "credential": "Only one that the site supplied; it is in no record and no report. It is not tried "
        "again once it was refused, or was not answered when it was first used.",
        "bounds": "One question at a time, 25 rows each, at most 20 a second; 100,000 rows of a column and "
        "10 minutes a router; VLANs with tables of their own: 512.",
    },
)
