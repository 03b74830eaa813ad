"""What Cisco switches and routers print of who is where: IOS, IOS-XE and NX-OS.

``show ip arp``, ``show arp``, ``show ipv6 neighbors``, ``show mac address-table`` (and ``show
mac-address-table`` of old releases), with or without the prompt, several in one file.
"""

from __future__ import annotations

import re

from scanner.importers.making import TELLS_PLACES
from scanner.importers.table_text import headed, patterns, table

_DOTTED = r"(?P<mac>[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})"
_NAME = r"(?:vPC Peer-Link(?:\(R\))?|[A-Za-z][\w/.:()-]{0,40})"
_PORT = rf"(?P<port>{_NAME})"
_PHYSICAL = rf"(?P<port>(?!vlan){_NAME})"
_INTERFACE = rf"(?P<interface>{_NAME})"
_VLAN = r"(?:(?P<vlan>\d{1,4})|all|-|n/a)"
_STATE = r"(?:REACH|STALE|DELAY|PROBE|GLEAN|UNKNO|INCMP)"
_LEGEND = r"[ *+~GCORSD#()]{0,16}"
"""What marks an entry in front: primary, gateway, routed, …"""
_LEARNT = r"(?:[\w~-]+ +[TF] +[TF] +|(?:yes|no) +(?:\d+|-) +|[a-z]+,[a-z,]+ +)?"
"""Age, secure and notify of NX-OS, learn and age of chassis, or the protocols of others."""
_LINES = patterns(
    rf"internet +{{address}} +(?:-|\d+) +{_DOTTED} +[\w-]+(?: +{_INTERFACE}(?: +pv +\d+)?)?",
    r"internet +{address} +(?:-|\d+) +incomplete\b.*",
    rf"{{address}} +(?:\d+|-) +{_DOTTED} +{_STATE} +{_INTERFACE}",
    rf"{{address}} +(?:[\d:.]+|-) +{_DOTTED} +\w+ +ARPA +{_INTERFACE}",
    rf"{{address}} +(?:[\d:.]+|-|\d+[dwy]\w*) +{_DOTTED} +{_INTERFACE}(?: +{_PHYSICAL})?(?: +\S{{1,8}})?",
    r"{address} +(?:[\d:.]+|-) +incomplete\b.*",
    r"{address} +(?:\d+|-) +- +[A-Za-z]+ +\S+",
    rf"{_LEGEND}{_VLAN} +{_DOTTED} +[a-z]+ +{_LEARNT}{_PORT}(?:,\S*)?(?: .*)?",
    rf"{_DOTTED} +[a-z]+ +{_VLAN} +{_PORT}",
)
_HEADING = re.compile(
    r"^ *Protocol +Address +Age ?\(min\) +Hardware Addr|^Address +Age +MAC Address +(?:Physical )?Interface"
    r"|^Address +Age +Hardware Addr +State"
    r"|^IPv6 Address +Age +Link-layer Addr|^ *(?:\*? *)?vlan +mac address +type"
    r"|^Destination Address +Address Type|[#>] ?sh(?:ow)? (?:ip arp|arp|ipv6 neigh\w*|mac[ -]addr\S*)\b",
    re.IGNORECASE,
)


IMPORTER = table(
    "ios",
    "IOS, IOS-XE and NX-OS tables (show ip arp, show mac address-table)",
    _LINES,
    cannot_tell=TELLS_PLACES,
    recognises=headed(_HEADING, _LINES),
)
