"""The adapter against a real Request Tracker 5, where one is installed.

`HIKSWEEP_TRACKERS=whole` (`make trackers`) adds the year of sweeps and the crashes.
"""

from __future__ import annotations

import html
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from scanner.model.errors import ServiceFault, UsageError
from scanner.tickets.trackers import adapter as adapter_of
from scanner.tickets.trackers.interface import Draft, Place
from scanner.tickets.trackers.rt import authorise, tracker
from scanner.transports.tracker_http import TrackerHttp

pytestmark = pytest.mark.peer

WHOLE = os.environ.get("HIKSWEEP_TRACKERS") == "whole"
CRASHES = int(os.environ.get("HIKSWEEP_CRASHES", "12"))
whole = pytest.mark.skipif(not WHOLE, reason="the whole form: make trackers")
KEY, OTHER, THIRD = ("hskd-" + digit * 20 for digit in "129")
MARK = "hsms-" + "3" * 20
VERSION = f"hsv-{'0' * 20}"
DRAFT = Draft("Remove it", "It is here.", f"{KEY} {VERSION}", (KEY,))


def _module(name: str, path: Path):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


TICKETS = Path(__file__).parents[1]
server = _module("rt_server", Path(__file__).with_name("rt_server.py"))
once = _module("once", TICKETS / "once.py")
year = _module("tickets_year", TICKETS / "year.py")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A Request Tracker that was made once, and our token there."""
    home = tmp_path_factory.mktemp("rt-made")
    return home, server.make_home(home)


@pytest.fixture(scope="module")
def shared(made, tmp_path_factory):
    running = server.RtServer(tmp_path_factory.mktemp("rt"), made[0])
    yield running
    running.stop()


@pytest.fixture
def rt(shared):
    """One for all tests, without a ticket at the beginning of each."""
    shared.clear()
    return shared


@pytest.fixture
def started(made, tmp_path):
    """Starts one of its own, where an administrator has changed something before: rights are remembered."""
    running = []

    def start(program: str):
        running.append(server.RtServer(tmp_path / "rt", made[0], program))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def ours(made, request):
    """Our side, after the check of who we are; of the shared one unless another is named."""

    def make(url: str | None = None, *, check: bool = True, secret: str = "", **more):
        place = Place(**({"user": "hiksweep", "project": server.QUEUE} | more))
        who = authorise(place.user, secret or made[1])
        made_of = tracker(
            TrackerHttp(
                url or request.getfixturevalue("shared").url, who, timeout=60.0, sleep=lambda _: None
            ),
            place,
        )
        if check:
            assert made_of.who() == "hiksweep"
        return made_of

    return make


def test_a_ticket_from_its_making_to_its_end(rt, ours):
    us = ours()
    number = us.create(Draft("Remove it", "It is here.", DRAFT.memo, (KEY,), due="2026-12-31"))
    (found,) = us.find([OTHER, KEY])
    assert (found.id, found.open, found.title, found.memo) == (number, True, "Remove it", DRAFT.memo)
    assert rt.fields(number)["Due"] == "2026-12-31 12:00:00"

    us.comment(us.read(number), f"Said. é\n\n{MARK}\n", f"{DRAFT.memo} {MARK}")
    again = us.read(number)
    assert (again.marks, again.said) == ({MARK}, {MARK})
    us.update(us.read(number), Draft("New title", "It is there.", f"{OTHER} {DRAFT.memo}", (OTHER, KEY)))
    assert us.read(number).keys == {KEY, OTHER}
    assert us.close(us.read(number), "Done.", DRAFT.memo)
    assert (us.read(number).open, us.read(number).state) == (False, "resolved")
    assert [one.open for one in us.find([KEY])] == [False]
    assert [one.open for one in us.tickets()] == [False]
    assert us.reopen(us.read(number), "Not done.", DRAFT.memo)
    assert us.read(number).open
    (seen,) = rt.tickets()
    assert [seen.body, *(text.strip() for text in seen.comments)] == [
        "It is here.", f"Said. é\n\n{MARK}", "It is there.", "Done.", "Not done.",
    ]  # fmt: skip
    assert rt.fields(number)["Subject"] == "Remove it"  # a title is a person's, once it is there


def test_a_comment_that_is_there_already_changes_field_and_state_alone(rt, ours):
    us = ours()
    number = us.create(DRAFT)
    assert us.close(us.read(number), "", f"{DRAFT.memo} {MARK}")
    assert (us.read(number).marks, us.read(number).open) == ({MARK}, False)
    assert rt.tickets()[0].comments == ()


def test_a_duplicate_points_to_what_stays_and_is_found_no_more(rt, ours):
    us = ours()
    stays, other = us.create(DRAFT), us.create(DRAFT)
    assert us.duplicate(us.read(other), us.read(stays), "See there.", MARK)
    assert [one.id for one in us.find([KEY])] == [stays]
    seen = rt.tickets()[1]
    assert (seen.duplicate_of, seen.open, seen.memo) == (stays, False, MARK)


def test_a_new_ticket_refers_to_an_older_one(rt, ours):
    us = ours()
    older = us.create(DRAFT)
    us.create(Draft("Again", "It is here again.", OTHER, (OTHER,), relates=older))
    assert [one.duplicate_of for one in rt.tickets()] == ["", older]


def test_all_pages_are_read_and_a_field_of_many_words(rt, ours, monkeypatch):
    us = ours()
    words = " ".join(f"hsms-{number:020}" for number in range(40))
    numbers = [us.create(Draft("It", "It.", f"{DRAFT.memo} {words} {OTHER}", (KEY,))) for _ in range(3)]
    for number in range(3):
        us.comment(us.read(numbers[0]), f"hsms-{number:020}", f"{DRAFT.memo} {words} {OTHER}")
    monkeypatch.setattr("scanner.tickets.trackers.rt._PAGE", 2)
    assert [one.id for one in us.tickets()] == numbers
    assert [one.id for one in us.find([OTHER])] == numbers
    assert len(us.read(numbers[0]).said) == 3


def test_a_merged_ticket_is_followed(rt, ours):
    us = ours()
    numbers = [us.create(DRAFT), us.create(Draft("It", "It.", f"{KEY} {OTHER} {VERSION}", (KEY, OTHER)))]
    rt.set(numbers[1], MergeInto=numbers[0])
    (found,) = us.find([OTHER])
    assert (found.id, found.keys) == (numbers[0], {KEY, OTHER})
    assert [one.id for one in us.tickets()] == [numbers[0]]
    followed = us.read(numbers[1])
    assert (followed.id, followed.keys) == (numbers[0], {KEY, OTHER})


def test_what_a_person_merges_into_a_ticket_of_their_own_is_followed(rt, ours):
    us = ours()
    theirs, number = us.create(Draft("Theirs", "Broken.", "", ())), us.create(DRAFT)
    rt.set(number, MergeInto=theirs)
    assert [(one.id, one.keys, one.version) for one in us.tickets()] == [(theirs, {KEY}, VERSION)]
    us.comment(us.read(theirs), "Said.", f"{us.read(theirs).memo} {MARK}")
    assert us.read(theirs).keys == {KEY}
    assert rt.tickets()[0].memo.split() == [KEY, VERSION, MARK]


def test_tickets_of_two_devices_that_were_merged_stay_two_for_us(rt, ours):
    us = ours()
    numbers = [us.create(DRAFT), us.create(Draft("It", "It.", OTHER, (OTHER,)))]
    rt.set(numbers[1], MergeInto=numbers[0])
    rt.close(numbers[0])
    assert [(one.id, one.keys, one.open) for one in us.tickets()] == [
        (numbers[0], {KEY}, False), (numbers[1], {OTHER}, False),
    ]  # fmt: skip
    assert us.read(numbers[1]).id == numbers[0]


def test_what_was_moved_to_another_queue_is_found_there(rt, ours):
    us = ours()
    number = us.create(DRAFT)
    before = rt.fields(number)["Queue"]
    rt.set(number, Queue="Elsewhere")
    assert rt.fields(number)["Queue"] != before
    (found,) = us.tickets()
    assert (found.id, found.open, found.keys) == (number, True, {KEY})
    us.comment(us.read(number), "Said.", f"{DRAFT.memo} {MARK}")
    assert us.read(number).marks == {MARK}


def test_what_was_deleted_is_gone(rt, ours):
    us = ours()
    number = us.create(DRAFT)
    rt.set(number, Status="deleted")
    assert us.read(number) is None
    assert us.read("99999") is None
    assert list(us.tickets()) == us.find([KEY]) == []


def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(rt, ours):
    us = ours()
    number = us.create(DRAFT)
    before = us.read(number)
    rt.set(number, Subject="A person's words")
    for text in ("Said.", ""):
        with pytest.raises(ServiceFault, match="meanwhile"):
            us.comment(before, text, f"{DRAFT.memo} {MARK}")
    assert rt.tickets()[0].comments == ()


def test_a_lifecycle_that_leads_nowhere_is_told_and_said(rt, ours):
    us = ours(project="Works", closed=("resolved", "done"), reopened="doing")
    number = us.create(DRAFT)
    assert us.read(number).state == "reported"
    assert not us.close(us.read(number), "It is gone.", DRAFT.memo)  # from here it only leads to doing
    assert rt.tickets()[0].comments == ("It is gone.",)
    rt.set(number, Status="doing")
    assert us.close(us.read(number), "It is gone now.", DRAFT.memo)
    assert us.read(number).state == "done"
    assert not us.reopen(us.read(number), "Again.", f"{DRAFT.memo} {MARK}")
    seen = rt.tickets()[0]
    assert (len(seen.comments), seen.memo, seen.open) == (2, DRAFT.memo, False)


def test_a_state_that_a_person_chose_counts_as_its_lifecycle_has_it(rt, ours):
    us = ours()
    first, second = us.create(DRAFT), us.create(DRAFT)
    rt.set(first, Status="rejected")
    rt.set(second, Status="stalled")
    assert [(one.state, one.open) for one in us.tickets()] == [("rejected", False), ("stalled", True)]


def test_what_a_device_says_is_shown_and_does_nothing(rt, ours):
    us = ours()
    hostile = "<script>alert(1)</script> \N{SMILING FACE WITH OPEN MOUTH}=SUM(A1)&lt; {{x}} ' OR 1=1"
    number = us.create(Draft(hostile, f"- {hostile}\n{KEY}\n", KEY, (KEY,)))
    us.comment(us.read(number), f"{hostile}\n", KEY)
    assert us.read(number).title == hostile
    assert rt.tickets()[0].body == f"- {hostile}\n{KEY}\n"
    page = rt.page(number)
    assert "<script>alert" not in page
    assert html.unescape(page).count(hostile) >= 3  # title, text and comment


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"user": "root"}, "not that of root"),
        ({"user": "nobody-here"}, "not that of nobody-here"),
        ({"user": ""}, "name our own user"),
        ({"secret": "1-31-" + "0" * 32}, "does not take our token"),
        ({"secret": "wrong-secret"}, "does not take our token"),
        ({"project": ""}, "name the queue"),
        ({"project": "Nothing"}, "no queue Nothing"),
        ({"project": "General"}, "no queue General"),
        ({"field": "other"}, "no custom field other"),
        ({"field": "many"}, "hold one text"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_done(ours, more, words):
    with pytest.raises(UsageError, match=words) as caught:
        ours(check=False, **more).who()
    assert "\n" not in str(caught.value)
    assert more.get("secret", "no secret") not in str(caught.value)


def test_a_password_does_as_well_as_a_token(rt, ours):
    assert ours(secret=server.SECRET).find([KEY]) == []


GRANT = """
my $queue = RT::Queue->new($s); $queue->Load('Camera removal');
my $user = RT::User->new($s); $user->Load('hiksweep');
my $field = RT::CustomField->new($s); $field->Load('hiksweep');
my $everyone = RT::Group->new($s); $everyone->LoadSystemInternalGroup('Everyone');
"""
SEES = "$user->PrincipalObj->GrantRight(Object => RT->System, Right => $_) for qw(ShowConfigTab SeeGroup ShowACL);"


MAY_READ = "$everyone->PrincipalObj->GrantRight(Object => {}, Right => 'ShowTicket');"


def test_a_queue_that_only_its_people_may_read_is_taken(started, ours):
    us = ours(started(GRANT + SEES).url)
    assert [one.id for one in us.find([KEY])] == []
    assert us.read(us.create(DRAFT)).keys == {KEY}  # after a page for a browser too


@pytest.mark.parametrize("where", ["$queue", "RT->System"])
def test_a_queue_that_strangers_may_read_is_refused_unless_it_is_meant(started, ours, where):
    url = started(GRANT + SEES + MAY_READ.format(where)).url
    with pytest.raises(UsageError, match="Everyone may read what is in Camera removal"):
        ours(url, check=False).who()
    ours(url, public=True)


def test_without_the_right_to_look_nobody_can_tell_who_reads(started, ours):
    ours(started(GRANT + MAY_READ.format("$queue")).url)


@pytest.mark.parametrize(
    ("right", "on", "words"),
    [
        ("CreateTicket", "$queue", "grant us CreateTicket"),
        ("SeeCustomField", "$field", "no custom field hiksweep"),
    ],
)
def test_a_right_that_is_missing_is_named(started, ours, right, on, words):
    url = started(f"{GRANT} $user->PrincipalObj->RevokeRight(Object => {on}, Right => '{right}');").url
    with pytest.raises(UsageError, match=words):
        ours(url, check=False).who()


def test_a_ticket_whose_field_stays_empty_stops_everything(started, ours):
    url = started(
        f"{GRANT} $user->PrincipalObj->RevokeRight(Object => $field, Right => $_)"
        "    for qw(ModifyCustomField SetInitialCustomField);"
    ).url
    with pytest.raises(UsageError, match="delete ticket 1"):
        ours(url).create(DRAFT)


def test_it_is_known_by_its_name():
    assert adapter_of("rt").authorise("hiksweep", "1-14-" + "a" * 32) == {
        "Authorization": "token 1-14-" + "a" * 32
    }
    assert adapter_of("rt").authorise("u", "p")["Authorization"].startswith("Basic ")


# What must hold of every tracker.


@pytest.fixture
def side(ours, tmp_path):
    return once.Side(ours(), tmp_path)


@pytest.mark.parametrize("does", [True, False])
def test_an_end_that_nobody_knows_is_settled_by_asking(side, rt, does):
    once.unknown_ends(side, rt, 1, does=does)


def test_two_stores_at_once_end_with_one_open_ticket(side, ours, rt, tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    once.two_stores(side, once.Side(ours(), folder), rt, 1)


@whole
@pytest.mark.slow
def test_a_crash_before_and_after_each_step_leaves_nothing_twice_and_nothing_out(side, rt):
    once.crash_everywhere(side, rt)


@whole
@pytest.mark.slow
def test_crashes_at_random(side, rt):
    once.crash_at_random(side, rt, CRASHES)


@whole
@pytest.mark.slow
def test_a_year_gives_the_tickets_of_the_table_with_the_store_lost_halfway(
    tmp_path, knowledge, ours, say, journals, rt
):
    world = year.World(tmp_path, knowledge, ours, say, journals, "rt")
    assert year.replay(world, rt) == {}
