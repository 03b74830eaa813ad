"""The worked examples of the pages on extending do what the pages say."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from scanner.knowledge import load
from scanner.knowledge.mandates import load_mandates
from scanner.knowledge.match import match
from scanner.mandates import judge, read_facts
from scanner.matcher import identify
from scanner.model.coverage import AddressState, Coverage
from scanner.model.device import Confidence
from scanner.model.errors import KnowledgeError, Malformed
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.report import KnowledgeVersion, Report, RunInfo, Sensor
from scanner.parsers import read
from scanner.reporter.interface import Options


@pytest.fixture
def example(pages, blocks):
    """``example("a-parser", "python", "parser")``: the one block of a page with this mark."""

    def find(page: str, kind: str, mark: str) -> str:
        (found,) = blocks(pages[f"docs/extend/{page}.md"], kind, f"tested: {mark}")
        return found

    return find


@pytest.fixture
def fingerprints(root, tmp_path) -> Path:
    """A copy of the data to add an example to."""
    return Path(shutil.copytree(root / "fingerprints", tmp_path / "fingerprints"))


def run_module(text: str) -> ModuleType:
    """A module out of a block of code."""
    module = ModuleType("example")
    exec(compile(text, "example", "exec"), module.__dict__)
    return module


def devices(library_root: Path):
    """One confirmed camera, by its discovery answer."""
    reply = (
        b"<ProbeMatch><DeviceDescription>DS-2CD2143G2-I</DeviceDescription>"
        b"<DeviceSN>DS-2CD2143G2-I20210913AAWRG12345678</DeviceSN><Types>inquiry</Types></ProbeMatch>"
    )
    return identify([Observation("192.0.2.7", Protocol.SADP, reply, 37020)], load(library_root))


def test_the_parser_reads_lines_and_nothing_else(example):
    parser = run_module(example("a-parser", "python", "parser"))

    assert parser.read(b"NAME=Door 1\r\nMODEL=DS-KV6113\r\n")["intercom.model"] == ("DS-KV6113",)
    for hostile in (b"", b"A=" * 32768, b"\xff" * 70000, b"name=x", b"=" * 9):
        try:
            fields = parser.read(hostile)
        except Malformed:
            continue
        assert list(fields)


def test_the_signature_matches_its_examples_and_none_of_its_counter_examples(example, fingerprints):
    with (fingerprints / "signatures/realm.yaml").open("a", encoding="utf-8") as file:
        file.write("\n" + example("a-signature", "yaml", "signature"))
    knowledge = load(fingerprints)
    entry = knowledge.signature("realm-example-door")

    assert entry is not None
    for found, expected in [
        *((one, True) for one in entry.examples),
        *((one, False) for one in entry.counter_examples),
    ]:
        payload = found.reply.encode()
        hits = match(knowledge, found.protocol, read(found.protocol, payload), None)
        assert (entry.id in {hit.signature.id for hit in hits}) is expected
    assert len(entry.examples) == len(entry.counter_examples) == 2


def test_the_mandate_and_its_profile_judge_a_camera(example, fingerprints):
    (fingerprints / "mandates/xx.yaml").write_text(example("a-mandate", "yaml", "mandate"), encoding="utf-8")
    (fingerprints / "profiles/xx-government.yaml").write_text(
        example("a-mandate", "yaml", "profile"), encoding="utf-8"
    )
    with (fingerprints / "texts.yaml").open("a", encoding="utf-8") as file:
        file.write(example("a-mandate", "yaml", "sentence"))
    library = load_mandates(fingerprints)
    (device,) = devices(fingerprints)

    (finding,) = judge(device, library, ["xx-government"], read_facts("", "test"), date(2026, 11, 24))

    assert device.confidence is Confidence.CONFIRMED
    assert (finding.id, finding.applies, finding.decision) == ("xx-order-7", "yes", "do_not_buy")
    assert finding.action.en.startswith("Hikvision equipment confirmed. Order 7 forbids to buy more")
    assert finding.deadline is None


def test_a_mandate_with_an_impossible_date_is_refused_with_file_and_line(example, fingerprints):
    text = example("a-mandate", "yaml", "mandate").replace('"2026-03-02"', '"2026-02-30"')
    (fingerprints / "mandates/xx.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(KnowledgeError, match=r"xx\.yaml:\d+: "):
        load_mandates(fingerprints)


def test_the_format_says_headline_addresses_and_who(example, root):
    line = run_module(example("a-report-format", "python", "format")).render_line
    report = Report(
        run=RunInfo(
            id="r", version="0", started="2026-11-24T00:00:00Z", finished="2026-11-24T00:00:09Z",
            targets=("192.0.2.0/24",), profiles=(), engine="connect", reference=None,
            sensor=Sensor("s", "h"), knowledge={"signatures": KnowledgeVersion("1", "2026-11-23")},
        ),
        coverage=Coverage(256, {AddressState.ANSWERED: 1, AddressState.SILENT: 255}),
        devices=tuple(devices(root / "fingerprints")),
    )  # fmt: skip

    assert line(report, Options()) == "Found 1 (256 addresses): 192.0.2.7\n"
    assert line(report, Options(width=20)) == "Found 1 (256 address\n"
