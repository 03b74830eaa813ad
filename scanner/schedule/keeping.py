"""What the configuration says, told to the inventory: labels, owners, patience."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from scanner.config.checks import prefixes_of
from scanner.config.location import place_of
from scanner.config.schema import OwnerKind
from scanner.config.settings import Configuration
from scanner.inventory import sites
from scanner.inventory.engine import Store
from scanner.inventory.lists import list_findings
from scanner.inventory.patience import patience, set_patience
from scanner.inventory.sites import Site, SiteNetwork
from scanner.inventory.transitions import Patience

BY = "hiksweep.toml"
"""Who decided, as the inventory's records have it."""


def store_place(found: Configuration) -> str | None:
    """The store that the configuration names, a file as seen from its folder; None = it names none."""
    given = found.settings.store
    return None if given is None else place_of(given, found.folder)


def tell(store: Store, found: Configuration, at: datetime) -> int:
    """Record what the inventory does not know yet, or knows otherwise; returns how much that was.

    Args:
        store: of the inventory.
        found: the configuration.
        at: when that is said.

    Raises:
        StoreUnusable: the store cannot be read or written.
    """
    with store.reading() as connection:
        known_sites = {site.name: site for site in sites.sites(connection)}
        known = {(one.site, one.prefix): one for one in sites.networks(connection)}
    told = 0
    for site in sites_of(found):
        if _is_news(site, known_sites.get(site.name)):
            sites.set_site(store, at, BY, site)
            told += 1
    for network in networks_of(found):
        if _is_news(network, known.get((network.site, network.prefix))):
            sites.set_network(store, at, BY, network)
            told += 1
    wanted = patience_in(found)
    with store.reading() as connection:
        is_news = wanted != patience(connection)
    if is_news:
        set_patience(store, at, BY, wanted)
        told += 1
    return told


def patience_in(found: Configuration) -> Patience:
    """How long the configuration has the inventory wait."""
    said = found.settings.inventory
    return Patience(
        said.missing_sweeps, said.missing_of, said.missing_days, said.removed_days, said.stale_days
    )


def _is_news(said: Site | SiteNetwork, known: Site | SiteNetwork | None) -> bool:
    """Whether something is to be recorded. What the file leaves open, a person may have said elsewhere."""
    return known is None or (said != known and bool(said.label or said.owner))


def count_findings(store: Store, today: date) -> Counter[tuple[str, str]]:
    """How many findings each site has in each state; the rehearsal is left out.

    Raises:
        StoreUnusable: the store cannot be read.
    """
    with store.reading() as connection:
        return Counter((row.device.site, row.state) for row in list_findings(connection, today))


def sites_of(found: Configuration) -> Iterator[Site]:
    """The sites of the configuration in the inventory's words."""
    for name, table in found.settings.sites.items():
        owner = table.owner or found.settings.owner or ""
        kind = table.owner_kind or found.settings.owner_kind or OwnerKind.AGENCY
        yield Site(name, table.label or "", owner, str(kind) if owner else "")


def networks_of(found: Configuration) -> Iterator[SiteNetwork]:
    """The prefixes of the configuration's networks in the inventory's words."""
    for network in found.networks:
        kind = str(network.owner_kind) if network.owner else ""
        for prefix in prefixes_of(network):
            yield SiteNetwork(network.site, prefix, network.label, network.owner, kind)
