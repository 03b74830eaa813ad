"""The keys of the configuration as a reference shows them, table by table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from scanner.config.schema import Daemon, Inherited, Inventory, Log, Metrics, Network, Reports, Settings, Site
from scanner.config.tickets import Tickets


@dataclass(frozen=True, slots=True)
class Key:
    """One key."""

    name: str
    value: str
    """What it may be."""
    example: str
    says: str
    """What it means."""


def key_tables() -> Iterator[tuple[str, str, tuple[Key, ...]]]:
    """Title, sentence and keys of each table of the file; one that holds tables only is left out."""
    inherited = frozenset(Inherited.model_fields)
    shared = "At the top, in `[sites.SITE]` and in `[sites.SITE.networks.NAME]`."
    yield "Everywhere", shared, tuple(_keys(Inherited))
    yield "At the top only", "Before the first table.", tuple(_keys(Settings, inherited))
    yield "[sites.SITE]", _first_sentence(Site), tuple(_keys(Site, inherited))
    yield "[sites.SITE.networks.NAME]", _first_sentence(Network), tuple(_keys(Network, inherited))
    for title, table in (
        ("[reports]", Reports),
        ("[log]", Log),
        ("[metrics]", Metrics),
        ("[tickets]", Tickets),
        ("[inventory]", Inventory),
        ("[daemon]", Daemon),
    ):
        yield title, _first_sentence(table), tuple(_keys(table))


def _keys(table: type[BaseModel], without: frozenset[str] = frozenset()) -> Iterator[Key]:
    for name, field in table.model_fields.items():
        extra = field.json_schema_extra
        if name in without or not isinstance(extra, dict) or not extra["example"]:
            continue
        default = field.get_default()
        says = field.description or ""
        if isinstance(default, (str, bool, tuple)) and default != ():
            says += f" Without it: {_text(default)}."
        elif field.is_required():
            says += " Required."
        yield Key(name, str(extra["value"]), str(extra["example"]), says)


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _first_sentence(table: type[BaseModel]) -> str:
    return (table.__doc__ or "").partition("\n")[0]
