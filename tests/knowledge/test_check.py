"""Every promise of the data holds, and each broken promise is found."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.knowledge import Knowledge, load
from scanner.knowledge.check import Fault, check, claimed
from scanner.model.evidence import Claims, Maker
from scanner.parsers import read

Edit = Callable[[str, str, str], None]


def faults(root: Path) -> list[str]:
    return [str(fault) for fault in check(load(root), read, None, root).faults]


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load()


def test_all_data_keeps_every_promise(known: Knowledge) -> None:
    begun = time.process_time()
    outcome = check(known, read, time.process_time)
    assert outcome.faults == ()
    assert time.process_time() - begun < 5, "signatures test is something one waits for"
    assert outcome.signatures == len(known.signatures) >= 125
    assert outcome.lookalikes == len(known.lookalikes)
    assert outcome.examples >= 2 * 125
    assert outcome.counter_examples >= 2 * 125


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("signatures/mac.yaml", "gives: {maker: hikvision, ", "gives: {maker: other, ", "is expected"),
        ("signatures/banner.yaml", "192.0.0.64 login:", "192.0.0.1 login:", "does not match its example"),
        (
            "signatures/http.yaml",
            "Server: GoAhead-Webs",
            "Server: Hikvision-Webs",
            "matches its counter-example (another product of the same ancestry)",
        ),
        (
            "signatures/http.yaml",
            "    - {field: request, pattern: '^GET /doc/page/login\\.asp'}",
            "    - {field: status, pattern: '200'}",
            "accuses by words anywhere on a page",
        ),
        ("signatures/realm.yaml", "'^IP Camera\\([0-9A-Z]{4,6}\\)$'", "'^IP (Camera).*$'", "never used"),
        (
            "signatures/realm.yaml",
            "claims: {maker: hikvision, device_class: camera}",
            "claims: {maker: hikvision, device_class: $3}",
            "$3 is claimed and the pattern has no such group",
        ),
        (
            "signatures/realm.yaml",
            "[isapi-namespace-hikvision, ",
            "[isapi-namespace-x, ",
            "no signature is called",
        ),
        ("lookalikes.yaml", "against: [http-server", "against: [http-sever", "is of the family 'http-sever'"),
        (
            "signatures/judged.yaml",
            "- id: fav-",
            "- id: fav-2\n  list: trap\n  verdict: rule\n  ours: []\n  reason: x\n- id: fav-",
            "nothing of ours answers it",
        ),
        ("lookalikes.yaml", "- id: lookalike-anjvision", "- id: ali-feng", "the id ali-feng is used at"),
        (
            "signatures/http.yaml",
            "  few_examples: 'one known spelling",
            "  generation: 'one known spelling",
            "or 'few_examples' with the reason",
        ),
        (
            "signatures/mac.yaml",
            "  says: ",
            "  few_examples: 'no reason'\n  says: ",
            "'few_examples' stands there and there are enough",
        ),
    ],
)
def test_a_broken_promise_is_found_and_named(
    root: Path, edit: Edit, name: str, old: str, new: str, message: str
) -> None:
    edit(name, old, new)
    found = faults(root)
    assert any(message in fault for fault in found), found
    assert all(fault.startswith("fingerprints/") for fault in found)


def test_two_makers_on_one_example_are_found(root: Path) -> None:
    """The rule that shadows in other fingerprint collections: here no order hides it."""
    entry = (
        "- id: zz-contradiction\n  protocols: [rtsp]\n  field: realm\n  pattern: '^IP Camera'\n"
        "  claims: {maker: other, maker_name: Axis}\n  strength: weak\n  family: realm\n  says: 'wrong'\n"
        "  source: {ref: here, as_of: '2026-01-01'}\n  few_examples: 'a test'\n"
    )
    path = root / "signatures" / "realm.yaml"
    path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")
    found = faults(root)
    assert any(
        "realm-ip-camera-suffix: on its example" in fault and "zz-contradiction" in fault for fault in found
    )


def test_an_example_that_stands_twice_is_found(root: Path) -> None:
    path = root / "signatures" / "mac.yaml"
    text = path.read_text(encoding="utf-8")
    first = text.index("    - reply: ")
    second = text.index("    - reply: ", first + 1)
    path.write_text(text[:second] + text[first:second] + text[second:], encoding="utf-8")
    assert any("an example stands twice" in fault for fault in faults(root))


def test_a_capture_that_no_example_asserts_is_found(root: Path, edit: Edit) -> None:
    edit(
        "signatures/mac.yaml",
        "maker_name: '$maker', mac: '$1'}",
        "maker_name: '$maker', mac: '$1', serial: '$1'}",
    )
    assert any("no example asserts what 'serial' captures" in fault for fault in faults(root))


def test_a_fault_reads_as_file_line_and_sentence() -> None:
    assert str(Fault("fingerprints/brands.yaml:3", "wrong")) == "fingerprints/brands.yaml:3: wrong"


def test_claims_are_told_as_words() -> None:
    assert claimed(Claims(maker=Maker.HIKVISION, model="X")) == {"maker": "hikvision", "model": "X"}
