"""Two states of one inventory held against each other, device by device."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Table, select

from scanner.inventory.derive import unpacked
from scanner.inventory.retracted import BY
from scanner.inventory.run_views import owners_of
from scanner.inventory.schema import address_interval, alias, derived, device, finding, transition
from scanner.inventory.words import FindingState, Presence
from scanner.model.errors import StoreUnusable

WORDS = {"confidence": "level", "presented_brand": "brand", "model": "model", "serial": "serial"}
"""Fields whose change is told, and how a person calls them."""
_SAME = ("site", "presence", "addresses", "names", "fields")
_TODAY = ("number", "presence", "since")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One device of which something changes."""

    device: str
    """Its id before; empty: it was none of the inventory."""
    became: str
    """Its id afterwards; empty: it is none."""
    site: str
    addresses: tuple[str, ...]
    before: Mapping[str, str]
    """What was known of it."""
    after: Mapping[str, str]
    presence: tuple[str, str]
    findings: tuple[tuple[str, str, str], ...]
    """Measure, state before and state afterwards; empty: there was, or is, none."""
    keep: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What the views tell of it, where they will not any more."""

    @property
    def gained(self) -> bool:
        """It becomes the maker's, or becomes so again."""
        return not self.device or self.presence[0] == Presence.RETRACTED

    @property
    def lost(self) -> bool:
        """It is the maker's no more."""
        return not self.became

    @property
    def opened(self) -> tuple[str, ...]:
        """Measures of findings that come, in whatever state."""
        gone = ("", FindingState.RETRACTED)
        return tuple(name for name, was, is_ in self.findings if was in gone and is_ not in gone)

    @property
    def retracted(self) -> tuple[str, ...]:
        """Measures of findings that are none any more."""
        gone = ("", FindingState.RETRACTED)
        return tuple(name for name, was, is_ in self.findings if was not in gone and is_ in gone)

    @property
    def said(self) -> str:
        """The change in words."""
        parts = []
        if self.gained or self.lost:
            shown = self.after if self.gained else self.before
            what = " ".join(filter(None, (shown.get("confidence"), shown.get("model"))))
            parts.append(f"{'becomes' if self.gained else 'is no more'} the maker's ({what})")
        else:
            for name, word in WORDS.items():
                was, is_ = self.before.get(name, ""), self.after.get(name, "")
                if was != is_:
                    parts.append(f"{word} {was or '—'} → {is_ or '—'}")
            if self.presence[0] != self.presence[1]:
                parts.append(" → ".join(self.presence))
        for measures, word in ((self.opened, "opens"), (self.retracted, "retracts")):
            if measures:
                parts.append(f"{word} {', '.join(measures)}")
        gone = ("", FindingState.RETRACTED)
        moved = [one for one in self.findings if one[1] not in gone and one[2] not in gone]
        parts += [f"{name} {was} → {is_}" for name, was, is_ in moved]
        return "; ".join(parts) or "other details"

    def kept(self) -> dict[str, Any]:
        """As it is kept with the decision."""
        return {
            "said": self.said,
            "before": dict(self.before),
            "after": dict(self.after),
            "presence": list(self.presence),
            "findings": [list(one) for one in self.findings],
            **self.keep,
        }


@dataclass(frozen=True, slots=True)
class _Standing:
    """A device and its findings."""

    row: Mapping[str, Any]
    findings: dict[str, tuple[str, str]]
    """State and the day of opening, by measure."""
    beside: set[str]
    """Those that are only told beside the views."""

    @property
    def fields(self) -> Mapping[str, str]:
        found: Mapping[str, str] = json.loads(self.row["fields"])
        return found

    @property
    def states(self) -> dict[str, str]:
        return {name: state for name, (state, _) in self.findings.items()}


def compared(before: Connection, after: Connection, runs: Collection[str]) -> Iterator[Change]:
    """Each device of which something differs, by site and id.

    Args:
        before: to the store.
        after: to the store as it would be.
        runs: those that are concluded otherwise.
    """
    old, new = _standings(before), _standings(after)
    pairs = list(_pairs(after, old, new))
    found = [one for pair in pairs if (one := _change(old.get(pair[0]), new.get(pair[1]), pair)) is not None]
    parting = [one.device for one in found if one.retracted or one.lost]
    kept = _what_is_told(before, {name: old[name] for name in parting})
    for one in sorted(found, key=lambda one: (one.site, one.device or one.became)):
        told = kept.get(one.device, {"row": {}, "told": [], "intervals": [], "aliases": [], "opened": {}})
        yield _with(one, {**told, "runs": sorted(runs)[-3:]})


