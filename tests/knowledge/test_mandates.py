"""The library of measures: whole, consistent, and every faulty file refused with file and line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import REQUIRED_KINDS, MandateLibrary
from scanner.knowledge.mandates import load_mandates
from scanner.model.errors import KnowledgeError

MEASURES = {
    "ca-ica-2025", "ca-federal-2025", "ca-private-advice-2025", "ca-qc-2023", "us-ndaa-889-a", "us-ndaa-889-b",
    "us-far-52-204-25", "us-grants-2cfr-200-216", "us-fcc-covered-list", "us-fcc-25-71", "us-fcc-2026-legacy",
    "us-entity-list", "us-dod-1260h", "us-cisa-bod-23-01", "uk-2022-sensitive-sites", "uk-2025-removal",
    "uk-public-bodies-advice", "in-2020-procurement", "in-cctv-2024", "in-navy", "eu-parliament-2021",
    "kr-2021-224-products", "kr-military-2024", "au-defence-2023", "au-commonwealth-2023", "nz-procurement-halt",
    "ua-2023-sponsor-of-war", "tw-ict-ban-2020", "tw-indictment-2024",
}  # fmt: skip


@pytest.fixture(scope="module")
def library() -> MandateLibrary:
    return load_mandates(fingerprints_root())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the knowledge that a test may break."""
    copy = tmp_path / "fingerprints"
    source = fingerprints_root()
    for folder in ("mandates", "profiles"):
        shutil.copytree(source / folder, copy / folder)
    (copy / "schemas").mkdir()
    for name in ("mandate", "profile", "texts", "facts", "makers"):
        shutil.copy(source / "schemas" / f"{name}.schema.json", copy / "schemas")
    for name in ("texts", "facts", "makers"):
        shutil.copy(source / f"{name}.yaml", copy)
    return copy


def test_every_measure_and_profile_is_there(library: MandateLibrary) -> None:
    assert set(library.measures) == MEASURES
    assert len(library.profiles) == 18
    assert library.as_of == "2026-11-23"
    assert re.fullmatch(r"\d{4}\.\d{2}\.\d{2}", library.version)


def test_every_measure_is_whole(library: MandateLibrary) -> None:
    for measure in library.measures.values():
        assert measure.sources, measure.id
        assert measure.citation.en, measure.id
        assert measure.does_not_say.en, measure.id
        for published in (*measure.dates.values(), *measure.more_dates):
            assert published.value is None or published.sure is not None, measure.id


def test_canadian_measures_and_profiles_speak_french(library: MandateLibrary) -> None:
    for measure in library.measures.values():
        speaks = measure.code.startswith("CA")
        assert (measure.title.fr is not None) == speaks, measure.id
        assert (measure.citation.fr is not None) == speaks, measure.id
    for profile in library.profiles.values():
        assert ("fr" in profile.languages) == (profile.id.startswith("ca-") or profile.id == "generic")


def test_a_clause_that_no_scan_decides_says_who_does(library: MandateLibrary) -> None:
    deciders = {clause.decided_by for measure in library.measures.values() for clause in measure.clauses}
    assert deciders == {"scan", "fact", "person"}
    purpose = [clause for clause in library.measures["us-ndaa-889-b"].clauses if "purposes" in clause.says]
    assert [clause.decided_by for clause in purpose] == ["person"]


def test_every_profile_has_a_row_for_every_kind(library: MandateLibrary) -> None:
    for profile in library.profiles.values():
        for duty in profile.duties:
            assert set(REQUIRED_KINDS) <= set(duty.rows), profile.id


def test_the_canadian_order_is_of_the_27th_and_carries_no_removal_date(library: MandateLibrary) -> None:
    for name in ("ca-ica-2025", "ca-federal-2025", "ca-private-advice-2025"):
        measure = library.measures[name]
        assert measure.announced.value == "2025-06-27"
        assert [date.sure for date in measure.more_dates if date.value == "2025-06-28"] == ["press"]
    for measure in library.measures.values():
        if measure.code.startswith("CA"):
            assert measure.removal_by.value is None
    wind_up = [date for date in library.measures["ca-ica-2025"].more_dates if date.value == "2025-10-25"]
    assert [date.computed for date in wind_up] == [True]


