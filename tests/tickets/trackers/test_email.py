"""Mail by way of somebody else's server, read by somebody else's parser."""

from __future__ import annotations

import email
import importlib.util
import sys
from collections import Counter
from email import policy
from pathlib import Path

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.outbox import Outbox
from scanner.model.errors import ServiceFault, UsageError
from scanner.tickets.apply import Done
from scanner.tickets.remembered import Remembered
from scanner.tickets.trackers.email import sender
from scanner.tickets.trackers.interface import Draft, Place
from scanner.tickets.trackers.sending import Way

pytestmark = pytest.mark.peer


def _module(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


mail = _module("mail_server", Path(__file__).parents[2] / "transports" / "mail_server.py")
told = _module("told", Path(__file__).with_name("told.py"))
once, make = told.once, told.once.make

KEY = "hskd-" + "1" * 20
DRAFT = Draft("Remove it", "It is here.\n", f"{KEY} hsv-{'0' * 20}", (KEY,), due="2027-01-01")
PLACE = Place(project="work@y.example, chief@y.example", sender="hiksweep@x.example")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return mail.make_certificate(tmp_path_factory.mktemp("post") / "post.pem")


@pytest.fixture
def post(certificate):
    with mail.running(certificate) as found:
        yield found


@pytest.fixture
def ours(post, certificate, tmp_path):
    def build(place=PLACE, secret=mail.SECRET):
        ledger = Outbox(open_store(str(tmp_path / "s.sqlite"), tmp_path, make=True), "t told")
        made = Remembered(sender(Way(post.url, place, "me", secret, certificate)), ledger, lambda: once.AT)
        made.who()
        return made

    return build


def parsed(post):
    return [email.message_from_bytes(one[3], policy=policy.default) for one in post.kept]


def came(post):
    return [
        {
            "id": one["Message-ID"],
            "act": one["X-Hiksweep-Act"],
            "ticket": one["X-Hiksweep-Ticket"],
            "text": one.get_content(),
            "other": "",
        }
        for one in parsed(post)
    ]


def test_a_thread_of_one_ticket(ours, post):
    tracker = ours()
    name = tracker.create(DRAFT)
    mark = "hsms-" + "3" * 20
    tracker.comment(tracker.read(name), "Vu à nouveau. €\n", f"{DRAFT.memo} {mark}")
    assert [one[:3] for one in post.kept] == [
        (True, "hiksweep@x.example", ["work@y.example", "chief@y.example"])
    ] * 2
    first, second = parsed(post)
    assert (first["Subject"], second["Subject"]) == ("Remove it", "Re: Remove it")
    assert first["To"] == "work@y.example, chief@y.example"
    assert first["Message-ID"] == f"<{KEY}.new@x.example>"
    assert first["In-Reply-To"] is None
    assert second["Message-ID"] == f"<{KEY}.{mark}@x.example>"
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert first["Date"].datetime == once.AT
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["X-Hiksweep-Due"] == "2027-01-01"
    assert (first.get_content(), second.get_content()) == ("It is here.\r\n", "Vu à nouveau. €\r\n")
    assert first.defects == second.defects == []


@pytest.mark.parametrize(
    "hostile",
    ["x\r\nBcc: evil@z.example", "x\nBcc: e", "x\rBcc: e", "x\x0bBcc: e", "x\u2028Bcc: e", "x\x85Bcc: e",
     "=?utf-8?q?x=0ABcc:_e?=", "é" * 300 + "\nBcc: e", "\ud800\x00 Bcc: e"],
)  # fmt: skip
def test_nothing_that_a_device_says_becomes_a_header_or_ends_the_message(ours, post, hostile):
    tracker = ours()
    text = f"{hostile.encode('utf-8', 'replace').decode()}\r\n.\r\nMAIL FROM:<evil@z.example>\r\nFrom x\n.\n"
    tracker.create(Draft(hostile, text, DRAFT.memo, (KEY,)))
    tracker.create(Draft("next", "next\n", f"hskd-{'2' * 20}", (f"hskd-{'2' * 20}",)))
    assert len(post.kept) == 2
    one = parsed(post)[0]
    assert {name.lower() for name in one.keys()} == {  # noqa: SIM118 - a message, and no mapping
        "from", "to", "subject", "date", "message-id", "auto-submitted", "x-hiksweep-act", "x-hiksweep-ticket",
        "mime-version", "content-type", "content-transfer-encoding",
    }  # fmt: skip
    assert "MAIL FROM:<evil@z.example>" in one.get_content()
    assert post.kept[0][2] == ["work@y.example", "chief@y.example"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(sender="a@x.example"), "project names who gets"),
        (Place(project="a@x.example"), "is no address; set sender"),
        (Place(project="a@x.example\r\nRCPT TO:<b@x>", sender="a@x.example"), "is no address"),
        (Place(project="Work <a@x.example>", sender="a@x.example"), "is no address"),
        (Place(project=",".join(f"a{n}@x.example" for n in range(21)), sender="a@x.example"), "1 to 20"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_sent(ours, post, place, words):
    with pytest.raises(UsageError, match=words):
        ours(place)
    assert post.kept == []


def test_a_wrong_password_is_a_fault(ours):
    with pytest.raises(ServiceFault, match="does not let us in") as caught:
        ours(secret="wrong-secret-4711")
    assert "wrong-secret" not in str(caught.value)


@pytest.mark.parametrize("command", ["DATA", "RCPT"])
def test_a_server_that_says_later_is_waited_for(ours, post, command, tmp_path):
    side = once.Side(ours(), tmp_path)
    post.answers[command] = ["451 4.7.1 later"]
    (outcome,) = side.apply([make.item(1)])
    assert (outcome.done, side.waits, len(post.kept)) == (Done.DONE, [10.0], 1)


def test_a_cut_after_all_was_heard_sends_it_once_more_with_the_same_message_id(ours, post, tmp_path):
    side = once.Side(ours(), tmp_path)
    number = 1
    for place in range(4):
        for items in once.weeks(number):
            post.answers["DATA"] = ["250 ok"] * place + ["cut"]
            side.apply(items)
            post.answers.clear()
            assert {one.done for one in side.apply(items)} <= {Done.DONE}
        once.check(told.Reader(lambda: came(post)), items, 3)
        number += 2
    counts = Counter(one["id"] for one in came(post))
    assert max(counts.values()) == 2
    assert len([1 for count in counts.values() if count == 2]) >= 6


def test_crashes_leave_nothing_out(ours, post, tmp_path):
    once.crash_everywhere(once.Side(ours(), tmp_path), told.Reader(lambda: came(post)))
