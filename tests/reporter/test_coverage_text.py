from dataclasses import replace

from scanner.model.coverage import Coverage, Gap, MethodCount
from scanner.model.report import RunError
from scanner.reporter.coverage_text import coverage_lines, error_lines
from scanner.reporter.layout import cells
from scanner.reporter.style import Style


def lines(report, width=80):
    return coverage_lines(report, width, Style())


def test_all_six_states_are_told_even_at_zero(reports):
    text = "\n".join(lines(reports["nothing-complete"]))

    for state in ("answered", "refused", "silent", "excluded", "aborted", "blind"):
        assert f"  {state}" in text


def test_one_address_among_thousands_still_has_a_mark(many):
    (line,) = [line for line in lines(many) if line.startswith("  refused")]

    assert line.endswith("#")


def test_gaps_that_affect_the_verdict_come_first_and_are_marked(reports):
    text = lines(reports["nothing-incomplete"])
    start = text.index("  gaps (! affects the verdict)")

    assert text[start + 1].startswith("  ! 10.2.0.0/24, tcp, blind: ")
    assert text[start + 2].startswith("  - eth0, sadp-multicast, off: ")


def test_a_complete_coverage_without_gaps_says_that(reports):
    assert lines(reports["nothing-complete"])[-1] == "  No gap: every planned method ran everywhere."


def test_many_gaps_and_errors_are_counted_and_not_poured_out(reports):
    gaps = tuple(Gap(f"10.{n}.0.0/16", "tcp", "blind", "silent", True) for n in range(100))
    errors = tuple(RunError("here", f"fault {n}") for n in range(40))
    report = replace(
        reports["french"], coverage=replace(reports["french"].coverage, gaps=gaps), errors=errors
    )

    assert lines(report)[-1] == "    ... and 75 more"
    assert error_lines(report, 80, Style())[0] == "ERRORS  40"
    assert error_lines(report, 80, Style())[-1] == "    ... and 25 more"


def test_a_report_without_errors_has_no_section_of_them(reports):
    assert error_lines(reports["french"], 80, Style()) == []


def test_a_run_that_asked_nothing_has_no_table_of_methods(reports):
    report = replace(reports["french"], coverage=Coverage(0, {}))

    assert not any("asked" in line for line in lines(report))


def test_a_long_name_of_a_method_is_cut_and_the_figures_stay_aligned(reports):
    methods = {"m" * 90: MethodCount(1_000_000, 1, 2, 3, 4), "tcp": MethodCount()}
    report = replace(reports["french"], coverage=replace(reports["french"].coverage, by_method=methods))
    table = [line for line in lines(report, 60) if line.endswith(("stopped", "4", "0")) and "  " in line]

    assert any("mmm..." in line for line in table)
    assert all(cells(line) <= 60 for line in table)
