"""Secrets by reference: the configuration says where one is, and it is read when it is used."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scanner.model.errors import UsageError, unreadable

KINDS = ("env", "file", "credential")
_LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class SecretReference:
    """Where a secret is: a variable of the environment, a file, or a credential of the service manager."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f'{{ {self.kind} = "{self.name}" }}'

    def read(self, folder: Path, environment: Mapping[str, str] = os.environ) -> str:
        """The secret itself: the first line of what the reference names.

        Args:
            folder: of the configuration; a file's name counts from there.
            environment: variables, among them the folder of systemd's credentials.

        Raises:
            UsageError: it is not there, cannot be read, is empty, or others can read the file.
        """
        if self.kind == "env":
            value = environment.get(self.name, "")
            if not value:
                raise UsageError(f"{self}: the variable is not set")
            return value
        if self.kind == "file":
            return _first_line(self, folder / Path(self.name).expanduser(), alone=True)
        given = environment.get("CREDENTIALS_DIRECTORY")
        if not given:
            raise UsageError(
                f"{self}: there are no credentials here; systemd hands them to its services only"
            )
        return _first_line(self, Path(given) / self.name, alone=False)


def parse_secret(value: object) -> SecretReference:
    """Read ``{ env = "NAME" }``, ``{ file = "PATH" }`` or ``{ credential = "NAME" }``.

    Raises:
        ValueError: anything else. What was written is not repeated: it may be the secret.
    """
    if not isinstance(value, Mapping):
        raise ValueError(  # noqa: TRY004 - what pydantic takes
            'a secret never stands in this file; say where it is: { file = "PATH" }, { env = "NAME" } or '
            '{ credential = "NAME" }'
        )
    if len(value) != 1 or next(iter(value)) not in KINDS:
        raise ValueError('one of { file = "PATH" }, { env = "NAME" } and { credential = "NAME" }')
    ((kind, name),) = value.items()
    if not isinstance(name, str) or not name.strip() or "\0" in name or "\n" in name:
        raise ValueError(f"{kind} needs a name in quotes")
    if kind == "credential" and "/" in name:
        raise ValueError("a credential has a name, and no path")
    return SecretReference(kind, name)


def _first_line(reference: SecretReference, path: Path, *, alone: bool) -> str:
    try:
        if alone and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise UsageError(f"{reference}: others can read it; chmod 600 {path}")
        with path.open("rb") as file:
            lines = file.read(_LONGEST).decode("utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(unreadable(reference, error)) from None
    except UnicodeDecodeError:
        raise UsageError(f"{reference}: not text in UTF-8") from None
    if not lines or not lines[0].strip():
        raise UsageError(f"{reference}: its first line is empty; put the secret there")
    return lines[0].strip()
