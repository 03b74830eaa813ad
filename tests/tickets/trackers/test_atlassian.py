"""What both Jiras do alike, against our fake of each; see the fake for what it is taken from."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.model.errors import Doubtful, ServiceFault, Throttled, UsageError
from scanner.tickets.memo import keys_in
from scanner.tickets.trackers import adapter as module_of
from scanner.tickets.trackers.interface import Draft, Place
from scanner.tickets.words import Act
from scanner.transports.tracker_http import TrackerHttp

_HERE = Path(__file__).parent


def _load(name, path):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


fakes = _load("fake_jira", _HERE / "fakes/jira.py")
once = _load("once", _HERE.parent / "once.py")
proxies = _load("proxy", _HERE.parent / "proxy.py")
year = _load("tickets_year", _HERE.parent / "year.py")

KEY, OTHER = "hskd-" + "1" * 20, "hskd-" + "2" * 20
MARK, CLOSES = "hsms-" + "3" * 20, "hsmc-" + "4" * 20
VERSION = "hsv-" + "0" * 20
MEMO = f"{KEY} {VERSION}"
DRAFT = Draft("Remove it", f"It is here.\n\n{MEMO}\n", MEMO, (KEY,))
KINDS = {"jira": fakes.JiraFake, "jira-cloud": fakes.JiraCloudFake}


@pytest.fixture(params=KINDS)
def fake(request):
    made = KINDS[request.param]()
    made.name = request.param
    yield made
    made.stop()


@pytest.fixture
def adapter(fake):
    """Our side of it."""
    made = []

    def make(url=None, **more):
        module = module_of(fake.name)
        headers = module.authorise("hiksweep", more.pop("secret", fake.SECRET))
        http = TrackerHttp(url or fake.url, headers, sleep=lambda _: None)
        made.append(http)
        return module.tracker(http, Place(**({"user": "hiksweep", "project": "SEC"} | more)))

    yield make
    for http in made:
        http.close()


def said(fake, key):
    return [fake.plain(one["body"]).strip() for one in fake.issues[fake.keys[key]]["comments"]]


@pytest.mark.parametrize("field", ["", "hiksweep"])
def test_an_issue_from_its_making_to_its_end(fake, adapter, field):
    ours = adapter(field=field)
    assert ours.who() == "hiksweep"
    key = ours.create(DRAFT)
    (found,) = ours.find([OTHER, KEY])
    assert (found.id, found.number, found.open, found.title) == ("SEC-1", 10_001, True, "Remove it")
    assert set(found.memo.split()) == set(MEMO.split())
    assert found.url == f"{fake.url}/browse/SEC-1"

    ours.comment(ours.read(key), f"Said. é <b>\n\n{MARK}\n", f"{MEMO} {MARK}")
    assert ours.read(key).marks == ours.read(key).said == {MARK}
    memo = f"{OTHER} {MEMO} {MARK}"
    ours.update(ours.read(key), Draft("New title", f"It is there.\n\n{memo}\n", memo, (OTHER, KEY)))
    assert ours.read(key).keys == {KEY, OTHER}
    assert ours.close(ours.read(key), f"Done.\n\n{CLOSES}\n", f"{MEMO} {CLOSES}")
    assert not ours.read(key).open
    assert ours.read(key).marks == {CLOSES}
    assert [one.open for one in ours.find([KEY])] == [False]
    assert [one.id for one in ours.tickets()] == [key]
    assert ours.reopen(ours.read(key), "Not done.", MEMO)
    assert ours.read(key).open
    assert [one.split("\n")[0] for one in said(fake, key)] == ["Said. é <b>", "Done.", "Not done."]
    assert fake.issues["10001"]["summary"] == "Remove it"  # a title is a person's, once it is there


def test_what_persons_wrote_in_description_and_labels_stays(fake, adapter):
    ours = adapter()
    ours.who()
    key = ours.create(DRAFT)
    issue = fake.issues[fake.keys[key]]
    issue["labels"] = sorted([*issue["labels"], "urgent"])
    if fake.name == "jira":
        issue["description"] = f"Before.\n{issue['description']}\nAfter."
    else:
        line = {"type": "paragraph", "content": [{"type": "text", "text": "Before."}]}
        issue["description"]["content"].insert(0, line)
    for words in ("It is there.", "It is gone."):
        ours.update(ours.read(key), replace(DRAFT, body=f"{words}\n\n{MEMO}\n"))
    text = fake.plain(issue["description"])
    assert ("It is here." in text, "It is there." in text, "It is gone." in text) == (False, False, True)
    assert "Before." in text
    assert "urgent" in issue["labels"]
    issue["description"] = None  # somebody emptied it: our block is there again
    ours.update(ours.read(key), DRAFT)
    assert "It is here." in fake.plain(issue["description"])


def test_a_duplicate_is_linked_to_what_stays_and_found_no_more(fake, adapter):
    fake.asks["Done"] = {
        "resolution": {"required": True, "allowedValues": [{"name": "Done"}, {"name": "Duplicate"}]}
    }
    ours = adapter()
    ours.who()
    stays, other = ours.create(DRAFT), ours.create(DRAFT)
    assert ours.duplicate(ours.read(other), ours.read(stays), "See there.", MARK)
    assert [one.id for one in ours.find([KEY])] == [stays]
    issue = fake.issues[fake.keys[other]]
    assert (issue["resolution"], issue["status"]) == ("Duplicate", "Done")
    assert [one["outwardIssue"] for one in issue["links"]] == [fake.keys[stays]]
    ours.duplicate(ours.read(other), ours.read(stays), "", MARK)  # as after a crash: no second link
    assert len(issue["links"]) == 1


def test_a_new_issue_is_linked_to_the_old_one(fake, adapter):
    ours = adapter()
    ours.who()
    old = ours.create(DRAFT)
    ours.create(replace(DRAFT, relates=old))
    assert fake.issues["10002"]["links"] == [{"type": {"name": "Relates"}, "outwardIssue": fake.keys[old]}]


def test_all_pages_are_read_even_smaller_ones_than_were_asked_for(fake, adapter):
    fake.most = 2
    ours = adapter()
    ours.who()
    made = [ours.create(DRAFT) for _ in range(5)]
    assert [one.id for one in ours.tickets()] == made
    for number in range(5):
        ours.comment(ours.read(made[0]), f"Said.\n\nhsms-{number:020d}\n", MEMO)
    assert len(ours.read(made[0]).said) == 5


def test_more_keys_than_one_question_holds(fake, adapter):
    ours = adapter()
    ours.who()
    ours.create(DRAFT)
    before = len(fake.asked)
    assert len(ours.find([f"hska-{number:020d}" for number in range(60)] + [KEY])) == 1
    assert len(fake.asked) - before == 3


def test_a_moved_issue_is_followed_and_a_deleted_one_is_gone(fake, adapter):
    ours = adapter()
    ours.who()
    key = ours.create(DRAFT)
    moved = fake.move(key, "OPS")
    assert ours.read(key).id == moved == "OPS-1"
    assert [(one.id, one.number) for one in ours.find([KEY])] == [("OPS-1", 10_001)]
    fake.delete(moved)
    assert ours.read(key) is None
    assert ours.read("SEC-99") is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"secret": "wrong"}, "does not know us"),
        ({"project": "NONE"}, "no project 'NONE'"),
        ({"project": ""}, "no project ''"),
        ({"kind": "Incident"}, "no type Incident"),
        ({"field": "other"}, "0 fields other"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_done(adapter, more, words):
    with pytest.raises(UsageError, match=words) as caught:
        adapter(**more).who()
    assert "wrong" not in str(caught.value)


def test_a_right_that_we_lack_is_named(fake, adapter):
    fake.lacks = {"TRANSITION_ISSUES"}
    with pytest.raises(UsageError, match="lack the right TRANSITION_ISSUES in SEC"):
        adapter().who()


def test_a_project_that_a_stranger_can_read_is_refused_unless_it_is_meant(fake, adapter):
    fake.public = True
    with pytest.raises(UsageError, match="strangers can read project SEC"):
        adapter().who()
    assert adapter(public=True).who() == "hiksweep"


# The workflow.


def test_states_are_those_that_are_configured(fake, adapter):
    ours = adapter(closed=("Rejected", "Done"), reopened="in progress")
    ours.who()
    key = ours.create(DRAFT)
    fake.workflow["Rejected"] = ("To Do", "In Progress")
    assert ours.close(ours.read(key), "", MEMO)
    assert ours.read(key).state == "Rejected"
    assert ours.reopen(ours.read(key), "", MEMO)
    assert ours.read(key).state == "In Progress"


def test_where_no_way_leads_there_it_is_only_said(fake, adapter):
    ours = adapter()
    ours.who()
    key = ours.create(DRAFT)
    fake.workflow = {"To Do": ("In Progress",)}
    assert not ours.close(ours.read(key), f"Done.\n\n{CLOSES}\n", f"{MEMO} {CLOSES}")
    assert (ours.read(key).open, ours.read(key).marks, ours.read(key).said) == (True, frozenset(), {CLOSES})


@pytest.mark.parametrize("asked", [{"worklog": {"required": True}}, {}])
def test_a_screen_that_only_a_person_can_fill_and_a_validator_are_no_way(fake, adapter, asked):
    ours = adapter()
    ours.who()
    key = ours.create(DRAFT)
    fake.asks = {"Done": asked, "Rejected": {"worklog": {"required": True}}}
    fake.refuses = {"Done"}
    assert not ours.close(ours.read(key), "", MEMO)
    assert fake.moves == 0


def test_what_cannot_be_opened_again_is_left_alone(fake, adapter):
    ours = adapter()
    ours.who()
    key = ours.create(DRAFT)
    ours.close(ours.read(key), "", MEMO)
    fake.workflow["Done"] = ("Rejected",)
    assert not ours.reopen(ours.read(key), "Not done.", MEMO)
    assert said(fake, key) == []


def test_what_is_closed_and_cannot_be_edited_any_more_is_closed(fake, adapter):
    fake.sealed = {"Done"}
    ours = adapter()
    ours.who()
    key = ours.create(DRAFT)
    assert ours.close(ours.read(key), "", f"{MEMO} {CLOSES}")
    assert (ours.read(key).open, ours.read(key).marks) == (False, frozenset())


# What a service does at times.


def test_a_day_is_set_where_the_screen_has_one(fake, adapter):
    ours = adapter()
    ours.who()
    ours.create(replace(DRAFT, due="2026-05-31"))
    fake.no_due = True
    ours.create(replace(DRAFT, due="2026-05-31"))
    assert [one.get("duedate") for one in fake.issues.values()] == ["2026-05-31", None]


def test_who_asks_us_to_wait_is_waited_for(fake, adapter):
    ours = adapter()
    ours.who()
    fake.throttled = 1
    with pytest.raises(Throttled) as caught:
        ours.create(DRAFT)
    assert caught.value.seconds == 7
    assert fake.issues == {}
    fake.throttled = 1
    assert list(ours.tickets()) == []


def test_a_write_of_which_nothing_is_left_is_doubtful(fake, adapter):
    ours = adapter()
    ours.who()
    key = ours.create(DRAFT)
    issue = fake.issues[fake.keys[key]]

    def undo():
        issue["labels"] = [one for one in issue["labels"] if one != MARK]

    fake.after["PUT", "/issue/"] = undo
    with pytest.raises(Doubtful, match="does not hold our words"):
        ours.comment(ours.read(key), "", f"{MEMO} {MARK}")
    fake.after["POST", "/issue"] = lambda: fake.delete("SEC-2")
    with pytest.raises(Doubtful, match="SEC-2 was made, and does not have it"):
        ours.create(DRAFT)


def test_an_issue_that_is_refused_is_a_fault(fake, adapter):
    ours = adapter()
    ours.who()
    with pytest.raises(ServiceFault, match="400"):
        ours.create(replace(DRAFT, title="two\nlines"))
    key = ours.create(DRAFT)
    before = ours.read(key)
    fake.delete(key)
    for write in (ours.comment, ours.close):
        with pytest.raises(ServiceFault, match="404"):
            write(before, f"Said.\n\n{MARK}\n", MEMO)
    with pytest.raises(ServiceFault, match="is gone"):
        ours.update(before, DRAFT)


def test_an_issue_that_would_not_be_found_again_stops_everything(fake, adapter):
    ours = adapter()
    ours.who()
    fake.after["POST", "/issue"] = lambda: fake.issues["10001"].update(labels=[])
    with pytest.raises(UsageError, match="SEC-1 was made without its labels"):
        ours.create(DRAFT)


def test_a_long_text_is_cut_and_keeps_our_words(fake, adapter):
    ours = adapter()
    ours.who()
    key = ours.create(replace(DRAFT, body="line\n" * 10_000 + f"\n{MEMO}\n"))
    assert keys_in(str(fake.issues[fake.keys[key]]["description"])) == {KEY}


def test_what_was_made_and_cannot_be_read_is_doubtful(fake, adapter):
    ours = adapter()
    ours.who()

    def busy():
        fake.throttled = 3

    fake.after["POST", "/issue"] = busy
    with pytest.raises(Doubtful, match="429"):
        ours.create(DRAFT)
    assert [one.keys for one in ours.find([KEY])] == [{KEY}]


# Once, whatever happens.


class Side(once.Side):
    """A store, for which so much time passes before each apply that a search has caught up."""

    def apply(self, *given, **more):
        self.now += timedelta(minutes=11)
        return super().apply(*given, **more)


@pytest.fixture
def person(fake):
    return fake.view(once.Seen)


@pytest.fixture
def side(adapter, tmp_path):
    tracker = adapter()
    tracker.who()
    return Side(tracker, tmp_path)


@pytest.mark.slow
def test_a_crash_before_and_after_each_step_leaves_nothing_twice_and_nothing_out(side, person):
    once.crash_everywhere(side, person)


@pytest.mark.parametrize("does", [True, False])
def test_an_end_that_nobody_knows_is_settled_by_asking(side, person, does):
    once.unknown_ends(side, person, 1, does=does)


def test_two_stores_at_once_end_with_one_open_issue(side, adapter, person, tmp_path):
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    tracker = adapter()
    tracker.who()
    once.two_stores(side, Side(tracker, other_folder), person, 1)


@pytest.mark.parametrize("does", [True, False])
def test_a_doubtful_create_waits_out_the_lag_of_a_search(fake, adapter, tmp_path, does):
    """The search of neither has the issue yet; what was made is not made again."""
    fake.lags = True
    ours = adapter()
    ours.who()
    side = once.Side(ours, tmp_path)
    items = [once.make.item(1)]
    side.apply(items, tracker=once.Doubting(ours, does=does))
    side.tracker = adapter()  # a new process, which does not know what it wrote
    side.tracker.who()
    side.now += timedelta(seconds=side.tracker.lag - 1)
    assert side.apply(items) == []
    assert [one.act for one in side.plan(items, side.tracker).steps] == [Act.LISTED]
    fake.index()
    side.now += timedelta(seconds=2)
    side.apply(items)
    assert len(fake.issues) == 1


@pytest.mark.slow
def test_a_year_gives_the_tickets_of_the_table_with_the_store_lost_halfway(
    tmp_path, knowledge, adapter, say, journals, person, fake
):
    world = year.World(tmp_path, knowledge, adapter, say, journals, fake.name)
    assert year.replay(world, person, updates=False) == {}


# A proxy at fault in front of it.


class Nth:
    """One fault at the n-th of the requests that write."""

    def __init__(self, fault, at):
        self.fault, self.left = fault, at

    def __call__(self, method):
        if method == "GET":
            return proxies.Fault.NONE
        self.left -= 1
        return self.fault if self.left == -1 else proxies.Fault.NONE


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["THROTTLED", "FAILED_BEFORE", "FAILED_AFTER", "CUT", "HALF"])
def test_after_the_next_apply_nothing_is_there_twice_and_nothing_is_missing(
    fake, side, adapter, person, fault
):
    proxy = proxies.Proxy(int(fake.url.rsplit(":", 1)[1]))
    try:
        for place in range(5):
            for items in once.weeks(1 + 2 * place):
                proxy.choose = lambda _: proxies.Fault.NONE
                behind = adapter(f"http://127.0.0.1:{proxy.port}")
                behind.who()
                proxy.choose = Nth(proxies.Fault[fault], place)
                with contextlib.suppress(ServiceFault, Doubtful):
                    side.apply(items, tracker=behind)
                side.apply(items)
                side.apply(items)
            once.check(person, items, 3)
        assert proxy.hits[proxies.Fault[fault]] >= 10
    finally:
        proxy.stop()
