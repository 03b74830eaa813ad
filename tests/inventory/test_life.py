"""A whole year: every state at every step, whatever the order in which the runs arrive."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.inventory.findings import finding_id
from scanner.inventory.life import Lives, in_order, order, replay
from scanner.inventory.transitions import FINDINGS, PRESENCE, Decider, Trigger, row
from scanner.inventory.words import Decision, EventKind, Presence, RunView

_SPEC = importlib.util.spec_from_file_location("year", Path(__file__).with_name("year.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
year = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(year)


def table(changes: Mapping[int, str], week: int) -> dict[str, str]:
    """What the hand-written table says of each device after a week."""
    said = {}
    for number in range(week + 1):
        said |= dict(change.rsplit(" ", 1) for change in changes.get(number, "").split(", ") if change)
    return said


def each(lives: Lives):
    """Every finding."""
    return [one for device in lives.devices for one in lives.findings.of(device)]


@pytest.fixture(scope="module")
def steps(say):
    return [*year.runs(say), *year.decisions(say)]


@pytest.fixture(scope="module")
def whole(steps):
    return replay(steps)


@pytest.mark.parametrize("week", range(53))
def test_every_state_is_that_of_the_table_after_each_week(week, steps, say):
    lives = replay(steps, until=say.day(7 * week + 2))

    assert {device: str(life.state) for device, life in lives.devices.items()} == table(year.STATES, week)
    assert {one.device: str(one.state) for one in each(lives)} == table(year.FINDINGS, week)


def test_step_by_step_is_the_same_as_at_once(steps, whole):
    lives = Lives()
    for step in in_order(steps):
        lives.advance(step)

    assert lives.transitions == whole.transitions
    assert lives.devices == whole.devices


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_arrival_gives_the_same(seed, steps, whole):
    shuffled = [*steps, *random.Random(seed).sample(steps, 10)]
    random.Random(seed).shuffle(shuffled)
    lives = replay(shuffled)

    assert (lives.transitions, lives.events) == (whole.transitions, whole.events)
    assert lives.devices == whole.devices
    assert [*each(lives)] == [*each(whole)]


def faults_of(transitions, steps):
    """What is wrong with a history: a change that no row allows, or a removal without covered silence."""
    by_name = {step.run if isinstance(step, RunView) else step.id: step for step in steps}
    now: dict[str, str] = {}
    for line in transitions:
        rows = FINDINGS if "/" in line.subject else PRESENCE
        found = row(rows, line.before, line.trigger)
        if found is None or found.after != line.after:
            yield f"no row: {line}"
        elif found.decider is Decider.PERSON and not line.decision:
            yield f"no person decided: {line}"
        if now.get(line.subject, "") != line.before:
            yield f"not from where it was: {line}"
        now[line.subject] = line.after
        if line.after == Presence.MISSING:
            yield from faults_of_silence(line, [by_name[name] for name in line.evidence])


def faults_of_silence(line, proofs):
    """What is wrong with the sweeps that made a device missing."""
    sweeps = [proof for proof in proofs if isinstance(proof, RunView)]
    if len(sweeps) < 3 or sweeps[-1].at - sweeps[0].at < timedelta(days=7):
        yield f"too few sweeps: {line}"
    for sweep in sweeps:
        if not any(view.covered and not view.interrupted for view in sweep.networks):
            yield f"{sweep.run} covered nothing: {line}"
        if line.subject in {one.device for one in sweep.seen}:
            yield f"{sweep.run} saw it: {line}"


def test_nothing_is_called_removed_without_covered_silence(steps, whole):
    assert list(faults_of(whole.transitions, steps)) == []


def test_blind_empty_narrow_and_interrupted_sweeps_made_nobody_missing(whole):
    bad = {f"run-lab-{7 * week:05.1f}" for week in (year.BLIND, year.EMPTY, year.NARROW, year.INTERRUPTED)}
    proofs = {name for line in whole.transitions if line.after == Presence.MISSING for name in line.evidence}

    assert not proofs & bad


def test_one_question_was_asked_for_each_time_that_a_network_fell_silent(whole):
    told = [
        (str(event.kind), event.subject.removeprefix("lab "), event.run or event.decision)
        for event in whole.events
        if event.kind in (EventKind.QUESTION, EventKind.ANSWERED)
    ]

    assert told == [
        ("question", "10.1.0.0/24", "run-lab-084.0"),
        ("answered", "10.1.0.0/24", "run-lab-091.0"),
        ("question", "10.2.0.0/24", "run-lab-112.0"),
        ("answered", "10.2.0.0/24", "run-lab-119.0"),
        ("question", "10.2.0.0/24", "run-lab-140.0"),
        ("question", "10.1.0.0/24", "run-lab-154.0"),
        ("answered", "10.1.0.0/24", "run-lab-161.0"),
        ("answered", "10.2.0.0/24", "dec-confirm-176.0-lab 10.2.0.0/24"),
    ]
    assert whole.questions == ()


def test_what_happened_besides_is_told(whole):
    told = {(str(event.kind), event.subject) for event in whole.events}

    assert {
        ("moved", "roaming"),
        ("replaced", "old"),
        ("replaced", "laptop"),
        ("reappeared", "off"),
        ("reappeared", "returned"),
        ("no-effect", "vlan-1"),
        ("coverage-regression", "lab 10.1.0.0/24"),
    } <= told
    assert [event.kind for event in whole.events].count(EventKind.COVERAGE_REGRESSION) == 2


def test_a_step_that_is_earlier_than_the_last_is_refused(say):
    lives = Lives()
    lives.advance(say.run(7))

    with pytest.raises(ValueError, match="which is later"):
        lives.advance(say.run(0))


def test_runs_come_before_decisions_of_the_same_moment(say):
    steps = [say.decision(1, "note", "cam"), say.run(1), say.run(1)]

    assert [order(step)[1] for step in in_order(steps)] == [0, 1]


def test_a_decision_that_comes_late_counts_at_its_own_time(say):
    cam = say.seen("cam", "10.1.0.5")
    sweeps = [say.run(0, cam), *(say.run(at) for at in (7, 14, 21, 28))]
    late = [say.run(17, cam), say.decision(24, "verify-removed", "cam", date="2026-01-20")]

    assert replay([*sweeps, late[1]]).devices["cam"].state == "removed-verified"
    lives = replay([*sweeps, *late])
    assert lives.devices["cam"].state == "present"
    assert lives.events[-1].kind is EventKind.NO_EFFECT


# The failures of other tools that lost live findings or cried removal.


def test_the_same_file_taken_twice_closes_nothing(say):
    cam = say.seen("cam", "10.1.0.5")
    lives = replay([say.run(0, cam)] * 3)

    assert [(one.subject, one.state) for one in each(lives)] == [(finding_id("cam", say.MEASURE), "open")]
    assert len(lives.transitions) == 2


def test_a_narrower_scope_closes_nothing(say):
    low, high = say.seen("low", "10.1.0.5"), say.seen("high", "10.1.0.205")
    part = [say.run(at, low, networks=(say.network("10.1.0.0/25"),)) for at in range(7, 120, 7)]
    lives = replay([say.run(0, low, high), *part])

    assert {device: str(life.state) for device, life in lives.devices.items()} == {
        "low": "present",
        "high": "new",
    }
    assert {one.state for one in each(lives)} == {"open"}


def test_a_file_of_another_tool_that_lists_less_closes_nothing(say):
    cams = [say.seen(f"cam-{n}", f"10.1.0.{n}") for n in range(10)]
    partial = [say.run(at, cams[0], networks=(say.network(covered=()),)) for at in range(7, 120, 7)]

    assert {str(life.state) for life in replay([say.run(0, *cams), *partial]).devices.values()} == {
        "new",
        "present",
    }


@pytest.mark.parametrize("said", ["", "outage"])
def test_half_a_network_down_closes_nothing(said, say):
    cams = [say.seen(f"cam-{n}", f"10.1.0.{n}") for n in range(10, 40)]
    down = [say.run(at, *cams[:6], networks=(say.network(),)) for at in range(7, 120, 7)]
    answers = [say.decision(8, "confirm", f"lab {say.NET}", answer=said)] if said else []
    lives = replay([say.run(0, *cams), *down, *answers])

    assert {str(life.state) for life in lives.devices.values()} == {"new", "present"}
    assert len(lives.questions) == 1


def test_a_sweep_that_hears_nobody_is_a_broken_sensor(say):
    cams = [say.seen(f"cam-{n}", f"10.1.0.{n}") for n in range(10, 15)]
    deaf = [say.run(at, networks=(say.network(answered=()),)) for at in range(7, 400, 7)]
    lives = replay([say.run(0, *cams), *deaf])

    assert {str(life.state) for life in lives.devices.values()} == {"new"}
    assert len(lives.questions) == 1


@pytest.mark.parametrize(("said", "low"), [("removed", "missing"), ("outage", "new")])
def test_an_answer_for_a_part_says_nothing_of_the_rest(said, low, say):
    near = [say.seen(f"low-{n}", f"10.1.0.{n}") for n in range(10, 25)]
    far = [say.seen(f"high-{n}", f"10.1.0.{n}") for n in range(200, 215)]
    down = [say.run(at, networks=(say.network(),)) for at in (7, 14, 21)]
    steps = [say.run(0, *near, *far), *down, say.decision(22, "confirm", "lab 10.1.0.0/25", answer=said)]
    lives = replay(steps)

    states = {device: str(life.state) for device, life in lives.devices.items()}
    assert {state for device, state in states.items() if device.startswith("low")} == {low}
    assert {state for device, state in states.items() if device.startswith("high")} == {"new"}
    (question,) = lives.questions
    assert (question.known, question.answered) == (15, 0)

    lives = replay([*steps, say.decision(23, "confirm", "lab 10.1.0.128/25", answer="removed")])
    assert {life.state for life in lives.devices.values()} == {low, "missing"}
    assert lives.questions == ()


# Any history at all.

DEVICES = {f"cam-{n}": f"10.1.0.{n}" for n in range(1, 5)}
_STEP = st.tuples(
    st.sampled_from(["run"] * 6 + ["waive", "verify-removed", "confirm", "retire"]),
    st.sampled_from([0.5, 1, 7, 12, 31]),
    st.sets(st.sampled_from([*DEVICES])),
    st.sampled_from(["whole"] * 5 + ["narrow", "cut", "none", "deaf", "other method"]),
    st.sampled_from([*DEVICES]),
    st.sets(st.sampled_from([*DEVICES]), max_size=1),
)
_VIEWS = {
    "whole": {},
    "narrow": {"prefix": "10.1.0.0/25"},
    "cut": {"interrupted": True},
    "none": {"covered": ()},
    "deaf": {"answered": ()},
    "other method": {"covered": ("sadp",)},
}


def history(say, drawn) -> list[RunView | Decision]:
    """Runs and decisions as they were drawn, one after another."""
    at, steps = 0.0, []
    for what, gap, heard, view, one, moved in drawn:
        at += gap
        if what == "run":
            there = [
                say.seen(name, f"10.1.0.{90 + int(name[-1])}" if name in moved else DEVICES[name])
                for name in sorted(heard)
            ]
            net = say.network(**_VIEWS[view])
            steps.append(say.run(at, *there, networks=(net,)))
            continue
        data = {
            "waive": {"until": str((say.day(at) + timedelta(days=40)).date()), "reason": "x"},
            "verify-removed": {"date": str(say.day(at).date())},
            "confirm": {"answer": "removed" if heard else "outage"},
            "retire": {},
        }[what]
        part = "10.1.0.0/30" if what == "confirm" and moved else say.NET
        subject = one if what in ("waive", "verify-removed") else f"lab {part}"
        steps.append(say.decision(at, what, subject, **data))
    return steps


@given(drawn=st.lists(_STEP, max_size=40), seed=st.integers(0, 99))
@settings(max_examples=150, deadline=None)
def test_any_history_walks_the_table_and_no_removal_is_without_proof(drawn, seed, say):
    steps = history(say, drawn)
    lives = replay(steps)

    assert list(faults_of(lives.transitions, steps)) == []
    for life in lives.devices.values():
        assert (life.state in (Presence.NEW, Presence.PRESENT)) or life.since > life.last_seen
    random.Random(seed).shuffle(steps)
    assert replay(steps).transitions == lives.transitions


def test_the_histories_of_these_tests_take_every_row_of_the_table(say, steps):
    taken = {(line.before, line.trigger) for line in replay(steps).transitions}
    for seed in range(400):
        drawn = random.Random(seed)
        taken |= {(line.before, line.trigger) for line in replay(walk(say, drawn)).transitions}

    wanted = {(before, one.trigger) for one in (*PRESENCE, *FINDINGS) for before in one.before}
    beside = {pair for pair in wanted if pair[1] is Trigger.RECLASSIFIED}  # told by no run
    assert wanted - taken == beside


def walk(say, drawn):
    """One device's random life, in which every trigger has its chance."""
    from scanner.model.sighting import Sighting

    mac, at, steps = "aa:aa:aa:aa:aa:aa", 0.0, []
    methods = drawn.choice([("tcp",), ("tcp",), ("sadp",)])
    for _ in range(drawn.randint(4, 20)):
        at += drawn.choice([4, 7, 7, 7, 16])
        kind = drawn.choice(["seen", "silent", "silent", "silent", "deaf", "cleared", "port", "decide"])
        measures = drawn.choice([(say.MEASURE,), (say.MEASURE,), ()])
        cam = say.seen("cam", "10.1.0.5", mac=mac, methods=methods, measures=measures)
        if kind == "seen" or not steps:
            there = Sighting(mac, switch="sw", port="1")
            steps.append(say.run(at, cam, sightings=(there,)))
        elif kind == "cleared":
            steps.append(say.run(at, cleared=frozenset({"cam"})))
        elif kind == "decide":
            steps += [one for one in decided(say, at) if drawn.random() < 0.5]
        else:
            rows = (Sighting("bb:bb:bb:bb:bb:bb", switch="sw", port="1"),) if kind == "port" else ()
            deaf = (say.network(answered=()),) if kind == "deaf" or drawn.random() < 0.2 else None
            steps.append(say.run(at, networks=deaf, sightings=rows))
    return steps


