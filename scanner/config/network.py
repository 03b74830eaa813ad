"""A network as it will be swept: every key resolved through its site and the top of the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scanner.config.schema import Network as Table
from scanner.config.schema import OwnerKind, Settings, Site
from scanner.config.secret import SecretReference
from scanner.config.words import Days, Period, Window

WEEKLY = Period(days=7)
RATE = 500.0


@dataclass(frozen=True, slots=True)
class Network:
    """What is swept together, when, and how."""

    site: str
    name: str
    label: str
    owner: str
    owner_kind: OwnerKind
    targets: tuple[str, ...]
    exclude: tuple[str, ...]
    profile: tuple[str, ...]
    facts: str | None
    """A file, or an ``https://`` address of the organisation's own systems."""
    time_zone: ZoneInfo
    every: Period
    windows: tuple[Window, ...]
    """Empty = at any time."""
    blackout: tuple[Days, ...]
    jitter: timedelta
    rate: float
    time_limit: timedelta | None
    ports: tuple[str, ...]
    multicast: bool
    snmp_community: SecretReference | None
    snmp_routers: tuple[str, ...]
    snmp_credentials: Path | None
    enabled: bool
    yes: bool

    @property
    def id(self) -> str:
        """Site and name, which together are unique."""
        return f"{self.site}/{self.name}"


def networks(settings: Settings, folder: Path, zone: ZoneInfo) -> Iterator[Network]:
    """Every network in the order of the file.

    Args:
        settings: the whole file.
        folder: where it lies; names of files count from there.
        zone: that holds where the file names none.
    """
    for site_name, site in settings.sites.items():
        for name, table in site.networks.items():
            yield _network(settings, site, table, (site_name, name), folder, zone)


def _network(
    settings: Settings, site: Site, table: Table, names: tuple[str, str], folder: Path, zone: ZoneInfo
) -> Network:
    levels = (table, site, settings)

    def nearest(key: str) -> Any:
        return next((value for level in levels if (value := getattr(level, key)) is not None), None)

    def path(key: str) -> Path | None:
        name = nearest(key)
        return None if name is None else folder / Path(str(name)).expanduser()

    def place(key: str) -> str | None:
        name = nearest(key)
        return name if name is None or name.startswith("https://") else str(path(key))

    def first(key: str, otherwise: Any) -> Any:
        found = nearest(key)
        return otherwise if found is None else found

    values: dict[str, Any] = {
        key: first(key, otherwise)
        for key, otherwise in (
            ("owner", ""), ("owner_kind", OwnerKind.AGENCY), ("profile", ()), ("every", WEEKLY),
            ("windows", ()), ("jitter", timedelta(0)), ("rate", RATE), ("time_limit", None), ("ports", ()),
            ("multicast", True), ("snmp_community", None), ("snmp_routers", ()),
        )
    }  # fmt: skip
    for key in ("exclude", "blackout"):
        values[key] = tuple(
            dict.fromkeys(value for level in reversed(levels) for value in getattr(level, key))
        )
    return Network(
        site=names[0], name=names[1], label=table.label or "", targets=table.targets, enabled=table.enabled,
        yes=table.yes, facts=place("facts"), snmp_credentials=path("snmp_credentials"),
        time_zone=site.time_zone or settings.time_zone or zone, **values,
    )  # fmt: skip
