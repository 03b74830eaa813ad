from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from scanner.model.errors import UsageError
from scanner.tickets.content import LANGUAGES, OUR_OWN, Voice, Writer, memo_of
from scanner.tickets.facts import Facts
from scanner.tickets.keys import mark_of
from scanner.tickets.markup import HTML, MARKDOWN, TEXT
from scanner.tickets.memo import keys_in, marks_in, version_in
from scanner.tickets.words import Act, Step

_SPEC = importlib.util.spec_from_file_location("make", Path(__file__).with_name("make.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
make = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make)

HOSTILE = "<img src=x onerror=alert(1)> {{ 7*7 }} @all"
NOTES = sorted(path.stem for path in (OUR_OWN / "en").iterdir() if path.stem not in ("title", "ticket"))


def draft(item, markup=TEXT, language="en", **more):
    group = make.group(item)
    return Writer(Voice(markup, language, **more)).draft(group, [Facts(item, None)], memo_of(group))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_text(language):
    assert sorted(path.stem for path in (OUR_OWN / language).iterdir()) == sorted((*NOTES, "title", "ticket"))
    assert "10.1.0.1" in draft(make.item(1), language=language).title


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("note", NOTES)
def test_every_note_ends_with_its_mark(note, language):
    item = make.item(1, make.obligation("waived", until="2026-05-01"))
    group, change = make.group(item), make.change()
    step = Step(Act.COMMENT, group, make.ticket(item), "why", mark_of(group, change)[0], note, change, "17")
    text = Writer(Voice(TEXT, language)).note(step)
    assert text.split()[-1] == step.mark
    assert len(text.splitlines()[0]) > 30


def test_a_ticket_carries_its_memo_and_says_what_is_asked():
    item = make.item(1, "open", make.obligation("waived", "us-889", until="2026-05-01"))
    made = draft(item, report="https://reports.example/1")
    assert keys_in(made.body) == keys_in(made.memo) == set(made.keys)
    assert version_in(made.body) == version_in(made.memo)
    for words in ("Model: DS-1", "10.1.0.1", "us-889: waived until 2026-05-01", "https://reports.example/1"):
        assert words in made.body


def test_an_update_keeps_keys_and_marks_that_were_there():
    item = make.item(1)
    old = make.ticket(item, keys=["hskd-" + "1" * 20], marks=["hsmr-" + "2" * 20])
    memo = memo_of(make.group(item), old)
    assert keys_in(memo) == old.keys | {key.text for key in make.group(item).keys}
    assert marks_in(memo) == old.marks


@pytest.mark.parametrize(("markup", "bad"), [(HTML, "<img"), (MARKDOWN, " @all\n")])
def test_what_a_device_says_is_no_markup_and_no_template(markup, bad):
    made = draft(make.item(1, about=(("model", HOSTILE), ("seen_at", HOSTILE))), markup)
    assert bad not in made.body
    assert "49" not in made.title
    assert "\n" not in made.title


def test_a_long_title_is_cut_and_many_devices_are_counted():
    assert len(draft(make.item(1, about=(("model", "x" * 5000),))).title) == 160
    items = [make.item(number) for number in range(1, 151)]
    group = make.group(items[0])
    group = type(group)(group.grouping, "lab", group.keys, tuple(items))
    made = Writer(Voice(TEXT)).draft(group, [Facts(one, None) for one in items], "")
    assert "And 50 more devices" in made.body
    assert "150 devices" in made.title


def test_an_organisation_replaces_what_it_wants(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en/title.j2").write_text("Weg damit: {{ group.subject }}")
    made = draft(make.item(1), folder=tmp_path)
    assert made.title == "Weg damit: lab 10.1.0.1"
    assert "Model: DS-1" in made.body


@pytest.mark.parametrize("text", ["{{ group.nonsense }}", "{% if %}", "{{ group.items.__class__.__mro__ }}"])
def test_a_faulty_template_is_named(tmp_path, text):
    (tmp_path / "en").mkdir()
    (tmp_path / "en/ticket.j2").write_text(text)
    with pytest.raises(UsageError, match=r"template en/ticket\.j2"):
        draft(make.item(1), folder=tmp_path)
