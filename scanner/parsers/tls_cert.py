"""X.509 certificates: DER from a handshake, PEM, or ``subject``/``issuer`` lines of a tool.

Names come out in one spelling, in the certificate's own order: ``C=CN, ST=ZJ, O=X``; a comma or backslash
inside a value is escaped by a backslash, so that no value can pass for another attribute.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.parsers.der import CERTIFICATE_LIMIT, read_names
from scanner.parsers.text import decode

ALTERNATIVES_LIMIT = 128
LINES_LIMIT = 256

Name: TypeAlias = tuple[tuple[str, str], ...]

_SHORT_BY_OID = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "street",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "title",
    "2.5.4.42": "GN",
    "1.2.840.113549.1.9.1": "emailAddress",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
}
_SHORT_BY_NAME = {short.lower(): short for short in _SHORT_BY_OID.values()} | {
    "commonname": "CN",
    "countryname": "C",
    "country": "C",
    "localityname": "L",
    "locality": "L",
    "stateorprovincename": "ST",
    "s": "ST",
    "sp": "ST",
    "organizationname": "O",
    "organization": "O",
    "organizationalunitname": "OU",
    "organizationalunit": "OU",
    "email": "emailAddress",
    "e": "emailAddress",
}
_PEM = re.compile(rb"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]{1,100000})")
_LINE = re.compile(
    r"[| \t_]{0,32}(?:ssl-cert: )?((?:x509v3 )?subject alternative name|san|subject|issuer|serial number"
    r"|serialnumber|serial|not ?before|not ?after)[ \t]{0,16}[:=][ \t]{0,16}([^\r\n]{0,8192})",
    re.IGNORECASE,
)
_ESCAPED, _BACKSLASHED = re.compile(r"[\\,]"), r"\\\g<0>"
_SLASH_KEY = re.compile(r"/[A-Za-z][\w.]{0,40} ?=")
_COMMA_KEY = re.compile(r", ?[A-Za-z][\w.]{0,40} ?=")
_ATTRIBUTE = re.compile(r"\s*+([A-Za-z][\w .-]{0,40}?|\d[\d.]{0,64}) ?= ?")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says; names as (short name, value) in its own order."""

    subject: Name | None = None
    issuer: Name | None = None
    serial: str | None = None
    """Lower-case hex, two digits an octet."""
    not_before: str | None = None
    """UTC, ISO 8601; of a text input as written."""
    not_after: str | None = None
    alternatives: tuple[str, ...] = ()
    key: str | None = None
    """SHA-256 of its public key (SubjectPublicKeyInfo, DER), lower-case hex."""


def parse(payload: bytes) -> Certificate:
    """Read a certificate in any of its forms.

    Raises:
        Malformed: it is none.
    """
    if pem := _PEM.search(payload[: 2 * CERTIFICATE_LIMIT]):
        try:
            return _from_der(base64.b64decode(re.sub(rb"\s", b"", pem[1]), validate=True))
        except binascii.Error as error:
            raise Malformed("a PEM certificate whose base64 is damaged") from error
    if payload[:1] == b"\x30" and payload[1:2] >= b"\x80":
        return _from_der(payload[:CERTIFICATE_LIMIT])
    return _from_lines(decode(payload[:CERTIFICATE_LIMIT]))


def read(payload: bytes, _request: str | None = None) -> Fields:
    """The ``tls.*`` fields of a certificate."""
    return Fields(_fields(parse(payload)))


def canonical_name(name: Name) -> str:
    """One spelling of a name."""
    return ", ".join(f"{key}={_ESCAPED.sub(_BACKSLASHED, value)}" for key, value in name)


def split_name(text: str) -> Name:
    r"""Attributes of a name as tools print it: ``C=CN, O=X``, ``CN=x,O=Y\\, Inc.`` or ``/C=CN/O=X``."""
    text = text.strip()[:8192]
    by_slash = _SLASH_KEY.search(text) is not None and not _COMMA_KEY.search(text)
    separator = "/" if text.startswith("/") or by_slash else ","
    pairs: list[tuple[str, str]] = []
    position = len(text) - len(text.lstrip("/"))
    while position < len(text) and len(pairs) < 64:
        key = _ATTRIBUTE.match(text, position)
        end, value = _value_end(text, key.end() if key else position, separator)
        if key:
            short = key[1].strip()
            pairs.append((_SHORT_BY_OID.get(short) or _SHORT_BY_NAME.get(short.lower(), short), value))
        elif pairs:  # a separator that stood inside a value
            blank = " " if text[position : position + 1] == " " else ""
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]}{separator}{blank}{value}")
        position = end + 1
    return tuple(pairs)


