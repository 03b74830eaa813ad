"""The neighbour table of a computer: ``arp -a`` (Linux, BSD, macOS, Windows), ``arp -n``, ``/proc/net/arp``.

Windows writes the words of its own language; the columns are the same in each.
"""

from __future__ import annotations

import re

from scanner.importers.making import TELLS_NEIGHBOURS
from scanner.importers.table_text import patterns, table

_ANY = r"(?P<mac>[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5})"
_DEVICE = r"(?P<interface>[A-Za-z][\w.:-]{0,31})"
_LINES = patterns(
    rf"\S+ \({{address}}\) at {_ANY} (?:\[\w+\] )?(?:(?:PERM|PUB|permanent|published) )?on {_DEVICE}(?: .*)?",
    rf"\S+ \({{address}}\) at (?:<incomplete>|\(incomplete\)) on {_DEVICE}(?: .*)?",
    rf"{{address}} +\w+ +{_ANY} +[A-Z]+(?: +\S+)? +{_DEVICE}",
    rf"{{address}} +\(incomplete\) +{_DEVICE}(?: .*)?",
    rf"{{address}} +{_ANY} +{_DEVICE} +\S+(?: +\S+)?",
    rf"{{address}} +0x[0-9a-f]+ +0x[1-9a-f][0-9a-f]* +{_ANY} +\S+ +{_DEVICE}",
    r"{address} +0x[0-9a-f]+ +0x0 +\S+ +\S+ +\S+",
    r" {1,4}{address} +(?P<mac>[0-9a-f]{2}(?:-[0-9a-f]{2}){5}) +[^\s\d]\S*",
)
_FORMS = (
    re.compile(r"^\S+ \([0-9a-f.:]+\) at (?:[0-9a-f]{1,2}:|<incomplete>|\(incomplete\))"),
    re.compile(r"^Address +HWtype +HWaddress +Flags"),
    re.compile(r"^Host +Ethernet Address +Netif +Expire"),
    re.compile(r"^IP address +HW type +Flags +HW address"),
    re.compile(r"^\D{1,40}: \d+\.\d+\.\d+\.\d+ --- 0x[0-9a-f]+\s*$", re.IGNORECASE),
)


def _recognises(head: bytes) -> bool:
    """The first lines of one of the tables."""
    rows = head[:8192].decode("utf-8", "replace").replace("\r", "").split("\n")[:40]
    return any(form.match(row) for row in rows for form in _FORMS)


IMPORTER = table(
    "arp",
    "neighbour table of a computer (arp -a, arp -n, /proc/net/arp)",
    _LINES,
    cannot_tell=TELLS_NEIGHBOURS,
    recognises=_recognises,
)
