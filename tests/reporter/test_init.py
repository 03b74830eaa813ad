import html
from dataclasses import replace

import pytest

from scanner.model.finding import Text
from scanner.reporter import Format, render, renderer, stream


@pytest.mark.parametrize("kind", list(Format))
def test_every_format_renders_every_report_and_ends_with_a_line_end(kind, reports):
    for report in reports.values():
        assert render(kind, report, show_all=True).endswith("\n")


def test_a_format_that_is_not_listed_is_loud():
    with pytest.raises(AssertionError):
        renderer("pdf")


@pytest.mark.parametrize("kind", list(Format))
def test_the_same_report_gives_the_same_text(kind, reports):
    assert render(kind, reports["french"]) == render(kind, reports["french"])


@pytest.mark.parametrize("kind", [Format.TABLE, Format.HTML])
def test_the_disclaimer_stands_once(kind, named):
    _, report = named
    text = " ".join(render(kind, report).split())

    assert text.count("It is not legal advice;") == 1


@pytest.mark.parametrize("kind", [Format.TABLE, Format.CSV, Format.HTML])
@pytest.mark.parametrize("name", ["nothing-complete", "nothing-incomplete"])
def test_nothing_found_is_never_said_without_who_answered_and_who_did_not(kind, name, reports):
    text = " ".join(render(kind, reports[name]).split())

    assert reports[name].headline in text
    assert "3 addresses answered" in text
    assert "did not answer" in text
    assert "Silence is not proof of absence" in text


@pytest.mark.parametrize("kind", [Format.TABLE, Format.CSV, Format.HTML])
def test_a_note_of_the_report_is_told_even_when_nothing_was_found(kind, reports):
    note = Text("This measure reaches other makers too.", "Cette mesure vise aussi d'autres fabricants.")
    text = " ".join(html.unescape(render(kind, replace(reports["nothing-complete"], notes=(note,)))).split())

    assert text.count(note.en) == 1
    assert text.count(note.fr) == 1


@pytest.mark.parametrize("kind", [Format.TABLE, Format.CSV, Format.HTML])
def test_a_month_is_never_printed_as_a_day(kind, reports):
    text = render(kind, reports["one-confirmed"])

    assert "2025-04-" not in text
    assert "30 April" not in text


@pytest.mark.parametrize("kind", [Format.TABLE, Format.CSV, Format.HTML])
def test_other_makers_are_listed_on_request_only(kind, reports):
    assert "M3045-V" not in render(kind, reports["one-confirmed"])
    assert "M3045-V" in render(kind, reports["one-confirmed"], show_all=True)


@pytest.mark.parametrize("kind", list(Format))
def test_no_format_holds_a_character_that_a_terminal_obeys(kind, reports):
    text = render(kind, reports["hostile"], show_all=True)

    assert not any(not c.isprintable() and c not in "\n\u3000\u00a0" for c in text)


def test_text_without_colours_is_ascii_but_for_the_words_themselves(reports):
    assert render(Format.TABLE, reports["nothing-incomplete"]).isascii()
    assert render(Format.TABLE, reports["one-confirmed"], show_all=True).isascii()


@pytest.mark.parametrize("kind", [Format.JSON, Format.JSONL, Format.CSV, Format.HTML])
def test_no_piece_of_a_long_report_is_a_large_part_of_it(kind, many):
    sizes = [len(part) for part in stream(kind, many, show_all=True)]

    assert max(sizes) < sum(sizes) / 50
