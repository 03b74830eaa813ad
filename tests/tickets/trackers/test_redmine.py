"""The adapter against a real Redmine 5, where one is installed.

`HIKSWEEP_TRACKERS=whole` (`make trackers`) adds the year of sweeps and the crashes.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from scanner.model.errors import ServiceFault, UsageError
from scanner.tickets.markup import REDMINE, plain
from scanner.tickets.trackers import adapter as adapter_of
from scanner.tickets.trackers.interface import Draft, Place
from scanner.tickets.trackers.redmine import authorise, tracker
from scanner.transports.tracker_http import TrackerHttp


def _module(name: str, path: Path):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


TICKETS = Path(__file__).parents[1]
server = _module("redmine_server", Path(__file__).with_name("redmine_server.py"))
once = _module("once", TICKETS / "once.py")
year = _module("tickets_year", TICKETS / "year.py")

needs_redmine = pytest.mark.skipif(bool(server.missing()), reason=server.missing() or "there is one")
pytestmark = [pytest.mark.peer, needs_redmine]

CRASHES = int(os.environ.get("HIKSWEEP_CRASHES", "12"))
whole = pytest.mark.skipif(
    os.environ.get("HIKSWEEP_TRACKERS") != "whole", reason="the whole form: make trackers"
)
KEY, OTHER = ("hskd-" + digit * 20 for digit in "12")
MARK = "hsms-" + "3" * 20
VERSION = f"hsv-{'0' * 20}"
DRAFT = Draft("Remove it", "It is here.", f"{KEY} {VERSION}", (KEY,))
FORMATS = ("textile", "common_mark", "markdown")
HOSTILE = (
    "<script>alert(1)</script>", '<img src=x onerror="alert(1)">', "</li></ul><pre>", "<!-- x", "&lt;b&gt; &#35;1",
    "[x](http://evil.example)", '"x":http://evil.example', "!http://evil.example/x.png!", "http://evil.example",
    "www.evil.example", "a@b.example", "@admin", "user:admin !user:admin", "#1", "##1 removal:#1", "#1-2 #note-1",
    "[[Wiki]]", "project:removal version:1", "attachment:x.png commit:abc r1", "{{toc}}", "{{child_pages}}",
    "h1. big", "bq. q", "1. x", "* x", "# x", "> x", "notextile. <b>", "```", "`x` ~~x~~ -x- +x+ ^x^ ~x~", "[ ] x", "[x] y",
    "*b* _i_ snake_case_too", "%{color:red}x% ==<b>x</b>==", "|a|b|", "---", "x[1] x[^1]", "ABC(Title) (c) (tm)",
    "44:19:b6:00:00:0a DS-2CD2032-I V5.4.5, 10.0.0.1", "\N{SMILING FACE WITH OPEN MOUTH} \u202e \x00 é ' OR 1=1",
)  # fmt: skip


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A Redmine that was made once, for all workers."""
    here = tmp_path_factory.getbasetemp()
    return server.make_home(here.parent if os.environ.get("PYTEST_XDIST_WORKER") else here)


@pytest.fixture(scope="module")
def shared(made, tmp_path_factory):
    running = server.RedmineServer(tmp_path_factory.mktemp("redmine"), made)
    yield running
    running.stop()


@pytest.fixture
def redmine(shared):
    """One for all tests, without an issue at the beginning of each."""
    shared.clear()
    return shared


@pytest.fixture
def ours(shared):
    """Our side, after the check of who we are."""

    def make(url: str | None = None, *, check: bool = True, secret: str = "", **more):
        place = Place(**({"user": "hiksweep", "project": "removal"} | more))
        http = TrackerHttp(
            url or shared.url, authorise("", secret or shared.secret), timeout=60.0, sleep=lambda _: None
        )
        made_of = tracker(http, place)
        if check:
            assert made_of.who() == "hiksweep"
        return made_of

    return make


