"""Every fact goes to the journal first, and a disk that takes no more ends the run with what it has."""

from __future__ import annotations

import os
import re

import pytest

from scanner.journal import Asked, GapFound, Journal, Looked, RunStarted, read_journal
from scanner.model.ending import Ended, Ending
from scanner.model.exchange import Exchange
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.report import RunError
from scanner.parsers.secrets import strip_secrets
from scanner.run.recorder import Recorder, utc_now

HOST = "127.9.9.1"


def written(recorder: Recorder) -> list[object]:
    recorder.sync()
    return list(read_journal(recorder._journal.path))


def fill_the_disk(recorder: Recorder) -> None:
    """From now on the journal lies on a disk without room."""
    recorder._journal._file.close()
    # unbuffered: what stayed in a buffer would be tried again, and fail, when the object is collected
    recorder._journal._file = os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb", buffering=0)


def test_the_time_is_utc_to_the_second():
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", utc_now())


def test_the_first_record_names_the_run(recorder, result):
    (first,) = written(recorder)
    assert first == result.started
    assert isinstance(first, RunStarted)


def test_what_is_observed_is_written_whole_and_counted(recorder, result):
    kept = recorder.observe(
        "http", HOST, Protocol.HTTP, 80, b"HTTP/1.1 200 OK\r\n\r\n", request="GET /", interface="eth0"
    )
    *_, last = written(recorder)
    assert last == kept
    assert (kept.run, kept.method, kept.request, kept.interface) == (
        result.started.id,
        "http",
        "GET /",
        "eth0",
    )
    assert result.ledger.has_answered(HOST)


def test_an_exchange_with_bytes_is_an_observation_and_one_without_an_ending(recorder, result):
    recorder.exchange("http", HOST, Exchange(Protocol.HTTP, 80, Ending.COMPLETE, b"HTTP/1.1 200 OK\r\n\r\n"))
    recorder.exchange("http", HOST, Exchange(Protocol.HTTP, 80, Ending.SILENT, b"", "GET /x", "nothing"))
    recorder.exchange("http", HOST, Exchange(Protocol.HTTP, 80, Ending.CUT, b"HTTP/1.1 200", "GET /y"))
    kinds = [type(record) for record in written(recorder)[1:]]
    assert kinds == [Observation, Ended, Observation, Ended]
    ended = written(recorder)[2]
    assert isinstance(ended, Ended)
    assert (ended.request, ended.detail, ended.ending) == ("GET /x", "nothing", Ending.SILENT)


def test_secrets_are_cut_from_what_goes_on(tmp_path, result):
    cutting = Recorder(
        Journal(tmp_path / "cut.jsonl", lambda payload: payload.replace(b"salt", b"")), result, print
    )
    cutting.begin()
    exchange = cutting.exchange("http", HOST, Exchange(Protocol.HTTP, 80, Ending.COMPLETE, b"a salt b"))
    assert exchange.payload == b"a  b"


def test_gaps_errors_looks_and_questions_are_records(recorder, result):
    recorder.gap("10.0.0.0/24", "arp", "no privilege", affects_verdict=False)
    recorder.gap("all", "tcp", "late", affects_verdict=True, state="stopped by us")
    recorder.error("matcher", "a fault")
    recorder.looked(HOST)
    recorder.record(Asked("sadp", "eth0"))
    assert written(recorder)[1:] == [
        GapFound("10.0.0.0/24", "arp", "not asked", "no privilege", affects_verdict=False),
        GapFound("all", "tcp", "stopped by us", "late", affects_verdict=True),
        RunError("matcher", "a fault"),
        Looked(HOST),
        Asked("sadp", "eth0"),
    ]
    assert result.errors == [RunError("matcher", "a fault")]


def test_a_full_disk_is_said_once_and_what_follows_is_still_counted(recorder, result):
    fill_the_disk(recorder)
    recorder.observe("http", HOST, Protocol.HTTP, 80, b"HTTP/1.1 200 OK\r\n\r\n")
    recorder.observe("http", "127.9.9.2", Protocol.HTTP, 80, b"HTTP/1.1 200 OK\r\n\r\n")
    recorder.sync()
    recorder.close()
    (reason,) = recorder.failures
    assert "No space left on device" in reason
    assert result.ledger.has_answered(HOST)
    assert result.ledger.has_answered("127.9.9.2")
    (error,) = result.errors
    assert "cannot be written any more" in error.message
    assert not result.ledger.coverage().complete


@pytest.mark.parametrize("method", ["sync", "close"])
def test_a_disk_that_fails_only_when_it_must_keep_is_found_too(recorder, result, method):
    def fail() -> None:
        raise OSError(5, "Input/output error")

    recorder._journal.sync = fail
    getattr(recorder, method)()
    assert recorder.failures == ["the journal cannot be written any more: Input/output error"]
    assert len(result.errors) == 1


def test_secrets_are_cut_also_when_the_disk_takes_nothing_more(recorder):
    """The report of a run whose journal broke must not show what the journal would have hidden."""
    recorder._journal._cut = strip_secrets
    fill_the_disk(recorder)
    for _ in range(2):
        kept = recorder.observe(
            "sadp", HOST, Protocol.SADP, 37020, b"<ProbeMatch><Salt>d8eebc414effc857</Salt></ProbeMatch>"
        )
        assert b"d8eebc41" not in kept.payload
