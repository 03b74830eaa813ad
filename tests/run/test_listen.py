"""A listening run with ears that are played: what is kept, what is told, how it ends, and what bounds it."""

from __future__ import annotations

import itertools
import time
from typing import ClassVar

import pytest

from scanner.journal import read_journal
from scanner.model.coverage import AddressState
from scanner.model.errors import UsageError
from scanner.model.evidence import Maker
from scanner.model.observation import Observation
from scanner.model.report import Verdict
from scanner.run import listen as module
from scanner.run.events import DeviceFound, Finished, Note, Started
from scanner.run.explain import explain
from scanner.run.listen import Listening, ListenRequest
from scanner.run.result import build_report, read_result
from scanner.transports.ear import Message

SADP = (
    b"<Hello><DeviceDescription>DS-2CD2143G2-I</DeviceDescription>"
    b"<DeviceSN>DS-2CD2143G2-I20211201AAWRJ12345678</DeviceSN><MAC>44-19-b6-01-02-03</MAC>"
    b"<Salt>c0ffee</Salt></Hello>"
)
CAMERA = Message(SADP, False, "10.1.0.9", 37020, 37020)


def arp(number: int) -> Message:
    """Somebody's request; each number another sender."""
    mac = b"\x02" + number.to_bytes(5, "big")
    address = (0x0A000000 + number).to_bytes(4, "big")
    return Message(
        b"\xff" * 6 + mac + b"\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01" + mac + address + bytes(10), True
    )


class PlayedEar:
    """Says what its script holds, one batch a turn; a word in place of a batch is an error or a state."""

    scripts: ClassVar[dict[str, list]] = {}
    capture_refused = ""

    def __init__(self, name, *, capture, join):
        self.name, self.capture, self.join = name, capture, join
        self.refused, self.unheard, self.dropped = "", [], 0
        self.script = list(self.scripts.get(name, ()))
        self.is_open = False
        self.opened = 0
        self.gone = False

    captures = property(lambda self: self.is_open and self.capture and not self.capture_refused)
    joined = property(lambda self: self.is_open and self.join)
    open = property(lambda self: self.captures or self.joined)

    def listen(self):
        self.refused = self.capture_refused if self.capture else ""
        self.is_open = not self.gone
        self.opened += 1
        return self.open

    def there(self):
        return not self.gone

    def sockets(self):
        return [self] if self.open else []

    def messages(self, _):
        batch = self.script.pop(0)
        if isinstance(batch, OSError):
            raise batch
        return iter(batch)

    def count_dropped(self):
        new, self.dropped = self.dropped, 0
        return new

    def close(self):
        self.is_open = False


@pytest.fixture
def listening(monkeypatch, machine, interface, knowledge):
    """``listening({"eth0": [batch, …]}, **request)``: the events of a run that ends with its scripts."""

    def listen(scripts, *, raw=True, refused="", before=None, stop_at=None, **request):
        monkeypatch.setattr(module, "Ear", PlayedEar)
        monkeypatch.setattr(PlayedEar, "scripts", scripts)
        monkeypatch.setattr(PlayedEar, "capture_refused", refused)
        monkeypatch.setattr(module, "_TICK", 0.0)
        interfaces = [interface(name, f"10.{place}.0.5/24") for place, name in enumerate(scripts, 1)]
        run = Listening(ListenRequest(**request), machine(*interfaces, raw=raw), knowledge)
        turns = itertools.count()

        def wait(ears, seconds):
            ready = [(ear, ear) for ear in ears if ear.open and ear.script]
            turn = next(turns)
            assert turn < 1000
            if before is not None:
                before(turn, ears)
            if turn == stop_at:
                run.stop()
            if not ready and not any(ear.script for ear in ears):
                if request.get("time_limit") is None:
                    run.stop()
                else:
                    time.sleep(0.01)
            return ready

        monkeypatch.setattr(module, "wait", wait)
        return list(run.events())

    return listen


