"""What holds for each network in the end, and where it was said. Secrets are shown by reference only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scanner.config.checks import scope_of
from scanner.config.network import Network
from scanner.config.positions import Path as Key
from scanner.config.schema import ENVIRONMENT
from scanner.config.settings import Configuration
from scanner.config.words import duration_text

_SHOWN = (
    "targets", "exclude", "owner", "owner_kind", "profile", "facts", "every", "windows", "blackout",
    "time_zone", "jitter", "rate", "time_limit", "ports", "multicast", "snmp_community", "snmp_routers",
    "snmp_credentials", "enabled", "yes",
)  # fmt: skip
_WITHOUT = {"windows": "at any time", "profile": "none: every measure is information", "time_limit": "none"}
_LISTS_ADD_UP = ("exclude", "blackout")


@dataclass(frozen=True, slots=True)
class Value:
    """One value that holds."""

    key: str
    text: str
    origin: str
    """``line 12``, several of them, a variable, or ``default``."""


def values(
    configuration: Configuration, network: Network, environment: Mapping[str, str] = os.environ
) -> Iterator[Value]:
    """Every value that holds for a network."""
    for key in _SHOWN:
        value = getattr(network, key)
        origin = _origin(configuration, network, key, environment)
        if origin != "default" or value not in ("", (), None) or key in _WITHOUT:
            yield Value(key, value_text(value) or _WITHOUT.get(key, "none"), origin)


def common_values(
    configuration: Configuration, environment: Mapping[str, str] = os.environ
) -> Iterator[Value]:
    """What holds for the program as a whole."""
    settings = configuration.settings
    for key, value in (("store", settings.store), ("store_password", settings.store_password)):
        if value is not None:
            yield Value(key, value_text(value), _said((key,), configuration, environment) or "default")
    for table in ("reports", "log", "metrics", "inventory", "daemon"):
        for key in type(getattr(settings, table)).model_fields:
            value = getattr(getattr(settings, table), key)
            origin = _said((table, key), configuration, environment) or "default"
            if value is not None:
                yield Value(f"{table}.{key}", value_text(value), origin)


def as_data(
    configuration: Configuration, network: Network, environment: Mapping[str, str] = os.environ
) -> dict[str, Any]:
    """A network as plain data, for programs."""
    scope = scope_of(network)
    held = {
        value.key: {"value": _plain(getattr(network, value.key)), "from": value.origin}
        for value in values(configuration, network, environment)
    }
    return {"id": network.id, "site": network.site, "name": network.name, "label": network.label,
            "addresses": scope.size, "values": held}  # fmt: skip


def value_text(value: object) -> str:
    """A value as a person reads it."""
    if isinstance(value, tuple):
        return ", ".join(value_text(one) for one in value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, ZoneInfo):
        return value.key
    return str(value)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, (bool, float)):
        return value
    return value_text(value)


def _origin(configuration: Configuration, network: Network, key: str, environment: Mapping[str, str]) -> str:
    seat = ("sites", network.site, "networks", network.name)
    found = [
        said
        for path in ((*seat, key), (*seat[:2], key), (key,))
        if (said := _said(path, configuration, environment))
    ]
    if key in _LISTS_ADD_UP:
        return ", ".join(reversed(found)) or "default"
    return found[0] if found else "default"


def _said(path: Key, configuration: Configuration, environment: Mapping[str, str]) -> str:
    wanted = ENVIRONMENT + "__".join(map(str, path)).upper()
    for variable in environment:
        if variable.upper() == wanted:
            return f"environment {variable}"
    line = configuration.lines.get(path)
    return f"line {line}" if line else ""
