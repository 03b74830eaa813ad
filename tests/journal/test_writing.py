from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from scanner.journal import Journal, Record, RunStarted, Swept, is_written, read_journal
from scanner.model.errors import Locked, UsageError
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

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


def write(path: Path, *records: Record) -> None:
    journal = Journal(path)
    for record in records:
        journal.append(record)
    journal.close()


def test_equal_bodies_are_written_once_and_observations_keep_their_own_names(tmp_path: Path) -> None:
    other = Observation(host="10.0.0.6", protocol=Protocol.HTTP, payload=SEEN.payload, port=80)
    write(tmp_path / "j.jsonl", STARTED, SEEN, other)

    text = (tmp_path / "j.jsonl").read_text()
    first, second = [found for found in read_journal(tmp_path / "j.jsonl") if isinstance(found, Observation)]

    assert text.count('"kind":"body"') == 1
    assert first.payload == second.payload == SEEN.payload
    assert first.id != second.id


def test_secrets_are_cut_after_the_digest_and_the_name_stays_that_of_the_wire(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl", lambda payload: payload.replace(b"200", b"***"))
    journal.append(STARTED)
    kept = journal.append(SEEN)
    journal.close()

    assert isinstance(kept, Observation)
    assert b"***" in kept.payload
    assert kept.id == SEEN.id
    assert b"200" not in kept.payload
    assert (
        next(r for r in read_journal(tmp_path / "j.jsonl") if isinstance(r, Observation)).payload
        == kept.payload
    )


def test_a_journal_is_never_written_over(tmp_path: Path) -> None:
    write(tmp_path / "j.jsonl", STARTED)

    with pytest.raises(UsageError, match="exists already"):
        Journal(tmp_path / "j.jsonl")


def test_a_full_disk_leaves_whole_lines_and_is_the_callers_to_handle(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    journal = Journal(tmp_path / "run.jsonl")
    journal.append(STARTED)
    journal.sync()
    room = os.dup(journal._file.fileno())
    os.dup2(os.open("/dev/full", os.O_WRONLY), journal._file.fileno())

    with pytest.raises(OSError, match="space") as error:
        journal.append(SEEN)
    assert error.value.errno == errno.ENOSPC

    os.dup2(room, journal._file.fileno())
    journal.append(SEEN)
    journal.close()
    assert [type(record) for record in read_journal(journal.path)] == [RunStarted, Observation]


def test_a_record_for_which_there_is_half_the_room_is_taken_back(tmp_path: Path, monkeypatch) -> None:
    journal = Journal(tmp_path / "run.jsonl")
    journal.append(STARTED)
    whole = journal.path.read_bytes()
    write, calls = os.write, []

    def half(descriptor: int, data: bytes) -> int:
        calls.append(len(data))
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, bytes(data)[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="space"):
        journal.append_all((SEEN, Swept(1)))
    monkeypatch.undo()

    assert journal.path.read_bytes() == whole
    journal.append(SEEN)
    journal.close()
    assert [type(record) for record in read_journal(journal.path)] == [RunStarted, Observation]


def test_two_programs_never_write_one_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run.jsonl")
    journal.append(STARTED)
    assert is_written(journal.path)
    with pytest.raises(Locked, match="still going on"):
        Journal(journal.path, again=True)

    journal.close()
    assert not is_written(journal.path)
    Journal(journal.path, again=True).close()


def test_a_journal_is_written_on_after_what_is_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run.jsonl")
    journal.append(STARTED)
    journal.append(SEEN)
    journal.close()
    whole = journal.path.stat().st_size
    with journal.path.open("ab") as file:
        file.write(b'{"kind":"swept","st')

    again = Journal(journal.path, again=True)
    again.go_on(whole, {again.kept(SEEN).digest})
    again.append(SEEN)
    again.append(Swept(2))
    again.close()

    assert journal.path.read_bytes().count(b'"kind":"body"') == 1
    assert list(read_journal(journal.path))[-1] == Swept(2)


def test_a_last_line_that_lacks_its_end_alone_gets_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run.jsonl")
    journal.append(STARTED)
    journal.close()
    size = journal.path.stat().st_size - 1
    os.truncate(journal.path, size)

    again = Journal(journal.path, again=True)
    again.go_on(size, (), unended=True)
    again.append(Swept(2))
    again.close()
    assert list(read_journal(journal.path)) == [STARTED, Swept(2)]
