"""Where hiksweep.toml is, and which store it names: what other commands want of it, without its rules."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scanner.config.secret import SecretReference, parse_secret
from scanner.model.errors import UsageError, unreadable

NAME = "hiksweep.toml"
_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class NamedStore:
    """The store that a configuration names."""

    place: str
    """A file, or a URL."""
    password: SecretReference | None
    folder: Path
    """Of the configuration."""


def places(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where the file is looked for, in this order, when none is named."""
    own = environment.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111
    # A user without a home, as in a container, keeps the tilde, and nothing is there.
    return (Path(NAME), Path(own) / "hiksweep" / NAME, Path("/etc/hiksweep") / NAME)


def find(named: str | None = None, environment: Mapping[str, str] = os.environ) -> Path:
    """The file to read: the one that is named, that of ``HIKSWEEP_CONFIG``, or the first that is there.

    Raises:
        UsageError: there is none.
    """
    if (found := first(named, environment)) is not None:
        return found
    looked = ", ".join(map(str, places(environment)[1:]))
    raise UsageError(f"there is no {NAME} here, nor at {looked}; make one: hiksweep config example > {NAME}")


def first(named: str | None = None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file to read, as `find` says; None = there is none."""
    if chosen := named or environment.get("HIKSWEEP_CONFIG"):
        return Path(chosen)
    return next((place for place in places(environment) if place.is_file()), None)


def named_store(environment: Mapping[str, str] = os.environ) -> NamedStore | None:
    """The store that the configuration names; None = there is no configuration, or it names none.

    Raises:
        UsageError: the configuration cannot be read; another store than the meant one would be worse.
    """
    path = first(None, environment)
    if path is None:
        return None
    try:
        data = tomllib.loads(read_text(path))
        given = environment.get("HIKSWEEP_SET_STORE") or data.get("store")
        password = parse_secret(data["store_password"]) if "store_password" in data else None
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: holds a fault; see 'hiksweep config check', or name a --store") from None
    if not isinstance(given, str) or not given:
        return None
    folder = path.resolve().parent
    return NamedStore(place_of(given, folder), password, folder)


def place_of(store: str, folder: Path) -> str:
    """A store as the configuration writes it: the name of a file counts from the configuration's folder."""
    return store if "://" in store else str(folder / Path(store).expanduser())


def named_file(store: str | None, folder: Path) -> str | None:
    """The file in which a store lies; None = in the data folder, or on another machine."""
    if store is None:
        return None
    place = place_of(store, folder)
    if "://" not in place:
        return place
    return place.removeprefix("sqlite:///") if place.startswith("sqlite:///") else None


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        UsageError: it cannot be read, is too large or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UsageError(f"{path}: larger than {_LARGEST // 1024 // 1024} MiB, which is no such file")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(unreadable(path, error)) from None
    except ValueError:
        raise UsageError(f"{path}: not a text file in UTF-8") from None
