"""What Junos prints of who is where: ``show arp`` (no-resolve or not), ``show ethernet-switching table``."""

from __future__ import annotations

import re

from scanner.importers.making import TELLS_PLACES
from scanner.importers.table_text import headed, patterns, table

_COLONS = r"(?P<mac>(?:[0-9a-f]{2}:){5}[0-9a-f]{2})"
_PORT = r"(?P<port>[A-Za-z][\w/.:-]{0,40})"
_INTERFACE = r"(?P<interface>[A-Za-z][\w/.:-]{0,40})"
_LINES = patterns(
    rf"{_COLONS} +{{address}} +(?:\S+ +)??{_INTERFACE}(?: +\[\S+\])?(?: +[a-z,]+)?",
    rf" *(?P<vlan>[\w.-]{{1,40}}) +{_COLONS} +[A-Z,]+ +(?:-|\d+|[\d:]+) +{_PORT}(?: +\d+ +\d+)?",
    rf" *(?P<vlan>[\w.-]{{1,40}}) +{_COLONS} +(?:learn|static|flood|persistent)\S* +[\d:-]+ +{_PORT}",
)
_HEADING = re.compile(
    r"^MAC Address +Address +(?:Name +)?Interface|^ *Ethernet[ -]switching table *:"
    r"|^ *VLAN +MAC address +Type +Age",
    re.IGNORECASE,
)


IMPORTER = table(
    "junos",
    "Junos tables (show arp, show ethernet-switching table)",
    _LINES,
    cannot_tell=TELLS_PLACES,
    recognises=headed(_HEADING, _LINES),
)
