"""What is to be known before it is decided what is swept: last runs, pauses, and who sweeps what now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from scanner.config.checks import scope_of
from scanner.config.network import Network
from scanner.config.settings import Configuration
from scanner.inventory.engine import open_store
from scanner.inventory.leases import Held, held_now, overlap
from scanner.inventory.sites import REHEARSAL
from scanner.model.errors import StoreUnusable
from scanner.schedule.due import Due, LastRun, due
from scanner.schedule.keeping import store_place
from scanner.schedule.last_runs import last_runs, latest, recorded_runs
from scanner.schedule.pauses import Pause, read_pauses


@dataclass(frozen=True, slots=True)
class Facts:
    """As they are at one moment."""

    last: Mapping[str, LastRun] = field(default_factory=dict)
    pauses: Mapping[str, Pause] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Networks that somebody sweeps now, and who."""
    trouble: str = ""
    """Why the store could not be asked; empty if it was."""

    def due(self, network: Network, now: datetime) -> Due:
        """When a network is swept next, seen from a moment."""
        return due(network, self.last.get(network.id), now, self.pauses.get(network.id))


def gather(found: Configuration, networks: Sequence[Network], folder: Path, now: datetime) -> Facts:
    """What is known now of some networks. A store that cannot be asked leaves what this machine knows.

    Args:
        found: the configuration.
        networks: those that are wanted.
        folder: the data folder.
        now: the moment.

    Raises:
        UsageError: the pauses cannot be read.
    """
    names = [network.id for network in networks]
    here, pauses = last_runs(folder / "journals", names), read_pauses(folder, now)
    try:
        store = open_store(store_place(found), folder, make=True)
        try:
            # Who sweeps is asked first: a run that ends meanwhile is then known as finished.
            leases = held_now(store)
            last = latest(here, recorded_runs(store, names))
        finally:
            store.close()
    except StoreUnusable as error:
        return Facts(here, pauses, {}, str(error))
    return Facts(last, pauses, _elsewhere(networks, leases))


def shared(found: Configuration) -> bool:
    """Whether other machines may use the store: without its leases nobody knows what these sweep."""
    place = store_place(found)
    return place is not None and place.startswith("postgresql")


def _elsewhere(networks: Sequence[Network], leases: Sequence[Held]) -> Mapping[str, str]:
    found = {}
    for network in networks:
        scope = scope_of(network)
        ranges = (*scope.walked, *scope.unwalked)
        for held in leases:
            if held.site == network.site != REHEARSAL and overlap(ranges, held.ranges):
                found[network.id] = held.owner
    return found
