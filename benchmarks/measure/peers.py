"""Rules of other tools that identify, as data, held against the same replies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from benchmarks.measure.cases import Case
from scanner.model.errors import Malformed
from scanner.model.evidence import Maker
from scanner.model.fields import Fields
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers import read

PEERS = Path(__file__).parents[1] / "peers"
MAKER = Maker.HIKVISION.value


class Verdict(NamedTuple):
    """What a tool says of one host."""

    readable: bool
    """Whether the host has a reply of a kind that the tool reads."""
    called: bool
    """Whether it names the maker, or the brand under which the maker's device is sold."""


@dataclass(frozen=True)
class Rule:
    """One rule that names somebody."""

    names: str
    protocols: frozenset[Protocol]
    field: str
    """A field of the parsed reply, or ``head``: the status line and headers as they came."""
    pattern: re.Pattern[str]

    def fires(self, reply: Observation, fields: Fields) -> bool:
        """Whether it names somebody on this reply."""
        if reply.protocol not in self.protocols:
            return False
        values = (head(reply.payload),) if self.field == "head" else fields[self.field]
        return any(self.pattern.search(value) for value in values)


@dataclass(frozen=True)
class Peer:
    """The rules of one tool."""

    name: str
    commit: str
    licence: str
    cannot_see: str
    reads: tuple[tuple[frozenset[Protocol], tuple[str, ...]], ...]
    rules: tuple[Rule, ...]

    def judge(self, case: Case) -> Verdict:
        """What it says of a host by all that the host answered."""
        readable, names = False, set[str]()
        for reply in case.observations:
            try:
                fields = read(reply.protocol, reply.payload, reply.request)
            except Malformed:
                continue
            readable |= any(
                reply.protocol in protocols and any(fields[name] for name in names)
                for protocols, names in self.reads
            )
            names.update(rule.names for rule in self.rules if rule.fires(reply, fields))
        return Verdict(readable or bool(names), any(is_name(case, name) for name in names))


def is_name(case: Case, text: str) -> bool:
    """Whether a text names the maker or, on a device of the maker, its brand."""
    names = [MAKER]
    if not case.is_foreign and case.truth.get("presented_brand"):
        names.append(str(case.truth["presented_brand"]))
    return any(name.casefold() in text.casefold() for name in names)


def head(payload: bytes) -> str:
    """The part of an answer over HTTP in front of its body; nothing if it is a body alone."""
    if not payload.startswith(b"HTTP/"):
        return ""
    return payload.partition(b"\r\n\r\n")[0].decode("latin-1")


def read_peers(root: Path = PEERS) -> list[Peer]:
    """Every tool that is restated, by file name."""
    return [_peer(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(root.glob("*.yaml"))]


def _peer(record: dict[str, Any]) -> Peer:
    return Peer(
        name=record["name"],
        commit=record["commit"],
        licence=record["licence"],
        cannot_see=record["cannot_see"],
        reads=tuple((_protocols(one["protocols"]), tuple(one["fields"])) for one in record["reads"]),
        rules=tuple(_rule(one) for one in record["rules"]),
    )


def _rule(record: dict[str, Any]) -> Rule:
    """A pattern, in which ``^`` and ``$`` mean lines as in Ruby; or words, of which one is enough."""
    pattern = record.get("pattern") or "|".join(map(re.escape, record["words"]))
    return Rule(
        record["names"], _protocols(record["protocols"]), record["field"], re.compile(pattern, re.MULTILINE)
    )


def _protocols(names: Iterable[str]) -> frozenset[Protocol]:
    return frozenset(map(Protocol, names))
