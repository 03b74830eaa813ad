"""The measures as loaded: how sure each date is, and who is to be told."""

from __future__ import annotations

from scanner.knowledge.facts import load_facts
from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.measures import REACHES, load_measures

ROOT = fingerprints_root()
FILES = load_measures(ROOT, load_facts(ROOT)[0])
MEASURES = {measure.id: measure for file in FILES for measure in file.measures}


def test_there_is_one_file_a_jurisdiction() -> None:
    codes = [{measure.code for measure in file.measures} for file in FILES]
    assert all(len(found) == 1 for found in codes)
    assert len({next(iter(found)) for found in codes}) == len(FILES) == 11


def test_a_date_says_how_it_is_known() -> None:
    assert MEASURES["ca-qc-2023"].announced.sure == "read"
    assert MEASURES["us-ndaa-889-a"].announced.sure == "general"
    removal = MEASURES["uk-2025-removal"].removal_by
    assert (removal.value, removal.precision, removal.sure) == ("2025-04", "month", "press")
    assert MEASURES["eu-parliament-2021"].announced.precision == "year"


def test_a_duty_may_be_known_and_its_day_not() -> None:
    no_use = MEASURES["in-navy"].no_use
    assert (no_use.value, no_use.sure) == (None, "press")


def test_the_report_of_the_acquisition_rules_has_its_clocks_and_elements() -> None:
    report = MEASURES["us-far-52-204-25"].report
    assert report is not None
    assert [clock.within.split(" from")[0] for clock in report.clocks] == [
        "1 business day",
        "10 business days",
        "72 hours",
    ]
    assert ("brand", "yes") in report.clocks[0].elements
    assert ("contract number", "no") in report.clocks[0].elements
    assert len(report.clocks[0].elements) == 9
    assert report.clocks[2].elements == ()
    see = MEASURES["us-ndaa-889-b"].report
    assert see is not None
    assert see.see == "us-far-52-204-25"


def test_every_measure_says_what_it_reaches() -> None:
    for measure in MEASURES.values():
        assert set(measure.reaches) == set(REACHES)
    assert MEASURES["ca-federal-2025"].reaches["relabel"].value == "unclear"
    assert MEASURES["eu-parliament-2021"].classes == ("camera",)
    assert "public safety" in (MEASURES["us-ndaa-889-a"].purpose_limit or "")
