"""The signed end of a bundle: what it holds, in short, whose key signed it, and the signature."""

from __future__ import annotations

import json
from dataclasses import dataclass

from scanner.evidence.canonical import canonical


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is signed. Its fields are those of the last line of a bundle."""

    format: int
    run: str
    head: str
    """The last link."""
    entries: int
    values: int
    unread: int
    """Lines of the journal that are in the bundle as they are, since nobody could read them."""
    finished: bool
    """The run came to its end; else what was sealed is what it had recorded by then."""
    knowledge: str
    """The digest over all that was known to the run."""
    made: str
    """UTC, ISO 8601 with seconds; by the clock of the machine that sealed."""
    program: str
    signer: str
    """The fingerprint of the key."""


def manifest_of(told: object) -> Manifest | None:
    """A manifest as it was read; None: it is none."""
    if not isinstance(told, dict) or set(told) != set(Manifest.__dataclass_fields__):
        return None
    kinds = {"int": int, "str": str, "bool": bool}
    for name, field in Manifest.__dataclass_fields__.items():
        if type(told[name]) is not kinds[str(field.type)]:
            return None
    return Manifest(**told)


def end_of(line: bytes) -> tuple[Manifest, bytes, bytes] | None:
    """Manifest, key and signature of the last line; None: it is not written as one is."""
    try:
        told = json.loads(line)
        if not isinstance(told, dict) or set(told) != {"key", "manifest", "signature"}:
            return None
        manifest, key = manifest_of(told["manifest"]), bytes.fromhex(told["key"])
        signature = bytes.fromhex(told["signature"])
        if (
            manifest is None
            or canonical({**told, "key": key.hex(), "signature": signature.hex()}) != line[:-1]
        ):
            return None
    except (ValueError, TypeError, RecursionError):
        return None
    return (manifest, key, signature) if line.endswith(b"}\n") else None
