"""Names of tickets and marks of comments: digests that every store computes alike."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator

from scanner.tickets.memo import LENGTH, SAID
from scanner.tickets.words import Change, Group, Grouping, Item, Key

_LETTERS = {
    (Grouping.DEVICE, True): "d",
    (Grouping.DEVICE, False): "a",
    (Grouping.FINDING, True): "f",
    (Grouping.FINDING, False): "b",
    (Grouping.NETWORK, True): "n",
    (Grouping.SITE, True): "s",
}
"""The letter of a key by what it is about, and whether it lasts longer than an address."""
_BY_LETTER = {letter: about for about, letter in _LETTERS.items()}


def device_keys(item: Item) -> tuple[Key, ...]:
    """The keys of a ticket about a device: of each lasting name at each site, then of each address."""
    return tuple(_of_item(Grouping.DEVICE, item, ""))


def finding_keys(item: Item, measure: str) -> tuple[Key, ...]:
    """The keys of a ticket about one finding of a device."""
    return tuple(_of_item(Grouping.FINDING, item, measure))


def place_key(site: str, prefix: str = "") -> Key:
    """The key of a ticket about a network, or without a prefix about a whole site."""
    return _key(Grouping.NETWORK if prefix else Grouping.SITE, site, prefix, sure=True)


def _of_item(grouping: Grouping, item: Item, measure: str) -> Iterator[Key]:
    for name in item.names:
        for site in item.sites:
            yield _key(grouping, site, name, measure, sure=True)
    for address in item.addresses:
        yield _key(grouping, item.site, f"address:{address}", measure, sure=False)


def _key(grouping: Grouping, *parts: str, sure: bool) -> Key:
    return Key(f"hsk{_LETTERS[grouping, sure]}-{_digest(parts)}", sure)


def grouping_of(key: str) -> Grouping:
    """What a ticket with this key is about."""
    return _BY_LETTER[key[3]][0]


def fits(ticket: Collection[str], keys: Collection[str]) -> bool:
    """Whether a ticket with some keys can be about what has others: by a lasting one, else by an address.

    An address says nothing where both have lasting names and none in common: another device had it before.
    """
    common = set(keys).intersection(ticket)
    return any(map(is_sure, common)) or (
        bool(common) and not (any(map(is_sure, keys)) and any(map(is_sure, ticket)))
    )


def is_sure(key: str) -> bool:
    """Whether a key is made of more than an address."""
    return _BY_LETTER[key[3]][1]


def mark_of(group: Group, change: Change, kind: str = SAID) -> tuple[str, ...]:
    """The marks of a comment on a change: the first is written, each of them counts as written.

    The ticket of a device whose serial number becomes known later has a mark by its MAC address.
    """
    names = dict.fromkeys(key.text for key in group.keys)
    return tuple(f"hsm{kind}-{_digest((change.after, change.trigger, change.cause, name))}" for name in names)


def duplicate_mark(ticket: str, of: str) -> str:
    """The mark of the comment that closes one ticket for another."""
    return f"hsm{SAID}-{_digest(('duplicate', ticket, of))}"


def version_of(parts: Iterable[object]) -> str:
    """What a block was made of."""
    return f"hsv-{_digest(map(str, parts))}"


def _digest(parts: Iterable[str]) -> str:
    text = "\n".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]
