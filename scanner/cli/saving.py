"""The run of a command is kept in the inventory as it happens, unless the user does not want that."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scanner.cli.store import store_option
from scanner.knowledge import Knowledge
from scanner.run.machine import data_folder

if TYPE_CHECKING:
    from scanner.inventory.follow import Follower

Command = TypeVar("Command", bound=Callable[..., Any])


def saving_options(command: Command) -> Command:
    """Whether, where and as what the run is kept."""
    for option in reversed(
        (
            store_option,
            click.option(
                "--site", metavar="NAME", help="Whose addresses these are.  [default: by the targets]"
            ),
            click.option(
                "--no-save", is_flag=True, help="Keep the journal only, and nothing in the inventory."
            ),
        )
    ):
        command = option(command)
    return command


def check_site(given: Mapping[str, Any]) -> None:
    """Refuse a site that cannot have its name, before anything is sent.

    Raises:
        UsageError: it cannot.
    """
    if given["site"] is not None:
        from scanner.inventory.sites import check_name

        check_name(given["site"])


def follower_of(given: Mapping[str, Any], journal: Path) -> Follower | None:
    """What takes the run into the store; None if the user does not want it kept."""
    if given["no_save"]:
        return None
    from scanner.inventory.follow import Follower

    return Follower(journal, given["store"], data_folder(), given["site"])


@contextlib.contextmanager
def following(follower: Follower | None) -> Iterator[None]:
    """Follow a run while it is under way; None follows nothing."""
    if follower is None:
        yield
        return
    follower.start()
    try:
        yield
    finally:
        follower.stop()


def finish(follower: Follower | None, knowledge: Knowledge, journal: Path) -> None:
    """Bring the inventory up to date; what does not succeed costs a warning."""
    if follower is None:
        return
    try:
        trouble = follower.finish(knowledge)
    except KeyboardInterrupt:
        trouble = "interrupted"
    if trouble:
        click.echo(
            f"Warning: the run is not in the inventory, or not all of it: {trouble}. "
            f"'hiksweep store ingest {journal}' catches up.",
            err=True,
        )
