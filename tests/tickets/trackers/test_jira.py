"""What Data Center does otherwise; what both do alike is in `test_atlassian`."""

from __future__ import annotations

import importlib.util
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.model.errors import UsageError
from scanner.tickets.markup import WIKI
from scanner.tickets.trackers.interface import Draft, Place
from scanner.tickets.trackers.jira import authorise, tracker
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

HOSTILE = "h1. {panel} [~admin] !http://evil/x.png! ABC-1 \\\\ (x) &#123;code} |a| <b> :D me@x 44:19:b6:00:d0"


@pytest.fixture
def ours():
    return tracker(TrackerHttp("https://jira.example"), Place(user="me", project="SEC"))


def test_a_name_and_a_password_or_a_token_alone():
    assert authorise("me", "s3cr3t") == {"Authorization": "Basic bWU6czNjcjN0"}
    assert authorise("", "t0ken") == {"Authorization": "Bearer t0ken"}


@pytest.mark.parametrize(("me", "known"), [({"name": "me"}, True), ({"name": "you", "key": "you"}, False)])
def test_the_secret_has_to_be_ours(ours, me, known):
    assert ours._calls_us(me) is known


def test_our_block_is_replaced_and_nothing_else(ours):
    first = ours._block(None, "one\n")
    assert first == "{panel:title=hiksweep}\none\n{panel}"
    theirs = "Hello\r\n{panel}theirs{panel}\r\n" + first + "\r\nBye"
    assert ours._block(theirs, "two") == (
        "Hello\n{panel}theirs{panel}\n{panel:title=hiksweep}\ntwo\n{panel}\nBye"
    )
    assert ours._block("Hello", "two") == "Hello\n\n{panel:title=hiksweep}\ntwo\n{panel}"


def test_what_a_device_says_ends_no_block_and_is_no_markup(ours):
    shown = WIKI.text(HOSTILE)
    assert shown == (
        r"h1&#46; \{panel\} \[\~admin\] \!http&#58;//evil/x.png\! ABC\-1 &#92;&#92; \(x\) &#38;\#123;code\} "
        r"\|a\| <b> &#58;D me&#64;x 44:19:b6:00&#58;d0"
    )
    assert fakes.JiraFake.plain(None, shown) == HOSTILE
    block = ours._block(None, WIKI.paragraph(HOSTILE))
    assert ours._block(block, "new") == "{panel:title=hiksweep}\nnew\n{panel}"


# Against jira820, which others wrote.

KEY, MARK = "hskd-" + "1" * 20, "hsmc-" + "4" * 20
DRAFT = Draft("Remove it", f"It is here.\n\n{KEY}\n", KEY, (KEY,))


@pytest.fixture
def played():
    pytest.importorskip("jira820", reason="jira820 is not installed: pip install jira820")
    made = _load("jira820_server", _HERE / "jira820_server.py").Jira820()
    yield made
    made.stop()


@pytest.fixture
def adapter(played):
    made = []

    def make(**more):
        made.append(TrackerHttp(played.url, authorise("hiksweep", "any"), sleep=lambda _: None))
        place = {"user": "admin", "project": "SEC", "public": True, "closed": ("Done",), **more}
        return tracker(made[-1], Place(**place))

    yield make
    for http in made:
        http.close()


def test_an_issue_in_jira820_from_its_making_to_its_end(played, adapter):
    ours = adapter()
    assert ours.who() == "admin"
    key = ours.create(DRAFT)
    ours.comment(ours.read(key), f"Said.\n\n{MARK}\n", f"{KEY} {MARK}")
    assert ours.read(key).said == ours.read(key).marks == {MARK}
    ours.update(ours.read(key), Draft("New", f"It is there.\n\n{KEY}\n", KEY, (KEY,)))
    assert "It is there." in played.store.issues[key]["description"]
    assert ours.close(ours.read(key), "Done.", f"{KEY} {MARK}")
    assert [(one.open, one.marks) for one in ours.find([KEY])] == [(False, {MARK})]
    assert played.store.issues[key]["resolution"] == "Done"
    assert ours.reopen(ours.read(key), "Not done.", KEY)
    assert [one.state for one in ours.tickets()] == ["Open"]
    played.store.delete_issue(key)
    assert ours.read(key) is None


def test_jira820_lets_strangers_read(adapter):
    with pytest.raises(UsageError, match="strangers can read"):
        adapter(public=False).who()


class Side(once.Side):
    """A store, for which so much time passes before each apply that a search has caught up."""

    def apply(self, *given, **more):
        self.now += timedelta(minutes=11)
        return super().apply(*given, **more)


@pytest.fixture
def side(adapter, tmp_path):
    ours = adapter()
    ours.who()
    return Side(ours, tmp_path)


@pytest.mark.skipif(os.environ.get("HIKSWEEP_TRACKERS") != "whole", reason="the whole form: make trackers")
def test_a_crash_before_and_after_each_step_leaves_nothing_twice_in_jira820(side, played):
    once.crash_everywhere(side, played.view(once.Seen))


@pytest.mark.parametrize("does", [True, False])
def test_an_end_that_nobody_knows_is_settled_by_asking_jira820(side, played, does):
    once.unknown_ends(side, played.view(once.Seen), 1, does=does)


def test_two_stores_at_once_end_with_one_open_issue_in_jira820(side, adapter, played, tmp_path):
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    ours = adapter()
    ours.who()
    once.two_stores(side, Side(ours, other_folder), played.view(once.Seen), 1)
