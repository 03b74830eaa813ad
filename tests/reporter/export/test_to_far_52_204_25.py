"""The draft of the FAR report: every element of (d)(2), nothing invented, what is missing listed."""

from __future__ import annotations

import pytest

from scanner.reporter.export import draft
from scanner.reporter.export.to_far_52_204_25 import element, render

NAME = "far-52-204-25"


def test_every_element_of_the_data_is_told_by_the_scan_or_asked_of_a_person(library):
    elements = [
        (what, from_scan)
        for measure in library.measures.values()
        if measure.report
        for clock in measure.report.clocks
        for what, from_scan in clock.elements
    ]

    assert len(elements) == 12
    for what, from_scan in elements:
        name, each = element(what)
        assert name, what
        assert each == (from_scan in {"yes", "often"}), what


def test_what_nobody_told_is_a_blank_and_listed_as_missing(export):
    text = render(export("french", NAME)).decode()
    missing = text.partition("## What is missing")[2].partition("## ")[0]

    assert f"| contract number | a scan can tell: no | {draft.BLANK} |" in text
    for what in ("contract number", "CAGE code", "the day of identification", "name of the supplier"):
        assert what in missing
    assert "2026-11-2" not in text.partition("## When it is due")[2].partition("Counted from")[0]


def test_due_dates_are_counted_in_business_days_from_the_day_that_a_person_gives(export):
    text = render(export("french", NAME, {"identified": "2026-11-25"})).decode()
    sent = render(export("french", NAME, {"identified": "2026-11-25", "reported": "2026-11-25"})).decode()

    assert "| 1 business day from identification or notification | 2026-11-27 |" in text
    assert "| 10 business days from the first report | 2026-12-11 |" in text
    assert "| 72 hours | 2026-11-28 |" in text
    assert "| 10 business days from the first report | 2026-12-10 |" in sent


def test_what_a_person_told_is_in_its_place_and_escaped(export):
    given = {"contract": "GS-1|<b>", "cage": "1ABC2"}
    text = render(export("french", NAME, given)).decode()

    assert "| contract number | a scan can tell: no | GS-1\\|&lt;b\\> |" in text
    assert "1ABC2" in text


def test_brand_model_and_description_of_each_sure_device(export):
    text = render(export("french", NAME)).decode()

    assert "| Hikvision | DS-2CD2042WD-I |" in text
    assert "| LTS, made by Hikvision | LTN8704-P4 |" in text
    assert "Only possible, and not in the table: 1." in text


@pytest.mark.parametrize("name", ["nothing-complete", "nothing-incomplete"])
def test_without_equipment_it_says_how_far_that_can_be_believed(name, export):
    text = render(export(name, NAME)).decode()

    assert "None found with confidence. None found, coverage" in text


def test_the_inventory_tells_what_became_of_the_findings(export, lived):
    assert "findings by state: 2 open" in render(lived("french", NAME)).decode()
    assert "findings by state" not in render(export("french", NAME)).decode()


def test_the_other_clause_is_named_beside_it(export):
    text = render(export("french", NAME)).decode()

    assert "52.240-91" in text
    assert "Which clause the contract carries, a person has to look up." in text
