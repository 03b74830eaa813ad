"""What every statutory document has: that it is a draft, what the law leaves open, coverage, a place to sign."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from scanner.reporter.export import draft, format_of

DRAFTS = ("far-52-204-25", "bod-23-01", "removal-list")


@pytest.mark.parametrize("name", DRAFTS)
def test_it_is_marked_as_a_draft_has_a_place_to_sign_and_what_the_law_leaves_open(name, lived, each):
    text = format_of(name).render(lived(each, name)).decode()

    assert f"**{draft.MARK}**" in text.splitlines()[2:3]
    assert "does not say" in text or "No profile was chosen" in text
    assert text.rstrip().endswith(f"Signature: {draft.BLANK}")
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert not any(tag in page for tag in ("<script", "<a ", "<img", "<code"))


@pytest.mark.parametrize("name", DRAFTS)
def test_an_incomplete_coverage_is_warned_of(name, lived):
    assert (
        "may lack equipment that is there"
        in format_of(name).render(lived("nothing-incomplete", name)).decode()
    )
    assert "may lack equipment" not in format_of(name).render(lived("nothing-complete", name)).decode()


def test_a_measure_says_what_it_leaves_open_in_both_languages(library):
    measure = library.measures["ca-federal-2025"]
    english, both = ("\n".join(draft.does_not_say(measure, speaks_french=french)) for french in (False, True))

    assert "gives no removal date" in english
    assert "ne fixe aucune date de retrait" in both
    assert "a person decides" in english
