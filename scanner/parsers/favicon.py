"""The two hashes by which a web page's icon is known.

``mmh3`` is the convention of the internet-wide scanners: MurmurHash3 x86 32-bit, signed, over the base64
text in lines of 76 characters. ``md5`` is over the bytes.
"""

from __future__ import annotations

import base64
import hashlib

import mmh3

ICON_MMH3, ICON_MD5 = "x-icon-mmh3", "x-icon-md5"
"""Headers of our own text of a reply of which a tool kept the hashes and not the icon."""
_IMAGE_STARTS = (b"\x00\x00\x01\x00", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"\xff\xd8\xff")


def is_image(body: bytes) -> bool:
    """Whether the bytes begin like an ICO, PNG, GIF, JPEG or SVG file."""
    if body.startswith(_IMAGE_STARTS):
        return True
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in start)


def icon_hashes(body: bytes) -> tuple[str, str]:
    """The mmh3 hash as a signed decimal number, and the MD5 as lower-case hex."""
    murmur = mmh3.hash(base64.encodebytes(body), signed=True)
    return str(murmur), hashlib.md5(body, usedforsecurity=False).hexdigest()