def report_of(events):
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    return events[-1].report


def devices_told(events):
    return [event.device for event in events if isinstance(event, DeviceFound)]


def notes(events):
    return [event.text for event in events if isinstance(event, Note)]


def gaps(report, state):
    return [(gap.targets, gap.affects_verdict) for gap in report.coverage.gaps if gap.state == state]


def test_a_device_is_told_once_as_it_is_heard_and_stands_in_report_and_journal(listening, knowledge):
    events = listening({"eth0": [[CAMERA], [CAMERA], []]})
    report = report_of(events)

    assert [one.addresses for one in devices_told(events)] == [("10.1.0.9",)]
    assert (report.verdict, report.found, report.coverage.complete) == (Verdict.FOUND, 1, False)
    assert report.coverage.by_state[AddressState.ANSWERED] == 1
    assert (report.run.engine, report.run.targets, report.run.finished is None) == (
        "listen",
        ("eth0",),
        False,
    )
    assert not report.run.interrupted
    kept = [one for one in read_journal(events[-1].journal) if isinstance(one, Observation)]
    assert [(one.method, one.interface) for one in kept] == [("listen", "eth0")]
    assert b"c0ffee" not in kept[0].payload
    again = build_report([read_result(events[-1].journal, knowledge)], knowledge, None, None)
    assert again == report


def test_nobody_heard_is_incomplete_and_never_clear(listening):
    report = report_of(listening({"eth0": [[]]}))

    assert report.verdict is Verdict.INCOMPLETE
    assert ("all", True) in gaps(report, "not asked")


def test_a_device_is_told_again_when_it_is_judged_otherwise(listening):
    mac = b"\x44\x19\xb6\x01\x02\x03"
    frame = (
        b"\xff" * 6
        + mac
        + b"\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01"
        + mac
        + bytes([10, 1, 0, 9])
        + bytes(10)
    )

    told = devices_told(listening({"eth0": [[Message(frame, True)], [CAMERA]]}))

    assert [(one.evidenced_maker, str(one.confidence)) for one in told] == [
        (Maker.HIKVISION, "probable"),
        (Maker.HIKVISION, "confirmed"),
    ]


def test_several_interfaces_are_heard_side_by_side(listening):
    other = Message(SADP.replace(b"J12345678", b"J12345679"), False, "10.2.0.9", 37020, 37020)
    report = report_of(listening({"eth0": [[CAMERA]], "eth1": [[other]]}))

    assert {one.interface for one in report.observations} == {"eth0", "eth1"}


def test_a_flood_of_senders_is_cut_and_said(listening, monkeypatch):
    monkeypatch.setattr(module, "HOSTS_AT_MOST", 50)
    events = listening({"eth0": [[arp(number) for number in range(500)], [CAMERA]]})
    report = report_of(events)

    assert report.coverage.addresses == 51
    assert report.found == 1, "what speaks by another protocol is still heard"
    assert ("all", True) in gaps(report, "reduced")
    assert len([note for note in notes(events) if "senders" in note]) == 1


def test_a_sender_that_never_says_the_same_twice_is_cut(listening):
    many = [
        Message(SADP.replace(b"</Hello>", b"<N>%d</N></Hello>" % number), False, "10.1.0.9", 37020, 37020)
        for number in range(100)
    ]
    events = listening({"eth0": [many]})

    kept = [one for one in read_journal(events[-1].journal) if isinstance(one, Observation)]
    assert len(kept) == module.KEPT_OF_EACH


def test_there_is_a_bound_on_everything_that_is_kept(listening, monkeypatch):
    monkeypatch.setattr(module, "KEPT_AT_MOST", 10)
    report = report_of(listening({"eth0": [[arp(number) for number in range(40)]]}))

    assert report.coverage.addresses == 10
    assert ("all", True) in gaps(report, "reduced")


