"""Against our fake of an instance; see the fake for what it is taken from."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.model.errors import Doubtful, ServiceFault, Throttled, UsageError
from scanner.tickets.memo import keys_in
from scanner.tickets.trackers import servicenow
from scanner.tickets.trackers.interface import Draft, Place
from scanner.tickets.trackers.servicenow import NOTES, authorise, tracker
from scanner.transports.tracker_http import TrackerHttp

_HERE = Path(__file__).parent


def _load(name, path):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


fakes = _load("fake_servicenow", _HERE / "fakes/servicenow.py")
once = _load("once", _HERE.parent / "once.py")
proxies = _load("proxy", _HERE.parent / "proxy.py")
year = _load("tickets_year", _HERE.parent / "year.py")

KEY, OTHER, THIRD, FOURTH, FIFTH = (f"hskd-{digit * 20}" for digit in "12345")
MARK, CLOSES = "hsms-" + "3" * 20, "hsmc-" + "4" * 20
VERSION = "hsv-" + "0" * 20
MEMO = f"{KEY} {VERSION}"
DRAFT = Draft("Remove it", f"It is here.\n\n{MEMO}\n", MEMO, (KEY,))


@pytest.fixture(params=["", "u_hiksweep"])
def field(request):
    return request.param


@pytest.fixture
def fake():
    made = fakes.ServiceNowFake()
    made.widths["u_hiksweep"] = 4_000
    yield made
    made.stop()


@pytest.fixture
def adapter(fake):
    """Our side of it."""
    made = []

    def make(url=None, **more):
        headers = authorise("hiksweep", more.pop("secret", fake.SECRET))
        made.append(TrackerHttp(url or fake.url, headers, sleep=lambda _: None))
        return tracker(made[-1], Place(**({"user": "hiksweep"} | more)))

    yield make
    for http in made:
        http.close()


def test_a_record_from_its_making_to_its_end(fake, adapter, field):
    ours = adapter(field=field)
    assert ours.who() == "hiksweep"
    number = ours.create(DRAFT)
    (found,) = ours.find([OTHER, KEY])
    assert (found.id, found.number, found.open, found.title) == ("INC0000001", 1, True, "Remove it")
    assert set(found.memo.split()) == set(MEMO.split())
    assert found.url == f"{fake.url}/incident.do?sys_id={1:032x}"

    ours.comment(ours.read(number), f"Said. é <b>\n\n{MARK}\n", f"{MEMO} {MARK}")
    assert ours.read(number).marks == ours.read(number).said == {MARK}
    memo = f"{OTHER} {MEMO} {MARK}"
    ours.update(ours.read(number), Draft("New title", f"It is there.\n\n{memo}\n", memo, (OTHER, KEY)))
    assert ours.read(number).keys == {KEY, OTHER}
    assert [one.id for one in ours.find([KEY])] == [number]
    assert ours.close(ours.read(number), f"Done.\n\n{CLOSES}\n", f"{MEMO} {CLOSES}")
    record = fake.record(number)
    assert (record["state"], record["close_code"]) == ("6", "Solution provided")
    assert record["close_notes"].startswith("Done.")
    assert ours.read(number).marks == {CLOSES}
    assert [(one.id, one.open) for one in ours.tickets()] == [(number, False)]
    assert ours.reopen(ours.read(number), "Not done.", MEMO)
    assert (ours.read(number).open, record["state"]) == (True, "2")
    assert [one.split("\n")[0] for one in record["notes"]] == ["Said. é <b>", "Done.", "Not done."]
    assert record["short_description"] == "Remove it"


def test_what_persons_wrote_in_the_description_stays(fake, adapter, field):
    ours = adapter(field=field)
    ours.who()
    number = ours.create(DRAFT)
    record = fake.record(number)
    record["description"] = f"Before.\r\n{record['description']}\r\nAfter."
    ours.comment(ours.read(number), "", f"{MEMO} {MARK}")
    for words in ("It is there.", "It is gone."):
        ours.update(ours.read(number), replace(DRAFT, body=f"{words}\n\n{MEMO}\n"))
    assert record["description"] == f"Before.\n[hiksweep]\nIt is gone.\n\n{MEMO}\n[/hiksweep]\nAfter."
    record["description"] = "Somebody wrote it anew."
    ours.comment(ours.read(number), "", f"{MEMO} {MARK}")
    assert ours.read(number).marks == {MARK}
    assert record["description"].startswith("Somebody wrote it anew.")


def test_more_keys_than_the_correlation_holds_are_found(fake, adapter, field):
    ours = adapter(field=field)
    ours.who()
    memo = f"{KEY} {OTHER} {THIRD} {FOURTH} {FIFTH}"
    number = ours.create(Draft("Remove it", f"It is here.\n\n{memo}\n", memo, tuple(memo.split())))
    assert len(fake.record(number)["correlation_display"]) == 77
    for key in (KEY, FIFTH):
        assert [one.id for one in ours.find([key])] == [number]
    assert len(ours.find([f"hska-{place:020d}" for place in range(25)] + [FIFTH])) == 1


def test_a_duplicate_stands_below_what_stays_and_is_found_no_more(fake, adapter, field):
    ours = adapter(field=field)
    ours.who()
    stays, other = ours.create(DRAFT), ours.create(DRAFT)
    assert ours.duplicate(ours.read(other), ours.read(stays), "See there.", MARK)
    assert [one.id for one in ours.find([KEY])] == [one.id for one in ours.tickets()] == [stays]
    record = fake.record(other)
    assert record["parent_incident"] == fake.record(stays)["sys_id"]
    assert record["close_code"] == "Duplicate"


def test_all_pages_are_read_though_rows_are_kept_from_us(fake, adapter, monkeypatch):
    monkeypatch.setattr(servicenow, "_PAGE", 2)
    ours = adapter()
    ours.who()
    made = [ours.create(DRAFT) for _ in range(7)]
    fake.hidden = set(made[2:5])
    assert [one.id for one in ours.tickets()] == [*made[:2], *made[5:]]
    fake.hidden, fake.counts = set(), False
    assert [one.id for one in ours.tickets()] == made
    assert all(path.startswith("/api/now/table/") for _, path, _ in fake.asked)


def test_an_instance_that_drops_a_condition_shows_us_no_strangers_records(fake, adapter):
    ours = adapter()
    ours.who()
    ours.create(DRAFT)
    fake.insert("incident", {}, {"short_description": "The printer is on fire"})
    fake.user = "hiksweep"
    for name in ("correlation_id", "correlation_display", "description"):
        del fake.widths[name]
    assert ours.find([OTHER]) == []
    assert [one.id for one in ours.tickets()] == ["INC0000001"]


def test_what_was_deleted_is_gone(fake, adapter):
    ours = adapter()
    ours.who()
    number = ours.create(DRAFT)
    before = ours.read(number)
    fake.records.clear()
    assert ours.read(number) is None
    assert ours.read("INC1^ORactive=true") is None
    for write in (ours.update, lambda ticket, draft: ours.comment(ticket, "x", MEMO)):
        with pytest.raises(ServiceFault, match="is gone"):
            write(before, DRAFT)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"secret": "wrong"}, "may not read incident"),
        ({"project": "nothing"}, "no table nothing"),
        ({"closed": ("Solved",)}, r"no state Solved; set closed: 1 \(New\)"),
        ({"reopened": "99"}, "no state 99; set reopened"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_done(adapter, more, words):
    with pytest.raises(UsageError, match=words) as caught:
        adapter(**more).who()
    assert "wrong" not in str(caught.value)


def test_a_column_that_is_not_there_or_kept_from_us_is_named(fake, adapter):
    ours = adapter()
    ours.who()
    ours.create(DRAFT)
    fake.unreadable = {"work_notes"}
    with pytest.raises(UsageError, match="shows us no u_other, work_notes"):
        adapter(field="u_other").who()


def test_a_table_that_a_stranger_can_read_is_refused_unless_it_is_meant(fake, adapter):
    fake.public = True
    with pytest.raises(UsageError, match="strangers can read incident"):
        adapter().who()
    assert adapter(public=True).who() == "hiksweep"


def test_states_go_by_their_labels_and_where_they_are_not_told_by_their_values(fake, adapter):
    ours = adapter(closed=("Closed", "Resolved"), reopened="New", kind="network")
    ours.who()
    number = ours.create(replace(DRAFT, due="2026-05-31"))
    assert ours.close(ours.read(number), "", MEMO)
    record = fake.record(number)
    assert (record["state"], record["category"], record["due_date"]) == (
        "7",
        "network",
        "2026-05-31 12:00:00",
    )
    fake.states, fake.codes, record["close_code"] = {}, (), ""
    other = adapter(closed=("8",), reopened="1")
    other.who()
    assert other.reopen(other.read(number), "", MEMO) is True
    assert other.close(other.read(number), "", MEMO)
    assert record["state"] == "8"


def test_where_a_rule_refuses_it_is_only_said(fake, adapter, field):
    ours = adapter(field=field)
    ours.who()
    number = ours.create(DRAFT)
    fake.refuses = {"6", "2"}
    assert not ours.close(ours.read(number), f"Done.\n\n{CLOSES}\n", f"{MEMO} {CLOSES}")
    assert (ours.read(number).open, ours.read(number).marks, ours.read(number).said) == (
        True,
        set(),
        {CLOSES},
    )
    fake.record(number)["state"] = "7"
    assert not ours.reopen(ours.read(number), "Not done.", MEMO)
    assert len(fake.record(number)["notes"]) == 1


def test_where_a_rule_puts_the_state_back_it_is_not_closed(fake, adapter, field):
    ours = adapter(field=field)
    ours.who()
    number = ours.create(DRAFT)
    fake.puts_back = {"6"}
    assert not ours.close(ours.read(number), f"Done.\n\n{CLOSES}\n", f"{MEMO} {CLOSES}")
    assert (ours.read(number).open, ours.read(number).marks) == (True, frozenset())


def test_what_is_dropped_without_a_word_is_seen(fake, adapter):
    ours = adapter(field="u_hiksweep")
    ours.who()
    number = ours.create(DRAFT)
    fake.unwritable = {"work_notes"}
    with pytest.raises(Doubtful, match="does not say what we said"):
        ours.comment(ours.read(number), f"Said.\n\n{MARK}\n", MEMO)
    fake.unwritable = {"u_hiksweep", "correlation_id", "correlation_display"}
    with pytest.raises(Doubtful, match="does not hold our words"):
        ours.comment(ours.read(number), "", f"{MEMO} {MARK}")
    with pytest.raises(UsageError, match="INC0000002 was made without its correlation_id"):
        ours.create(DRAFT)
    fake.after["POST", "/incident"] = fake.records.clear
    with pytest.raises(Doubtful, match="does not have it"):
        ours.create(DRAFT)


def test_a_long_text_is_cut_and_keeps_our_words(fake, adapter):
    ours = adapter()
    ours.who()
    number = ours.create(replace(DRAFT, body="line\n" * 2_000 + f"\n{MEMO}\n"))
    record = fake.record(number)
    assert 3_900 < len(record["description"]) <= 4_000
    assert ours.read(number).memo.split() == MEMO.split()
    record["description"] += "x" * 3_990
    with pytest.raises(ServiceFault, match="no room"):
        ours.update(ours.read(number), DRAFT)


def test_who_asks_us_to_wait_is_waited_for(fake, adapter):
    ours = adapter()
    ours.who()
    fake.throttled = 1
    with pytest.raises(Throttled) as caught:
        ours.create(DRAFT)
    assert caught.value.seconds == 7
    assert fake.records == {}


def test_what_a_device_says_is_no_html_in_a_note_and_ends_no_block(fake, adapter):
    hostile = "[code]<img src=x>[/CODE] [/hiksweep] [x]"
    assert NOTES.text(hostile) == "[ code]<img src=x>[ /CODE] [ /hiksweep] [x]"
    ours = adapter()
    ours.who()
    number = ours.create(replace(DRAFT, body=f"{NOTES.paragraph(hostile)}\n{MEMO}\n"))
    ours.update(ours.read(number), DRAFT)
    assert fake.record(number)["description"] == f"[hiksweep]\nIt is here.\n\n{MEMO}\n[/hiksweep]"


def test_a_name_and_a_password_or_a_token_alone():
    assert authorise("me", "s3cr3t") == {"Authorization": "Basic bWU6czNjcjN0"}
    assert authorise("", "t0ken") == {"Authorization": "Bearer t0ken"}


def test_what_was_made_and_cannot_be_read_is_doubtful(fake, adapter):
    ours = adapter()
    ours.who()

    def busy():
        fake.throttled = 3

    fake.after["POST", "/incident"] = busy
    with pytest.raises(Doubtful, match="429"):
        ours.create(DRAFT)
    assert [one.keys for one in ours.find([KEY])] == [{KEY}]


# Once, whatever happens.


@pytest.fixture
def person(fake):
    return fake.view(once.Seen)


@pytest.fixture
def side(adapter, tmp_path, field):
    ours = adapter(field=field)
    ours.who()
    return once.Side(ours, tmp_path)


@pytest.mark.slow
def test_a_crash_before_and_after_each_step_leaves_nothing_twice_and_nothing_out(side, person):
    once.crash_everywhere(side, person)


@pytest.mark.parametrize("does", [True, False])
def test_an_end_that_nobody_knows_is_settled_by_asking(side, person, does):
    once.unknown_ends(side, person, 1, does=does)


def test_two_stores_at_once_end_with_one_open_record(side, adapter, person, field, tmp_path):
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    ours = adapter(field=field)
    ours.who()
    once.two_stores(side, once.Side(ours, other_folder), person, 1)
    assert keys_in(person.tickets()[0].memo)


@pytest.mark.slow
def test_a_year_gives_the_tickets_of_the_table_with_the_store_lost_halfway(
    tmp_path, knowledge, adapter, say, journals, person
):
    world = year.World(tmp_path, knowledge, adapter, say, journals, "servicenow")
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
    fake, side, adapter, person, field, fault
):
    proxy = proxies.Proxy(int(fake.url.rsplit(":", 1)[1]))
    try:
        for place in range(3):
            for items in once.weeks(1 + 2 * place):
                proxy.choose = lambda _: proxies.Fault.NONE
                behind = adapter(f"http://127.0.0.1:{proxy.port}", field=field)
                behind.who()
                proxy.choose = Nth(proxies.Fault[fault], place)
                with contextlib.suppress(ServiceFault, Doubtful):
                    side.apply(items, tracker=behind)
                side.apply(items)
                side.apply(items)
            once.check(person, items, 3)
        assert proxy.hits[proxies.Fault[fault]] >= 6
    finally:
        proxy.stop()
