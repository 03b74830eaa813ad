"""The numbers and lists that bound what is done to a network, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

NEVER_TOUCHED = frozenset(
    (
        *range(9100, 9108), 515, 631,  # printers print what they receive
        102, 502, 789, 1911, 1962, 2222, 2404, 4840, 4911, 5006, 5007, 5094, 9600,  # industrial controllers
        18245, 20000, 20547, *range(34962, 34965), 44818, 47808,
        104, 2575, 11112,  # medical devices
        5060, 5061,  # intercoms ring
    )
)  # fmt: skip
"""TCP and UDP ports that are never touched, whatever the user passes or a reply says."""

SWEPT_PORTS = (80, 443, 554, 8000, 8080, 8443)
"""Where Hikvision equipment listens as delivered: web, RTSP, the vendor's SDK and its TLS form."""
LISTENED_PORTS = (8000, 9010, 9020)
"""Ports whose protocol is the vendor's own: connect and listen, not a byte sent."""

CONTROL_PORTS = range(50000, 65000)
"""The one port that shows whether an address accepts every port is drawn from here; no byte is sent to it."""

SADP_PORT = 37020
WSDISCOVERY_PORT = 3702
SSDP_PORT = 1900
MDNS_PORT = 5353
SNMP_PORT = 161
ROUTER = "snmp-router"
"""The method of reading tables: what it says of an address is no answer of that address."""
DHCP_PORTS = (67, 68)
HEARD_PORTS = (SADP_PORT, WSDISCOVERY_PORT, SSDP_PORT, MDNS_PORT, *DHCP_PORTS)
"""UDP ports, as source or as destination, that passive listening lets in."""
DISCOVERY_PORTS = frozenset((SADP_PORT, WSDISCOVERY_PORT, SSDP_PORT))
GROUPS = frozenset(("239.255.255.250", "255.255.255.255", "ff02::c"))
"""Where a discovery question may go besides an address in scope. All of them are link-local by TTL."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run. Times in seconds, sizes in bytes, rates in packets a second."""

    rate: float = 500.0
    host_rate: float = 20.0
    attempt: float = 3.5
    """One connect attempt of the sweep."""
    attempts: int = 2
    syn_packets: int = 3
    """SYN packets of an attempt at most: with TCP_SYNCNT = 1, Linux before 6.5 resends once; later ones,
    whose first resends are a second apart, twice (measured on 6.18: at 0, 1 and 2 s)."""
    ask_again: float = 2.0
    """Between the two unicast asks of a discovery protocol."""
    connections: int = 24
    requests: int = 20
    gets: int = 6
    """HTTP GETs on one port of a host. Its first web port may get them all, each further one gets one."""
    step: float = 5.0
    host_time: float = 20.0
    retry_after: float = 3.0
    """Before a port that was open is judged to have stopped answering."""
    fragile_hosts: int = 3
    fragile_window: float = 60.0
    body: int = 65536
    hosts_at_once: int = 64
    router_rows: int = 100_000
    """Rows of one column that are read from a router."""
    router_time: float = 600.0
    """With one router, at no more than `host_rate` questions a second."""
    vlans: int = 512
    """VLANs of one switch whose forwarding tables are read one by one."""
    in_flight: int = 4096
    """Connect attempts open at one time, also held under the limit on open files."""
