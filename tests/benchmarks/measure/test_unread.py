from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.measure.cases import Case
from benchmarks.measure.unread import unread
from scanner.knowledge import Knowledge, load
from scanner.knowledge.signatures import Signature
from scanner.model.evidence import Maker
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

REALM = "Embedded Net DVR"
OWN, ELSEWHERE = "public file 1 (text index)", "public file 2"


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load()


def case(source: str) -> Case:
    text = f'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="{REALM}", nonce="1"\r\n\r\n'
    return Case(
        "h", [Observation("h", Protocol.RTSP, text.encode())], {"evidenced_maker": "hikvision"}, source
    )


def taught_by(known: Knowledge, reference: str, *notes: str) -> Knowledge:
    """The knowledge in which one signature knows the realm, from these sources."""
    signature = next(one for one in known.signatures if one.id == "realm-embedded-net-dvr")
    examples = tuple(replace(signature.examples[0], note=note) for note in notes)
    taught: Signature = replace(signature, examples=examples, source=reference)
    return replace(known, signatures=(taught,))


@pytest.mark.parametrize(
    ("reference", "notes", "lost"),
    [
        ("public file 1", ["public file 1", "composed"], True),
        ("corpus obs-1", ["public file 1 (corpus obs-1)"], True),
        ("public file 1", ["public file 1", ELSEWHERE], False),
        ("public file 1; public file 2", ["public file 1"], False),
        ("nmap-service-probes", ["public file 1"], False),
        ("corpus obs-2", [ELSEWHERE], False),
    ],
)
def test_a_signature_is_taken_away_that_only_the_source_of_the_host_taught(
    known, reference, notes, lost
) -> None:
    [(_, device)], lessened = unread([case(OWN)], taught_by(known, reference, *notes))

    assert lessened == lost
    assert (device.evidenced_maker is Maker.HIKVISION) is not lost


def test_the_bytes_of_a_reply_count_as_its_source(known: Knowledge) -> None:
    host = case(OWN)
    knowledge = taught_by(known, "corpus obs-1", "no source")
    example = replace(knowledge.signatures[0].examples[0], reply=host.observations[0].payload.decode())
    knowledge = replace(knowledge, signatures=(replace(knowledge.signatures[0], examples=(example,)),))

    assert unread([host], knowledge)[1] == 1


def test_other_hosts_keep_it_and_the_order_stays(known: Knowledge) -> None:
    cases = [replace(case(OWN), name="a"), replace(case("public file 9"), name="b")]
    for one in cases:
        one.observations = [replace(one.observations[0], host=one.name)]

    found, lessened = unread(cases, taught_by(known, "public file 1", "public file 1"))

    assert lessened == 1
    assert [(one.name, device.evidenced_maker) for one, device in found] == [
        ("a", Maker.UNKNOWN),
        ("b", Maker.HIKVISION),
    ]
