"""Where hiksweep.toml is, and which store it names: what other commands want of it, without its rules."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.config.secret import SecretReference, parse_secret
from scanner.model.errors import UsageError, unreadable
from scanner.scope import AddressRange, parse_target

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


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a configuration says is never touched."""

    path: Path
    """The configuration."""
    ranges: tuple[AddressRange, ...]


def left_out(site: str | None = None, environment: Mapping[str, str] = os.environ) -> LeftOut | None:
    """What the configuration that would be read says is never touched; None = there is none.

    Args:
        site: whose addresses are meant. Without it, and for a site that the configuration does not know, what
            any of its sites leaves out counts: one address too many left alone does no harm.
        environment: variables that may name the file.

    Raises:
        UsageError: the file cannot be read, or says what to leave out in a way that is not understood.
    """
    path = first(None, environment)
    if path is None:
        return None
    try:
        data = tomllib.loads(read_text(path))
        texts = list(_excluded(data, site))
        if (more := environment.get("HIKSWEEP_SET_EXCLUDE")) is not None:
            texts.append(more)
        found = [parse_target(text) for text in texts]
        ranges = tuple(one for one in found if isinstance(one, AddressRange))
    except (UsageError, ValueError, TypeError, AttributeError, RecursionError):
        ranges, found = (), [""]
    if len(ranges) != len(found):
        raise UsageError(
            f"{path}: holds a fault, so that what must not be touched is not known; "
            "see 'hiksweep config check', or say --no-config"
        )
    return LeftOut(path, tuple(dict.fromkeys(ranges)))


def _excluded(data: dict[str, Any], site: str | None) -> Iterator[str]:
    """Every text under ``exclude``, at the top, in the sites that are meant and in their networks."""
    sites: dict[str, Any] = data.get("sites", {})
    meant = [sites[site]] if site in sites else list(sites.values())
    tables = [data, *meant, *(network for one in meant for network in one.get("networks", {}).values())]
    for table in tables:
        given = table.get("exclude", ())
        yield from [given] if isinstance(given, str) else given


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
