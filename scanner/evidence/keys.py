"""The organisation's key: Ed25519 (RFC 8032), as PEM files that openssl reads and writes too."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from scanner.model.errors import UsageError, in_short, unreadable

_LIMIT = 64 << 10
_HOW = "hiksweep keys new FILE makes a pair"


def new_pair(place: Path) -> Path:
    """Make a pair: the private key at a place that its owner alone may read, the public one beside it.

    Returns:
        Where the public key is.

    Raises:
        UsageError: one of the files exists, or cannot be made.
    """
    public_place = place.with_name(f"{place.name}.pub")
    for path in (place, public_place):
        if path.exists():
            raise UsageError(f"{in_short(path)}: exists already; a key is never written over")
    private = Ed25519PrivateKey.generate()
    _write(place, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    _write(public_place, public_pem(private.public_key()), 0o644)
    return public_place


def private_key(text: str, place: str) -> Ed25519PrivateKey:
    """The private key of a PEM text.

    Args:
        text: as the secret's reference gave it.
        place: where that was, for the message.

    Raises:
        UsageError: it is no such key, or one with a pass phrase.
    """
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except TypeError:
        raise UsageError(
            f"{in_short(place)}: the key has a pass phrase; keep it without, where only its owner reads it"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(f"{in_short(place)}: no private key in PEM; {_HOW}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{in_short(place)}: the key is not of the kind Ed25519; {_HOW}")
    return key


def public_key(place: Path) -> Ed25519PublicKey:
    """The public key of a PEM file.

    Raises:
        UsageError: the file cannot be read, or holds none.
    """
    try:
        with place.open("rb") as file:
            data = file.read(_LIMIT)
    except OSError as error:
        raise UsageError(unreadable(place, error)) from None
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        what = "a private key; give the public one" if b"PRIVATE KEY" in data else "no public key in PEM"
        raise UsageError(f"{in_short(place)}: {what}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{in_short(place)}: the key is not of the kind Ed25519")
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as openssl reads it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def raw(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes of a public key."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def fingerprint(key: Ed25519PublicKey) -> str:
    """What a person compares: SHA-256 over the key as `openssl pkey -pubin -outform DER` writes it."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def is_signed(key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether a signature is this key's, over these bytes."""
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _write(place: Path, data: bytes, mode: int) -> None:
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except OSError as error:
        raise UsageError(f"{in_short(place)}: cannot be written ({error.strerror})") from None
