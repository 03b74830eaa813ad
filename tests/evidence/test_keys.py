"""Keys are files that openssl reads, and none is ever written over."""

from __future__ import annotations

import hashlib
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from scanner.evidence.keys import fingerprint, is_signed, new_pair, private_key, public_key, raw
from scanner.model.errors import UsageError


def test_a_pair_is_made_once_and_its_owner_alone_reads_it(tmp_path):
    place = tmp_path / "k"
    public = new_pair(place)
    assert (place.stat().st_mode & 0o777, public.name) == (0o600, "k.pub")
    before = place.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        new_pair(place)
    assert place.read_bytes() == before
    with pytest.raises(UsageError, match="cannot be written"):
        new_pair(tmp_path / "gone" / "k")


def test_openssl_reads_it_and_gives_the_same_fingerprint(tmp_path):
    public = new_pair(tmp_path / "k")
    words = ["openssl", "pkey", "-pubin", "-in", public, "-outform", "DER"]
    der = subprocess.run(words, check=True, capture_output=True, timeout=60).stdout
    assert hashlib.sha256(der).hexdigest() == fingerprint(public_key(public))


def test_a_signature_is_of_its_key_and_bytes_alone(tmp_path, pair):
    key, public = pair
    other = public_key(new_pair(tmp_path / "other"))
    signature = key.sign(b"words")
    assert is_signed(public_key(public), signature, b"words")
    assert not is_signed(public_key(public), signature, b"Words")
    assert not is_signed(other, signature, b"words")
    assert len(raw(other)) == 32


def test_what_is_no_key_is_one_line(tmp_path):
    public = new_pair(tmp_path / "k")
    rsa = generate_private_key(65537, 2048)
    locked = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()
    for text, what in (
        ("nothing", "no private key in PEM"),
        (public.read_text(), "no private key in PEM"),
        (locked, "pass phrase"),
        (rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), "not of the kind"),
    ):
        with pytest.raises(UsageError, match=what):
            private_key(text, "k")
    for path, what in ((tmp_path / "k", "a private key; give"), (tmp_path / "no", "cannot be read")):
        with pytest.raises(UsageError, match=what):
            public_key(path)
