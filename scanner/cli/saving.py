"""The run of a command is kept in the inventory as it happens, unless the user does not want that."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scanner.cli.store import store_option
from scanner.knowledge import Knowledge
from scanner.model.errors import StoreUnusable
from scanner.run.machine import data_folder

if TYPE_CHECKING:
    from scanner.inventory.follow import Follower
    from scanner.policy.tenure import Tenure
    from scanner.run.scan import Scan
    from scanner.scope import Scope

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
def leased(
    store: str | None, site: str | None, scope: Scope, scan: Scan, tenure: Tenure, *, make: bool = True
) -> Iterator[None]:
    """While a scan is under way nobody else who uses the store sweeps any of its addresses.

    Where the store cannot be used nothing is held: that is told when the run is to be kept. Loopback, which
    is each machine's own, is never held.

    Args:
        store: as the options say.
        site: whose addresses these are; None = by the targets.
        scope: of the scan.
        scan: is stopped when another takes over.
        tenure: of the scan; it lasts as long as the lease.
        make: the store where there is none; otherwise nothing is held then.

    Raises:
        Locked: another program sweeps some of them.
    """
    from scanner.cli.store import opened
    from scanner.inventory.leases import Holder, Lease
    from scanner.inventory.sites import REHEARSAL, site_of_ranges

    ranges = (*scope.walked, *scope.unwalked)
    with contextlib.ExitStack() as stack:
        try:
            target = opened(store, make=make)
            with target.reading() as connection:
                name = site or site_of_ranges(connection, ranges)
            if ranges and name != REHEARSAL:
                lease = Lease(target, name, ranges, scan.id, tenure)
                stack.enter_context(Holder(lease, scan.stop))
        except StoreUnusable:
            pass  # the scan is not the store's servant
        yield


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
