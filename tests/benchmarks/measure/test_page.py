from __future__ import annotations

from benchmarks.measure.counting import ALARM, DISPUTE, MISSED, UNREAD, Error, Group, Score
from benchmarks.measure.page import markdown, section
from scanner.knowledge import load


def test_each_error_stands_with_its_reason() -> None:
    total = Score("c", errors=[Error("a", ALARM, "false alarm")], disputes=[Error("b", DISPUTE, "called x")])

    lines = section(total, {("c", "b", DISPUTE): "weak"})

    assert "- a: false alarm. *Why:* not explained yet." in lines
    assert "- b: called x. *Why:* weak." in lines
    assert "No error, no false alarm." not in lines


def test_a_clean_corpus_says_so_and_shows_its_groups() -> None:
    lines = section(Score("c", "rest", groups={"brand": {"Acme": Group(2, 1, 0, 1)}}), {})

    assert lines[0] == "## c, rest"
    assert "| Acme | 1/2 (50.0 %; 9.5–90.5) | 0 | 1 |" in lines
    assert "No error, no false alarm." in lines


def test_the_page_begins_with_an_overview_and_counts_no_part_twice() -> None:
    knowledge = load()
    signature = next(one for one in knowledge.signatures if one.maker == "hikvision")
    whole, part = Score("c"), Score("c", "rest")
    for total in (whole, part):
        total.hits[signature.id] = total.levels.__class__({"hikvision": 3})

    page = markdown([whole, part], knowledge, {}, ["## Beside other tools", ""])

    assert page.index("| c, rest | 0 |") < page.index("## Beside other tools") < page.index("## c\n")
    assert f"| {signature.id} | {signature.strength.value} | 3 | 0 | 0 |" in page


def test_without_what_its_source_taught_only_what_that_costs_is_told() -> None:
    total = Score("c", UNREAD, hosts=3, found=1, missed=1, lessened=2, errors=[Error("a", MISSED, "missed")])

    lines = section(total, {(f"c, {UNREAD}", "a", MISSED): "the one source"})

    assert lines[0] == f"## c, {UNREAD}"
    assert lines[2].startswith("2 of 3 hosts lose a signature or a look-alike. Recall 1/2")
    assert "- a: missed. *Why:* the one source." in lines
    assert not any(one.startswith("|") for one in lines)
