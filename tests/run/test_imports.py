"""Rows into records; what a whole reading makes of them is in test_reading."""

from __future__ import annotations

from contextlib import suppress

import pytest

from scanner.importers import Importer, Row
from scanner.importers.interface import Stopped
from scanner.journal import Named, Proven
from scanner.model.ending import Ended, Ending
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.report import ImportedFile
from scanner.run import imports
from scanner.run.foreign_file import ForeignFile, Input
from scanner.run.imports import Intake
from scanner.scope import Scope, parse_target
from scanner.sweep.interface import Stop


class Kept:
    """In the place of a recorder."""

    def __init__(self, started):
        self.records = []
        self.result = type("Result", (), {"started": started})

    def record(self, record):
        self.records.append(record)

    def gap(self, *args, **kwargs):
        self.records.append((args, kwargs))

    def of(self, kind):
        return [record for record in self.records if isinstance(record, kind)]


@pytest.fixture
def take(tmp_path, started):
    def run(*rows: Row, scope: Scope | None = None, stop: Stop | None = None) -> Kept:
        path = tmp_path / "rows"
        path.write_bytes(b"x")
        kept = Kept(started())
        importer = Importer(
            "toy", "a toy", "It tells nothing.", lambda head: True, lambda stream, source: iter(rows)
        )
        Intake(kept, scope, stop or Stop()).read([(Input(str(path), importer), ForeignFile(str(path)))])
        return kept

    return run


def test_ports_that_ended_alike_are_one_record(take):
    endings = tuple(Ended("tcp", "10.0.0.5", port, Ending.SILENT) for port in (80, 443))
    kept = take(Row("1", endings=(*endings, Ended("tcp", "10.0.0.5", 554, Ending.COMPLETE))))

    assert [(one.ports, one.ending) for one in kept.of(Proven)] == [
        ((80, 443), Ending.SILENT),
        ((554,), Ending.COMPLETE),
    ]
    assert kept.of(Named) == [Named(("10.0.0.5",))]


def test_a_file_that_is_gone_by_its_turn_costs_the_others_nothing(tmp_path, started):
    kept = Kept(started())
    there = tmp_path / "there"
    there.write_bytes(b"x")
    rows = (Row("1", names=("192.0.2.5",), unused="nothing"),)
    importer = Importer(
        "toy", "a toy", "It tells nothing.", lambda head: True, lambda stream, source: iter(rows)
    )
    inputs = [(Input(str(tmp_path / name), importer), None) for name in ("gone", "there")]

    Intake(kept, None, Stop()).read(inputs)

    ((_, given),) = [record for record in kept.records if isinstance(record, tuple)]
    assert given == {"affects_verdict": True, "state": "not read"}
    assert [one.rows for one in kept.of(ImportedFile)] == [1]


def test_names_are_written_down_in_pieces(take, monkeypatch):
    monkeypatch.setattr(imports, "_NAMED_AT_ONCE", 2)
    kept = take(*(Row("1", names=(f"10.0.{number}.1",)) for number in range(5)))

    assert [len(one.addresses) for one in kept.of(Named)] == [2, 2, 1]


def test_in_a_scope_nothing_is_named(take):
    kept = take(Row("1", names=("10.0.0.5",)), scope=Scope.of([parse_target("10.0.0.0/24")]))

    assert kept.of(Named) == []


def test_a_huge_payload_is_cut(take, monkeypatch):
    monkeypatch.setattr(imports, "PAYLOAD_LIMIT", 10)
    kept = take(Row("1", observations=(Observation("10.0.0.5", Protocol.HTTP, b"x" * 100),)))

    assert [len(one.payload) for one in kept.of(Observation)] == [10]


def test_reasons_are_bounded_and_the_sum_stays_right(take):
    kept = take(*(Row("1", unused=f"reason {number}") for number in range(100)))

    (file,) = kept.of(ImportedFile)
    assert len(file.unused) == 33
    assert sum(file.unused.values()) == file.rows == 100


def test_a_stop_before_a_file_is_a_gap(take):
    stop = Stop()
    stop.set("enough")

    assert take(Row("1"), stop=stop).of(ImportedFile) == []


def test_parts_of_used_rows_that_gave_nothing_are_counted(take):
    heard = Observation("10.0.0.5", Protocol.MAC, b"44:19:b6:01:02:03")
    used = Row("host 10.0.0.5", (heard,), left=("script http-enum", "script whois-ip"))

    (file,) = take(used, used, Row("host 10.0.0.6", unused="down", left=("script a",))).of(ImportedFile)

    assert (file.rows, file.used, file.unused) == (3, 2, {"down": 1})
    assert file.left == {"script http-enum": 2, "script whois-ip": 2}


def test_what_an_importer_holds_until_its_file_ends_is_kept_where_the_user_stops(tmp_path, started):
    stop, path = Stop(), tmp_path / "rows"
    path.write_bytes(b"44:19:b6:01:02:03\n" * 200_000)

    def read(stream, source):
        held = []
        with suppress(Stopped):
            while line := stream.readline():
                held.append(Row("1", (Observation("10.0.0.5", Protocol.MAC, line.strip()),)))
                stop.set("Ctrl-C")
        yield from held[:1]

    kept = Kept(started())
    toy = Importer("toy", "a toy", "", lambda head: True, read)
    Intake(kept, None, stop).read([(Input(str(path), toy), ForeignFile(str(path)))])
    (file,) = kept.of(ImportedFile)

    assert len(kept.of(Observation)) == 1
    assert (file.rows, file.used, file.problem) == (1, 1, "reading it was stopped after 1 rows")


def test_a_reader_that_holds_nothing_just_ends_where_the_user_stops(tmp_path, started):
    stop, path = Stop(), tmp_path / "rows"
    path.write_bytes(b"x" * 5_000_000)

    def read(stream, source):
        while stream.read(1_000_000):
            yield Row("1", unused="nothing")
            stop.set("Ctrl-C")

    kept = Kept(started())
    toy = Importer("toy", "a toy", "", lambda head: True, read)
    Intake(kept, None, stop).read([(Input(str(path), toy), ForeignFile(str(path)))])
    (file,) = kept.of(ImportedFile)

    assert file.rows < 5
    assert file.problem.startswith("reading it was stopped")
