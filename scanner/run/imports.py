"""Reads files of other tools into a run: every row through the recorder, each used or explained.

Nothing here sends anything, and nothing that a file says is handed to whatever does: addresses from a file
widen no scope.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from scanner.importers import Importer, Row
from scanner.importers.interface import Stopped
from scanner.journal import Named, Proven, is_mac
from scanner.model.ending import Ended, Ending
from scanner.model.errors import UsageError
from scanner.model.observation import Observation
from scanner.model.report import ImportedFile
from scanner.model.sighting import Sighting
from scanner.parsers.secrets import strip_request
from scanner.parsers.text import printable
from scanner.run.address_book import AddressBook, host_address
from scanner.run.foreign_file import ForeignFile, Opened
from scanner.run.recorder import Recorder
from scanner.scope import Scope, ranges_text
from scanner.sweep.interface import Stop

PAYLOAD_LIMIT = 1024 * 1024
"""Bytes that are kept of one observation."""
HOSTS_LIMIT = 1 << 18
"""Hosts and MAC addresses of which anything but silence is kept; memory grows with them."""
_REASONS_LIMIT = 32
_TEXT_LIMIT = 64
_NAME_LENGTH = 200
_NAMED_AT_ONCE = 4096
_TELL_EVERY = 100_000

OUTSIDE = "outside the scope"
TOO_MANY = "more addresses than can be kept"
NO_HOST = "no host has this address"
NOTHING = "nothing in it that concerns us"


@dataclass
class _Tally:
    """What became of the rows of one file."""

    rows: int = 0
    used: int = 0
    broken: int = 0
    unused: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)

    def leave(self, reason: str) -> None:
        """A row gave nothing."""
        _count(self.unused, reason, "other reasons")

    def leave_part(self, part: str) -> None:
        """A part of a row gave nothing."""
        _count(self.left, part, "other parts")


def _count(counter: Counter[str], text: str, rest: str) -> None:
    shown = printable(text, 80) or NOTHING
    counter[shown if shown in counter or len(counter) < _REASONS_LIMIT else rest] += 1


class Intake:
    """Takes the rows of files into a run.

    Args:
        recorder: takes every fact.
        scope: what the user named; None = whatever the files name.
        excluded: what the user took out, where the scope is that of the files.
        stop: ends the reading when set.
        tell: takes a sentence now and then.
    """

    def __init__(
        self,
        recorder: Recorder,
        scope: Scope | None,
        stop: Stop,
        tell: Callable[[str], None] = lambda _: None,
        excluded: Scope | None = None,
    ) -> None:
        self._recorder = recorder
        self._scope = scope
        self._excluded = excluded
        self._stop = stop
        self._tell = tell
        self._book = AddressBook()
        self._hosts: set[str] = set()
        self._why = ""
        self._crowded = False

    def read(self, inputs: Sequence[Opened]) -> None:
        """Read every file, or up to the stop."""
        for number, (wanted, opened) in enumerate(inputs):
            if self._stop.wanted:
                left = len(inputs) - number
                self._recorder.gap(
                    f"{left} files",
                    "import",
                    "not read: stopped before",
                    affects_verdict=True,
                    state="aborted",
                )
                return
            try:
                file = opened or ForeignFile(wanted.name)
            except UsageError as error:  # gone since it was recognised: the others count all the same
                self._recorder.gap(
                    printable(wanted.name, _NAME_LENGTH),
                    "import",
                    str(error),
                    affects_verdict=True,
                    state="not read",
                )
                continue
            with file:
                self._file(file, wanted.importer)

    def _file(self, file: ForeignFile, importer: Importer) -> None:
        tally = _Tally()
        problem = ""
        name = file.source.name
        self._tell(f"Reading {name} as {importer.title}")
        file.until(lambda: self._stop.wanted)
        try:
            after_stop = 0
            for row in importer.read(file.stream, file.source):
                # What was read before the stop is used: tables and leases are held until their file ends.
                after_stop += self._stop.wanted
                if after_stop > HOSTS_LIMIT:
                    break
                self._row(row, file, importer, tally)
                if tally.rows % _TELL_EVERY == 0:
                    self._tell(f"{name}: {tally.rows:,} rows read, {tally.used:,} used")
        except Stopped:
            pass
        except Exception as error:  # noqa: BLE001 - a bug of ours costs the rest of a file, is counted and said
            self._recorder.error(
                f"import {name}", f"{type(error).__name__}: {error} after {tally.rows:,} rows"
            )
            problem = f"our reader of {importer.name} failed after {tally.rows:,} rows"
        if self._stop.wanted and not problem:
            problem = f"reading it was stopped after {tally.rows:,} rows"
        self._names()
        self._recorder.record(
            ImportedFile(
                name=name,
                format=importer.name,
                digest=file.digest() if not self._stop.wanted else "",
                rows=tally.rows,
                used=tally.used,
                unused=dict(tally.unused),
                broken=tally.broken,
                problem=problem or file.problem,
                cannot_tell=importer.cannot_tell,
                left=dict(tally.left),
            )
        )

    def _row(self, row: Row, file: ForeignFile, importer: Importer, tally: _Tally) -> None:
        tally.rows += 1
        tally.broken += row.broken
        self._why = row.unused or NOTHING
        kept = 0
        for observation in row.observations:
            kept += self._observation(observation, file, importer)
        for sighting in row.sightings:
            kept += self._sighting(sighting, file)
        kept += self._endings(row.endings, file)
        why = self._why
        for address in row.names:
            self._address(address)
        if kept:
            tally.used += 1
            for part in row.left:
                tally.leave_part(part)
        else:
            tally.leave(why)

    def _observation(self, observation: Observation, file: ForeignFile, importer: Importer) -> bool:
        host = observation.host if is_mac(observation.host) else self._address(observation.host)
        if not host or not observation.payload:
            return False
        if not self._has_room_for(host):
            return False
        at = printable(observation.at, _TEXT_LIMIT)
        self._recorder.record(
            replace(
                observation,
                host=host,
                payload=observation.payload[:PAYLOAD_LIMIT],
                request=strip_request(observation.request) if observation.request else None,
                run=self._recorder.result.started.id,
                method=observation.method or importer.name,
                at=at or file.source.dated,
                source=file.source.name,
                dated=observation.dated if at else "file",
            )
        )
        return True

    def _has_room_for(self, host: str) -> bool:
        """Whether more may be kept of a host or a MAC address: memory grows with their number."""
        if host in self._hosts:
            return True
        if len(self._hosts) >= HOSTS_LIMIT:
            self._why = TOO_MANY
            self._crowded = True
            return False
        self._hosts.add(host)
        return True

    def _sighting(self, sighting: Sighting, file: ForeignFile) -> bool:
        if not is_mac(sighting.mac):
            return False
        address = self._address(sighting.address) if sighting.address else ""
        if (sighting.address and not address) or not self._has_room_for(sighting.mac):
            return False
        self._recorder.record(
            replace(
                sighting,
                address=address,
                switch=printable(sighting.switch, _TEXT_LIMIT),
                port=printable(sighting.port, _TEXT_LIMIT),
                vlan=printable(sighting.vlan, _TEXT_LIMIT),
                source=file.source.name,
                at=printable(sighting.at, _TEXT_LIMIT) or file.source.dated,
            )
        )
        return True

    def _endings(self, endings: Sequence[Ended], file: ForeignFile) -> bool:
        """One record for the ports of an address that ended alike."""
        alike: dict[tuple[str, Ending], list[int]] = {}
        for ended in endings:
            alike.setdefault((ended.address, ended.ending), []).append(ended.port)
        kept = False
        for (given, ending), ports in alike.items():
            address = self._address(given)
            if address and (ending is Ending.SILENT or self._has_room_for(address)):
                self._recorder.record(Proven(address, ending, tuple(ports), file.source.name))
                kept = True
        return kept

    def _address(self, given: str) -> str:
        """An address in its one spelling, if it is in scope; else empty, with the reason."""
        address = host_address(given)
        if not address:
            self._why = NO_HOST
            return ""
        if self._scope is not None:
            if address in self._scope:
                return address
            self._why = OUTSIDE
            return ""
        if self._excluded is not None and address in self._excluded:
            self._why = OUTSIDE
            return ""
        if not self._book.add(address):
            self._why = TOO_MANY
            return ""
        return address

    def _names(self) -> None:
        """Write down which addresses the file named, where they are the scope."""
        if self._book.full or self._crowded:
            reason = "the files name more addresses than can be kept; the rows beyond were not used"
            self._recorder.gap("all", "import", reason, affects_verdict=True, state="not read")
        texts = ranges_text(self._book.take_new())
        for start in range(0, len(texts), _NAMED_AT_ONCE):
            self._recorder.record(Named(texts[start : start + _NAMED_AT_ONCE]))
