import csv
import io
import time
from dataclasses import replace

from scanner.model.coverage import Gap
from scanner.model.report import ImportedFile
from scanner.reporter.csv_report import COLUMNS, finding_key, render_csv
from scanner.reporter.interface import Options


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_each_report_is_as_it_was_when_last_read(named, golden):
    name, report = named

    golden(f"{name}.csv", render_csv(report, Options()))


def test_the_raw_form_is_as_it_was_when_last_read(reports, golden):
    golden("hostile.raw.csv", render_csv(reports["hostile"], Options(raw=True)))


def test_the_columns_are_unique_and_every_row_has_them_all(named):
    _, report = named

    assert len(set(COLUMNS)) == len(COLUMNS)
    for row in read(render_csv(report, Options(show_all=True))):
        assert tuple(row) == COLUMNS
        assert None not in row.values()


def test_a_device_has_one_row_however_many_measures_speak_of_it(reports):
    rows = read(render_csv(reports["french"], Options()))

    assert [row["addresses"] for row in rows] == ["10.1.0.64", "10.1.0.30;10.1.9.30;fd00::1e", "10.1.0.9"]
    assert rows[0]["measure"] == "ca-federal-2025"
    assert rows[0]["further_measures"] == "ca-qc-2023 review (needs:acquired_on);ca-ica-2025 not_bound (no)"
    assert rows[0]["action_fr"].startswith("Équipement")


def test_every_row_carries_the_coverage(named):
    _, report = named

    for row in read(render_csv(report, Options(show_all=True))):
        assert row["headline"] == report.headline
        assert row["coverage_complete"] == ("true" if report.coverage.complete else "false")
        assert int(row["scope_addresses"]) == report.coverage.addresses
        states = ("answered", "refused", "silent", "excluded", "aborted", "blind")
        assert sum(int(row[state]) for state in states) == report.coverage.addresses


def test_a_file_without_a_device_still_has_a_row_that_tells_what_was_not_seen(reports):
    (row,) = read(render_csv(reports["nothing-incomplete"], Options()))

    assert row["kind"] == "coverage"
    assert row["finding_key"] == ""
    assert row["summary"].startswith("None found, coverage INCOMPLETE. 3 addresses answered")
    assert "No sign of life from this prefix (affects the verdict)" in row["gaps"]
    assert row["incomplete_because"].startswith("256 addresses blind;2 addresses aborted;")
    assert row["errors"].startswith("http 10.1.0.8:80:")


def test_the_key_of_a_finding_is_the_same_in_every_run_and_another_for_another_measure(reports):
    first = read(render_csv(reports["french"], Options()))[0]["finding_key"]
    again = replace(reports["french"], run=replace(reports["french"].run, id="another"))

    assert read(render_csv(again, Options()))[0]["finding_key"] == first
    assert first == finding_key("dev-1c7a90e2b4d6f801", "ca-federal-2025")
    assert first != finding_key("dev-1c7a90e2b4d6f801", "ca-qc-2023")
    assert finding_key("ab", "c") != finding_key("a", "bc")


def test_without_a_profile_a_device_has_a_key_and_no_decision(reports):
    (row,) = read(render_csv(reports["no-profile"], Options()))

    assert row["finding_key"] == finding_key(row["device_id"], None)
    assert (row["measure"], row["decision"], row["action"]) == ("", "", "")
    assert "us-ndaa-889-b information (needs:profile)" in row["further_measures"]


def test_no_cell_of_a_hostile_device_starts_a_formula(reports):
    for row in read(render_csv(reports["hostile"], Options())):
        for value in row.values():
            assert not value.lstrip(' "').startswith(("=", "+", "-", "@", "\uff1d", "\t", "\r"))
            assert not any(f";{sign}" in value for sign in "=+-@")


def test_the_disclaimer_and_the_gaps_stand_once_in_the_first_row(reports):
    rows = read(render_csv(reports["french"], Options()))

    assert [bool(row["disclaimer"]) for row in rows] == [True, False, False]


def test_many_gaps_do_not_grow_every_row(reports):
    gaps = tuple(Gap(f"10.{n}.0.0/16", "tcp", "blind", "No sign of life", True) for n in range(200))
    report = reports["french"]
    report = replace(report, coverage=replace(report.coverage, gaps=gaps))
    rows = read(render_csv(report, Options()))

    assert rows[1]["incomplete_because"].endswith(";and 195 more")
    assert rows[0]["gaps"].count(";") == 199
    assert rows[1]["gaps"] == ""


def test_ten_thousand_devices_are_written_in_seconds(many):
    started = time.process_time()
    text = render_csv(many, Options(show_all=True))

    assert time.process_time() - started < 5
    assert text.count("\n") == 10_001


def test_a_file_that_was_read_has_a_row_with_every_reason(reports):
    unused = {f"reason {number}": number for number in range(1, 8)}
    files = (
        ImportedFile(
            *("scan.xml", "nmap-xml", "ab" * 32, 30, 2, unused, 1, "it is cut short", "not everything"),
            left={"script http-enum": 3},
        ),
        ImportedFile("=cmd()", "arp", "cd" * 32, 1, 1, {}),
    )
    report = replace(reports["french"], run=replace(reports["french"].run, files=files, engine="import"))
    rows = read(render_csv(report, Options()))
    first, second = [row for row in rows if row["kind"] == "file"]

    assert first["summary"].startswith("scan.xml (nmap-xml): 30 rows, 2 used; 7 not: reason 7; ")
    assert all(f"{count} not: {reason}" in first["summary"] for reason, count in unused.items())
    left = "; left aside in rows that were used: script http-enum (3); not read to its end: it is cut short"
    assert first["summary"].endswith(left)
    assert (first["evidence"], first["reason"]) == (f"sha256 {'ab' * 32}", "not everything")
    assert second["summary"].startswith("'=cmd()")
    assert {row["engine"] for row in rows} == {"import"}
    assert [row["kind"] for row in rows][:3] == ["device"] * 3


def test_what_each_method_asked_stands_once(reports):
    rows = read(render_csv(reports["french"], Options()))
    method, count = min(reports["french"].coverage.by_method.items())

    assert rows[0]["methods"].startswith(f"{method}: {count.asked} asked, {count.answered} answered, ")
    assert [bool(row["methods"]) for row in rows] == [True, False, False]
