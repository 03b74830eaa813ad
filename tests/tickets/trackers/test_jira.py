"""What Data Center does otherwise; what both do alike is in `test_atlassian`."""

from __future__ import annotations

import pytest

from scanner.tickets.markup import WIKI
from scanner.tickets.trackers.interface import Place
from scanner.tickets.trackers.jira import authorise, tracker
from scanner.transports.tracker_http import TrackerHttp

HOSTILE = "h1. {panel} [~admin] !http://evil/x.png! ABC-1 \\\\ (x) &#123;code} |a| <b>"


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
        r"h1&#46; \{panel\} \[\~admin\] \!http\://evil/x.png\! ABC\-1 &#92;&#92; \(x\) &amp;\#123\;code\} "
        r"\|a\| \<b\>"
    )
    block = ours._block(None, WIKI.paragraph(HOSTILE))
    assert ours._block(block, "new") == "{panel:title=hiksweep}\nnew\n{panel}"
