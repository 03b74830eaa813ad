"""Where the data files lie: one function says it, for a checkout and for an installed wheel alike."""

from __future__ import annotations

import hashlib
from pathlib import Path

from scanner.model.errors import KnowledgeError

_FOLDER = "fingerprints"
_DATA = (".yaml", ".csv")


def fingerprints_root() -> Path:
    """The folder that holds signatures, brands, models, prefixes and mandates.

    In a wheel the data is part of the package ``scanner``; in a checkout it lies beside it.

    Raises:
        KnowledgeError: neither place has it.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / _FOLDER, package.parent / _FOLDER):
        if folder.is_dir():
            return folder
    raise KnowledgeError(f"{package / _FOLDER}: the data folder is missing; install hiksweep again")


def digest_of(root: Path, blocks: Path | None = None) -> str:
    """A digest over all data: two installations with the same one know the same.

    Args:
        root: the folder ``fingerprints``.
        blocks: the user's own table of MAC blocks; None, or no such file: none.
    """
    digest = hashlib.sha256()
    files = sorted(path for path in root.rglob("*") if path.suffix in _DATA and path.is_file())
    for path in (*files, *((blocks,) if blocks is not None and blocks.is_file() else ())):
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        data = path.read_bytes()
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
