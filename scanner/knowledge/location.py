"""Where the data files lie: one function says it, for a checkout and for an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

from scanner.model.errors import KnowledgeError

_FOLDER = "fingerprints"


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