def _with(one: Change, keep: Mapping[str, Any]) -> Change:
    return Change(
        one.device,
        one.became,
        one.site,
        one.addresses,
        one.before,
        one.after,
        one.presence,
        one.findings,
        keep,
    )


def _standings(connection: Connection) -> dict[str, _Standing]:
    found = {
        row["id"]: _Standing(dict(row), {}, set()) for row in connection.execute(select(device)).mappings()
    }
    for row in connection.execute(select(finding).order_by(finding.c.id)):
        standing = found.get(row.device)
        if standing is not None:
            data = json.loads(row.data)
            standing.findings[row.measure] = (row.state, data.get("opened", ""))
            if BY in data:
                standing.beside.add(row.measure)
    return found


def _pairs(
    after: Connection, old: Mapping[str, _Standing], new: Mapping[str, _Standing]
) -> Iterator[tuple[str, str]]:
    """The ids of each device before and afterwards.

    An id comes from the best name of a device, and other signatures may give it another one.
    """
    owners = _Owners(after)
    followed = set()
    for name, one in old.items():
        if name in new:
            yield name, name
            continue
        became = owners.of(one.row["called"])
        followed.add(became)
        yield name, became if became in new else ""
    yield from (("", name) for name in new if name not in old and name not in followed)


class _Owners:
    """Which device a run's own id means."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._runs: dict[str, dict[str, str]] = {}

    def of(self, called: str) -> str:
        """The device; empty: it is none.

        Args:
            called: run and id, as a row of a device keeps them.
        """
        anchor = json.loads(called)
        if len(anchor) != 2:
            return ""
        name, known_as = map(str, anchor)
        if name not in self._runs:
            query = select(derived.c.data).where(derived.c.run == name)
            data = self._connection.execute(query).scalar()
            found = () if data is None else unpacked(data).found
            owners: Iterable[str] = owners_of(self._connection, name) if found else ()
            self._runs[name] = {one.called: own for one, own in zip(found, owners, strict=True)}
        return self._runs[name].get(known_as, "")


def _change(old: _Standing | None, new: _Standing | None, pair: tuple[str, str]) -> Change | None:
    """What differs between two states of one device; None: nothing that is told."""
    if new is None and (old is None or old.row["presence"] == Presence.RETRACTED):
        return None  # it was retracted before
    shown = new or old
    if shown is None:
        raise StoreUnusable("a device is in neither of two inventories")
    states = (old.states if old else {}), (new.states if new else {})
    beside = old.beside if old else set()
    findings = tuple(
        (name, was, is_)
        for name in sorted(states[0].keys() | states[1].keys())
        if (was := states[0].get(name, "")) != (is_ := states[1].get(name, ""))
        and not (name in beside and not is_)
    )
    if old and new and pair[0] == pair[1] and not findings and _alike(old.row, new.row):
        return None
    return Change(
        device=pair[0],
        became=pair[1],
        site=shown.row["site"],
        addresses=tuple(json.loads(shown.row["addresses"])),
        before=old.fields if old else {},
        after=new.fields if new else {},
        presence=(old.row["presence"] if old else "", new.row["presence"] if new else ""),
        findings=findings,
    )


def _alike(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return all(old[name] == new[name] for name in _SAME)


def _what_is_told(connection: Connection, parting: Mapping[str, _Standing]) -> dict[str, dict[str, Any]]:
    """What the views tell of devices that they will tell less of."""
    kept: dict[str, dict[str, Any]] = {
        name: {
            "row": {key: value for key, value in one.row.items() if key not in _TODAY},
            "opened": {measure: opened for measure, (_, opened) in one.findings.items()},
            "told": [],
            "intervals": [],
            "aliases": [],
        }
        for name, one in parting.items()
    }
    subjects = {name: name for name in parting}
    subjects |= {f"{name}/{measure}": name for name, one in parting.items() for measure in one.findings}
    for row in _rows(connection, transition, transition.c.subject, list(subjects)):
        if row["place"] >= 0:
            line = {key: value for key, value in row.items() if key != "place"}
            kept[subjects[row["subject"]]]["told"].append((row["place"], line))
    for one in kept.values():
        one["told"] = [line for _, line in sorted(one["told"], key=lambda pair: int(pair[0]))]
    for row in _rows(connection, address_interval, address_interval.c.device, list(parting)):
        kept[row["device"]]["intervals"].append(dict(row))
    for row in _rows(connection, alias, alias.c.device, list(parting)):
        kept[row["device"]]["aliases"].append([row["alias"], row["since"]])
    return kept


def _rows(
    connection: Connection, table: Table, column: Column[Any], wanted: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    for place in range(0, len(wanted), _AT_ONCE):
        query = select(table).where(column.in_(wanted[place : place + _AT_ONCE]))
        yield from map(dict, connection.execute(query).mappings())
