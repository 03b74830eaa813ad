"""What becomes of a finding: open, waived until a day, closed, declared, retracted."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.inventory.findings import finding_id, waiver_end
from scanner.inventory.life import replay
from scanner.inventory.transitions import Patience
from scanner.inventory.words import EventKind

FINDING = "cam/a-measure"


def each(lives):
    """Every finding."""
    return [one for device in lives.devices for one in lives.findings.of(device)]


@pytest.fixture
def cam(say):
    return say.seen("cam", "10.1.0.5")


def states(*steps, until=None):
    return {one.subject: str(one.state) for one in each(replay(steps, until))}


def waive(say, at, subject=FINDING, until="2026-03-01", reason="replaced in spring"):
    return say.decision(at, "waive", subject, until=until, reason=reason)


def gone(say):
    return [
        *(say.run(at) for at in (7, 14, 21)),
        say.decision(30, "verify-removed", "cam", date="2026-01-20"),
    ]


def test_a_finding_is_a_device_under_a_measure(say, cam):
    assert states(say.run(0, cam)) == {finding_id("cam", say.MEASURE): "open"}


@pytest.mark.parametrize("subject", [FINDING, "cam"])
def test_a_waiver_ends_by_itself_after_its_last_day(subject, say, cam):
    steps = [say.run(0, cam), waive(say, 1, subject, until="2026-01-20")]

    assert states(*steps, until=say.day(15)) == {FINDING: "waived"}
    assert states(*steps, until=say.day(15.9)) == {FINDING: "waived"}
    assert states(*steps, until=say.day(16)) == {FINDING: "open"}
    last = replay(steps, say.day(99)).transitions[-1]
    assert (last.trigger, last.at.isoformat()) == ("waiver-ended", "2026-01-21T00:00:00+00:00")


def test_a_waiver_may_be_renewed_before_it_ends(say, cam):
    steps = [say.run(0, cam), waive(say, 1, until="2026-01-20"), waive(say, 5, until="2026-02-20")]

    assert states(*steps, until=say.day(30)) == {FINDING: "waived"}
    assert states(*steps, until=say.day(60)) == {FINDING: "open"}


def test_a_waiver_of_a_device_waives_what_is_known_and_hides_what_comes_later(say, cam):
    more = say.seen("cam", "10.1.0.5", measures=(say.MEASURE, "another"))

    assert states(say.run(0, cam), waive(say, 1, "cam"), say.run(7, more)) == {
        FINDING: "waived",
        "cam/another": "open",
    }


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"until": "2026-03-01"}, "reason"),
        ({"until": "2026-03-01", "reason": "  "}, "reason"),
        ({"reason": "x"}, "YYYY-MM-DD"),
        ({"until": "2026-01-05", "reason": "x"}, "over already"),
        ({"until": "2027-01-09", "reason": "x"}, "more than a year"),
    ],
)
def test_a_waiver_without_end_or_reason_is_none(data, why, say, cam):
    lives = replay([say.run(0, cam), say.decision(1, "waive", FINDING, **data)])

    assert [one.state for one in each(lives)] == ["open"]
    assert why in lives.events[-1].detail
    assert lives.events[-1].kind is EventKind.NO_EFFECT


def test_a_waiver_of_a_year_is_the_longest(say):
    assert waiver_end({"until": "2027-01-06", "reason": "x"}, say.day(0), Patience()) == date(2027, 1, 6)


@pytest.mark.parametrize("subject", ["nobody", "cam/no-measure"])
def test_what_is_not_there_is_not_waived(subject, say, cam):
    lives = replay([say.run(0, cam), waive(say, 1, subject)])

    assert "no such finding" in lives.events[-1].detail


def test_the_verified_removal_of_its_device_closes_a_finding_and_its_waiver(say, cam):
    steps = [say.run(0, cam), waive(say, 1), *gone(say)]
    lives = replay(steps, say.day(99))

    (finding,) = each(lives)
    assert (finding.state, finding.waived_until) == ("closed", None)
    assert states(*steps, waive(say, 31)) == {FINDING: "closed"}


def test_missing_and_removed_unverified_leave_a_finding_open(say, cam):
    lives = replay([say.run(0, cam), *(say.run(at) for at in range(7, 99, 7))])

    assert lives.devices["cam"].state == "removed-unverified"
    assert [one.state for one in each(lives)] == ["open"]


def test_a_device_that_reappears_opens_its_finding_again(say, cam):
    assert states(say.run(0, cam), *gone(say), say.run(35, cam)) == {FINDING: "open"}


def test_a_retired_network_declares_its_findings_and_no_others(say, cam):
    far = say.seen("far", "10.2.0.5")
    retire = say.decision(9, "retire", f"lab {say.NET}")
    steps = [say.run(0, cam, far), retire]

    assert states(*steps) == {FINDING: "declared", "far/a-measure": "open"}
    assert states(*steps, say.run(14, cam)) == {FINDING: "open", "far/a-measure": "open"}
    assert states(say.run(0, cam), say.decision(9, "retire", f"annex {say.NET}")) == {FINDING: "open"}


@pytest.mark.parametrize("subject", ["lab 10.77.0.0/24", "lab somewhere"])
def test_retiring_what_holds_no_finding_is_said(subject, say, cam):
    lives = replay([say.run(0, cam), say.decision(9, "retire", subject)])

    assert lives.events[-1].kind is EventKind.NO_EFFECT


def test_a_measure_that_reaches_it_no_more_is_retracted_and_never_removed(say, cam):
    spared = say.seen("cam", "10.1.0.5", measures=())
    steps = [say.run(0, cam), say.run(7, spared)]

    assert states(*steps) == {FINDING: "retracted"}
    assert states(*steps, say.run(14, cam)) == {FINDING: "open"}


def test_a_run_that_did_not_judge_by_a_measure_ends_nothing(say, cam):
    spared = say.seen("cam", "10.1.0.5", measures=())

    assert states(say.run(0, cam), say.run(7, spared, judged=())) == {FINDING: "open"}


def test_what_is_none_of_the_makers_by_now_is_retracted(say, cam):
    assert states(say.run(0, cam), say.run(7, cleared=frozenset({"cam"}))) == {FINDING: "retracted"}
    assert states(say.run(0, cam), *gone(say), say.run(35, cleared=frozenset({"cam"}))) == {
        FINDING: "retracted"
    }
