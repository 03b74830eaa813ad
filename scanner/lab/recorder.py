"""What the lab received, byte for byte: the other side of the scanner's promise."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

KEPT = 200_000
"""Records kept in memory; the file keeps all."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that reached a device."""

    time: float
    """Seconds since the epoch."""
    device: str
    address: str
    port: int
    """The port as it listens, so 10080 where the lab moved 80."""
    kind: str
    """``connect``, ``bytes``, ``request``, ``datagram``, ``unexpected`` or ``tls-failed``."""
    data: bytes = b""
    """``bytes`` and ``datagram``: what came (inside TLS: decrypted); ``request``: its first line."""
    peer: str = ""
    connection: int = 0
    """Number of the connection, 0 for datagrams."""
    note: str = ""

    def line(self) -> str:
        """The record as one line of JSON; ``data`` is latin-1 text, so that no byte is lost."""
        return json.dumps({**asdict(self), "data": self.data.decode("latin-1")}, ensure_ascii=True)


def read_line(line: str) -> Record:
    """Read back what `Record.line` wrote."""
    fields = json.loads(line)
    return Record(**{**fields, "data": fields["data"].encode("latin-1")})


class Recorder:
    """Collects records from any thread; writes each at once to a file if there is one."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Record] = deque(maxlen=KEPT)
        self._file = path.open("w", encoding="ascii") if path else None
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def number(self) -> int:
        """A new connection number."""
        return next(self._numbers)

    def add(
        self,
        device: str,
        address: str,
        port: int,
        kind: str,
        *,
        data: bytes = b"",
        peer: str = "",
        connection: int = 0,
        note: str = "",
    ) -> None:
        """Record one thing, now."""
        record = Record(time.time(), device, address, port, kind, data, peer, connection, note)
        with self._lock:
            self._kept.append(record)
            if self._file:
                self._file.write(record.line() + "\n")
                self._file.flush()

    def records(self, device: str | None = None, kind: str | None = None) -> tuple[Record, ...]:
        """The records so far, oldest first, of one device or kind if asked."""
        with self._lock:
            kept = tuple(self._kept)
        return tuple(r for r in kept if device in (None, r.device) and kind in (None, r.kind))

    def received(self, device: str, port: int | None = None) -> bytes:
        """Every byte that a device received, over all connections and datagrams, in order."""
        return b"".join(
            record.data
            for record in self.records(device)
            if record.kind in ("bytes", "datagram") and port in (None, record.port)
        )

    def close(self) -> None:
        """Close the file; records stay readable in memory."""
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None
