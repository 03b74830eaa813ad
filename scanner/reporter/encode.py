"""JSON text that is safe to print: lossless, readable accents, nothing that a terminal obeys."""

from __future__ import annotations

import json
import re
from typing import Any

_OBEYED = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
"""Made once: a stream of devices is one call each."""


def to_json(value: Any, *, indent: int | None = None) -> str:
    r"""``value`` as JSON; C1 controls and direction marks as ``\uXXXX``, lone surrogates as U+FFFD.

    ``json`` itself writes the C0 controls (so ESC too) as escapes. Both kinds can stand only inside
    strings, so writing them as escapes changes nothing for a reader of the JSON.
    """
    if indent:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, separators=(",", ": "))
    else:
        text = _COMPACT.encode(value)
    if text.isascii() and "\x7f" not in text:  # by far the most: nothing to look for
        return text
    return _SURROGATE.sub("\ufffd", _OBEYED.sub(lambda found: f"\\u{ord(found.group()):04x}", text))
