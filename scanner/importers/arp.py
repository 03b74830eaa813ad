"""The neighbour table of a computer: ``arp -a`` (Linux, BSD, macOS, Windows), ``arp -n``, ``/proc/net/arp``.

Windows and Linux write the words of the user's language; the columns are the same in each.
"""

from __future__ import annotations

import re

from scanner.importers.making import TELLS_NEIGHBOURS
from scanner.importers.table_text import patterns, table

_ANY = r"(?P<mac>[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5})"
_DEVICE = r"(?P<interface>[A-Za-z][\w.:-]{0,31})"
_WORD = r"[^\s\d]{1,16}"
_KEPT = r"(?:PERM|PUB|permanent|published)"
_NOBODY = r"(?:<[^<>]{1,24}>|\([^()]{1,24}\))"
"""``<incomplete>``, in the language of the user."""
_LINES = patterns(
    rf"\S+ \({{address}}\) {_WORD} {_ANY} (?:\[\w+\] )?(?:{_KEPT} )?{_WORD} {_DEVICE}(?: .*)?",
    rf"\S+ \({{address}}\) {_WORD} {_NOBODY} {_WORD} {_DEVICE}(?: .*)?",
    rf"{{address}} +\w+ +{_ANY} +[A-Z]+(?: +\S+)? +{_DEVICE}",
    rf"{{address}} +{_NOBODY} +{_DEVICE}(?: .*)?",
    rf"{{address}} +{_ANY} +{_DEVICE} +\S+(?: +\S+)?",
    rf"{{address}} +0x[0-9a-f]+ +0x[1-9a-f][0-9a-f]* +{_ANY} +\S+ +{_DEVICE}",
    r"{address} +0x[0-9a-f]+ +0x0 +\S+ +\S+ +\S+",
    r" {1,4}{address} +(?P<mac>[0-9a-f]{2}(?:-[0-9a-f]{2}){5}) +[^\s\d]\S*",
)
_FORMS = (
    re.compile(rf"^\S+ \([0-9a-f.:]+\) {_WORD} (?:[0-9a-f]{{1,2}}(?::[0-9a-f]{{1,2}}){{5}}|{_NOBODY}) "),
    re.compile(r"^Address +HWtype +HWaddress +Flags"),
    re.compile(r"^\d+(?:\.\d+){3} +ether +[0-9a-f]{2}(?::[0-9a-f]{2}){5} +[CMP]+ "),
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