def _value_end(text: str, position: int, separator: str) -> tuple[int, str]:
    """Where a value ends, and the value without quotes and escapes."""
    value: list[str] = []
    quoted = False
    while position < len(text):
        character = text[position]
        if character == "\\" and position + 1 < len(text):
            position += 1
            value.append(text[position])
        elif character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            break
        else:
            value.append(character)
        position += 1
    return position, "".join(value).strip()


def _from_der(der: bytes) -> Certificate:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            return _from_library(x509.load_der_x509_certificate(der))
    except (ValueError, TypeError, x509.InvalidVersion, x509.UnsupportedGeneralNameType):
        names = read_names(der)
        return Certificate(_short(names.subject), _short(names.issuer), _hex(names.serial))


def _from_library(certificate: x509.Certificate) -> Certificate:
    return Certificate(
        subject=_library_name(certificate.subject),
        issuer=_library_name(certificate.issuer),
        serial=_hex(certificate.serial_number),
        not_before=certificate.not_valid_before_utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        not_after=certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        alternatives=_alternatives(certificate),
        key=_key(certificate),
    )


def _key(certificate: x509.Certificate) -> str | None:
    """Digest of the public key; a key of a kind that is not known has none."""
    try:
        info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return hashlib.sha256(info).hexdigest()


def _library_name(name: x509.Name) -> Name:
    pairs = []
    for attribute in list(name)[:64]:
        value = attribute.value
        pairs.append((attribute.oid.dotted_string, decode(value) if isinstance(value, bytes) else value))
    return _short(tuple(pairs))


def _short(name: tuple[tuple[str, str], ...]) -> Name:
    return tuple((_SHORT_BY_OID.get(oid, oid), value) for oid, value in name)


def _alternatives(certificate: x509.Certificate) -> tuple[str, ...]:
    """Names that the certificate is also for; an extension that cannot be read counts as none."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return ()
    kinds = (x509.DNSName, x509.IPAddress, x509.UniformResourceIdentifier, x509.RFC822Name)
    found = [str(name.value) for name in list(names)[:ALTERNATIVES_LIMIT] if isinstance(name, kinds)]
    return tuple(found)


def _from_lines(text: str) -> Certificate:
    values: dict[str, str] = {}
    lines = text.splitlines()[:LINES_LIMIT]
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        if found := _LINE.match(line):
            value = found[2].strip() or following.strip()  # some tools print a long value below its name
            values.setdefault(re.sub(r"\s|x509v3", "", found[1].lower()), value)
    subject, issuer = values.get("subject"), values.get("issuer")
    if subject is None and issuer is None:
        raise Malformed("no certificate: neither DER nor PEM nor lines of subject and issuer")
    serial = values.get("serial") or values.get("serialnumber")
    names = values.get("san") or values.get("subjectalternativename") or ""
    return Certificate(
        subject=None if subject is None else split_name(subject),
        issuer=None if issuer is None else split_name(issuer),
        serial=_written_serial(serial) if serial else None,
        not_before=values.get("notbefore"),
        not_after=values.get("notafter"),
        alternatives=tuple(
            re.sub(r"^\s*(?:DNS|IP(?: Address)?):", "", name).strip() for name in names.split(",")
        )
        if names
        else (),
    )


def _written_serial(text: str) -> str | None:
    both = re.search(r"\(0x([0-9a-f]{1,128})\)", text[:256].lower())  # decimal, then hexadecimal in brackets
    digits = both[1] if both else re.sub(r"[:\s]", "", text.lower())[:128].removeprefix("0x")
    if not re.fullmatch(r"[0-9a-f]+", digits):
        return None
    return _hex(int(digits, 16))


def _hex(number: int) -> str:
    digits = format(abs(number), "x")
    return ("-" if number < 0 else "") + digits.zfill(len(digits) + len(digits) % 2)


def _fields(certificate: Certificate) -> Iterator[tuple[str, str]]:
    for side, name in (("subject", certificate.subject), ("issuer", certificate.issuer)):
        if name is None:
            continue
        yield f"tls.{side}", canonical_name(name)
        for key, value in name:
            yield f"tls.{side}.{key}", value
    if certificate.serial is not None:
        yield "tls.serial", certificate.serial
    if certificate.subject and certificate.issuer:
        yield "tls.self_signed", "yes" if certificate.subject == certificate.issuer else "no"
    for alternative in certificate.alternatives:
        yield "tls.san", alternative
    if certificate.key is not None:
        yield "tls.key", certificate.key
    if certificate.not_before:
        yield "tls.not_before", certificate.not_before
    if certificate.not_after:
        yield "tls.not_after", certificate.not_after
