"""The views as rows: what a story adds up to, as the store keeps it."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from scanner.inventory.decisions import time_text
from scanner.inventory.findings import FindingLife
from scanner.inventory.intervals import Interval
from scanner.inventory.memory import Shelves
from scanner.inventory.story import Chapter
from scanner.inventory.tables import to_text
from scanner.inventory.words import Event, Transition


def device_rows(shelves: Shelves, numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
    """A row for each of these devices that a run showed."""
    for number in sorted(numbers):
        shown = shelves.shown.get(number)
        thing = shelves.joined.things[number]
        if shown is None or shown.last.device != thing.id:
            continue
        life = shelves.standing.devices[thing.id]
        yield {
            "id": thing.id,
            "number": number,
            "site": life.site,
            "presence": str(life.state),
            "since": time_text(life.since),
            "first_run": shown.first_run,
            "first_at": shown.first_at,
            "last_run": life.last_run,
            "last_at": time_text(life.last_seen),
            "addresses": to_text(list(life.addresses)),
            "names": to_text([str(name) for name in shown.names]),
            "called": to_text(list(shown.called)),
            "fields": to_text(dict(shown.last.fields)),
        }


def finding_rows(shelves: Shelves, numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
    """A row for each finding of these devices."""
    for number in sorted(numbers):
        identifier = shelves.joined.things[number].id
        found = shelves.standing.findings.get(identifier)
        for one in found.values() if found else ():
            yield finding_row(one, shelves.standing.devices[identifier].site)


def open_interval_rows(shelves: Shelves, numbers: Iterable[int]) -> Iterator[dict[str, str]]:
    """A row for each address that these devices have by now."""
    for number in sorted(numbers):
        mine = shelves.intervals.get(shelves.joined.things[number].id)
        yield from map(interval_row, mine.values() if mine else ())


def interval_row(one: Interval) -> dict[str, str]:
    """An interval as the store keeps it."""
    return {
        "device": one.device,
        "site": one.site,
        "address": one.address,
        "first_at": one.first_at,
        "first_run": one.first_run,
        "last_at": one.last_at,
        "last_run": one.last_run,
    }


def network_rows(chapter: Chapter) -> Iterator[dict[str, Any]]:
    """A row for each network that a run walked."""
    for network in chapter.networks:
        yield {
            "run": chapter.run,
            "prefix": network.prefix,
            "site": chapter.site,
            "at": chapter.started,
            "covered": to_text(sorted(network.covered)),
            "answered": to_text(sorted(network.answered)),
            "others": to_text(sorted(network.others)),
            "interrupted": int(network.interrupted),
        }


def packed_numbers(numbers: array[int]) -> bytes:
    """The devices of a run as the store keeps them."""
    return zlib.compress(json.dumps(list(numbers), separators=(",", ":")).encode("ascii"))


def unpacked_numbers(data: bytes) -> list[int]:
    """What `packed_numbers` kept."""
    numbers: list[int] = json.loads(zlib.decompress(data))
    return numbers


def finding_row(one: FindingLife, site: str) -> dict[str, Any]:
    """A finding as the store keeps it."""
    return {
        "id": one.subject,
        "device": one.device,
        "site": site,
        "measure": one.measure,
        "state": str(one.state),
        "since": time_text(one.since),
        "until": one.waived_until.isoformat() if one.waived_until else None,
        "data": to_text({"waiver": one.waiver, "opened": time_text(one.opened) if one.opened else ""}),
    }


def transition_row(place: int, one: Transition) -> dict[str, Any]:
    """A change of state as the store keeps it."""
    return {
        "place": place,
        "subject": one.subject,
        "before": str(one.before),
        "after": str(one.after),
        "trigger": str(one.trigger),
        "needs": one.needs,
        "run": one.run,
        "decision": one.decision,
        "at": time_text(one.at),
        "evidence": to_text(list(one.evidence)),
    }


def event_row(place: int, one: Event) -> dict[str, Any]:
    """Something that happened as the store keeps it."""
    return {
        "place": place,
        "kind": str(one.kind),
        "subject": one.subject,
        "at": time_text(one.at),
        "run": one.run,
        "decision": one.decision,
        "detail": one.detail,
    }
