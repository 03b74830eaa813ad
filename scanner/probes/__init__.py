"""What we ask: one protocol a file, pure data and generators. The list below is the whole of it.

A probe that is not in `PROBES` does not exist; one whose import fails ends the program. `plan`, the page on
what is sent and the wire test are read from here.
"""

from __future__ import annotations

from scanner.model.probe import Probe
from scanner.probes import (
    arp,
    control,
    http,
    http_more,
    icmpv6,
    mdns,
    onvif,
    rtsp,
    sadp,
    sdk,
    snmp,
    snmp_router,
    ssdp,
    tls,
    upnp,
    wsdiscovery,
)

PROBES: tuple[Probe, ...] = (
    sadp.PROBE,
    wsdiscovery.PROBE,
    ssdp.PROBE,
    mdns.PROBE,
    arp.PROBE,
    icmpv6.PROBE,
    control.PROBE,
    tls.PROBE,
    http.PROBE,
    rtsp.PROBE,
    http_more.PROBE,
    onvif.PROBE,
    upnp.PROBE,
    sdk.PROBE,
    snmp.PROBE,
    snmp_router.PROBE,
)
"""Every probe, in the order in which a host sees them."""
