"""What we ask: one protocol a file, pure data and generators. The list below is the whole of it.

A probe that is not in `PROBES` does not exist; one whose import fails ends the program. `plan`, the page on
what is sent and the wire test are read from here.
"""

from __future__ import annotations

from scanner.model.probe import Probe
from scanner.probes import http, rtsp, sadp, tls

PROBES: tuple[Probe, ...] = (
    sadp.PROBE,
    tls.PROBE,
    http.PROBE,
    rtsp.PROBE,
)
"""Every probe, in the order in which a host sees them."""
