"""The append-only record of a run: written before anyone interprets, read by reports and later runs.

One JSON object a line. The first line names the run; a body is written once, under its digest, and
observations point to it. A line that was cut by a crash is left out when read, and said.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

from scanner.model.ending import Ended, Ending
from scanner.model.errors import UsageError, unreadable
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.report import ImportedFile, RunError
from scanner.model.sighting import Sighting

SCHEMA = 1
LINE_LIMIT = 4 * 1024 * 1024
"""Bytes of a line at most; no scan writes a longer one."""
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The first record: everything that a report needs besides what was seen."""

    id: str
    version: str
    started: str
    targets: tuple[str, ...]
    walked: tuple[str, ...]
    excluded: tuple[str, ...]
    unwalked: tuple[str, ...]
    ports: tuple[int, ...]
    seed: int
    engine: str
    methods: tuple[str, ...]
    """Methods that ask each address."""
    connected: tuple[str, ...]
    """Prefixes of our own links: there a failed neighbour look-up counts as looked at."""
    profiles: tuple[str, ...]
    facts: str
    """The site's facts as YAML text, empty for none."""
    reference: str | None
    sensor: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Swept:
    """All steps of the permutation below this one are finished."""

    steps: int


@dataclass(frozen=True, slots=True)
class Life:
    """A sign of life from inside a prefix that is no answer of the asked address itself."""

    address: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A router or firewall on the way says that nothing gets through to an address."""

    address: str
    router: str


@dataclass(frozen=True, slots=True)
class Left:
    """An address, or the whole prefix of it, is left alone from now on."""

    address: str
    reason: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """The conversations with an address are finished."""

    address: str


@dataclass(frozen=True, slots=True)
class GapFound:
    """Something that was not looked at."""

    targets: str
    method: str
    state: str
    reason: str
    affects_verdict: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A method that asks a group, or a set of addresses, was used."""

    method: str
    interface: str


@dataclass(frozen=True, slots=True)
class Proven:
    """What a file of another tool proves asked of an address, and how it ended."""

    address: str
    ending: Ending
    ports: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Named:
    """Addresses that files name, in a run that has no other scope; as a user would write them."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The last record."""

    finished: str
    interrupted: bool
    reason: str = ""


Record: TypeAlias = (
    RunStarted
    | Observation
    | Ended
    | Swept
    | Life
    | Rejected
    | Left
    | Looked
    | GapFound
    | Asked
    | Sighting
    | Proven
    | Named
    | ImportedFile
    | RunError
    | RunEnded
)

