"""What a person means who takes a device apart: its names, or what a run saw of it without one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection, select

from scanner.inventory.derive import Found, unpacked
from scanner.inventory.run_views import owners_of
from scanner.inventory.schema import alias, derived, device
from scanner.model.errors import UsageError
from scanner.model.identity import Rung

_RUNGS = tuple(str(rung) for rung in Rung if rung is not Rung.ADDRESS)


def names_of(connection: Connection, name: str) -> list[str]:
    """The names of a device, the most lasting first, as ``rung:key``."""
    found = connection.execute(select(device.c.names).where(device.c.id == name)).scalar_one()
    return [one for rung in _RUNGS for one in json.loads(found) if one.startswith(f"{rung}:")]


def names_meant(
    connection: Connection, name: str, texts: Iterable[str], mac: Callable[[str], str | None]
) -> list[str]:
    """The names of a device that a user means, with or without what kind of name they are.

    Args:
        connection: to the store.
        name: the device.
        texts: as the user wrote them.
        mac: the MAC address that a text is, canonical; None: it is none.

    Raises:
        UsageError: it has no such name.
    """
    known = names_of(connection, name)
    found = []
    for text in texts:
        wanted = {text.casefold(), (mac(text) or text).casefold()}
        fitting = [one for one in known if {one.casefold(), one.partition(":")[2].casefold()} & wanted]
        if not fitting:
            raise UsageError(f"{text}: no name of {name}; it has {', '.join(known) or 'none'}")
        found += fitting
    return list(dict.fromkeys(found))


def sights_of(connection: Connection, name: str, run: str) -> list[list[str]]:
    """What a run saw of a device without any name: the run, and the id that it gave.

    Raises:
        UsageError: it saw nothing of the device, or by its names.
    """
    told, owners = _run(connection, run)
    seen = [one for one, owner in zip(told, owners, strict=True) if owner == name]
    if not seen:
        raise UsageError(f"{run} did not see {name}")
    nameless = [[run, one.called] for one in seen if not one.names]
    if not nameless:
        names = ", ".join(dict.fromkeys(str(name) for one in seen for name in one.names))
        raise UsageError(f"{run} saw {name} by its names; name those that are not its own: {names}")
    return nameless


def _run(connection: Connection, run: str) -> tuple[Sequence[Found], Sequence[str]]:
    data = connection.execute(select(derived.c.data).where(derived.c.run == run)).scalar()
    return (unpacked(data).found, owners_of(connection, run)) if data is not None else ((), ())


def called_so(connection: Connection, name: str) -> list[str]:
    """Everything that a device was ever called."""
    return list(connection.execute(select(alias.c.alias).where(alias.c.device == name)).scalars())


def bearers(
    connection: Connection, aliases: Sequence[str], sights: Iterable[Sequence[str]] = ()
) -> list[str]:
    """The devices that are called so, or that runs saw under these ids."""
    found: set[str] = set()
    for place in range(0, len(aliases), 500):
        query = select(alias.c.device).where(alias.c.alias.in_(aliases[place : place + 500]))
        found |= set(connection.execute(query).scalars())
    for run, called in sights:
        told, owners = _run(connection, run)
        found |= {owner for one, owner in zip(told, owners, strict=True) if one.called == called and owner}
    return sorted(found)
