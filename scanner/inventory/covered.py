"""What was covered when: each network's last run that covered it whole, and its last two runs."""

from __future__ import annotations

import contextlib
import ipaddress
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, select

from scanner.inventory.cover import holds
from scanner.inventory.decisions import UNDO, decisions, in_force, time_of, time_text
from scanner.inventory.findings import over
from scanner.inventory.hosts import neighbourhood
from scanner.inventory.prefixes import Prefixes
from scanner.inventory.schema import network_run, run
from scanner.inventory.sites import REHEARSAL, networks
from scanner.scope import AddressRange, Network, collapse, parse_target


@dataclass(frozen=True, slots=True)
class Covered:
    """When a network was covered whole last."""

    site: str
    prefix: str
    at: str | None
    """None: never, so far as the store knows."""
    run: str
    methods: tuple[str, ...]
    days: int | None
    """Whole days from then to the day that was asked for."""
    owner: str = ""
    excluded: int = 0
    """How many of its addresses were left out on request."""
    retired: str = ""
    """When a person declared it out of service, and nothing covered it since; empty: nobody did."""


def coverage(connection: Connection, as_of: date, site: str | None = None) -> list[Covered]:
    """When each network was covered whole last, on the evidence of a day and those before it.

    A network is one of which somebody said something, else what was swept of a /24 (IPv6: /112). It is
    covered whole when its pieces are, and was so last when the piece that is longest ago was. What the user
    excluded is a piece that nobody has to cover; how many addresses that are is said.

    Args:
        connection: to the store.
        as_of: later runs are left out.
        site: of this site only; without it the rehearsal is left out.
    """
    known = networks(connection, site)
    retired = _retired(connection, as_of)
    pieces = _pieces(connection, as_of, site)
    excluded = _excluded(connection, {piece.run for theirs in pieces.values() for piece in theirs})
    found = []
    for name in sorted({*pieces, *(one.site for one in known)}):
        declared = {ipaddress.ip_network(one.prefix): one.owner for one in known if one.site == name}
        theirs = [(ipaddress.ip_network(piece.prefix), piece) for piece in pieces.get(name, ())]
        wanted = sorted(_wanted(declared, theirs, excluded), key=_order)
        touching, without = _by_network(wanted, theirs), _by_network(wanted, [(one, one) for one in excluded])
        for network in wanted:
            inside = touching.get(network, [])
            left = [one for one, _ in without.get(network, ()) if holds(network, one)]
            blank = Covered(name, "", None, "", (), None, declared.get(network, ""))
            found.append(_as_declared(_whole(network, inside, left, as_of, blank), retired))
    return found


def _retired(connection: Connection, as_of: date) -> list[tuple[str, Network, str]]:
    """Site, prefix and time of each declaration that a network is out of service, as of a day."""
    told = [one for one in decisions(connection, "retire", UNDO) if one.at < over(as_of)]
    found = []
    for one in in_force(told):
        site, _, prefix = one.subject.rpartition(" ")
        with contextlib.suppress(ValueError):  # another program may have written anything
            if one.kind != UNDO:
                found.append((site, ipaddress.ip_network(prefix), time_text(one.at)))
    return found


def _as_declared(found: Covered, retired: Sequence[tuple[str, Network, str]]) -> Covered:
    """A network with the last declaration about it, unless a run covered it whole after that."""
    network = ipaddress.ip_network(found.prefix)
    said = [at for site, prefix, at in retired if site == found.site and holds(prefix, network)]
    last = max(said, default="")
    return replace(found, retired=last) if last and (found.at or "") <= last else found


Piece = TypeVar("Piece")


def _by_network(
    wanted: Sequence[Network], pieces: Sequence[tuple[Network, Piece]]
) -> dict[Network, list[tuple[Network, Piece]]]:
    """By network the pieces that lie in it or that it lies in, in their order."""
    wide, narrow = Prefixes(map(str, wanted)), Prefixes(str(one) for one, _ in pieces)
    within: dict[str, set[str]] = {}
    for network in map(str, wanted):
        for holding in narrow.holding(network):
            within.setdefault(holding, set()).add(network)
    found: dict[Network, list[tuple[Network, Piece]]] = {}
    for one, piece in pieces:
        for name in {*wide.holding(str(one)), *within.get(str(one), ())}:
            found.setdefault(ipaddress.ip_network(name), []).append((one, piece))
    return found


def _order(network: Network) -> tuple[int, int, int]:
    return network.version, int(network.network_address), network.prefixlen


