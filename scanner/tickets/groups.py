"""What each ticket is about, by every grouping: a device, a finding, a network or a site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from scanner.tickets.keys import device_keys, finding_keys, place_key
from scanner.tickets.words import Group, Grouping, Item


def groups_of(items: Iterable[Item], grouping: Grouping) -> Iterator[Group]:
    """The items as one grouping puts them together, in their own order."""
    if grouping is Grouping.DEVICE:
        for item in items:
            yield Group(grouping, f"{item.site} {item.called}", device_keys(item), (item,))
    elif grouping is Grouping.FINDING:
        for item in items:
            for one in item.obligations:
                subject = f"{item.site} {item.called} {one.measure}"
                yield Group(
                    grouping, subject, finding_keys(item, one.measure), (replace(item, obligations=(one,)),)
                )
    else:
        yield from _by_place(items, grouping)


def _by_place(items: Iterable[Item], grouping: Grouping) -> Iterator[Group]:
    places: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        prefix = item.networks[0] if grouping is Grouping.NETWORK and item.networks else ""
        places[item.site, prefix].append(item)
    for (site, prefix), held in places.items():
        # What lies in no known network is grouped with its site.
        really = Grouping.NETWORK if prefix else Grouping.SITE
        subject = f"{site} {prefix}".strip()
        yield Group(really, subject, (place_key(site, prefix),), tuple(held))
