"""hiksweep.toml found, read and checked. What comes out of here can be used as it is."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from scanner.config import positions
from scanner.config.checks import Checks
from scanner.config.faults import ConfigError, Fault, fault_of, name_faults, syntax_fault, variable_faults
from scanner.config.location import read_text
from scanner.config.network import Network, networks
from scanner.config.schema import Settings
from scanner.config.words import parse_zone

_LOCALTIME = Path("/etc/localtime")


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration that holds."""

    path: Path
    """The file, as it is called."""
    settings: Settings
    networks: tuple[Network, ...]
    warnings: tuple[Fault, ...]
    lines: Mapping[positions.Path, int]

    @property
    def folder(self) -> Path:
        """Names of files in it count from here."""
        return self.path.resolve().parent


def load(path: Path, profiles: Collection[str], environment: Mapping[str, str] = os.environ) -> Configuration:
    """Read and check a file.

    Args:
        path: the file.
        profiles: that there are.
        environment: variables that may set keys.

    Raises:
        UsageError: the file cannot be read.
        ConfigError: it holds faults; each is told with its line.
    """
    return parse(read_text(path), path, profiles, environment)


def parse(
    text: str, path: Path, profiles: Collection[str], environment: Mapping[str, str] = os.environ
) -> Configuration:
    """Read and check a text.

    Raises:
        ConfigError: it holds faults; each is told with its line.
    """
    place = str(path)
    data = _toml(text, place)
    lines = positions.positions(text.replace("\r\n", "\n"))
    found = [*name_faults(data, lines, place), *variable_faults(environment)]
    settings: Settings | None = None
    try:
        settings = Settings(**data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        found += [fault_of(detail, lines, place, environment) for detail in details]
    if settings is None or found:
        raise ConfigError(found)
    zone = settings.time_zone or local_zone(environment)
    known = tuple(networks(settings, path.resolve().parent, zone))
    checks = Checks(settings, known, lines, place, profiles)
    if faults := tuple(checks.faults()):
        raise ConfigError(faults)
    return Configuration(path, settings, known, tuple(sorted(checks.warnings())), lines)


def example() -> str:
    """A configuration that a person completes in two lines, with every key in it."""
    return resources.files("scanner.config").joinpath("example.toml").read_text(encoding="utf-8")


def local_zone(environment: Mapping[str, str] = os.environ) -> ZoneInfo:
    """The time zone of this machine; UTC where it has none."""
    named = environment.get("TZ", "").lstrip(":")
    if named:
        try:
            return parse_zone(named)
        except ValueError:
            pass
    try:
        resolved = str(_LOCALTIME.resolve(strict=True))
        if "/zoneinfo/" in resolved:
            return parse_zone(resolved.split("/zoneinfo/", 1)[1].removeprefix("posix/"))
        with _LOCALTIME.open("rb") as file:
            return ZoneInfo.from_file(file, key="local")
    except (OSError, ValueError):
        return ZoneInfo("UTC")


def _toml(text: str, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([syntax_fault(error, place, text)]) from None
    except RecursionError:
        raise ConfigError([Fault(0, place, "", "not TOML: nested too deeply")]) from None
