from dataclasses import replace

from scanner.model.finding import Text
from scanner.reporter.mandates_text import mandate_lines
from scanner.reporter.style import Style


def text(report, devices=None):
    lines = mandate_lines(report, report.devices if devices is None else devices, 100, Style())
    return " ".join(" ".join(lines).split())


def test_a_measure_is_told_with_action_citation_and_date_of_knowledge(reports):
    told = text(reports["one-confirmed"])

    assert "Statement to Parliament on removal, 2023 (as of 2026-11-23)" in told
    assert "removal required: applies, 1 device: 10.1.0.64" in told
    assert "Removal was planned for April 2025." in told
    assert "Published date: April 2025 (no day published)" in told


def test_an_action_without_a_published_date_gets_none(reports):
    assert text(reports["french"]).count("Published date:") == 1
    assert "Published date: none" in text(reports["french"])


def test_both_languages_are_told_where_they_are_there(reports):
    told = text(reports["relabel"])

    assert "This device is presented as LTS" in told
    assert "Cet appareil se présente sous la marque LTS" in told


def test_without_a_profile_everything_is_information(reports):
    told = text(reports["no-profile"])

    assert "profile: none chosen" in told
    assert told.count("No profile was chosen: the measures listed are for information.") == 1
    assert "us-ndaa-889-b Pub. L. 115-232" in told
    assert "required" not in told


def test_a_measure_that_reaches_none_is_named_with_its_reason(reports):
    assert "not reaching these devices: - ca-ica-2025: It binds the company only." in text(reports["french"])


def test_the_number_of_sentences_is_bounded(reports):
    device = reports["one-confirmed"].devices[0]
    (finding,) = device.mandates
    devices = [
        replace(device, id=str(number), mandates=(replace(finding, action=Text(f"Sentence {number}.")),))
        for number in range(30)
    ]

    assert "and 22 more sentences" in text(reports["one-confirmed"], devices)


def test_no_finding_is_no_section(reports):
    assert mandate_lines(reports["french"], [], 100, Style()) == []
