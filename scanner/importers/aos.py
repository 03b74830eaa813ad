"""What Aruba and ProVision (ProCurve) switches print of who is where.

``show arp`` and ``show mac-address-table`` of AOS-CX, ``show arp`` of ArubaOS controllers, ``show arp`` and
``show mac-address`` of ProVision.
"""

from __future__ import annotations

import re

from scanner.importers.making import TELLS_PLACES
from scanner.importers.table_text import headed, patterns, table

_COLONS = r"(?P<mac>(?:[0-9a-f]{2}:){5}[0-9a-f]{2})"
_PORT = r"(?P<port>[A-Za-z0-9][\w/.-]{0,30}(?:\([\w.:]{1,40}\))?)"
_ROUTED = r"(?:vlan(?P<vlan>\d{1,4})|\S+)"
_LINES = patterns(
    rf"{{address}} +{_COLONS} +{_ROUTED} +{_PORT} +[a-z]+(?: +\S+)?",
    r"{address} +(?:\S+ +){0,2}(?:failed|incomplete)(?: +\S+)?",
    rf"{_COLONS} +(?P<vlan>\d{{1,4}}) +[a-z-]+ +{_PORT}",
    rf" *internet +{{address}} +{_COLONS} +(?P<interface>[\w/.-]{{1,31}}) +(?:\d+|-)",
    rf" *{{address}} +(?P<mac>[0-9a-f]{{6}}-[0-9a-f]{{6}}) +[a-z]+(?: +{_PORT})?",
    rf" *(?P<mac>[0-9a-f]{{6}}-[0-9a-f]{{6}}) +{_PORT}(?: +(?P<vlan>\d{{1,4}}))?",
)
_HEADING = re.compile(
    r"^ *IPv4 Address +MAC +Port|^ *MAC Address +VLAN +Type +Port|^ *Protocol +IP Address +Hardware Address"
    r"|^ *IP Address +MAC Address +Type +Port|^ *MAC Address +Port\b",
    re.IGNORECASE,
)


IMPORTER = table(
    "aos",
    "AOS-CX, AOS and ProVision tables (show arp, show mac-address-table)",
    _LINES,
    cannot_tell=TELLS_PLACES,
    recognises=headed(_HEADING, _LINES),
)
