"""What is known of one device: read again from the run that saw it last, when a ticket is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scanner.inventory.engine import Reading
from scanner.inventory.reading import result_of
from scanner.knowledge import Knowledge
from scanner.mandates import judge, read_facts
from scanner.matcher.join import join
from scanner.model.device import Device
from scanner.model.errors import HiksweepError
from scanner.model.finding import Finding
from scanner.tickets.words import Item


@dataclass(frozen=True, slots=True)
class Facts:
    """A device as its ticket tells of it."""

    item: Item
    device: Device | None
    """None: the run that saw it last is no longer in the store whole."""
    findings: tuple[Finding, ...] = ()
    """The measures that the ticket is about, the strictest first."""


def facts_of(connection: Reading, item: Item, knowledge: Knowledge) -> Facts:
    """Read what the last run that saw a device knows of it.

    Args:
        connection: to the store.
        item: the device.
        knowledge: as loaded.
    """
    try:
        result = result_of(connection, item.last_run, knowledge, frozenset(item.addresses))
    except HiksweepError:
        return Facts(item, None)
    device = _same(join(result.devices()), item)
    if device is None:
        return Facts(item, None)
    begun = result.started
    told = read_facts(begun.facts, begun.id)
    judged = judge(device, knowledge.mandates, begun.profiles, told, date.fromisoformat(begun.started[:10]))
    wanted = {one.measure for one in item.obligations}
    return Facts(item, device, tuple(one for one in judged if one.id in wanted))


def _same(devices: Sequence[Device], item: Item) -> Device | None:
    """The device of a run that the inventory means: by a lasting name, else by its address."""
    names = set(item.names)
    by_name = [one for one in devices if names.intersection(map(str, one.names))]
    there = [one for one in devices if set(one.addresses) & set(item.addresses)]
    return next(iter((*by_name, *there)), None)


def due_day(facts: Sequence[Facts]) -> str:
    """The first day on which something has to be done, where that is a sure day; else empty."""
    days = [
        one.deadline.value
        for fact in facts
        for one in fact.findings
        if one.deadline is not None and one.deadline.precision == "day" and one.deadline.sure
    ]
    return min(days, default="")
