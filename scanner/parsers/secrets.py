"""What a reply may hold that must not be kept: salts, tokens, session names, cookies, keys, account names.

Every letter and digit of such a value becomes ``0``; its length, its punctuation and everything around it
stay. So sizes announced in the message still fit, a signature that looks at the shape of a nonce still
matches, and a reply read from the journal gives the same fields as the reply from the wire.
"""

from __future__ import annotations

import re

_NAMES = (
    rb"salt[0-9]{0,2}|nonce|nextnonce|cnonce|opaque|challenge|session_?id|session_?tag|token"
    rb"|(?:access|csrf|refresh|auth|xsrf)[_-]?token|csrf|api_?key|(?:client_?)?secret|private_?key"
)
_ACCOUNTS = rb"user_?name|login_?name|account_?name|admin_?name"
_PASSWORDS = rb"password|passwd|pass_?word"
_ELEMENT = re.compile(
    rb"(<(?:[A-Za-z_][\w.-]{0,63}:)?(?:"
    + _NAMES
    + rb"|"
    + _ACCOUNTS
    + rb"|[A-Za-z_]{0,24}(?:password|passwd))(?:\s[^<>]{0,512})?>(?:\s{0,16}<!\[CDATA\[)?)"
    + rb"(?!(?:true|false|[01])<)([^<]+)",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    rb"((?<![\w.-])(?:[\"'](?:user|"
    + _NAMES
    + rb"|"
    + _ACCOUNTS
    + rb"|"
    + _PASSWORDS
    + rb")[\"']|(?:"
    + _NAMES
    + rb"|"
    + _ACCOUNTS
    + rb"|"
    + _PASSWORDS
    + rb"))\s{0,16}:\s{0,16}([\"']))((?:(?!\2)[^\\\r\n]|\\.)+)",
    re.IGNORECASE,
)
"""A member of an object, in JSON or in a script."""
_PARAMETER = re.compile(
    rb"((?<![\w.-])(?:" + _NAMES + rb")\s{0,8}=\s{0,8}[\"']?)([\w.~:+/=-]+)", re.IGNORECASE
)
_ACCOUNT = re.compile(
    rb"((?:(?<=[?&;])(?:"
    + _ACCOUNTS
    + rb"|"
    + _PASSWORDS
    + rb"|pwd|pass|auth|user|usr)=|(?<![\w.-])(?:"
    + _ACCOUNTS
    + rb")\s{0,8}=\s{0,8}[\"']))([^\s\"'&<>]+)",
    re.IGNORECASE,
)
"""A query's parameter or a quoted value: in a script, what stands unquoted is an expression and no name."""
_IN_ADDRESS = re.compile(rb"(\b[a-z][a-z0-9+.-]{1,15}://)([^\s/@\"'<>?#]{1,256})(?=@)", re.IGNORECASE)
_COOKIE = re.compile(
    rb"(^set-cookie2?[ \t]{0,8}:[ \t]{0,8}[^\s=;]{1,128}=)([^;\r\n]+)", re.IGNORECASE | re.MULTILINE
)
_HEADER = re.compile(
    rb"(^(?:(?:proxy-)?authorization|cookie|session|[\w-]{0,32}(?:token|api-?key|session-?id))"
    rb"[ \t]{0,8}:[ \t]{0,8})([^;\r\n]+)",
    re.IGNORECASE | re.MULTILINE,
)
"""What a client proves itself by (in what a tool kept of it), and what a server hands out to be used so."""
_FORM = re.compile(
    rb"<(?:input|meta)\s(?=[^<>]{0,1024}?\bname\s{0,8}=\s{0,8}[\"']?(?:"
    + _NAMES
    + rb"|"
    + _ACCOUNTS
    + rb"|"
    + _PASSWORDS
    + rb")[\"'\s>/])[^<>]{1,2048}",
    re.IGNORECASE,
)
_VALUE = re.compile(rb"(\b(?:value|content)\s{0,8}=\s{0,8}([\"']))([^\"']+)", re.IGNORECASE)
_KEY = re.compile(rb"(-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----)((?:(?!-----END ).){1,16384})", re.DOTALL)
_SECRET_NAME = re.compile((_NAMES + rb"|" + _ACCOUNTS).decode("ascii"), re.IGNORECASE)
_LETTER_OR_DIGIT = re.compile(rb"[A-Za-z0-9\x80-\xff]")
_ACCOUNT_IN_TEXT = re.compile(r"://\S*@")
"""A password may hold a slash that is not coded: up to the last sign nothing is kept."""

_OF_ACCOUNTS = tuple(
    word + rest + b"name" for word in (b"user", b"login", b"account", b"admin") for rest in (b"", b"_")
)
_LOOKED_FOR: tuple[tuple[tuple[bytes, ...], tuple[re.Pattern[bytes], ...]], ...] = (
    ((b"private key-----",), (_KEY,)),
    (
        (b"salt", b"nonce", b"challenge", b"session", b"token", b"passw", b"opaque", b"secret", b"_key",
         b"apikey", b"csrf", *_OF_ACCOUNTS),
        (_ELEMENT, _PARAMETER),
    ),
    ((b':"', b': "', b":'", b": '", b'" :', b"' :", b":  ", b":\t"), (_MEMBER,)),
    ((b"<input", b"<meta"), (_FORM,)),
    (
        (*_OF_ACCOUNTS, b"user=", b"usr=", b"pwd=", b"pass=", b"auth=", b"passw"),
        (_ACCOUNT,),
    ),
    ((b"@",), (_IN_ADDRESS,)),
    ((b"set-cookie",), (_COOKIE,)),
    ((b"authorization", b"cookie", b"session", b"token", b"api-key", b"apikey"), (_HEADER,)),
)  # fmt: skip
"""Patterns, and the words without one of which (lower case) they find nothing: most replies hold none."""


def strip_secrets(payload: bytes) -> bytes:
    """The same bytes with the secrets blanked; the length never changes. Linear time."""
    lower = payload.lower()
    for words, patterns in _LOOKED_FOR:
        for word in words:
            if word in lower:
                for pattern in patterns:
                    payload = pattern.sub(_blank, payload)
                break
    return payload


def is_secret_name(name: str) -> bool:
    """Whether an element of this name holds a secret, or the name of an account."""
    return _SECRET_NAME.fullmatch(name) is not None


def strip_request(request: str) -> str:
    """A question of which neither the account in its address nor what stands behind its path is kept."""
    return _ACCOUNT_IN_TEXT.sub("://", request).partition("?")[0].partition(";")[0]


def _blank(found: re.Match[bytes]) -> bytes:
    if found.re is _FORM:
        return _VALUE.sub(_blank, found[0])
    *_, value = found.groups()
    start = found.start(found.re.groups) - found.start()
    return found[0][:start] + _LETTER_OR_DIGIT.sub(b"0", value)