def decided(say, at):
    """Everything that a person may decide on a day."""
    yield say.decision(at, "waive", "cam", until=str((say.day(at) + timedelta(days=20)).date()), reason="x")
    yield say.decision(at, "verify-removed", "cam", date=str(say.day(at).date()))
    yield say.decision(at, "confirm", f"lab {say.NET}", answer="removed")
    yield say.decision(at, "retire", f"lab {say.NET}")


# A network in which nothing answers at all.


def dark(say, *days):
    return [say.run(at, networks=(say.network(answered=(), covered=()),)) for at in days]


def test_a_dark_network_raises_one_question_and_counts_for_nothing(say):
    cams = [say.seen(f"cam-{n}", f"10.1.0.{n}") for n in range(10, 15)]
    lives = replay([say.run(0, *cams), *dark(say, *range(7, 100, 7))])

    assert {str(life.state) for life in lives.devices.values()} == {"new"}
    assert [one.subject for one in lives.questions] == [f"lab {say.NET}"]


def test_a_person_may_say_that_a_dark_network_is_gone(say):
    cams = [say.seen(f"cam-{n}", f"10.1.0.{n}") for n in range(10, 15)]
    steps = [
        say.run(0, *cams),
        *dark(say, 7, 14, 21),
        say.decision(22, "confirm", f"lab {say.NET}", answer="removed"),
    ]

    assert {str(life.state) for life in replay(steps).devices.values()} == {"missing"}
    later = [*steps, *dark(say, *range(28, 70, 7))]
    assert {str(life.state) for life in replay(later).devices.values()} == {"removed-unverified"}


def test_an_outage_that_was_dark_counts_for_nothing_afterwards(say):
    cams = [say.seen(f"cam-{n}", f"10.1.0.{n}") for n in range(10, 15)]
    lives = replay(
        [
            say.run(0, *cams),
            *dark(say, 7, 14, 21),
            say.decision(22, "confirm", f"lab {say.NET}", answer="outage"),
            *(say.run(at, *cams[1:]) for at in (28, 35)),
        ]
    )

    assert lives.devices["cam-10"].state == "new"
    assert lives.questions == ()
