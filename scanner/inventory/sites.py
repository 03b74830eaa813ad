"""Sites and their networks, each with who answers for it. An address means something only within its site."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from scanner.inventory.decisions import decide, decisions
from scanner.inventory.engine import Store
from scanner.inventory.schema import run
from scanner.journal import RunStarted
from scanner.model.errors import UsageError
from scanner.scope import AddressRange, Network, parse_target, range_of, subtract

REHEARSAL = "rehearsal"
"""The site of loopback: outside every total."""
DEFAULT = "default"
"""The site of a run of which nobody said another."""
OWNERS = ("agency", "landlord", "integrator")
_LOOPBACK = tuple(range_of(ipaddress.ip_network(text)) for text in ("127.0.0.0/8", "::1/128"))
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Site:
    """A place."""

    name: str
    label: str = ""
    owner: str = ""
    owner_kind: str = ""


@dataclass(frozen=True, slots=True)
class SiteNetwork:
    """A prefix of a site, that is swept and judged as one."""

    site: str
    prefix: str
    label: str = ""
    owner: str = ""
    owner_kind: str = ""


def check_name(name: str) -> str:
    """The name of a site, if it can be one.

    Raises:
        UsageError: it is empty, long, or has a blank or a character that no terminal shows.
    """
    if not name or len(name) > _LONGEST or not name.isprintable() or any(map(str.isspace, name)):
        raise UsageError(f"{name!r}: no name for a site; take up to {_LONGEST} characters without a blank")
    return name


def prefix_of(text: str) -> Network:
    """The prefix that a text names.

    Raises:
        UsageError: it names none.
    """
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise UsageError(f"{text}: not a prefix; write it as 10.0.0.0/24 or fd00::/64") from None


def set_site(store: Store, at: datetime, by: str, site: Site) -> None:
    """Say what a site is; what was said before stays known.

    Raises:
        UsageError: it cannot have this name.
        StoreUnusable: the store cannot be written.
    """
    data = {"label": site.label, "owner": site.owner, "owner_kind": site.owner_kind}
    decide(store, at, by, "site", check_name(site.name), data)


def set_network(store: Store, at: datetime, by: str, network: SiteNetwork) -> None:
    """Say what a network is.

    Raises:
        UsageError: its site cannot have this name, or it is no prefix.
        StoreUnusable: the store cannot be written.
    """
    prefix = prefix_of(network.prefix)
    data = {"label": network.label, "owner": network.owner, "owner_kind": network.owner_kind}
    decide(store, at, by, "network", f"{check_name(network.site)} {prefix}", data)


def sites(connection: Connection) -> list[Site]:
    """Every site: of which somebody said something, or which runs belong to."""
    found = {name: Site(name) for name in connection.execute(select(run.c.site).distinct()).scalars()}
    for said in decisions(connection, "site"):
        found[said.subject] = Site(said.subject, **said.data)
    for network in networks(connection):
        found.setdefault(network.site, Site(network.site))
    return [found[name] for name in sorted(found)]


def networks(connection: Connection, site: str | None = None) -> list[SiteNetwork]:
    """Every network of which somebody said something; the owner of its site where it has none itself."""
    owners = {said.subject: said.data for said in decisions(connection, "site")}
    found: dict[str, SiteNetwork] = {}
    for said in decisions(connection, "network"):
        name, _, prefix = said.subject.partition(" ")
        data = dict(said.data)
        if not data.get("owner"):
            above = owners.get(name, {})
            data |= {key: above.get(key, "") for key in ("owner", "owner_kind")}
        if site is None or name == site:
            found[said.subject] = SiteNetwork(name, prefix, **data)
    return sorted(found.values(), key=lambda one: (one.site, _order(one.prefix)))


def _order(prefix: str) -> tuple[int, int, int]:
    network = ipaddress.ip_network(prefix)
    return network.version, int(network.network_address), network.prefixlen


def site_of(connection: Connection, started: RunStarted, named: Iterable[str] = ()) -> str:
    """The site of a run of which nobody said one: loopback, the holder of all its targets, or default.

    Args:
        connection: to the store.
        started: the first record of the run.
        named: the addresses that files name, where these are its targets.
    """
    targets = (*started.walked, *started.unwalked, *named)
    # Who listens has no targets: what he hears is on the links of his interfaces.
    return site_of_ranges(connection, tuple(_ranges(targets or started.connected)))


def site_of_ranges(connection: Connection, targets: Sequence[AddressRange]) -> str:
    """The site of addresses of which nobody said one."""
    if targets and not subtract(targets, _LOOPBACK):
        return REHEARSAL
    holds: dict[str, list[AddressRange]] = {}
    for network in networks(connection):
        holds.setdefault(network.site, []).append(range_of(ipaddress.ip_network(network.prefix)))
    holders = [site for site, ranges in holds.items() if targets and not subtract(targets, ranges)]
    return holders[0] if len(holders) == 1 else DEFAULT


def _ranges(texts: Iterable[str]) -> Iterable[AddressRange]:
    return (found for text in texts if isinstance(found := parse_target(text), AddressRange))
