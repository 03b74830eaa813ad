from __future__ import annotations

import pytest

from benchmarks.measure import beside, nmap
from benchmarks.measure.beside import Tool, count
from benchmarks.measure.cases import Case
from benchmarks.measure.peers import Verdict, read_peers
from benchmarks.measure.picture import Row
from scanner.knowledge import load
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

CASES = [
    Case("a", truth={"evidenced_maker": "hikvision"}),
    Case("b", truth={"evidenced_maker": "hikvision"}),
    Case("c", truth={"evidenced_maker": "hikvision", "tellable": False}),
    Case("d", truth={"evidenced_maker": "other"}),
]
FIRST = Tool(
    beside.OURS, [Verdict(True, True), Verdict(True, False), Verdict(True, True), Verdict(True, False)]
)
SECOND = Tool(
    "peer", [Verdict(False, False), Verdict(True, True), Verdict(False, False), Verdict(True, True)], "x"
)


def test_a_tool_is_counted_where_it_can_read_and_on_all() -> None:
    own = count(CASES, SECOND)
    first_there = count(CASES, FIRST, SECOND.verdicts)

    assert own == (2, 1, 1, 2, 1, 1, 1)
    assert (first_there.found_readable, first_there.ours_readable) == (0, 1)


def test_the_table_and_the_picture_show_both() -> None:
    text = "\n".join(beside.lines(CASES, [FIRST, SECOND]))

    assert "4 hosts, of which 2 are the maker's" in text
    assert "| peer | 2 | 1/1 (100.0 %; 20.7–100.0) | 0/1 (0.0 %; 0.0–79.3) | 1/2 (50.0 %; 9.5–90.5) |" in text
    assert "- peer: x." in text
    assert list(beside.shares(CASES, [FIRST, SECOND])) == [
        Row("hiksweep, all hosts: recall", "recall", 1, 2),
        Row("peer, all hosts: recall", "recall", 1, 2),
        Row("peer, hosts it reads: recall", "recall", 1, 1),
    ]


def test_hiksweep_and_the_restated_rules_see_the_same_hosts() -> None:
    page = b"HTTP/1.1 200 OK\r\nServer: DNVRS-Webs\r\n\r\n"
    cases = [Case("a", [Observation("a", Protocol.HTTP, page)], {"evidenced_maker": "hikvision"})]

    tools = [beside.ours([cases], load()), *(beside.restated(cases, peer) for peer in read_peers())]

    assert {tool.name.split()[0]: tool.verdicts[0].called for tool in tools} == {
        "hiksweep": True,
        "nuclei": False,
        "Recog": True,
    }


@pytest.mark.parametrize(
    ("version", "unbound", "told"),
    [
        (None, 0, ["nmap is not installed"]),
        ("nmap 1", 0, []),
        ("nmap 1", 3, ["nmap: 3 ports could not be bound"]),
    ],
)
def test_it_is_said_if_nmap_could_not_be_asked_about_all(monkeypatch, version, unbound, told) -> None:
    monkeypatch.setattr(nmap, "version", lambda: version)
    monkeypatch.setattr(nmap, "judge", lambda cases: ([Verdict(True, True)] * len(cases), unbound))
    said: list[str] = []

    tool = beside.replayed(CASES, said.append)

    assert (tool is None) == (version is None)
    assert [one.startswith(text) for one, text in zip(said, told, strict=True)] == [True] * len(told)
