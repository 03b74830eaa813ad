"""The adapter against a fake that cites GitHub's documents, each exchange held against its description."""

from __future__ import annotations

import importlib.util
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.model.errors import ServiceFault, Throttled, UsageError
from scanner.tickets.trackers.github import authorise, tracker
from scanner.tickets.trackers.interface import Draft, Place
from scanner.transports.tracker_http import TrackerHttp

_HERE = Path(__file__).parent


def _load(name, path):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


once = _load("once", _HERE.parent / "once.py")
fakes = _load("fake_github", _HERE / "fakes/github.py")

KEY, OTHER, MARK = "hskd-" + "1" * 20, "hskd-" + "2" * 20, "hsmc-" + "4" * 20
DRAFT = Draft("Remove it", f"It is here.\n\n<sub>{KEY}</sub>\n", KEY, (KEY,))


@pytest.fixture
def fake():
    made = fakes.GitHubFake()
    yield made
    made.stop()
    assert made.unlike == []


@pytest.fixture
def adapter(fake):
    made = []

    def make(secret=fake.SECRET, **more):
        made.append(TrackerHttp(fake.url, authorise("", secret), sleep=lambda _: None))
        return tracker(made[-1], Place(**{"project": fake.PROJECT, **more}))

    yield make
    for http in made:
        http.close()


def test_an_issue_from_its_making_to_its_end(fake, adapter):
    ours = adapter()
    assert ours.who() == "hiksweep"
    number = ours.create(DRAFT)
    fake.issues[1]["body"] += "\n\nA person's words."
    ours.comment(ours.read(number), f"Said.\n\n<sub>{MARK}</sub>\n", f"{KEY} {MARK}")
    assert ours.read(number).said == ours.read(number).marks == {MARK}
    ours.update(
        ours.read(number), Draft("New", f"There.\n\n<sub>{OTHER}</sub>\n", f"{OTHER} {KEY}", (OTHER,))
    )
    assert fake.issues[1]["body"] == (
        f"<!-- hiksweep -->\nThere.\n\n<sub>{OTHER} {KEY}</sub>\n<!-- /hiksweep -->\n\nA person's words."
    )
    assert ours.close(ours.read(number), "Done.", KEY)
    assert [(one.open, one.state, one.title) for one in ours.find([KEY])] == [
        (False, "closed completed", "Remove it")
    ]
    assert ours.reopen(ours.read(number), "Not done.", KEY)
    assert [(one.open, one.state) for one in ours.tickets()] == [(True, "open reopened")]


@pytest.mark.parametrize(("knows", "reason"), [(True, "duplicate"), (False, "not_planned")])
def test_a_duplicate_is_found_no_more(fake, adapter, knows, reason):
    ours = adapter()
    fake.knows_duplicates = knows
    stays, other = ours.create(DRAFT), ours.create(DRAFT)
    assert ours.duplicate(ours.read(other), ours.read(stays), "See there.", MARK)
    assert [one.id for one in ours.find([KEY])] == [stays]
    assert fake.issues[2]["state_reason"] == reason
    assert fake.duplicates == ({2: "1"} if knows else {})


def test_all_pages_are_read_without_pull_requests_and_then_what_is_new(fake, adapter, monkeypatch):
    monkeypatch.setattr("scanner.tickets.trackers.github._PAGE", 2)
    ours, other = adapter(), adapter()
    made = [ours.create(DRAFT) for _ in range(5)]
    fake.issues[3]["pull_request"] = dict.fromkeys(("diff_url", "html_url", "patch_url", "url"))
    assert [one.id for one in ours.tickets()] == [made[0], made[1], made[3], made[4]]
    assert ours.read(made[2]) is None
    late = other.create(Draft("Late", "It is there.", OTHER, (OTHER,)))
    asked = len(fake.asked)
    assert [one.id for one in ours.find([OTHER])] == [late]
    assert len(fake.asked) - asked <= 3  # what changed in the last seconds, not all


