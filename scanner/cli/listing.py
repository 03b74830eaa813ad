"""What the commands of the inventory share: where it lies, columns, JSON, and who decides."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scanner.cli.store import opened, store_option
from scanner.model.errors import UsageError, unreadable
from scanner.reporter.text import clean, shorten

if TYPE_CHECKING:
    from scanner.inventory.engine import Reading, Store

Command = TypeVar("Command", bound=Callable[..., Any])
_NARROW = 12
"""Columns that the widest field keeps in the narrowest terminal."""

by_option = click.option("--by", required=True, metavar="NAME", help="Who decides it.")
format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
site_option = click.option(
    "--site", metavar="NAME", help="Of this site only.  [default: all, without the rehearsal]"
)

__all__ = ["by_option", "format_option", "opened", "site_option", "store_option"]


def page_options(command: Command) -> Command:
    """A part of a long list."""
    for option in (
        click.option("--after", default="", metavar="ID", help="Begin after this line's id."),
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="So many lines at most."),
    ):
        command = option(command)
    return command


def now() -> datetime:
    """The moment at which a command runs, in UTC."""
    return datetime.now(UTC)


@contextlib.contextmanager
def reading(store: str | None) -> Iterator[Reading]:
    """The store that the options name, as it is at one moment, with views of all that it took.

    Raises:
        StoreUnusable: it cannot be used.
    """
    with current(store).reading() as connection:
        yield connection


def current(store: str | None) -> Store:
    """The store that the options name; what it took since its views were made is in them.

    Raises:
        StoreUnusable: it cannot be used.
    """
    from scanner.inventory.run_views import behind

    target = opened(store)
    with target.reading() as connection:
        late = behind(connection)
    if late:
        _refresh(target)
    return target


def _refresh(target: Store) -> None:
    from scanner.cli.options import load_knowledge
    from scanner.inventory.rebuild import refresh

    refresh(target, load_knowledge())


def meant(connection: Reading, what: str) -> str:
    """The id of the device that a user means, however it is named.

    Raises:
        UsageError: there is none, or several.
    """
    from scanner.inventory.lists import find_device
    from scanner.parsers.mac import canonical_mac

    return find_device(connection, what, canonical_mac(what))


def decided(target: Store, by: str, kind: str, subject: str, data: dict[str, Any]) -> str:
    """Keep a decision and what follows from it; returns its id.

    Raises:
        StoreUnusable: the store cannot be written.
    """
    from scanner.inventory.append import append
    from scanner.inventory.decisions import decide
    from scanner.inventory.lists import anchor

    with target.reading() as connection:
        seen = anchor(connection, subject.partition("/")[0])
    if seen:
        data = data | {"seen": seen}
    kept = decide(target, now(), by, kind, subject, data)
    if not append(target):
        _refresh(target)
    return kept.id


def print_json(kind: str, data: object) -> None:
    """Print a result for programs: characters outside ASCII are escaped, so that no terminal is disturbed."""
    click.echo(json.dumps({"schema": 1, kind: plain(data)}, indent=2, default=str))


def plain(data: object) -> Any:
    """Dataclasses as mappings, all else as it is."""
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        return {one.name: plain(getattr(data, one.name)) for one in dataclasses.fields(data)}
    if isinstance(data, list | tuple | set | frozenset):
        return [plain(one) for one in data]
    return data


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows under their heads, the last column cut where the terminal ends; into a file nothing is cut."""
    shown = [[clean(cell) for cell in row] for row in rows]
    wide = [max(len(line[place]) for line in (heads, *shown)) for place in range(len(heads))]
    room = shutil.get_terminal_size((100, 40)).columns if sys.stdout.isatty() else sys.maxsize
    rest = max(_NARROW, room - sum(wide[:-1]) - 2 * (len(heads) - 1))
    for line in (heads, *shown):
        cells = [cell.ljust(wide[place]) for place, cell in enumerate(line[:-1])]
        yield "  ".join((*cells, shorten(line[-1], rest))).rstrip()


def print_page(heads: Sequence[str], rows: Sequence[Sequence[str]], count: str, limit: int | None) -> None:
    """Rows whose first column is their id, how many they are, and where the next part begins."""
    for line in columns(heads, rows) if rows else ():
        click.echo(line)
    more = f"; more: --after {rows[-1][0]}" if limit and len(rows) == limit else ""
    click.echo(f"{count}{more}.")
    if not rows:
        say_what_is_elsewhere()


def say_what_is_elsewhere() -> None:
    """Under a list with nothing in it: what is not shown by it, so that nobody takes it for the whole."""
    from scanner.inventory.empty import elsewhere

    given = click.get_current_context().params
    with current(given["store"]).reading() as connection:
        told = elsewhere(connection, given["site"])
    if told:
        click.echo(told)


def short_time(text: str) -> str:
    """A moment of the store to the minute."""
    return text[:16].replace("T", " ")


def digest_of(path: Path) -> str:
    """SHA-256 of a file, such as the photo of a label; the file itself is not kept.

    Raises:
        UsageError: it cannot be read.
    """
    import hashlib

    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(unreadable(path, error)) from None
