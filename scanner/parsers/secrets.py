"""What a reply may hold that must not be kept: salts, tokens, nonces, session names, cookies, account names.

Every letter and digit of such a value becomes ``0``; its length, its punctuation and everything around it
stay. So sizes announced in the message still fit, a signature that looks at the shape of a nonce still
matches, and a reply read from the journal gives the same fields as the reply from the wire.
"""

from __future__ import annotations

import re

_NAMES = (
    rb"salt[0-9]{0,2}|nonce|cnonce|challenge|session_?id|session_?tag|token|(?:access|csrf|refresh)_?token"
)
_ACCOUNTS = rb"user_?name|login_?name|account_?name"
_ELEMENT = re.compile(
    rb"(<(?:[A-Za-z_][\w.-]{0,63}:)?(?:"
    + _NAMES
    + rb"|"
    + _ACCOUNTS
    + rb"|password|passwd)(?:\s[^<>]{0,512})?>)([^<]+)",
    re.IGNORECASE,
)
_JSON_MEMBER = re.compile(
    rb"(\"(?:" + _NAMES + rb"|" + _ACCOUNTS + rb"|password|passwd)\"\s{0,16}:\s{0,16}\")([^\"]+)",
    re.IGNORECASE,
)
_PARAMETER = re.compile(
    rb"((?<![\w.-])(?:" + _NAMES + rb")\s{0,8}=\s{0,8}[\"']?)([\w.~:+/=-]+)", re.IGNORECASE
)
_ACCOUNT = re.compile(
    rb"((?:(?<=[?&])(?:"
    + _ACCOUNTS
    + rb")=|(?<![\w.-])(?:"
    + _ACCOUNTS
    + rb")\s{0,8}=\s{0,8}[\"']))([^\s\"'&<>]+)",
    re.IGNORECASE,
)
"""A query's parameter or a quoted value: in a script, what stands unquoted is an expression and no name."""
_IN_ADDRESS = re.compile(rb"(\b[a-z][a-z0-9+.-]{1,15}://)([^\s/@\"'<>?#]{1,256})(?=@)", re.IGNORECASE)
_COOKIE = re.compile(
    rb"(^set-cookie2?[ \t]{0,8}:[ \t]{0,8}[^\s=;]{1,128}=)([^;\r\n]+)", re.IGNORECASE | re.MULTILINE
)
_SECRET_NAME = re.compile((_NAMES + rb"|" + _ACCOUNTS).decode("ascii"), re.IGNORECASE)
_LETTER_OR_DIGIT = re.compile(rb"[A-Za-z0-9\x80-\xff]")

_LOOKED_FOR: tuple[tuple[tuple[bytes, ...], tuple[re.Pattern[bytes], ...]], ...] = (
    (
        (b"salt", b"nonce", b"challenge", b"session", b"token", b"passw"),
        (_ELEMENT, _JSON_MEMBER, _PARAMETER),
    ),
    (
        (b"username", b"user_name", b"loginname", b"login_name", b"accountname", b"account_name"),
        (_ELEMENT, _JSON_MEMBER, _ACCOUNT),
    ),
    ((b"@",), (_IN_ADDRESS,)),
    ((b"set-cookie",), (_COOKIE,)),
)
"""Patterns, and the words without one of which (lower case) they find nothing: most replies hold none."""


def strip_secrets(payload: bytes) -> bytes:
    """The same bytes with the secrets blanked; the length never changes. Linear time."""
    lower = payload.lower()
    for words, patterns in _LOOKED_FOR:
        if any(word in lower for word in words):
            for pattern in patterns:
                payload = pattern.sub(_blank, payload)
    return payload


def is_secret_name(name: str) -> bool:
    """Whether an element of this name holds a secret, or the name of an account."""
    return _SECRET_NAME.fullmatch(name) is not None


def _blank(found: re.Match[bytes]) -> bytes:
    return found[1] + _LETTER_OR_DIGIT.sub(b"0", found[2])