def test_the_only_removal_dates_are_a_month_and_a_day(library: MandateLibrary) -> None:
    dated = {m.id: m.removal_by for m in library.measures.values() if m.removal_by.value}
    assert {name: (date.value, date.precision) for name, date in dated.items()} == {
        "uk-2025-removal": ("2025-04", "month"),
        "tw-ict-ban-2020": ("2021-12-31", "day"),
    }


def test_measures_that_go_by_country_name_no_maker(library: MandateLibrary) -> None:
    for name in ("uk-2022-sensitive-sites", "uk-2025-removal", "tw-ict-ban-2020"):
        assert library.measures[name].other_makers.seats == ("CN",)
    assert library.measures["ca-qc-2023"].other_makers.names == ("Dahua",)
    assert library.measures["ca-federal-2025"].other_makers.rule == "none"


def test_no_word_of_our_own_work_is_left_in_the_data() -> None:
    source = fingerprints_root()
    paths = [*source.glob("mandates/*.yaml"), *source.glob("profiles/*.yaml"), source / "texts.yaml"]
    for path in paths:
        assert "seed" not in path.read_text(encoding="utf-8").lower(), path


def _break(root: Path, name: str, old: str, new: str) -> str:
    """Replace the first occurrence; returns the place of the fault as an error names it."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    at = text.index(old)
    path.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    lines = new.split("\n")
    depth = next((place for place, line in enumerate(lines) if "FAULT" in line), 0)
    return f"fingerprints/{name}:{text[:at].count(chr(10)) + 1 + depth}: "


UK, QC, GENERIC = "mandates/uk.yaml", "profiles/ca-quebec-public-body.yaml", "profiles/generic.yaml"

FAULTS = [
    (UK, "    kind: policy", "    kind: policy\n    FAULT: 1", "unknown field 'FAULT'"),
    (UK, "kind: policy", "kind: rumour", "kind: unknown word 'rumour'"),
    (UK, 'value: "2022-11-24"', 'value: "2022-11-31"', "2022-11-31 is not in the calendar"),
    (UK, 'value: "2022-11-24"', 'value: "24.11.2022"', "value: '24.11.2022' does not have the form"),
    (UK, 'value: "2022-11-24", sure: read', 'value: "2022-11-24"', "a date needs how sure it is"),
    (UK, 'value: "2022-11-24"', 'value: "2022-11-24", precision: month', "2022-11-24 is a day"),
    (UK, 'as_of: "2026-11-23"', 'as_of: "2026-02-30"', "2026-02-30 is not in the calendar"),
    (UK, 'sources:\n      - {what: "Lords written answer, 9 April 2024"}', "sources: []", "sources must not be empty"),
    (UK, "id: uk-2025-removal", "id: us-ndaa-889-a", "the id 'us-ndaa-889-a' is already in"),
    (UK, "report: null", "report: {see: uk-nowhere}", "no measure has the id 'uk-nowhere'"),
    (UK, "seats: [CN], why", "why", "the rule seat needs seats"),
    (UK, "decided_by: fact, fact: site_is_sensitive", "decided_by: fact", "a clause names a fact if, and only if"),
    (UK, "fact: site_is_sensitive", "fact: weather", "no fact has the name 'weather'"),
    ("mandates/ca-quebec.yaml", 'fr: "Ministre de la Cybersécurité et du Numérique"', "", "has no French"),
    (QC, "decision: remove_required", "decision: burn", "decision: unknown word 'burn'"),
    (QC, "measure: ca-qc-2023", "measure: ca-qc-2032", "no measure has the id 'ca-qc-2032'"),
    (QC, "say: remove_required}", "say: remove_it}", "the sentence 'remove_it' is missing"),
    (QC, "acquired_on: {after", "bought_on: {after", "no fact has the name 'bought_on'"),
    (QC, 'after: "2023-12-21"', 'after: "2023-12-32"', "2023-12-32 is not a day of the calendar"),
    (QC, '{after: "2023-12-21"}', "{is: yes}", "a fact of type date cannot be tested with 'is'"),
    (QC, "needs:acquired_on", "needs:weather", "no fact has the name 'weather'"),
    (QC, "needs:acquired_on", "perhaps", "applies: 'perhaps' does not have the form"),
    (QC, "asks: [acquired_on]", "asks: []", "is used and not among those that the profile asks for"),
    (QC, "kinds: [recorder]", "kinds: [own_brand_camera]", "the kind own_brand_camera has two rows"),
    (QC, "kinds: [unknown_maker]", "kinds: [own_brand_other]", "the kind unknown_maker has no row"),
    (QC, "id: ca-quebec-public-body", "id: ca-quebec", "is not the name of the file"),
    ("profiles/in-navy.yaml", "kinds: [platform_software, subsidiary_brand]",
     "kinds: [platform_software, subsidiary_brand, covered_other_maker]", "in-navy reaches no other maker"),
    (GENERIC, 'fr: "Aucun profil choisi"', "", "the label has no French"),
    (GENERIC, "say: no_profile}", "say: no_profile, when: {made_on: {after: \"2023-12-21\"}}}", "every outcome but the last"),
    ("profiles/us-grant-recipient.yaml", "        reason: \"Subsidiaries and affiliates are covered.\"\n        outcomes:\n          -",
     "        outcomes:\n          - ", "the outcome has no reason"),
    ("profiles/eu-parliament.yaml", "{is: true}", "{is: hot}", "thermal_camera is true or false"),
    ("profiles/us-federal-contractor.yaml", '{is: "52.204-25"}', '{is: "52"}', "contract_clause has no choice '52'"),
    ("profiles/au-commonwealth.yaml", "  - measure: au-commonwealth-2023", "  - measure: au-defence-2023", "a measure stands twice"),
    ("texts.yaml", "  brand_not_read:", "  brand_unread:", "the sentence 'brand_not_read' is missing"),
    ("texts.yaml", "{answered} addresses that", "{spoken} addresses that", "the slot {spoken} is not filled here"),
    ("texts.yaml", "  ca-private:", "  ca-publik:", "no profile has the id 'ca-publik'"),
    ("texts.yaml", "profiles:\n", "profiles:\n  xx-nobody: {FAULT: {en: x}}\n", "no profile has the id 'xx-nobody'"),
    ("texts.yaml", "    fr: \"Le retrait est prévu pour {month}.\"\n", "", "has no French"),
    ("facts.yaml", "type: date", "type: number", "type: unknown word 'number'"),
    ("facts.yaml", "name: made_on", "name: acquired_on", "is declared twice"),
    ("facts.yaml", "type: choice", "type: text", "a fact has choices if, and only if"),
    ("facts.yaml", "    given_by: site", "    given_by: device", "a fact has a reading if, and only if"),
    ("facts.yaml", "(?P<value>", "(?P<date>", "needs a group named 'value'"),
    ("facts.yaml", "'^i?DS-2T[DX]'", "'^i?DS-2T[DX'", "not a regular expression"),
    ("facts.yaml", "profiles: [tw-government]", "profiles: [tw-goverment]", "no profile has the id 'tw-goverment'"),
    ("facts.yaml", "profiles: [tw-government]", "profiles: [nz-government]", "disagree on whether the fact is asked"),
    ("makers.yaml", "words: [uniview]", "words: [dahua]", "the word 'dahua' already names Dahua"),
    ("makers.yaml", "country: CN", "country: China", "country: 'China' does not have the form"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "message"), FAULTS, ids=[fault[3][:40] for fault in FAULTS])
def test_a_faulty_file_is_refused_with_file_and_line(
    root: Path, name: str, old: str, new: str, message: str
) -> None:
    _break(root, name, old, new)
    with pytest.raises(KnowledgeError) as caught:
        load_mandates(root)
    assert message in str(caught.value)
    assert re.match(r"fingerprints/[a-z/-]+\.yaml:[1-9]\d*: ", str(caught.value))


@pytest.mark.parametrize("fault", [0, 1, 2, 14, 16, 18], ids=str)
def test_the_line_is_that_of_the_fault(root: Path, fault: int) -> None:
    name, old, new, _ = FAULTS[fault]
    place = _break(root, name, old, new)
    with pytest.raises(KnowledgeError) as caught:
        load_mandates(root)
    assert str(caught.value).startswith(place)


def test_a_missing_file_or_folder_is_said(root: Path) -> None:
    shutil.rmtree(root / "mandates")
    with pytest.raises(KnowledgeError, match="there is no file of measures"):
        load_mandates(root)
    (root / "facts.yaml").unlink()
    with pytest.raises(KnowledgeError, match=r"fingerprints/facts\.yaml:1: cannot be read"):
        load_mandates(root)