def test_nonsense_is_passed_over(listening):
    noise = [Message(bytes([number]) * 60, True) for number in range(200)] + [Message(b"", True)]
    noise += [Message(b"\x00" * 30, False, "10.1.0.7", port, port) for port in (67, 1900, 3702, 5353, 37020)]

    report = report_of(listening({"eth0": [noise]}))

    assert (report.found, report.errors) == (0, ())


def test_a_lost_interface_is_told_waited_for_and_a_gap(listening):
    def before(turn, ears):
        (ear,) = ears
        ear.gone = turn < 3
        if turn >= 3 and ear.opened > 1 and not ear.script:
            ear.script = []

    events = listening({"eth0": [OSError(100, "Network is down"), [CAMERA]]}, before=before)
    report = report_of(events)

    assert any("eth0 was lost (Network is down)" in note for note in notes(events))
    assert "eth0 is back" in notes(events)
    assert ("eth0", True) in gaps(report, "link lost")
    assert report.found == 1


def test_an_interface_that_is_still_gone_at_the_end_is_a_gap(listening):
    def before(_, ears):
        ears[0].gone = True

    report = report_of(listening({"eth0": [[], []], "eth1": [[], []]}, before=before, stop_at=5))

    assert gaps(report, "link lost") == [("eth0", True)]


def test_frames_without_room_are_said_once(listening):
    def before(_, ears):
        ears[0].dropped = 7

    events = listening({"eth0": [[], [], []]}, before=before)

    assert gaps(report_of(events), "reduced") == [("eth0", False)]


def test_without_privilege_the_groups_are_joined_and_both_is_said(listening):
    events = listening({"eth0": [[CAMERA]]}, raw=False)
    report = report_of(events)

    assert gaps(report, "joined") == [("eth0", False)]
    assert gaps(report, "reduced") == [("eth0", True)]
    assert any("IGMP and MLD" in note for note in notes(events))


def test_a_refused_capture_ends_it_unless_groups_are_joined(listening):
    with pytest.raises(UsageError, match="eth0: no filter; --join listens without a capture"):
        listening({"eth0": [[]]}, refused="no filter")

    report = report_of(listening({"eth0": [[CAMERA]]}, refused="no filter", join=True))
    assert any("no filter" in gap.reason for gap in report.coverage.gaps)


def test_a_time_limit_ends_it_and_a_stop_before_it_is_an_interruption(listening):
    whole = listening({"eth0": [[CAMERA]]}, time_limit=0.2)
    assert not whole[-1].interrupted

    cut = listening({"eth0": [[CAMERA]]}, time_limit=30.0, stop_at=2)
    assert cut[-1].interrupted
    assert cut[-1].report.run.interrupted


def test_names_of_interfaces_are_checked(machine, interface, knowledge):
    with pytest.raises(UsageError, match="--interface eth7: not there; there are eth0, lo"):
        Listening(ListenRequest(("eth7",)), machine(interface("eth0")), knowledge)
    with pytest.raises(UsageError, match="no interface is up"):
        Listening(ListenRequest(), machine(interface("eth0", up=False)), knowledge)


def test_a_full_disk_ends_it_and_what_was_heard_is_reported(listening, monkeypatch):
    from scanner.journal import Journal

    appended = []
    append = Journal.append_all

    def failing(self, records):
        appended.extend(records)
        if len(appended) > 3:
            raise OSError(28, "No space left on device")
        return append(self, records)

    monkeypatch.setattr(Journal, "append_all", failing)
    report = report_of(listening({"eth0": [[CAMERA], [arp(1)], [arp(2)]]}))

    assert report.found == 1
    assert any("No space left" in error.message for error in report.errors)


def test_what_was_heard_can_be_explained(listening, knowledge):
    events = listening({"eth0": [[CAMERA]]})

    found = explain(events[-1].journal, "10.1.0.9", knowledge)

    assert found.states == {"10.1.0.9": AddressState.ANSWERED}
    assert explain(events[-1].journal, "10.1.0.10", knowledge).states == {"10.1.0.10": None}