def _pieces(connection: Connection, as_of: date, site: str | None) -> dict[str, list[Covered]]:
    """By site, each prefix that was swept, with the last run that covered it whole."""
    last: dict[tuple[str, str], Covered] = {}
    of_site = network_run.c.site != REHEARSAL if site is None else network_run.c.site == site
    before = and_(network_run.c.at < time_text(over(as_of)), of_site)
    whole = and_(network_run.c.interrupted == 0, network_run.c.covered != "[]")
    for row in _newest(connection, 1, before, whole):
        methods = tuple(sorted(json.loads(row.covered)))
        last[row.site, row.prefix] = Covered(row.site, row.prefix, row.at, row.run, methods, None)
    for row in _newest(connection, 1, before):
        last.setdefault((row.site, row.prefix), Covered(row.site, row.prefix, None, row.run, (), None))
    by_site: dict[str, list[Covered]] = {}
    for (name, _), piece in last.items():
        by_site.setdefault(name, []).append(piece)
    return by_site


def _newest(connection: Connection, count: int, *which: ColumnElement[bool]) -> Iterator[Any]:
    """Of each prefix the newest rows, the oldest of them first."""
    place = func.row_number().over(
        partition_by=(network_run.c.site, network_run.c.prefix),
        order_by=(network_run.c.at.desc(), network_run.c.run.desc()),
    )
    columns = [network_run.c[name] for name in ("site", "prefix", "at", "run", "covered")]
    ranked = select(*columns, place.label("place")).where(*which).subquery()
    query = select(ranked).where(ranked.c.place <= count)
    yield from connection.execute(query.order_by(ranked.c.at, ranked.c.run))


def _excluded(connection: Connection, runs: Collection[str]) -> list[Network]:
    """What was left out on request in these runs."""
    found: dict[Network, None] = {}
    for row in connection.execute(select(run.c.id, run.c.header)):
        if row.id in runs:
            for text in json.loads(row.header).get("excluded", ()):
                if isinstance(left := parse_target(text), AddressRange):
                    found.update(dict.fromkeys(left.networks()))
    return list(found)


def _wanted(
    declared: Collection[Network], pieces: Sequence[tuple[Network, Covered]], excluded: Sequence[Network]
) -> set[Network]:
    """The networks to speak of: those declared, and what was swept of every other /24."""
    named = Prefixes(map(str, declared))
    groups: dict[Network, list[Network]] = {}
    for network, _ in pieces:
        if not any(named.holding(str(network))):
            groups.setdefault(ipaddress.ip_network(neighbourhood(str(network))), []).append(network)
    known = Prefixes(map(str, groups))
    for left in excluded:
        for group in known.holding(str(left)):
            groups[ipaddress.ip_network(group)].append(left)
    joined = map(collapse, groups.values())
    return {*declared, *(network for parts in joined for network in parts)}


def _whole(
    network: Network,
    pieces: Sequence[tuple[Network, Covered]],
    left: Sequence[Network],
    as_of: date,
    blank: Covered,
) -> Covered:
    """When a network was covered whole last: pieces are added from the newest on until they make it up."""
    have: list[Network] = list(left)
    parts = collapse(left)
    blank = replace(blank, prefix=str(network), excluded=sum(part.num_addresses for part in parts))
    methods: frozenset[str] | None = None
    by_time = sorted((pair for pair in pieces if pair[1].at), key=lambda pair: pair[1].at or "", reverse=True)
    for at, same in groupby(by_time, key=lambda pair: pair[1].at or ""):
        for one, piece in same:
            have.append(network if holds(one, network) else one)
            methods = frozenset(piece.methods) if methods is None else methods & frozenset(piece.methods)
            name = piece.run
        if network in collapse(have):
            days = (as_of - time_of(at).date()).days
            return replace(blank, at=at, run=name, methods=tuple(sorted(methods or ())), days=days)
    return blank


def within(covered: Collection[Covered], days: int) -> int:
    """How many networks were covered whole in the last so many days."""
    return sum(one.days is not None and one.days <= days and not one.retired for one in covered)


def last_runs(connection: Connection, site: str | None = None) -> list[str]:
    """The runs that were a network's last or last but one, the rehearsal's only where it is named."""
    of_site = network_run.c.site != REHEARSAL if site is None else network_run.c.site == site
    by_network: dict[tuple[str, str], list[str]] = {}
    for row in _newest(connection, 2, of_site):
        runs = by_network.setdefault((row.site, neighbourhood(row.prefix)), [])
        if row.run not in runs:
            runs.append(row.run)
        del runs[:-2]
    return sorted({name for runs in by_network.values() for name in runs})
