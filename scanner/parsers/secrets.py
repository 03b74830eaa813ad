"""What a reply may hold that must not be kept: salts, session names, challenges, tokens, nonces, cookies.

Every letter and digit of such a value becomes ``0``; its length, its punctuation and everything around it
stay. So sizes announced in the message still fit, a signature that looks at the shape of a nonce still
matches, and a reply read from the journal gives the same fields as the reply from the wire.
"""

from __future__ import annotations

import re

_NAMES = (
    rb"salt[0-9]{0,2}|nonce|cnonce|challenge|session_?id|session_?tag|token|(?:access|csrf|refresh)_?token"
)
_ELEMENT = re.compile(
    rb"(<(?:[A-Za-z_][\w.-]{0,63}:)?(?:" + _NAMES + rb"|password|passwd)(?:\s[^<>]{0,512})?>)([^<]+)",
    re.IGNORECASE,
)
_JSON_MEMBER = re.compile(rb"(\"(?:" + _NAMES + rb")\"\s{0,16}:\s{0,16}\")([^\"]+)", re.IGNORECASE)
_PARAMETER = re.compile(
    rb"((?<![\w.-])(?:" + _NAMES + rb")\s{0,8}=\s{0,8}[\"']?)([\w.~:+/=-]+)", re.IGNORECASE
)
_COOKIE = re.compile(
    rb"(^set-cookie2?[ \t]{0,8}:[ \t]{0,8}[^\s=;]{1,128}=)([^;\r\n]+)", re.IGNORECASE | re.MULTILINE
)
_LETTER_OR_DIGIT = re.compile(rb"[A-Za-z0-9\x80-\xff]")


def strip_secrets(payload: bytes) -> bytes:
    """The same bytes with the secrets blanked; the length never changes. Linear time."""
    for pattern in (_ELEMENT, _JSON_MEMBER, _PARAMETER, _COOKIE):
        payload = pattern.sub(_blank, payload)
    return payload


def is_secret_name(name: str) -> bool:
    """Whether an element of this name holds a secret."""
    return re.fullmatch(_NAMES.decode("ascii"), name, re.IGNORECASE) is not None


def _blank(found: re.Match[bytes]) -> bytes:
    return found[1] + _LETTER_OR_DIGIT.sub(b"0", found[2])