def test_what_was_transferred_is_followed_on_the_same_machine_alone(fake, adapter):
    ours = adapter()
    moved, there = ours.create(DRAFT), ours.create(DRAFT)
    fake.issues[2]["repository_url"] = f"{fake.HOME}/repos/org/other"
    fake.transferred[1] = "org/other/issues/2"
    assert ours.read(moved).id == "org/other#2"
    assert ours.read("org/other#2").number == int(there)
    fake.elsewhere = "http://127.0.0.1:1"
    with pytest.raises(UsageError, match="another origin"):
        ours.read(moved)
    fake.deleted.add(2)
    assert ours.read(there) is None
    assert ours.read("999") is None
    assert ours.read("../user") is None


@pytest.mark.parametrize(
    ("set_up", "place", "words"),
    [
        ({"visibility": "public"}, {}, "strangers can read"),
        ({"role": "triage"}, {}, "role Write"),
        ({"archived": True}, {}, "archived"),
        ({}, {"project": "org/none"}, "no repository"),
        ({}, {"project": "removal"}, "owner/name"),
        ({}, {"user": "somebody"}, "not somebody's"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_done(fake, adapter, set_up, place, words):
    vars(fake).update(set_up)
    with pytest.raises(UsageError, match=words):
        adapter(**place).who()


def test_a_public_repository_if_it_is_meant_and_an_internal_one(fake, adapter):
    fake.visibility = "public"
    assert adapter(public=True).who() == "hiksweep"
    fake.visibility = "internal"
    assert adapter().who() == "hiksweep"


def test_a_wrong_secret_stands_in_no_error(adapter):
    with pytest.raises(UsageError) as caught:
        adapter(secret="wrong-secret").who()
    assert "wrong-secret" not in str(caught.value)


def test_a_label_that_is_dropped_without_a_word_stops_everything(fake, adapter):
    fake.role = "triage"
    with pytest.raises(UsageError, match="issue 1 has no label of ours"):
        adapter().create(DRAFT)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry_After": "9"}, 9), ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "1"}, 1), ({}, 60)],
)
def test_both_limits_are_waited_for(fake, adapter, headers, seconds):
    ours = adapter()
    fake.refuse = fakes.Refusal(403, fake.error("You have exceeded a secondary rate limit"), **headers)
    with pytest.raises(Throttled) as caught:
        ours.create(DRAFT)
    assert caught.value.seconds == seconds


def test_a_refusal_that_is_no_limit_is_a_fault(fake, adapter):
    ours = adapter()
    fake.refuse = fakes.Refusal(403, fake.error("Resource not accessible by personal access token"))
    with pytest.raises(ServiceFault, match="not accessible") as caught:
        ours.create(DRAFT)
    assert not isinstance(caught.value, Throttled)


def test_the_description_finds_what_is_wrong():
    path = "/repos/{owner}/{repo}/issues"
    found = fakes.unlike(path, "POST", {"q": "x"}, {"titel": "x"}, 299, None)
    assert len(found) == 4
    assert fakes.unlike(path, "GET", {}, None, 200, [{"number": "1"}]) != []


class Side(once.Side):
    """A store, for which so much time passes before each apply that a list has caught up."""

    def apply(self, *given, **more):
        self.now += timedelta(minutes=2)
        return super().apply(*given, **more)


@pytest.fixture
def side(adapter, tmp_path):
    return Side(adapter(), tmp_path)


def test_a_crash_before_and_after_each_step_leaves_nothing_twice(side, fake):
    once.crash_everywhere(side, fake.view(once.Seen))


@pytest.mark.parametrize("does", [True, False])
def test_an_end_that_nobody_knows_is_settled_by_asking(side, fake, does):
    once.unknown_ends(side, fake.view(once.Seen), 1, does=does)


def test_two_stores_at_once_end_with_one_open_issue(side, adapter, fake, tmp_path):
    (tmp_path / "other").mkdir()
    once.two_stores(side, Side(adapter(), tmp_path / "other"), fake.view(once.Seen), 1)
