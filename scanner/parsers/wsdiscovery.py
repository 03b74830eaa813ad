"""WS-Discovery answers on UDP 3702 (OASIS WS-Discovery 1.1 and its 2005/04 draft, which ONVIF uses)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.parsers import xml
from scanner.parsers.text import decode

ITEMS_LIMIT = 256
"""Scopes, and addresses, of one answer that are read."""

_ANSWERS = ("ProbeMatches", "ResolveMatches", "Hello", "Bye")
_QUESTIONS = ("Probe", "Resolve")
_QUESTION = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(?:Probe|Resolve)[\s/>]")


def read(payload: bytes, _request: str | None = None) -> Fields:
    """The ``wsd.*`` and ``xml.*`` fields of an answer; of a tool's listing of scopes and addresses, those.

    Raises:
        Malformed: it is neither XML nor such a listing, or a client's question.
    """
    if b"<" not in payload:
        return Fields(_text_fields(decode(payload[: xml.SIZE_LIMIT])))
    document = xml.parse(payload)
    root = _root(document)
    if root in _QUESTIONS:
        raise Malformed("a client's question, not a device's answer")
    if _is_of_many(document):
        return Fields((("wsd.root", root or ""), ("wsd.devices", "several")))
    return Fields([*_fields(document, root), *xml.xml_fields(document)])


def is_answer(payload: bytes) -> bool:
    """Whether a datagram comes from a device rather than from a client."""
    return b"<" in payload and _QUESTION.search(payload[: xml.SIZE_LIMIT]) is None


def _root(document: xml.Document) -> str | None:
    """The first element of the body; of a fragment, the first known one, else what the action says."""
    names = document.names
    if "Body" in names:
        behind = names[names.index("Body") + 1 :]
        if behind:
            return behind[0]
    known = next((name for name in names if name in _ANSWERS or name in _QUESTIONS), None)
    actions = (leaf.text.rpartition("/")[2] for leaf in document.leaves if leaf.name == "Action")
    return known or next((action for action in actions if action in _ANSWERS or action in _QUESTIONS), None)


def _is_of_many(document: xml.Document) -> bool:
    """Whether it tells of devices at different addresses, as a discovery proxy does (OASIS 1.1 §4).

    Nothing in it is a statement of the host that sent it, and what it tells of is asked for itself.
    """
    references = {
        leaf.text for leaf in document.leaves if leaf.name == "Address" and "EndpointReference" in leaf.path
    }
    if len(references) < 2:
        return False
    places = [
        {_host(address) for address in leaf.text.split()}
        for leaf in document.leaves
        if leaf.name == "XAddrs" and leaf.text
    ]
    return len(places) > 1 and not set.intersection(*places)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return address


def _fields(document: xml.Document, root: str | None) -> Iterator[tuple[str, str]]:
    if root is not None:
        yield "wsd.root", root
    addresses = 0
    for leaf in document.leaves:
        if leaf.name == "Address" and "ReplyTo" not in leaf.path and leaf.text and addresses < ITEMS_LIMIT:
            addresses += 1
            yield "wsd.address", leaf.text
        elif leaf.name == "Types" and leaf.text:
            yield "wsd.types", " ".join(leaf.text.split())
        else:
            yield from _items(leaf.name, leaf.text.split())
    cut = document.unfinished
    if cut is not None:
        yield from _items(cut.name, cut.text.split()[:-1])  # the last one may be half a word


def _text_fields(text: str) -> list[tuple[str, str]]:
    """What a tool prints of an answer, known by its form."""
    kinds = (
        ("wsd.address", "urn:uuid:"),
        ("wsd.scope", "onvif://"),
        ("wsd.xaddr", "http://"),
        ("wsd.xaddr", "https://"),
    )
    found = [
        (field, word)
        for word in text.replace(",", " ").split()[: 4 * ITEMS_LIMIT]
        for field, start in kinds
        if word.lower().startswith(start)
    ]
    if not any(field != "wsd.xaddr" for field, _ in found):
        raise Malformed("neither XML nor a listing of scopes and addresses")
    return found


def _items(name: str, words: list[str]) -> Iterator[tuple[str, str]]:
    field = {"Scopes": "wsd.scope", "XAddrs": "wsd.xaddr"}.get(name)
    if field is not None:
        yield from ((field, word) for word in words[:ITEMS_LIMIT])
