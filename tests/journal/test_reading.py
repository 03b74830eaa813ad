from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.journal import (
    Asked,
    GapFound,
    Journal,
    Left,
    Life,
    Looked,
    Record,
    RunEnded,
    RunStarted,
    Swept,
    is_mac,
    read_journal,
)
from scanner.model.ending import Ended, Ending
from scanner.model.errors import UsageError
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.report import RunError
from scanner.model.sighting import Sighting

STARTED = RunStarted(
    id="20261124T120000Z-abc",
    version="0.1.0",
    started="2026-11-24T12:00:00Z",
    targets=("10.0.0.0/24",),
    walked=("10.0.0.0/24",),
    excluded=(),
    unwalked=(),
    ports=(80, 443),
    seed=5,
    engine="connect",
    methods=("tcp",),
    connected=(),
    profiles=("ca-private",),
    facts="",
    reference="CHG-1",
    sensor={"name": "s", "host": "h", "interfaces": ["eth0"], "privileges": []},
)
SEEN = Observation(
    host="10.0.0.5",
    protocol=Protocol.HTTP,
    payload=b"HTTP/1.1 200 OK\r\n\r\n\xff\x00",
    port=80,
    request="GET /",
    run=STARTED.id,
    method="http",
    at="2026-11-24T12:00:01Z",
)
OTHERS: list[Record] = [
    Ended("tcp", "10.0.0.5", 80, Ending.COMPLETE, None, "", "2026-11-24T12:00:01Z"),
    Swept(256),
    Life("10.0.0.1"),
    Left("10.0.0.9", "stopped", prefix=True),
    Looked("10.0.0.5"),
    GapFound("eth0", "arp", "not asked", "no privilege", affects_verdict=False),
    Asked("sadp", "eth0"),
    Sighting("44:19:b6:01:02:03", "10.0.0.5", "sw-1", "Gi1/0/7", "10", source="macs.txt"),
    Sighting("44:19:b6:01:02:03", uplink=True),
    RunError("gate", "x"),
    RunEnded("2026-11-24T12:01:00Z", interrupted=False),
]


def write(path: Path, *records: Record) -> list[Record]:
    journal = Journal(path)
    kept = [journal.append(record) for record in records]
    journal.close()
    return kept


def test_what_was_appended_is_read_back_in_order(tmp_path: Path) -> None:
    kept = write(tmp_path / "j.jsonl", STARTED, SEEN, *OTHERS)

    assert list(read_journal(tmp_path / "j.jsonl")) == kept


def test_a_line_cut_by_a_crash_is_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    write(path, STARTED, SEEN, *OTHERS)
    path.write_bytes(path.read_bytes()[:-20])

    records = list(read_journal(path))

    assert records[:-1] == [STARTED, *(r for r in records[1:-1])]
    assert isinstance(records[-1], RunError)
    assert "cut short" in records[-1].message


@pytest.mark.parametrize(
    "line",
    [b"{", b"null", b'{"kind":"nonsense"}', b'{"kind":"swept"}', b'{"kind":"observation","digest":"x"}'],
)
def test_a_damaged_line_costs_itself_only(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "j.jsonl"
    write(path, STARTED, Swept(3))
    first, second = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join((first, line, second, b"")))

    records = list(read_journal(path))

    assert Swept(3) in records
    assert sum(isinstance(record, RunError) for record in records) == 1


@pytest.mark.parametrize("content", [b"", b"hello\n", b'{"kind":"swept","steps":3}\n', b"\x00" * 100])
def test_a_file_that_is_no_journal_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "j.jsonl"
    path.write_bytes(content)

    with pytest.raises(UsageError, match="not a journal"):
        list(read_journal(path))


def test_a_missing_file_and_an_impossible_place_are_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        list(read_journal(tmp_path / "none"))
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        Journal(tmp_path / "file" / "j.jsonl")


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        (Swept(3), "steps", "x"),
        (Swept(3), "steps", True),
        (Life("10.0.0.1"), "address", "x"),
        (Life("10.0.0.1"), "address", ["10.0.0.1"]),
        (GapFound("a", "tcp", "blind", "r", affects_verdict=True), "affects_verdict", "yes"),
        (SEEN, "port", "80"),
        (SEEN, "host", "\x1b[2J"),
        (RunEnded("2026-11-24T12:00:09Z", interrupted=False), "reason", None),
    ],
)
def test_a_value_that_no_scan_writes_costs_its_record_only(
    tmp_path: Path, record: Record, field: str, value: object
) -> None:
    path = tmp_path / "j.jsonl"
    write(path, STARTED, record, Swept(9))
    *before, line, last = path.read_text().splitlines()
    path.write_text("\n".join((*before, json.dumps(json.loads(line) | {field: value}), last, "")))

    records = list(read_journal(path))

    assert [type(found) for found in records] == [RunStarted, RunError, Swept]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("started", "yesterday"),
        ("connected", ["eth0"]),
        ("walked", [None]),
        ("seed", "5"),
        ("sensor", []),
        ("facts", 1),
    ],
)
def test_a_first_line_that_no_scan_writes_makes_it_no_journal(
    tmp_path: Path, field: str, value: object
) -> None:
    path = tmp_path / "j.jsonl"
    write(path, STARTED)
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}) + "\n")

    with pytest.raises(UsageError, match="not a journal"):
        list(read_journal(path))


def test_brackets_without_end_are_one_damaged_line(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    write(path, STARTED, Swept(3))
    first, second = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join((first, b"[" * 100_000, second, b"")))

    assert [type(found) for found in read_journal(path)] == [RunStarted, RunError, Swept]


def test_a_host_that_is_known_by_its_mac_address_alone_is_kept(tmp_path: Path) -> None:
    seen = Observation("44:19:b6:01:02:03", Protocol.MAC, b"44:19:b6:01:02:03", source="macs.txt")
    kept = write(tmp_path / "j.jsonl", STARTED, seen)

    assert list(read_journal(tmp_path / "j.jsonl")) == kept
    assert is_mac("44:19:b6:01:02:03")
    assert not is_mac("44:19:B6:01:02:03")
    assert not is_mac("10.0.0.5")


@pytest.mark.parametrize(
    "record",
    [
        Sighting("44:19:b6:01:02"),
        Sighting("44:19:b6:01:02:03", "no address"),
        Ended("tcp", "44:19:b6:01:02:03", 80, Ending.REFUSED),
        Observation("sw-1", Protocol.MAC, b"44:19:b6:01:02:03"),
    ],
)
def test_a_record_that_names_no_host_is_left_out_and_said(tmp_path: Path, record: Record) -> None:
    write(tmp_path / "j.jsonl", STARTED, record)

    assert [type(one) for one in read_journal(tmp_path / "j.jsonl")] == [RunStarted, RunError]
