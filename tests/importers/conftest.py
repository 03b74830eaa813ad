"""What the importers' tests share: samples, and a reader that counts."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.importers.encoding import in_utf8
from scanner.importers.interface import Importer, Row, Source, Stopped

SAMPLES = Path(__file__).parent / "samples"


def rows(importer: Importer, content: bytes | str) -> list[Row]:
    """Every row; each was used or says why not."""
    raw = content.encode() if isinstance(content, str) else content
    found = list(importer.read(io.BytesIO(raw), Source("a file", "2026-11-25T00:00:00Z")))
    for row in found:
        used = bool(row.observations or row.endings or row.sightings)
        assert used or row.unused, row
        assert not (row.broken and used), row
    return found


@pytest.fixture
def rows_of() -> Callable[[Importer, bytes | str], list[Row]]:
    """Reads bytes with an importer and checks that each row is accounted for."""
    return rows


class _StoppedLater(io.BytesIO):
    """A stream that raises `Stopped` once its bytes have been given."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n"):
            raise Stopped
        return line


@pytest.fixture
def rows_until_stopped() -> Callable[[Importer, str], list[Row]]:
    """Reads text whose last line, if it has no end, never comes: the user has pressed Ctrl-C."""
    source = Source("a file", "2026-11-25T00:00:00Z")
    return lambda importer, text: list(importer.read(_StoppedLater(text.encode()), source))


@pytest.fixture
def used() -> Callable[[list[Row]], list[Row]]:
    """The rows that gave something."""
    return lambda found: [row for row in found if row.observations or row.endings or row.sightings]


@pytest.fixture
def sample() -> Callable[[str], bytes]:
    """The content of a sample file, unpacked, in UTF-8."""

    def content(name: str) -> bytes:
        raw = (SAMPLES / name).read_bytes()
        unpacked = gzip.decompress(raw) if name.endswith(".gz") else raw
        return in_utf8(io.BufferedReader(io.BytesIO(unpacked))).read()

    return content
