"""Says when a reply that arrives in pieces is whole, and where we stop reading.

HTTP/1.x and RTSP/1.0 share their framing, which `scanner.parsers.message` reads; what is added here is the
peer that does not keep to it: another protocol, no end, too much, too many pieces. Three rules hold:

* The result depends on the bytes, never on how the network cut them into pieces.
* What was read is kept, whatever the ending, and nothing behind the reply's own end is.
* Bytes, header lines and pieces are all bounded, so that the time spent on a reply is too.
"""

from __future__ import annotations

import re

from scanner.model.ending import Ending
from scanner.parsers.message import Message, end_of_message, read_message

HEAD_LIMIT = 16 * 1024
"""Bytes of status line and headers. Common servers allow 8 to 32 KiB; a camera needs less than one."""
HEADERS_LIMIT = 64
"""Header lines in one reply; a camera sends about ten."""
BODY_LIMIT = 64 * 1024
"""Bytes of a body as sent. The pages that tell something are shorter."""
FOREIGN_LIMIT = 4 * 1024
"""Bytes kept of a peer that speaks another protocol: enough for any banner."""
PIECE = 16 * 1024
"""Bytes asked for at once."""
PIECES = 320
"""Pieces of one reply: twice what the largest needs at 512 bytes a packet. A tarpit sends single bytes."""

_STRAY = 4
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


class Framing:
    """One reply as it arrives. Feed it with `add` until it names an ending, or tell it to `stop`."""

    def __init__(self, protocol: bytes) -> None:
        """Expect a reply of ``protocol``, ``b"HTTP/"`` or ``b"RTSP/"``."""
        self._protocol = protocol
        self._until_close = protocol == b"HTTP/"
        self._data = bytearray()
        self._pieces = 0
        self._ending: Ending | None = None
        self._end: int | None = None

    @property
    def payload(self) -> bytes:
        """What was read of this reply: nothing behind its end or our limit, no interim answers before it."""
        if self._recognised() is False:
            return bytes(self._data[: self._end])
        raw = self._reply()[: self._end]
        while (status := read_message(raw).status) and status.startswith("1") and status != "101":
            blank = _BLANK_LINE.search(raw)
            if blank is None or not raw[blank.end() :]:
                break
            raw = raw[blank.end() :]
        return raw

    def add(self, data: bytes) -> Ending | None:
        """Take more bytes; an ending when there is nothing more to wait for, else None."""
        self._data += data
        self._pieces += 1
        if self._ending is None:
            self._ending = self._look()
        return self._ending

    def stop(self, why: Ending) -> Ending:
        """The peer closed (CLOSED_EARLY) or sent nothing more in time (SILENT): how did the reply end?"""
        if self._ending is None:
            self._ending = self._stopped(why)
        return self._ending

    def _reply(self) -> bytes:
        # Some servers send a stray line end before the reply; RFC 9112 §2.2 asks to be tolerant of it.
        return bytes(self._data[:_STRAY].lstrip(b"\r\n") + self._data[_STRAY:])

    def _recognised(self) -> bool | None:
        """Whether the reply starts as it should; None while too few bytes are there to tell."""
        start = self._data[:_STRAY].lstrip(b"\r\n") + self._data[_STRAY : _STRAY + len(self._protocol)]
        start = start[: len(self._protocol)].upper()
        if start == self._protocol:
            return True
        return None if self._protocol.startswith(start) else False

    def _stopped(self, why: Ending) -> Ending:
        if not self._data:
            return why
        if self._recognised() is False:
            return Ending.OTHER_PROTOCOL
        if why is Ending.SILENT:
            # Something came and then no more within our time: the limit is ours, the host was not silent.
            return Ending.CUT
        raw = self._reply()
        message = read_message(raw)
        open_ended = self._until_close and message.length() is None and not message.chunked()
        return Ending.COMPLETE if open_ended and _BLANK_LINE.search(raw) else Ending.CLOSED_EARLY

    def _look(self) -> Ending | None:
        recognised = self._recognised()
        raw = self._reply()
        ending: Ending | None = None
        if recognised is False:
            ending = self._cut(len(self._data), FOREIGN_LIMIT, Ending.OTHER_PROTOCOL)
        elif recognised:
            blank = _BLANK_LINE.search(raw)
            ending = self._look_at_head(raw, blank)
            if ending is None and blank is not None:
                ending = self._look_at_body(raw, blank.end())
        if ending is None and self._pieces >= PIECES:
            return Ending.CUT
        return ending

    def _look_at_head(self, raw: bytes, blank: re.Match[bytes] | None) -> Ending | None:
        """An ending if the head cannot be read or passes our limits."""
        first, line_end, _ = raw.partition(b"\n")
        if line_end and read_message(first + line_end).status is None:
            self._end = blank.end() if blank else None
            return Ending.MALFORMED
        lines = raw[: min(blank.end() if blank else len(raw), HEAD_LIMIT)].split(b"\n", HEADERS_LIMIT + 1)
        if len(lines) > HEADERS_LIMIT + 1 and lines[-1].strip(b"\r\n"):
            self._end = sum(len(line) + 1 for line in lines[:-1])
            return Ending.CUT
        if blank is None or blank.end() > HEAD_LIMIT:
            return self._cut(len(raw), HEAD_LIMIT, Ending.CUT)
        return None

    def _look_at_body(self, raw: bytes, at: int) -> Ending | None:
        end = end_of_message(raw, until_close=self._until_close)
        if end is None or end - at > BODY_LIMIT:
            return self._cut(len(raw), at + BODY_LIMIT, Ending.CUT)
        self._end = end
        return Ending.COMPLETE

    def _cut(self, have: int, limit: int, ending: Ending) -> Ending | None:
        if have < limit:
            return None
        self._end = limit
        return ending


def read_status(payload: bytes) -> Message | None:
    """The message, if it starts with a status line."""
    message = read_message(payload)
    return message if message.status else None
