"""Entries read from files: what they hold, and what is refused at which line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.knowledge.brands import Brands, load_brands
from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.signatures import Signature, load_lookalikes, load_signatures
from scanner.model.errors import KnowledgeError
from scanner.model.evidence import Maker, Strength
from scanner.model.protocol import Protocol

ENTRY = """\
- id: test-entry
  protocols: [http, https]
  field: header.server
  pattern: '^Test/(\\d)$'
  claims: {maker: hikvision, firmware: $1}
  strength: strong
  family: http-server
  says: 'a test'
  source: {ref: here, as_of: '2026-01-02'}
  examples:
    - {reply: "HTTP/1.1 200 OK", gives: {maker: hikvision}, origin: here}
  counter_examples:
    - {reply: "HTTP/1.1 404 Not Found", why: nothing, protocol: https, request: GET /}
"""


@pytest.fixture(scope="module")
def brands() -> Brands:
    return load_brands(fingerprints_root())


@pytest.fixture
def load(tmp_path: Path, brands: Brands) -> Callable[[str], Signature]:
    def read(text: str) -> Signature:
        folder = tmp_path / "fingerprints" / "signatures"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "test.yaml").write_text(text, encoding="utf-8")
        (entry,) = load_signatures(tmp_path / "fingerprints", brands)
        return entry

    return read


def test_an_entry_is_read_whole(load: Callable[[str], Signature]) -> None:
    entry = load(ENTRY)
    assert entry.id == "test-entry"
    assert entry.protocols == (Protocol.HTTP, Protocol.HTTPS)
    assert entry.fields == ("header.server",)
    assert entry.strength is Strength.STRONG
    assert entry.maker is Maker.HIKVISION
    assert entry.regex.match("Test/1")
    assert entry.where == "fingerprints/signatures/test.yaml:1"
    assert (entry.source, entry.as_of) == ("here", "2026-01-02")
    assert entry.examples[0].protocol is Protocol.HTTP
    assert entry.counter_examples[0].protocol is Protocol.HTTPS
    assert entry.counter_examples[0].request == "GET /"
    assert entry.lookalike is False


def test_a_claim_on_the_maker_gets_its_usual_name(load: Callable[[str], Signature]) -> None:
    assert load(ENTRY).claims["maker_name"] == "Hikvision"
    named = ENTRY.replace(
        "{maker: hikvision, firmware: $1}", "{maker: hikvision, maker_name: EZVIZ (Hikvision)}"
    )
    assert load(named).claims["maker_name"] == "EZVIZ (Hikvision)"


def test_an_entry_may_only_describe(load: Callable[[str], Signature]) -> None:
    assert load(ENTRY.replace("{maker: hikvision, firmware: $1}", "{firmware: $1}")).maker is None


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("id: test-entry", "id: Test Entry", 1, "lower-case words"),
        ("  says: 'a test'\n", "", 1, "'says' must be a text"),
        ("[http, https]", "[gopher]", 2, "'gopher' is no protocol"),
        ("[http, https]", "[]", 2, "at least one protocol"),
        ("field: header.server", "field: []", 3, "'field' must be"),
        ("field: header.server", "feild: header.server", 3, "unknown key 'feild'"),
        ("{maker: hikvision, firmware: $1}", "{maker: hikvison}", 5, "'maker' is hikvision or other"),
        ("{maker: hikvision, firmware: $1}", "{colour: red}", 5, "'colour' is no claim"),
        ("{maker: hikvision, firmware: $1}", "{maker: other}", 5, "another maker must be named"),
        ("{maker: hikvision, firmware: $1}", "{maker_name: Axis}", 5, "needs a claim on the maker"),
        (
            "{maker: hikvision, firmware: $1}",
            "{maker: other, maker_name: Axxis}",
            5,
            "'Axxis' is not in brands.yaml as 'other'",
        ),
        (
            "{maker: hikvision, firmware: $1}",
            "{maker: hikvision, maker_name: Axis}",
            5,
            "'Axis' is not in brands.yaml as 'hikvision'",
        ),
        ("{maker: hikvision, firmware: $1}", "{brand: Hikvision}", 5, "is not spelt so"),
        ("{maker: hikvision, firmware: $1}", "{device_class: kamera}", 5, "is no device class"),
        ("{maker: hikvision, firmware: $1}", "{relation: cousin}", 5, "is no relation"),
        ("strength: strong", "strength: huge", 6, "'strength' is 'huge'"),
        ("as_of: '2026-01-02'", "as_of: yesterday", 9, "YYYY-MM-DD"),
        ("  family:", "  partners: [x]\n  family:", 7, "belong together"),
        ("  family:", "  registered: [cousin]\n  family:", 7, "'registered' holds kinds out of"),
        ("  family:", "  grammar: poem\n  family:", 7, "'grammar' is 'poem'"),
        ("  family:", "  against: [http-body]\n  family:", 7, "look-alike"),
        ("  family:", "  needs: [{field: x}]\n  family:", 7, "'pattern' must be a text"),
        ("origin: here", "origin: ''", 11, "'origin' must be"),
        ("gives: {maker: hikvision}", "gives: {maker: hikvison}", 11, "'maker' is hikvision or other"),
        ("why: nothing, ", "", 13, "'why' must be"),
        ("protocol: https", "protocol: gopher", 13, "'protocol' is 'gopher'"),
    ],
)
def test_a_faulty_entry_is_refused_with_its_line(
    load: Callable[[str], Signature], old: str, new: str, line: int, message: str
) -> None:
    assert old in ENTRY
    with pytest.raises(KnowledgeError) as caught:
        load(ENTRY.replace(old, new))
    assert str(caught.value).startswith(f"fingerprints/signatures/test.yaml:{line}: ")
    assert message in str(caught.value)


def test_an_id_stands_once_over_all_files(tmp_path: Path, brands: Brands) -> None:
    folder = tmp_path / "fingerprints" / "signatures"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(ENTRY)
    (folder / "b.yaml").write_text(ENTRY)
    with pytest.raises(KnowledgeError, match=r"b\.yaml:1: the id 'test-entry' is used at .*a\.yaml:1"):
        load_signatures(tmp_path / "fingerprints", brands)


def test_look_alikes_name_what_they_explain_away(tmp_path: Path, brands: Brands) -> None:
    root = tmp_path / "fingerprints"
    root.mkdir()
    (root / "lookalikes.yaml").write_text(ENTRY.replace("  family:", "  against: [http-body]\n  family:"))
    (entry,) = load_lookalikes(root, brands)
    assert entry.lookalike
    assert entry.against == ("http-body",)
    (root / "lookalikes.yaml").write_text(ENTRY)
    with pytest.raises(KnowledgeError, match="has 'against'"):
        load_lookalikes(root, brands)


def test_rejected_entries_are_no_signatures(brands: Brands) -> None:
    ids = {entry.id for entry in load_signatures(fingerprints_root(), brands)}
    assert "http-body-word-hikvision" not in ids
    assert "realm-model" in ids
