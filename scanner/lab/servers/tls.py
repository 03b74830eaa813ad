"""Certificates made at start, in the shape of those that real devices show."""

from __future__ import annotations

import datetime as dt
import ssl
import tempfile
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

_OIDS = {
    "C": NameOID.COUNTRY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "L": NameOID.LOCALITY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
}
_KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class Tls:
    """What a device shows in its handshake. Names are written as ``C=CN, ST=ZJ, CN=x``."""

    subject: str
    issuer: str | None = None
    """None: self-signed."""
    serial: int | None = None
    not_before: str = "2019-12-17"
    not_after: str = "2037-12-31"
    oldest_only: bool = False
    """True: TLS 1.0 and nothing else, as devices of about 2012 speak it."""


@cache
def _key() -> rsa.RSAPrivateKey:
    """One key for all devices: making forty would make the start slow, and nobody looks at it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def _name(text: str) -> x509.Name:
    pairs = (part.strip().split("=", 1) for part in text.split(", "))
    return x509.Name([x509.NameAttribute(_OIDS[kind], value) for kind, value in pairs])


def certificate(tls: Tls) -> bytes:
    """The certificate and its key, in PEM."""
    key = _key()
    day = dt.datetime.fromisoformat
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(tls.subject))
        .issuer_name(_name(tls.issuer or tls.subject))
        .public_key(key.public_key())
        .serial_number(tls.serial or x509.random_serial_number())
        .not_valid_before(day(f"{tls.not_before}T00:00:00+00:00"))
        .not_valid_after(day(f"{tls.not_after}T00:00:00+00:00"))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM) + private


def server_context(tls: Tls) -> ssl.SSLContext:
    """A server context that speaks what the device would speak.

    TLS 1.0 needs security level 0 in OpenSSL 3; where the local library was built without it, a
    handshake simply fails, which is what a scanner must survive as well.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if tls.oldest_only:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
    with tempfile.TemporaryDirectory(prefix="hiksweep-lab-") as folder:
        path = Path(folder) / "device.pem"
        path.write_bytes(certificate(tls))
        context.load_cert_chain(path)
    return context
