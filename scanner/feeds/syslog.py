"""Events for a collector of logs, as syslog over TCP or TLS.

Each line of the export is the message of an RFC 5424 record: facility 13 (log audit), severity by what the
line itself says, the time of the export. The collector confirms nothing; a second sending doubles, and the
events carry the run and the finding's key to tell.
"""

from __future__ import annotations

import re

from scanner.feeds.interface import Sent, Target
from scanner.reporter.export import Export, said
from scanner.reporter.export.to_cef import lines as cef_lines
from scanner.reporter.export.to_leef import lines as leef_lines
from scanner.transports import syslog

_AUDIT = 13
_INFORMATION, _NOTICE, _WARNING = 6, 5, 4
_GRAVE = re.compile(
    r"^CEF:0\|(?:[^|\\]|\\.)*\|(?:[^|\\]|\\.)*\|(?:[^|\\]|\\.)*\|(?:[^|\\]|\\.)*\|"
    r"(?:[^|\\]|\\.)*\|(\d+)\||\tsev=(\d+)\t"
)
_UNFIT = re.compile(r"[^!-~]")


def send(export: Export, target: Target) -> Sent:
    """Hand every event over.

    Raises:
        UsageError: the collector cannot be reached or ended the connection.
    """
    lines = list(leef_lines(export) if export.form == "leef" else cef_lines(export))
    count = syslog.send(target.url, (message(export, line) for line in lines), target.authority)
    told = f"{count:,} events were handed over; syslog confirms none of them"
    return Sent((told,), whole=count == len(lines))


def message(export: Export, line: str) -> bytes:
    """A whole RFC 5424 message; its text begins with a byte order mark, as UTF-8 has to there."""
    found = _GRAVE.search(line)
    grave = int(found[1] or found[2]) if found else 0
    severity = _WARNING if grave >= 7 else _NOTICE if grave >= 4 else _INFORMATION
    host = _UNFIT.sub("-", export.report.run.sensor.host)[:255] or "-"
    head = f"<{_AUDIT * 8 + severity}>1 {said.iso(export.at)} {host} {said.PRODUCT} - finding - "
    return head.encode() + b"\xef\xbb\xbf" + line.encode("utf-8", "replace")
