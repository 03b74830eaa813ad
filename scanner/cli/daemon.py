"""``hiksweep daemon``: sweep every network of hiksweep.toml when it is due, for as long as it runs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli.config import load_configuration
from scanner.cli.help import HELP

if TYPE_CHECKING:
    from scanner.config.network import Network
    from scanner.config.settings import Configuration
    from scanner.schedule.turn import Outcome, Turn

QUICK = 900.0
"""Seconds; a network that is done within this time never waits for one that is not."""


@click.command("daemon", context_settings=HELP)
@click.option("--config", "file", metavar="FILE", help="The configuration; see 'hiksweep config --help'.")
def command(file: str | None) -> int:
    """Sweep every network of hiksweep.toml in its windows, as often as it says, until it is stopped.

    \b
    Example:  hiksweep config example > hiksweep.toml    edit its two marked lines
              hiksweep daemon
              hiksweep schedule list                     in another terminal: what ran, what is next

    Several networks are swept at a time, and a small one never waits for a large one. Ctrl-C or SIGTERM ends
    what is under way, which goes on at the next start; a changed hiksweep.toml is read by itself, or by
    SIGHUP. Of several daemons on one store one sweeps a network, and another goes on if that one dies.

    Exit code: 0 when it was stopped; 2 usage, or a fault in the configuration.
    """
    from scanner.cli.scheduled import use_password
    from scanner.run.machine import data_folder
    from scanner.schedule.daemon import Daemon, Surroundings
    from scanner.schedule.log import logger
    from scanner.schedule.notify import watchdog_seconds

    found = load_configuration(file)
    use_password(found)

    def again() -> Configuration:
        changed = load_configuration(str(found.path), quiet=True)
        use_password(changed)
        return changed

    log = logger(found.settings.log)
    around = Surroundings(
        load=again,
        sweep=_sweeper(),
        is_quick=is_quick,
        log=log,
        folder=data_folder(),
        watchdog=watchdog_seconds(),
    )
    daemon = Daemon(found, around)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: daemon.stop())
    signal.signal(signal.SIGHUP, lambda _number, _frame: daemon.reload())
    daemon.run()
    return 0


@lru_cache(maxsize=4096)
def is_quick(network: Network) -> bool:
    """Whether a network is done soon, as far as can be said before."""
    from scanner.run.machine import this_machine
    from scanner.run.plan import make_plan
    from scanner.schedule.request import request_of

    request = request_of(network, Path(), secrets=False)
    return make_plan(request, this_machine(), resolver=lambda _: ()).estimate.seconds <= QUICK


def _sweeper() -> Callable[[Configuration, Network, Turn, Callable[[], bool]], Outcome]:
    """What sweeps a network for the daemon. Knowledge is read once; sites are told when they change."""
    import threading

    from scanner.cli import options
    from scanner.cli.output import is_terminal
    from scanner.cli.scheduled import tell_inventory
    from scanner.cli.sweeping import Sweeping
    from scanner.schedule.log import logger

    knowledge = options.load_knowledge()
    options.warn_of_age(knowledge, quiet=False)
    alone = threading.Lock()
    told: list[Configuration] = []

    def sweep(now: Configuration, network: Network, turn: Turn, still_due: Callable[[], bool]) -> Outcome:
        log = logger(now.settings.log)
        with alone:
            if told != [now]:
                tell_inventory(now, log)
                told[:] = [now]
        sweeping = Sweeping(now, knowledge, log, talkative=is_terminal(sys.stderr), alone=alone)
        return sweeping.sweep(network, turn.attend, still_due)[1]

    return sweep