def test_a_ticket_from_its_making_to_its_end(redmine, ours):
    us = ours()
    number = us.create(Draft("Remove it", "It is here.", DRAFT.memo, (KEY,), due="2099-12-31"))
    (found,) = us.find([OTHER, KEY])
    assert (found.id, found.open, found.title, found.keys) == (number, True, "Remove it", {KEY})
    assert found.version == VERSION
    assert redmine.issue(number)["due_date"] == "2099-12-31"

    us.comment(us.read(number), f"Said. é\n\n{MARK}\n", f"{us.read(number).memo} {MARK}")
    again = us.read(number)
    assert (again.marks, again.said) == ({MARK}, {MARK})
    us.update(us.read(number), Draft("New title", "It is there.", f"{OTHER} {DRAFT.memo}", (OTHER, KEY)))
    assert us.read(number).keys == {KEY, OTHER}
    assert us.close(us.read(number), "Done.", us.read(number).memo)
    assert (us.read(number).open, us.read(number).state) == (False, "Closed")
    assert [one.open for one in us.find([KEY])] == [False]
    assert [one.open for one in us.tickets()] == [False]
    assert us.reopen(us.read(number), "Not done.", us.read(number).memo)
    assert (us.read(number).open, us.read(number).state) == (True, "New")
    (seen,) = redmine.tickets()
    assert [seen.body, *(text.strip() for text in seen.comments)] == [
        "It is there.", f"Said. é\n\n{MARK}", "Done.", "Not done.",
    ]  # fmt: skip
    assert redmine.issue(number)["subject"] == "Remove it"  # a title is a person's, once it is there


def test_what_a_person_wrote_into_our_block_stays(redmine, ours):
    us = ours()
    number = us.create(DRAFT)
    redmine.set(number, description="It is here. And I have the key to the room.")
    us.update(us.read(number), Draft("It", "It is there.", f"{DRAFT.memo} {OTHER}", (KEY,)))
    us.update(us.read(number), Draft("It", "It is gone.", f"{DRAFT.memo} {OTHER}", (KEY,)))
    (seen,) = redmine.tickets()
    assert seen.body == "It is here. And I have the key to the room."
    assert seen.comments == ("It is there.", "It is gone.")
    assert us.read(number).keys == {KEY, OTHER}


def test_a_comment_that_is_there_already_changes_field_and_state_alone(redmine, ours):
    us = ours()
    number = us.create(DRAFT)
    assert us.close(us.read(number), "", f"{DRAFT.memo} {MARK}")
    assert (us.read(number).marks, us.read(number).open) == ({MARK}, False)
    assert redmine.tickets()[0].comments == ()


def test_a_duplicate_points_to_what_stays_and_is_found_no_more(redmine, ours):
    us = ours()
    stays, other = us.create(DRAFT), us.create(DRAFT)
    assert us.duplicate(us.read(other), us.read(stays), "See there.", MARK)
    assert [one.id for one in us.find([KEY])] == [stays]
    seen = redmine.tickets()[1]
    assert (seen.duplicate_of, seen.open, seen.memo) == (stays, False, MARK)
    assert us.duplicate(us.read(other), us.read(stays), "", MARK)  # the relation is not made twice
    assert len(redmine.issue(other)["relations"]) == 1


def test_a_new_ticket_refers_to_an_older_one(redmine, ours):
    us = ours()
    older = us.create(DRAFT)
    newer = us.create(Draft("Again", "It is here again.", OTHER, (OTHER,), relates=older))
    (link,) = redmine.issue(newer)["relations"]
    assert (link["relation_type"], {str(link["issue_id"]), str(link["issue_to_id"])}) == (
        "relates", {older, newer},
    )  # fmt: skip


def test_a_day_that_is_over_is_a_due_day_all_the_same(redmine, ours):
    number = ours().create(Draft("Late", "It is late.", DRAFT.memo, (KEY,), due="2025-01-31"))
    assert redmine.issue(number)["due_date"] == "2025-01-31"


def test_what_is_new_is_found_after_all_were_read(redmine, ours):
    us, others = ours(), ours()
    first = us.create(DRAFT)
    assert [one.id for one in us.tickets()] == [first]
    number = others.create(Draft("It", "It.", f"{OTHER} {VERSION}", (OTHER,)))
    assert [one.id for one in us.find([OTHER])] == [number]
    others.close(others.read(number), "", others.read(number).memo)
    assert [one.open for one in us.find([OTHER])] == [False]
    assert [one.id for one in us.find([KEY])] == [first]


