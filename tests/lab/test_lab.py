from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.knowledge.brands import load_brands
from scanner.knowledge.location import fingerprints_root
from scanner.lab import NETWORK, Lab, LabError
from scanner.lab.devices import DEVICES
from scanner.lab.lab import addresses, choose
from scanner.lab.recorder import read_line
from scanner.model.device import Confidence, Relation
from scanner.model.errors import UsageError
from scanner.model.evidence import Maker


def test_names_and_numbers_are_each_used_once_and_in_order() -> None:
    names = [card.name for card in DEVICES]
    numbers = [card.number for card in DEVICES]
    assert len(set(names)) == len(names) >= 30
    assert numbers == sorted(set(numbers))


def test_every_card_says_what_it_is_and_where_its_answers_come_from() -> None:
    for card in DEVICES:
        assert card.title
        assert card.origin, card.name
        assert card.tcp or card.udp, card.name


def test_the_truths_are_consistent_in_themselves() -> None:
    for card in DEVICES:
        truth = card.truth
        ours = truth.evidenced_maker is Maker.HIKVISION
        assert ours or truth.relation is None, card.name
        assert (truth.confidence is Confidence.NONE) == (truth.evidenced_maker is Maker.UNKNOWN), card.name
        if ours:
            assert "evidenced_maker" not in truth.unjudged, "who made it is never open for the maker's own"


def test_the_list_of_the_rehearsal_network_is_complete() -> None:
    relations = [card.truth.relation for card in DEVICES]
    assert relations.count(Relation.RELABEL) == 3
    assert relations.count(Relation.SUBSIDIARY) == 2
    assert sum(card.hostile for card in DEVICES) >= 9
    assert sum(card.truth.evidenced_maker is Maker.HIKVISION for card in DEVICES) >= 18
    classes = {card.truth.device_class for card in DEVICES if card.truth.device_class}
    assert {"camera", "recorder", "access", "doorbell", "platform"} <= {str(found) for found in classes}


def test_brands_and_makers_are_spelt_as_the_knowledge_spells_them() -> None:
    brands = load_brands(fingerprints_root())
    for card in DEVICES:
        if card.truth.presented_brand:
            found = brands.lookup(card.truth.presented_brand)
            assert found is not None, card.name
            assert found.name == card.truth.presented_brand


def test_serial_numbers_and_addresses_are_made_up() -> None:
    """Real ones stood in the captures; ours keep the grammar, and each address block its registrant."""
    for card in DEVICES:
        if card.truth.mac:
            assert card.truth.mac[9:] in ("1a:02:0b", "40:0b:0c") or card.truth.mac[9:14] == "10:00", (
                card.name
            )
        if card.truth.serial:
            assert card.truth.serial not in _REAL


_REAL = {
    "DS-2CD2385G1-I20200414AAWRE33842150",
    "DS-2CD2320D-I20180919AACHC52932642",
    "DS-7804HQH-K10420190822CCCHD53257168WCVU",
    "CS-C6TC-32WFR0120170327CCCH738231995",
    "CMIP7352W20170428AAWR756864499",
    "DFI6256TE20190608AAWRD26707311",
    "DS-2CD2T47G1-L20190522AAWRD22374804",
    "DS-2CD3T25D-I320161028AACH666206424",
    "DS-K1T341AMF20220311V030230ENJ70368704",
    "DS-7616NI-K21620190826CCRRD54552000WCVU",
}


def test_addresses_follow_the_network_and_what_is_given() -> None:
    cards = choose(["camera-v55", "printer"])
    assert addresses(cards) == {"camera-v55": "127.77.0.13", "printer": "127.77.0.61"}
    given = addresses(cards, "10.4.0.0/16", {"printer": "192.168.1.64"})
    assert given == {"printer": "192.168.1.64", "camera-v55": "10.4.0.13"}


@pytest.mark.parametrize(
    ("only", "base", "given", "says"),
    [
        (["camera-v99"], NETWORK, {}, "no device is called 'camera-v99'"),
        ([], "127.77.0.0/30", {}, "has no room"),
        ([], "somewhere", {}, "is no IPv4 network"),
        ([], "127.77.0.9/24", {}, "is no IPv4 network"),
        ([], NETWORK, {"printer": "upstairs"}, "'upstairs' is no IPv4 address"),
        ([], NETWORK, {"fax": "127.0.0.9"}, "no device is called 'fax'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    only: list[str], base: str, given: dict[str, str], says: str
) -> None:
    with pytest.raises(UsageError, match=says) as refused:
        Lab(only, base=base, given=given)
    assert "\n" not in str(refused.value)


def test_it_offers_the_ports_of_a_scan_and_the_truth_by_address(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab("camera-v55", "news-site")
    assert lab.ports_option == "http:10080,https:10443,rtsp:10554"
    assert {truth.model for truth in lab.truth.values()} == {"DS-2CD2385G1-I", None}
    assert set(lab.truth) == set(lab.addresses.values())
    assert Lab(["nvr"], base="10.0.0.0/24").ports_option == ""


def test_a_lab_that_was_never_up_has_no_record(make_lab: Callable[..., Lab]) -> None:
    with pytest.raises(LabError, match="never started"):
        _ = make_lab("printer").recorder


def test_the_printer_counts_what_would_be_paper(
    make_lab: Callable[..., Lab], ask: Callable[..., Any], tmp_path: Path
) -> None:
    record = tmp_path / "wire.jsonl"
    with make_lab("printer", record=record) as lab:
        client = ask(lab)
        assert lab.printed == b""
        with client.connect("printer", 9100):
            pass
        assert lab.printed == b"", "a connection alone prints nothing"
        with client.connect("printer", 9100) as opened:
            opened.sendall(b"\x1bEHello")
            opened.shutdown(1)
            opened.recv(10)
    assert lab.printed == b"\x1bEHello"
    lines = [read_line(line) for line in record.read_text().splitlines()]
    assert b"".join(line.data for line in lines if line.kind == "bytes") == b"\x1bEHello"
    assert lines == list(lab.recorder.records())


def test_a_record_file_that_cannot_be_written_is_an_error_of_the_system(make_lab: Callable[..., Lab]) -> None:
    with pytest.raises(OSError, match="nowhere"), make_lab("printer", record=Path("/nowhere/wire.jsonl")):
        pass
