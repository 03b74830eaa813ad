"""Signatures held against one reply. Pure; replies of a device are put together in the matcher."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from typing import Protocol as Interface
from urllib.parse import unquote

from scanner.knowledge.brands import Brands
from scanner.knowledge.models import Models
from scanner.knowledge.oui import OuiTable, canonical_mac
from scanner.knowledge.signatures import Condition, Signature
from scanner.model.device import DeviceClass
from scanner.model.evidence import Claims, Maker
from scanner.model.fields import Fields
from scanner.model.protocol import Protocol

EXCERPT = 160
"""Characters of an excerpt at most: a line of a report."""
_LONGEST_CLAIM = 128
_SURE = frozenset({"certain", "high"})
_TEMPLATE = re.compile(r"\$(\d)")
_ESCAPED_FIELDS = frozenset({"wsd.scope"})
"""Fields whose values are URIs: a claim taken from them is unquoted (RFC 3986 §2.1)."""


class Known(Interface):
    """The parts of the knowledge that matching needs."""

    @property
    def index(self) -> Mapping[tuple[Protocol, str], tuple[Signature, ...]]:
        """Signatures and look-alikes by protocol and field."""

    @property
    def brands(self) -> Brands:
        """The vocabulary."""

    @property
    def models(self) -> Models:
        """The model grammar."""

    @property
    def oui(self) -> OuiTable:
        """The MAC blocks."""


class Match(NamedTuple):
    """A signature that was found in a reply."""

    signature: Signature
    field: str
    excerpt: str
    """The words that prove it, without control characters, cut to :data:`EXCERPT`."""
    claims: Claims


def match(known: Known, protocol: Protocol, fields: Fields, request: str | None = None) -> list[Match]:
    """Every signature and look-alike that one reply shows, each at most once per field value that differs.

    Args:
        known: the knowledge.
        protocol: kind of the payload.
        fields: what its parser read.
        request: what was asked; None = not known, and then no condition on the request is met.

    Returns:
        Matches in the order of the fields; the claims are filled in and held to the vocabulary.
    """
    found: list[Match] = []
    index, reply = known.index, (protocol, fields, request)
    for field, values in fields.items():
        signatures = index.get((protocol, field))
        if not signatures:
            continue
        different = values if len(values) == 1 else tuple(dict.fromkeys(values))
        for signature in signatures:
            # Most look in vain, so nothing is called or made before one has found something.
            search = signature.regex.search
            for value in different:
                hit = search(value)
                if hit is not None:
                    _take(found, known, signature, field, hit, reply)
    return found


_Reply = tuple[Protocol, Fields, str | None]


def _take(
    found: list[Match], known: Known, signature: Signature, field: str, hit: re.Match[str], reply: _Reply
) -> None:
    """Add what a hit says, unless a condition fails or the signature has said the same of this field."""
    if not _holds(signature, reply):
        return
    claims = signature.fixed_claims or _substitute(known, signature, field, hit)
    if claims is None:
        return
    for one in reversed(found):
        if one.signature is not signature or one.field != field:
            break
        if one.claims == claims:
            return
    found.append(Match(signature, field, excerpt_of(hit), claims))


def _holds(signature: Signature, reply: _Reply) -> bool:
    for condition in signature.needs:
        if not _met(condition, reply):
            return False
    return not any(_met(condition, reply) for condition in signature.unless)


def _met(condition: Condition, reply: _Reply) -> bool:
    protocol, fields, request = reply
    if condition.field == "request":
        return request is not None and condition.regex.search(request) is not None
    if condition.field == "protocol":
        return condition.regex.search(protocol) is not None
    return any(condition.regex.search(value) for value in fields[condition.field])


def _substitute(known: Known, signature: Signature, field: str, hit: re.Match[str]) -> Claims | None:
    """The claims of a hit; None when the hit does not stand up to the tables that the signature names."""
    words = {word: _fill(text, field, hit) for word, text in signature.claims.items()}
    mac = canonical_mac(words["mac"]) if words.get("mac") else None
    if signature.registered:
        row = known.oui.lookup(mac) if mac else None
        if row is None or row.kind not in signature.registered:
            return None
        if signature.confidence and row.confidence not in signature.confidence:
            return None
        maker = known.brands.maker_of(row.brand)
        words = {word: maker[1] if maker and text == "$maker" else text for word, text in words.items()}
    if signature.grammar and not _follows(known, signature.grammar, words.get("model", "")):
        return None
    brand = known.brands.lookup(words["brand"]) if words.get("brand") else None
    device_class = words.get("device_class")
    return Claims(
        maker=Maker(words["maker"]) if words.get("maker") else None,
        maker_name=words.get("maker_name") or None,
        brand=brand.name if brand else None,
        relation=words.get("relation") or None,
        device_class=device_class if device_class in set(DeviceClass) else None,
        model=words.get("model") or None,
        serial=words.get("serial") or None,
        firmware=words.get("firmware") or None,
        mac=mac,
        hostname=words.get("hostname") or None,
    )


def _follows(known: Known, grammar: str, model: str) -> bool:
    """Whether a model follows the grammar that a signature asks for."""
    info = known.models.classify(model)
    if info is None or info.maker is not Maker.HIKVISION:
        return False
    if grammar == "model":
        return info.proves
    brand = known.brands.lookup(info.brand) if info.brand else None
    return brand is not None and brand.relation == "relabel" and brand.confidence in _SURE


def _fill(template: str, field: str, hit: re.Match[str]) -> str:
    def group(found: re.Match[str]) -> str:
        number = int(found[1])
        return (hit[number] or "") if number <= hit.re.groups else ""

    if "$" not in template:
        return template
    text = _TEMPLATE.sub(group, template)
    if field in _ESCAPED_FIELDS:
        text = unquote(text)
    return printable(text)[:_LONGEST_CLAIM].strip()


def printable(text: str) -> str:
    """The text without control characters and other code points that a terminal could act upon."""
    if text.isprintable():
        return text
    return "".join(character for character in text if character.isprintable())


def excerpt_of(hit: re.Match[str]) -> str:
    """The value that matched or, where it is long, the part of it around the match."""
    value = hit.string
    if len(value) > EXCERPT:
        start = max(0, min(hit.start() - 16, hit.end() - EXCERPT))
        value = value[start : start + EXCERPT]
    return " ".join(printable(part) for part in value.split())[:EXCERPT]
