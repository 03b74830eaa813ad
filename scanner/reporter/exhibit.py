"""The evidence appendix: what each observation was, when it came, and how its raw bytes begin."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from scanner.model.device import Device
from scanner.model.exhibit import Exhibit
from scanner.reporter.text import clean

TEXT, HEX = "text", "hex"
_LINE = 96
"""Columns of a line of hexadecimal digits, which has no other place to break."""
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def exhibit_fields(exhibit: Exhibit) -> dict[str, Any]:
    """An observation as the JSON contract spells it; every key is there."""
    encoding, excerpt = excerpt_of(exhibit)
    return {
        "observation": exhibit.observation,
        "host": exhibit.host,
        "protocol": exhibit.protocol.value,
        "port": exhibit.port,
        "request": exhibit.request,
        "method": exhibit.method,
        "interface": exhibit.interface or None,
        "at": exhibit.at or None,
        "dated": exhibit.dated or None,
        "source": exhibit.source or None,
        "synthesised": exhibit.synthesised,
        "sha256": exhibit.digest,
        "size": exhibit.size,
        "offset": exhibit.offset,
        "encoding": encoding,
        "excerpt": excerpt,
    }


def excerpt_of(exhibit: Exhibit) -> tuple[str | None, str | None]:
    """How the excerpt is written, and the excerpt: as text where it is UTF-8 text, else as hex digits."""
    raw = exhibit.excerpt
    if raw is None:
        return None, None
    whole = _whole_characters(raw)
    try:
        text = whole.decode("utf-8")
    except UnicodeDecodeError:
        return HEX, raw.hex()
    return (HEX, raw.hex()) if _CONTROLS.search(text) else (TEXT, text)


def _whole_characters(raw: bytes) -> bytes:
    """Without the rest of a character that the cut went through, at either end."""
    start = 0
    while start < min(3, len(raw)) and raw[start] & 0xC0 == 0x80:
        start += 1
    end = len(raw)
    for back in range(1, min(4, end - start) + 1):
        lead = raw[end - back]
        if lead & 0xC0 != 0x80:
            if lead >= 0xC0 and back < 2 + (lead >= 0xE0) + (lead >= 0xF0):
                end -= back
            break
    return raw[start:end]


def excerpt_lines(exhibit: Exhibit) -> list[str]:
    """The excerpt for people: visible text alone, line by line."""
    encoding, excerpt = excerpt_of(exhibit)
    if excerpt is None:
        return ["(not repeated here; the journal holds it)"]
    if encoding == HEX:
        return [excerpt[place : place + _LINE] for place in range(0, len(excerpt), _LINE)]
    return [clean(line) for line in excerpt.splitlines()] or [""]


def about_words(exhibit: Exhibit) -> str:
    """Where an observation came from, and when."""
    port = f" port {exhibit.port}" if exhibit.port else ""
    asked = f", {clean(exhibit.request)}" if exhibit.request else ""
    over = f", over {clean(exhibit.interface)}" if exhibit.interface else ""
    file = f", read from {clean(exhibit.source)}" if exhibit.source else ""
    at = f", {clean(exhibit.at)}" if exhibit.at else ""
    dated = " (date of the file)" if exhibit.dated and exhibit.at else ""
    rest = ", our own text of a record" if exhibit.synthesised else ""
    return f"{clean(exhibit.host)}, {exhibit.protocol.value}{port}{asked}{over}{file}{at}{dated}{rest}"


def size_words(exhibit: Exhibit) -> str:
    """How much of the payload the excerpt is."""
    shown = len(exhibit.excerpt or b"")
    if shown == exhibit.size:
        return f"all {exhibit.size:,} bytes"
    first = exhibit.offset
    return f"bytes {first:,} to {first + shown:,} of {exhibit.size:,}" if shown else f"{exhibit.size:,} bytes"


def of_devices(exhibits: Iterable[Exhibit], devices: Iterable[Device]) -> list[Exhibit]:
    """Those that the evidence of some devices points to."""
    wanted = {piece.observation for device in devices for piece in device.evidence}
    return [one for one in exhibits if one.observation in wanted]
