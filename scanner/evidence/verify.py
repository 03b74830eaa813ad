"""Verifies a bundle, with nothing but the bundle and the keys that are trusted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from scanner.evidence.bundle import FORMAT, Broken, Piece, pieces
from scanner.evidence.canonical import canonical
from scanner.evidence.keys import fingerprint, is_signed
from scanner.evidence.manifest import Manifest, end_of
from scanner.model.errors import UsageError, unreadable


class State(StrEnum):
    """What a bundle is found to be."""

    INTACT = "intact"
    """And signed by a key that is trusted."""
    UNKNOWN_SIGNER = "unknown-signer"
    """Intact; whose key it is, nobody has said."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of verifying a bundle."""

    state: State
    digest: str
    """SHA-256 of the file; empty where it was not read to its end."""
    signer: str = ""
    """The fingerprint of the key that signed it; empty where it is broken."""
    manifest: Manifest | None = None
    taken_out: int = 0
    """Values that were redacted."""
    line: int = 0
    """The first that is wrong, from 1."""
    why: str = ""


def verify(
    path: Path, trusted: Sequence[Ed25519PublicKey] = (), each: Callable[[Piece], None] | None = None
) -> Verdict:
    """Whether a bundle is what was sealed, and by whom.

    Args:
        path: of the bundle.
        trusted: public keys.
        each: is given every piece as it is found right; what it did counts only if the verdict is good.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            digesting = _Digesting(file)
            try:
                return _verified(digesting, trusted, each or (lambda _: None))
            except Broken as broken:
                return Verdict(State.BROKEN, "", line=broken.line, why=str(broken))
    except OSError as error:
        raise UsageError(unreadable(path, error)) from None


def _verified(
    file: _Digesting, trusted: Sequence[Ed25519PublicKey], each: Callable[[Piece], None]
) -> Verdict:
    head, number, values, taken_out = b"", 0, 0, 0
    first, end = b"", b""
    for piece in pieces(file):
        if isinstance(piece, bytes):
            end = piece
            break
        head, number = piece.link, piece.number
        first = first or piece.entry
        if piece.value is not None:
            values += 1
            taken_out += piece.text is None
        each(piece)
    manifest, signer = _signed(number + 1, end)
    if first != canonical({"format": FORMAT, "kind": "bundle", "run": manifest.run}):
        raise Broken(1, "it does not begin as the bundle of its run")
    if (manifest.head.encode(), manifest.values, manifest.entries) != (head, values, number - values):
        raise Broken(number + 1, "the signed end is not that of these lines")
    known = any(fingerprint(key) == manifest.signer for key in trusted)
    state = State.INTACT if known else State.UNKNOWN_SIGNER
    return Verdict(state, file.digest, signer, manifest, taken_out)


def _signed(number: int, line: bytes) -> tuple[Manifest, str]:
    """The manifest, and the fingerprint of the key that truly signed it."""
    end = end_of(line)
    if end is None:
        raise Broken(number, "it is not written as the signed end is")
    manifest, key_bytes, signature = end
    try:
        key = Ed25519PublicKey.from_public_bytes(key_bytes)
    except ValueError:
        raise Broken(number, "its key is none") from None
    if manifest.format != FORMAT:
        raise Broken(number, f"it is of format {manifest.format}, which this version does not know")
    if not is_signed(key, signature, canonical(asdict(manifest))) or fingerprint(key) != manifest.signer:
        raise Broken(number, "the signature is not that of its key over what the end says")
    return manifest, manifest.signer


class _Digesting:
    """Lines of a file, and the digest over all that was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def readline(self, size: int, /) -> bytes:
        """One line, at most so long."""
        line = self._file.readline(size)
        self._digest.update(line)
        return line

    def read(self, size: int, /) -> bytes:
        """So many bytes."""
        data = self._file.read(size)
        self._digest.update(data)
        return data

    @property
    def digest(self) -> str:
        """SHA-256 so far, in hexadecimal."""
        return self._digest.hexdigest()
