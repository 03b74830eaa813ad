from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.knowledge import Knowledge, load
from scanner.knowledge.check import check
from scanner.knowledge.earned import Hits, Reply, hits_by_signature, own_replies, strength_faults
from scanner.model.evidence import Maker, Strength
from scanner.model.protocol import Protocol
from scanner.parsers import read

Edit = Callable[[str, str, str], None]
DNVRS = b"HTTP/1.1 200 OK\r\nServer: DNVRS-Webs\r\n\r\n"
SPACE = b'<Time xmlns="http://www.hikvision.com/ver20/XMLSchema"><timeMode>NTP</timeMode></Time>'


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load()


def reply(maker: Maker, payload: bytes = DNVRS, name: str = "corpus:1") -> Reply:
    return Reply(name, Protocol.HTTP, payload, "GET /", maker)


def test_hits_are_counted_by_the_truth_and_once_a_reply(known: Knowledge) -> None:
    twice = b"HTTP/1.1 200 OK\r\nServer: DNVRS-Webs\r\nServer: DNVRS-Webs\r\n\r\n"
    replies = [reply(Maker.HIKVISION, twice), reply(Maker.OTHER), reply(Maker.UNKNOWN), reply(Maker.OTHER)]

    hits = hits_by_signature(known, replies, read)

    assert hits["http-server-dnvrs-webs"] == Hits(1, 2, 1, ("corpus:1", "corpus:1"))
    assert hits["sadp-serial"] == Hits()


def test_a_reply_that_cannot_be_read_matches_nothing(known: Knowledge) -> None:
    broken = Reply("corpus:9", Protocol.SNMP, b"\x00", None, Maker.OTHER)

    assert set(hits_by_signature(known, [broken], read).values()) == {Hits()}


def test_only_the_first_few_foreign_replies_are_named(known: Knowledge) -> None:
    replies = [reply(Maker.OTHER, name=f"corpus:{number}") for number in range(9)]

    hits = hits_by_signature(known, replies, read)["http-server-dnvrs-webs"]

    assert hits.others == 9
    assert hits.foreign == ("corpus:0", "corpus:1", "corpus:2")


def test_no_signature_called_conclusive_was_seen_on_a_device_of_another_maker(known: Knowledge) -> None:
    hits = hits_by_signature(known, own_replies(known), read)

    assert list(strength_faults(known, hits)) == []
    assert sum(one.others for one in hits.values()) > 300, "the foreign examples were held against them"


@pytest.mark.parametrize(
    ("strength", "with_partner", "faulty"),
    [
        (Strength.CONCLUSIVE, None, True),
        (Strength.WEAK, Strength.CONCLUSIVE, True),
        (Strength.STRONG, None, False),
        (Strength.WEAK, Strength.STRONG, False),
    ],
)
def test_one_foreign_device_takes_the_highest_strength_away(
    known: Knowledge, strength: Strength, with_partner: Strength | None, faulty: bool
) -> None:
    entry = known.signature("http-server-dnvrs-webs")
    assert entry is not None
    changed = dataclasses.replace(entry, strength=strength, with_partner=with_partner)
    knowledge = dataclasses.replace(known, signatures=(changed,), lookalikes=())
    hits = hits_by_signature(knowledge, [reply(Maker.OTHER, name="corpus:7")], read)

    found = list(strength_faults(knowledge, hits))

    assert bool(found) is faulty
    assert all(where == entry.where and "(corpus:7)" in message for where, message in found)


def test_what_unknown_devices_show_forbids_nothing(known: Knowledge) -> None:
    hits = hits_by_signature(known, [reply(Maker.UNKNOWN)], read)

    assert list(strength_faults(known, hits)) == []


def test_the_check_of_all_data_looks_at_a_corpus_too(known: Knowledge) -> None:
    faults = check(known, read, None, corpus=[reply(Maker.OTHER, SPACE, "corpus:7")]).faults

    assert [
        "conclusive, and seen on devices of other makers 1 times (corpus:7)" in str(f) for f in faults
    ] == [True]


def test_an_example_of_another_maker_counts_as_one_of_its_devices(root: Path, edit: Edit) -> None:
    known_by = "^App-webs/?$'\n  claims: {maker: hikvision}\n  strength: "
    edit("signatures/http.yaml", f"{known_by}strong", f"{known_by}conclusive")
    edit("lookalikes.yaml", "Server: App-webs/2.0", "Server: App-webs/")

    faults = [str(fault) for fault in check(load(root), read, None, root).faults]

    assert any("conclusive, and seen on devices of other makers" in fault for fault in faults)
