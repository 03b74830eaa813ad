"""The sweeps that `hiksweep schedule run-now` makes: one after another, each logged, reported and counted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime

from scanner.cli import options
from scanner.cli.sweeping import Sweeping
from scanner.config.checks import scope_of
from scanner.config.network import Network
from scanner.config.settings import Configuration
from scanner.inventory.engine import PASSWORD, open_store
from scanner.model.errors import HiksweepError
from scanner.run.machine import data_folder
from scanner.schedule.due import calendar_of
from scanner.schedule.keeping import store_place, tell
from scanner.schedule.log import Logger, logger
from scanner.schedule.notify import notify

_WORST_FIRST = (130, 1, 3, 4, 0)


def sweep_all(
    found: Configuration, networks: Sequence[Network], *, windows: bool, due: bool, quiet: bool
) -> int:
    """Sweep networks, the smallest first, so that none of them waits for a large one.

    Args:
        found: the configuration.
        networks: to be swept.
        windows: whether each sweep ends when its window closes.
        due: whether one that is under way already is what was wanted.
        quiet: log nothing but news.

    Returns:
        The exit code: that of the sweep that matters most.
    """
    log = logger(found.settings.log, quiet=quiet)
    if not networks:
        log.debug("nothing is due")
        return 0
    knowledge = options.load_knowledge()
    tell_inventory(found, log)
    sweeping, codes = Sweeping(found, knowledge, log, windows, due), [0]
    for network in sorted(networks, key=lambda one: scope_of(one).size):
        if windows and not calendar_of(network).is_open(datetime.now(UTC)):
            log.info("its window closed before its turn came", network=network.id)
            continue
        notify(f"STATUS=sweeping {network.id}")
        codes.append(sweeping.sweep(network)[0])
        notify("STATUS=waiting")
        if codes[-1] == 130:
            break
    return min(codes, key=_WORST_FIRST.index)


def use_password(found: Configuration) -> None:
    """Have the password of the store at hand for whoever opens it.

    Raises:
        UsageError: it cannot be read.
    """
    if found.settings.store_password is not None:
        os.environ[PASSWORD] = found.settings.store_password.read(found.folder)


def tell_inventory(found: Configuration, log: Logger) -> None:
    """Let the inventory know the sites and their owners; that it cannot be written stops no sweep."""
    try:
        use_password(found)
        store = open_store(store_place(found), data_folder(), make=True)
        try:
            tell(store, found, datetime.now(UTC))
        finally:
            store.close()
    except HiksweepError as error:
        log.warning("the inventory cannot be used", reason=str(error))
