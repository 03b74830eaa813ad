"""How far a run had come is read from a journal that may be cut at any byte."""

from __future__ import annotations

import pytest

from scanner.journal import (
    Asked,
    Journal,
    Left,
    Looked,
    Looking,
    Resumed,
    RunEnded,
    Spent,
    Stopping,
    Swept,
    Talked,
    Tried,
)
from scanner.model.ending import Ended, Ending
from scanner.model.errors import UsageError
from scanner.model.exchange import Exchange
from scanner.model.observation import Observation
from scanner.model.probe import Service
from scanner.model.protocol import Protocol
from scanner.run.standing import Standing, read_standing

HOST = "127.9.9.1"
END = RunEnded("2026-11-24T12:05:00Z", interrupted=False)


@pytest.fixture
def standing(started, knowledge):
    def make(*records) -> Standing:
        made = Standing(started(), knowledge)
        for record in records:
            made.add(record)
        return made

    return make


def page(path: str, payload: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> Observation:
    return Observation(HOST, Protocol.HTTP, payload, 80, f"GET {path}", method="http")


def test_what_the_sweep_told_is_known(standing):
    made = standing(
        Ended("tcp", HOST, 80, Ending.COMPLETE),
        Ended("tcp", "127.9.9.2", 80, Ending.REFUSED),
        Ended("tcp", "127.9.9.3", 80, Ending.NEVER_ASKED),
        Ended("sadp", "127.9.9.3", 37020, Ending.REFUSED),
        Swept(4),
        Tried({"4": {"80": "0"}}, {}),
        Left("127.9.9.4", "stopped answering"),
        Asked("sadp", "eth0"),
    )
    assert made.ports == {HOST: {80: Ending.COMPLETE}, "127.9.9.2": {80: Ending.REFUSED}}
    assert (made.steps, made.tried.first, made.groups) == (4, {"4": {"80": "0"}}, {("sadp", "eth0")})
    assert list(made.host(HOST).opened) == [80]
    assert made.answered == {"sadp": {"127.9.9.3"}}
    assert [left.address for left in made.left] == ["127.9.9.4"]


def test_a_conversation_that_is_finished_is_said_and_one_that_is_not_is_begun(standing):
    begun = (Looking(HOST, (80,), ("http",)), page("/"))
    host = standing(*begun).host(HOST)
    assert (host.group, host.said, [one.request for one in host.begun["http"]]) == (
        (Service(80, "http"),), [], ["GET /"],
    )  # fmt: skip

    host = standing(*begun, Talked("http", HOST)).host(HOST)
    assert (host.finished, [one.request for one in host.said], host.begun) == ({"http"}, ["GET /"], {})
    assert not host.looked

    host = standing(*begun, Talked("http", HOST), Looked(HOST)).host(HOST)
    assert (host.group, host.looked, host.taken) == (None, True, {80})


def test_both_records_of_an_exchange_are_one_exchange(standing):
    cut = Ended("http", HOST, 80, Ending.CUT, "GET /", "at our limit")
    silent = Ended("http", HOST, 80, Ending.SILENT, "GET /more")
    host = standing(Looking(HOST, (80,), ("http",)), page("/"), cut, silent).host(HOST)
    assert host.begun["http"] == [
        Exchange(Protocol.HTTP, 80, Ending.CUT, page("/").payload, "GET /", "at our limit"),
        Exchange(Protocol.HTTP, 80, Ending.SILENT, b"", "GET /more"),
    ]


def test_what_a_stop_left_out_was_not_asked(standing):
    left_out = Ended("http", HOST, 80, Ending.STOPPED_BY_US, "GET /", "its window closed")
    made = standing(Looking(HOST, (80,), ("http",)), Stopping("its window closed"), left_out, END)
    assert not made.host(HOST).begun["http"]


def test_neighbours_and_answers_are_known_and_files_are_nobodys_answer(standing):
    mac = Observation(HOST, Protocol.MAC, b"44:19:b6:00:00:01", method="arp")
    told = Observation("127.9.9.2", Protocol.SADP, b"x", 37020, method="sadp")
    filed = Observation("127.9.9.3", Protocol.HTTP, b"x", 80, method="http", source="a.xml")
    made = standing(mac, told, filed)
    assert made.macs == {("arp", HOST, "44:19:b6:00:00:01")}
    assert made.answered["sadp"] == {"127.9.9.2"}
    assert set(made.hosts) == {HOST, "127.9.9.2"}


def test_budgets_add_up_by_their_last_word(standing):
    made = standing(
        Spent({HOST: 1}, {HOST: 1}, {f"{HOST} port 80": 1}, {HOST: 1.0}), Spent({HOST: 3}, {}, {}, {})
    )
    assert (made.spent.connections, made.spent.requests) == ({HOST: 3}, {HOST: 1})


def test_a_run_is_finished_when_its_last_end_is_a_whole_one(standing):
    cut = RunEnded("2026-11-24T12:05:00Z", interrupted=False, reason="its window closed")
    resumed = Resumed("2026-11-24T13:05:00Z", "0.1.0", "", {})
    assert standing(END).finished
    assert not standing().finished
    assert not standing(cut).finished
    assert not standing(END, resumed).finished
    assert standing(cut, resumed, END).finished


def test_a_journal_is_read_wherever_it_is_cut(started, knowledge, tmp_path):
    journal = Journal(tmp_path / "run.jsonl")
    for record in (
        started(),
        Looking(HOST, (80,), ("http",)),
        page("/"),
        Talked("http", HOST),
        Swept(8),
        END,
    ):
        journal.append(record)
    journal.close()
    whole = journal.path.read_bytes()
    ends = [place for place, byte in enumerate(whole) if byte == 10]
    for size in range(len(whole)):
        journal.path.write_bytes(whole[:size])
        if size < ends[0]:
            with pytest.raises(UsageError, match="cut in its first record"):
                read_standing(journal.path, knowledge)
            continue
        read = read_standing(journal.path, knowledge)
        assert read.unended == (size in ends)
        assert read.whole == (size if read.unended else max(end + 1 for end in ends if end < size))
        assert read.standing.finished == (size >= ends[-1])
        again = Journal(journal.path, again=True)
        again.go_on(read.whole, read.bodies, unended=read.unended)
        again.close()
        assert whole.startswith(journal.path.read_bytes())
        assert journal.path.read_bytes().endswith(b"\n")


def test_a_damaged_line_in_the_middle_stays_and_costs_itself(started, knowledge, tmp_path):
    journal = Journal(tmp_path / "run.jsonl")
    journal.append(started())
    journal.write(b"nonsense\n")
    journal.append(Swept(8))
    journal.close()
    read = read_standing(journal.path, knowledge)
    assert (read.whole, read.standing.steps) == (journal.path.stat().st_size, 8)
    assert len(read.standing.result.errors) == 1


def test_a_file_that_is_not_there_is_one_line(tmp_path, knowledge):
    with pytest.raises(UsageError, match="cannot be read"):
        read_standing(tmp_path / "x.jsonl", knowledge)
