"""Files in UTF-16, which Windows tools and its shell's ``>`` write, given to the importers in UTF-8."""

from __future__ import annotations

import codecs
import io
from typing import TYPE_CHECKING, Any

from scanner.importers.interface import HEAD

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_BLOCK = 65_536


class _Narrowed(io.RawIOBase):
    """The UTF-8 of a stream in UTF-16; what is no text is replaced."""

    def __init__(self, wide: io.BufferedReader[Any], encoding: str) -> None:
        super().__init__()
        self._wide = wide
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        got = 0
        while got < len(view) and (self._ready or not self._ended):
            if not self._ready:
                block = self._wide.read(_BLOCK)
                self._ended = not block
                text = self._decoder.decode(block, final=self._ended)
                self._ready = text.encode("utf-8", "replace")
            piece = self._ready[: len(view) - got]
            view[got : got + len(piece)] = piece
            self._ready = self._ready[len(piece) :]
            got += len(piece)
        return got


def in_utf8(stream: io.BufferedReader[Any]) -> io.BufferedReader[Any]:
    """A file from behind its byte order mark on, in UTF-8; one without a mark as it is.

    Args:
        stream: at its start. It is read as the result is.
    """
    encoding = _WIDE.get(stream.peek(2)[:2])
    if encoding is not None:
        stream.read(2)
        return io.BufferedReader(_Narrowed(stream, encoding), 2 * HEAD)
    if stream.peek(3)[:3] == codecs.BOM_UTF8:
        stream.read(3)
    return stream
