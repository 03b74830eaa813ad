"""Strength is earned: what each signature hit, by the truth about the device, and what that forbids.

A signature that was ever seen on a device of another maker cannot be conclusive, however sure its source was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from scanner.knowledge.match import match
from scanner.model.errors import Malformed
from scanner.model.evidence import Maker, Strength
from scanner.model.fields import Fields
from scanner.model.protocol import Protocol

if TYPE_CHECKING:
    from scanner.knowledge import Knowledge

Reader = Callable[[Protocol, bytes, str | None], Fields]
"""``scanner.parsers.read``."""

_NAMES = 3
"""Foreign devices that are named in a complaint."""


class Reply(NamedTuple):
    """A reply of a device of which it is known who made it."""

    name: str
    """Where it stands, for a complaint."""
    protocol: Protocol
    payload: bytes
    request: str | None
    maker: Maker
    """The truth; ``UNKNOWN`` where nobody knows."""
    source: str = ""
    """Where it was published."""


class Hits(NamedTuple):
    """How often one signature matched, by the truth; several matches in one reply count once."""

    ours: int = 0
    others: int = 0
    unknown: int = 0
    foreign: tuple[str, ...] = ()
    """Names of the first replies of other makers that it matched."""


def hits_by_signature(knowledge: Knowledge, replies: Iterable[Reply], read: Reader) -> dict[str, Hits]:
    """What each signature and look-alike matches among replies whose truth is known.

    Args:
        knowledge: what was loaded.
        replies: a corpus; a reply that cannot be read matches nothing.
        read: turns a payload into fields, or raises ``Malformed``.

    Returns:
        Hits by id; an entry that matched nothing is there with zeros.
    """
    found = {entry.id: Hits() for entry in (*knowledge.signatures, *knowledge.lookalikes)}
    for reply in replies:
        try:
            fields = read(reply.protocol, reply.payload, reply.request)
        except Malformed:
            continue
        for name in {one.signature.id for one in match(knowledge, reply.protocol, fields, reply.request)}:
            found[name] = _counted(found[name], reply)
    return found


def _counted(hits: Hits, reply: Reply) -> Hits:
    if reply.maker is Maker.HIKVISION:
        return hits._replace(ours=hits.ours + 1)
    if reply.maker is Maker.OTHER:
        named = hits.foreign if len(hits.foreign) >= _NAMES else (*hits.foreign, reply.name)
        return hits._replace(others=hits.others + 1, foreign=named)
    return hits._replace(unknown=hits.unknown + 1)


def own_replies(knowledge: Knowledge) -> Iterator[Reply]:
    """The examples of the data itself that say who made the device."""
    for entry in (*knowledge.signatures, *knowledge.lookalikes):
        for example in entry.examples:
            maker = example.gives.get("maker")
            if maker is not None:
                yield Reply(
                    example.where,
                    example.protocol,
                    example.reply.encode("utf-8"),
                    example.request,
                    Maker(maker),
                )


def strength_faults(knowledge: Knowledge, hits: Mapping[str, Hits]) -> Iterator[tuple[str, str]]:
    """Signatures of the maker that are called conclusive and were seen on a device of another.

    Yields:
        Pairs of ``file:line`` and what is wrong.
    """
    for entry in knowledge.signatures:
        seen = hits.get(entry.id, Hits())
        conclusive = Strength.CONCLUSIVE in (entry.strength, entry.with_partner)
        if entry.maker is Maker.HIKVISION and conclusive and seen.others:
            where = ", ".join(seen.foreign)
            yield (
                entry.where,
                f"{entry.id}: conclusive, and seen on devices of other makers {seen.others} times ({where})",
            )