def test_all_pages_are_read_and_a_field_of_many_words(redmine, ours, monkeypatch):
    us = ours()
    words = " ".join(f"hsms-{number:020}" for number in range(40))
    numbers = [us.create(Draft("It", "It.", f"{DRAFT.memo} {words} {OTHER}", (KEY,))) for _ in range(5)]
    monkeypatch.setattr("scanner.tickets.trackers.redmine._PAGE", 2)
    assert [one.id for one in us.find([OTHER])] == numbers
    assert [one.id for one in us.tickets()] == numbers


def test_what_was_moved_to_another_project_is_found_there(redmine, ours):
    us = ours()
    number = us.create(DRAFT)
    redmine.set(number, project_id=redmine.project("elsewhere"))
    assert redmine.issue(number)["project"]["name"] == "Elsewhere"
    (found,) = us.tickets()
    assert (found.id, found.open, found.keys) == (number, True, {KEY})
    us.comment(us.read(number), f"Said. {MARK}", f"{DRAFT.memo} {MARK}")
    assert us.read(number).marks == {MARK}


def test_what_was_deleted_is_gone(redmine, ours):
    us = ours()
    number = us.create(DRAFT)
    redmine.delete(number)
    assert us.read(number) is None
    assert us.read("99999") is None
    assert list(us.tickets()) == us.find([KEY]) == []


def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(redmine, ours):
    us = ours()
    number = us.create(DRAFT)
    before = us.read(number)
    redmine.set(number, subject="A person's words")
    for text in ("Said.", ""):
        with pytest.raises(ServiceFault, match="meanwhile"):
            us.comment(before, text, f"{DRAFT.memo} {MARK}")
    assert redmine.tickets()[0].comments == ()


def test_a_workflow_that_leads_nowhere_is_told_and_said(redmine, ours):
    us = ours(project="bound")
    number = us.create(DRAFT)
    assert not us.close(us.read(number), f"It is gone. {MARK}", us.read(number).memo)
    assert (us.read(number).open, us.read(number).said) == (True, {MARK})
    redmine.close(number)
    assert not us.reopen(us.read(number), "Again.", f"{DRAFT.memo} {OTHER}")
    seen = redmine.tickets()[0]
    assert (len(seen.comments), seen.open) == (1, False)
    assert us.read(number).keys == {KEY}  # nothing was done


class Older:
    """A Redmine before 5 does not tell which states are allowed."""

    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def get(self, path, params=None):
        params = {name: value.replace(",allowed_statuses", "") if name == "include" else value
                  for name, value in (params or {}).items()}  # fmt: skip
        return self._inner.get(path, params)


def test_an_older_one_is_tried_and_read_back(redmine, ours):
    for project, leads in (("bound", False), ("removal", True)):
        us = ours(project=project)
        us._http = Older(us._http)
        number = us.create(DRAFT)
        assert us.close(us.read(number), f"It is gone. {MARK}", us.read(number).memo) is leads
        redmine.close(number)
        assert us.reopen(us.read(number), "Again.", us.read(number).memo) is leads
        assert len(redmine.notes(number)) == 1 + leads


def test_states_by_the_names_that_are_configured(redmine, ours):
    us = ours(closed=("Resolved", "Rejected"), reopened="Feedback")
    number = us.create(DRAFT)
    assert us.close(us.read(number), "", us.read(number).memo)
    assert (us.read(number).state, us.read(number).open) == ("Resolved", False)
    assert us.reopen(us.read(number), "", us.read(number).memo)
    assert us.read(number).state == "Feedback"


@pytest.mark.parametrize("form", [*FORMATS, ""])
def test_what_a_device_says_is_shown_and_does_nothing(redmine, ours, form):
    redmine.setting("text_formatting", form)
    us = ours()
    number = us.create(Draft(HOSTILE[0], str(REDMINE.items(HOSTILE)), KEY, (KEY,)))
    us.comment(us.read(number), f"{REDMINE.paragraph(' '.join(HOSTILE))}{MARK}\n", f"{KEY} {MARK}")
    shown = redmine.page(number)
    texts = [" ".join(text.replace("\u2060", "").split()) for text in shown.texts]
    said = [" ".join(plain(one).split()) for one in HOSTILE]
    tags = {tag for found in shown.tags for tag, _ in found}
    assert len(texts) == 2
    if form:
        assert shown.items == said
        assert texts[1] == f"{' '.join(said)} {MARK}"
        assert tags == {"p", "ul", "li"}
    else:  # as it is written, entities and all
        assert tags == {"p", "br"}
    assert us.read(number).title == HOSTILE[0]
    assert us.read(number).said == {MARK}