_KINDS: dict[str, type] = {
    "run": RunStarted,
    "ended": Ended,
    "swept": Swept,
    "life": Life,
    "rejected": Rejected,
    "left": Left,
    "looked": Looked,
    "gap": GapFound,
    "asked": Asked,
    "sighting": Sighting,
    "proven": Proven,
    "named": Named,
    "file": ImportedFile,
    "error": RunError,
    "finish": RunEnded,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_FIELDS: dict[type, dict[str, Any]] = {
    kind: {field.name: get_type_hints(kind)[field.name] for field in fields(kind)}
    for kind in (Observation, *_KINDS.values())
}
_TUPLES = {
    kind: [name for name, hint in hints.items() if get_origin(hint) is tuple]
    for kind, hints in _FIELDS.items()
}


def is_mac(host: str) -> bool:
    """Whether a host is known by its MAC address alone, spelt in the canonical way."""
    return _MAC.fullmatch(host) is not None


class Journal:
    """Appends records to a file; each record is on its way to the disk when `append` returns.

    Args:
        path: the file; must not exist yet.
        cut: removes secrets from a payload; called after the digest was taken.

    Raises:
        UsageError: the file exists or cannot be made.
    """

    def __init__(self, path: Path, cut: Callable[[bytes], bytes] = lambda payload: payload) -> None:
        self.path = path
        self._cut = cut
        self._bodies: set[str] = set()
        if path.exists():
            raise UsageError(f"{path}: exists already; name a new journal file")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("xb")
        except OSError as error:
            raise UsageError(
                f"{path}: the journal cannot be written ({error.strerror}); name another"
            ) from None

    def append(self, record: Record) -> Record:
        """Write one record; returns it as it was written (an observation with digest and without secrets).

        Raises:
            OSError: the disk is full or gone.
        """
        if isinstance(record, Observation):
            record = self.kept(record)
            self._body(record)
            line = {"kind": "observation", **_plain(record, leave_out={"payload"})}
        else:
            line = {"kind": _NAMES[type(record)], **_plain(record)}
        self._write(line)
        return record

    def kept(self, observation: Observation) -> Observation:
        """An observation as it is kept: named by the bytes of the wire, and without secrets."""
        digest = hashlib.sha256(observation.payload).hexdigest()
        return replace(observation, payload=self._cut(observation.payload), digest=digest)

    def _body(self, observation: Observation) -> None:
        if observation.digest not in self._bodies:
            data = base64.b64encode(observation.payload).decode("ascii")
            self._write({"kind": "body", "digest": observation.digest, "data": data})
            self._bodies.add(observation.digest)

    def _write(self, line: Mapping[str, object]) -> None:
        text = json.dumps(line, ensure_ascii=True, separators=(",", ":"))
        self._file.write(text.encode("ascii") + b"\n")
        self._file.flush()

    def sync(self) -> None:
        """Wait until everything is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Sync and close."""
        if not self._file.closed:
            try:
                self.sync()
            finally:
                self._file.close()


def _plain(record: object, leave_out: frozenset[str] | set[str] = frozenset()) -> dict[str, object]:
    if isinstance(record, Observation):
        return {
            field.name: getattr(record, field.name)
            for field in fields(record)
            if field.name not in leave_out and getattr(record, field.name) not in ("", None, False)
        }
    return asdict(record)  # type: ignore[call-overload,no-any-return]


def read_journal(path: Path) -> Iterator[Record]:
    """The records of a journal, in order. What cannot be read becomes a `RunError` record.

    Raises:
        UsageError: the file cannot be read or is no journal.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(unreadable(path, error)) from None
    with file:
        bodies: dict[str, bytes] = {}
        started = False
        for number, line in enumerate(iter(lambda: file.readline(LINE_LIMIT), b""), 1):
            try:
                record = record_of(line, bodies)
            except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
                if number == 1:
                    break
                what = "cut short" if not line.endswith(b"\n") else "not readable"
                yield RunError(f"{path.name}:{number}", f"a record is {what}; it was left out")
                continue
            if number == 1 and not isinstance(record, RunStarted):
                break
            started = True
            if record is not None:
                yield record
        if not started:
            raise UsageError(f"{path}: not a journal of a scan")


def record_of(line: str | bytes, bodies: MutableMapping[str, bytes]) -> Record | None:
    """Read one line; None for a body, which goes into ``bodies``.

    Args:
        line: as a journal holds it.
        bodies: payloads by digest, to which observations point.

    Raises:
        ValueError, KeyError, TypeError, RecursionError: no scan wrote it, or its payload is not there.
    """
    entry = json.loads(line)
    if not isinstance(entry, dict):
        raise TypeError(entry)
    kind = entry.pop("kind")
    if kind == "body":
        bodies[entry["digest"]] = base64.b64decode(entry["data"], validate=True)
        return None
    if kind == "observation":
        entry["protocol"] = Protocol(entry["protocol"])
        return _checked(Observation(payload=bodies[entry["digest"]], **entry))
    if kind in ("ended", "proven"):
        entry["ending"] = Ending(entry["ending"])
    entry |= {name: tuple(entry[name]) for name in _TUPLES[_KINDS[kind]]}
    record: Record = _KINDS[kind](**entry)
    return _checked(record)


def _checked(record: Record) -> Record:
    """A record as a scan writes it: a file may be damaged, or somebody may have written into it.

    Raises:
        ValueError, TypeError: a value that no scan writes.
    """
    for name, kind in _FIELDS[type(record)].items():
        value = getattr(record, name)
        if not _fits(value, kind):
            raise TypeError(name)
        if name in ("host", "address"):
            _check_address(record, value)
    if isinstance(record, RunStarted):
        date.fromisoformat(record.started[:10])
        for prefix in record.connected:
            ipaddress.ip_network(prefix)
    return record


def _check_address(record: Record, value: str) -> None:
    """Refuse what names no host: another table may know a MAC address only, everybody else knows the address.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(record, Sighting):
        if not is_mac(record.mac):
            raise ValueError(record.mac)
        if not value:
            return
    if not (isinstance(record, Observation) and is_mac(value)):
        ipaddress.ip_address(value)


def _fits(value: object, kind: Any) -> bool:
    """Whether a value read from JSON is of the type that a record's field declares."""
    arguments = get_args(kind)
    if isinstance(kind, UnionType):
        return any(_fits(value, one) for one in arguments)
    if get_origin(kind) is tuple:
        return isinstance(value, tuple) and all(_fits(one, arguments[0]) for one in value)
    if get_origin(kind) is Mapping and arguments[1] is not Any:
        return isinstance(value, Mapping) and all(_fits(one, arguments[1]) for one in value.values())
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, get_origin(kind) or kind)