def test_what_we_set_in_words_of_our_own_is_shown_so(redmine, ours):
    us = ours()
    text = (
        f"{REDMINE.heading('Camera')}{REDMINE.items(['Model: <b>'])}\n{REDMINE.link('https://a.example/r')}\n"
    )
    number = us.create(Draft("It", text, KEY, (KEY,)))
    for form, bold in zip(FORMATS, ("strong", "em", "em"), strict=True):
        redmine.setting("text_formatting", form)
        (found,) = redmine.page(number).tags
        assert [tag for tag, _ in found] == ["p", bold, "ul", "li", "p", "a"]
        assert found[-1][1]["href"] == "https://a.example/r"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"user": "admin"}, "not that of admin"),
        ({"secret": "0" * 40}, "does not take our key"),
        ({"project": ""}, "name the project"),
        ({"project": "nothing"}, "no project nothing"),
        ({"project": "hidden"}, "no project hidden"),
        ({"project": "public"}, "is public"),
        ({"project": "readers"}, "lacks add_issue_notes, edit_issues, manage_issue_relations"),
        ({"project": "own"}, "our own issues alone"),
        ({"kind": "Camera"}, "no tracker Camera"),
        ({"field": "other"}, "no custom field other"),
        ({"field": "unseen"}, "is no filter"),
        ({"field": "4711"}, "is no filter"),
        ({"closed": ("Gone",)}, "no state Gone"),
        ({"reopened": "Back"}, "no state Back"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_done(ours, more, words):
    with pytest.raises(UsageError, match=words) as caught:
        ours(check=False, **more).who()
    assert "\n" not in str(caught.value)
    assert more.get("secret", "no secret") not in str(caught.value)


def test_an_interface_that_is_off_is_told(redmine, ours):
    redmine.setting("rest_api_enabled", "0")
    with pytest.raises(UsageError, match="interface is off"):
        ours(check=False).who()


def test_a_public_project_is_taken_where_it_is_meant(redmine, ours):
    us = ours(project="public", public=True, kind="Support")
    number = us.create(DRAFT)
    assert redmine.issue(number)["tracker"]["name"] == "Support"


def test_a_field_of_all_projects_is_named_by_its_number(redmine, ours):
    us = ours(field=str(redmine.for_all))
    number = us.create(DRAFT)
    assert [one.id for one in us.find([KEY])] == [number]


def test_a_ticket_whose_field_stays_empty_stops_everything(redmine, ours):
    us = ours()
    with redmine.without_field(), pytest.raises(UsageError, match="delete issue"):
        us.create(DRAFT)


def test_it_is_known_by_its_name():
    assert adapter_of("redmine").authorise("hiksweep", "key") == {"X-Redmine-API-Key": "key"}


# What must hold of every tracker.


@pytest.fixture
def side(ours, tmp_path):
    return once.Side(ours(), tmp_path)


@pytest.mark.parametrize("does", [True, False])
def test_an_end_that_nobody_knows_is_settled_by_asking(side, redmine, does):
    once.unknown_ends(side, redmine, 1, does=does)


def test_two_stores_at_once_end_with_one_open_ticket(side, ours, redmine, tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    once.two_stores(side, once.Side(ours(), folder), redmine, 1)


@whole
@pytest.mark.slow
def test_a_crash_before_and_after_each_step_leaves_nothing_twice_and_nothing_out(side, redmine):
    once.crash_everywhere(side, redmine)


@whole
@pytest.mark.slow
def test_crashes_at_random(side, redmine):
    once.crash_at_random(side, redmine, CRASHES)


@whole
@pytest.mark.slow
def test_a_year_gives_the_tickets_of_the_table_with_the_store_lost_halfway(
    tmp_path, knowledge, ours, say, journals, redmine
):
    world = year.World(tmp_path, knowledge, ours, say, journals, "redmine")
    assert year.replay(world, redmine, updates=False) == {}
