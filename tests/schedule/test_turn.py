from __future__ import annotations

from scanner.schedule.turn import Turn


class Run:
    def __init__(self):
        self.reasons = []

    def stop(self, reason="?"):
        self.reasons.append(reason)


def test_a_run_that_is_attended_is_stopped_with_the_first_reason():
    turn, run = Turn(), Run()
    with turn.attend(run) as pressed:
        assert list(pressed()) == []
        turn.stop("paused")
        turn.stop("changed")

    assert run.reasons == ["paused", "paused"]
    assert turn.reason == "paused"


def test_a_turn_that_was_stopped_before_its_run_began_stops_it_at_once():
    turn, run = Turn(), Run()
    turn.stop("the daemon was stopped")
    with turn.attend(run):
        pass

    assert run.reasons == ["the daemon was stopped"]


def test_a_run_that_is_over_is_left_alone():
    turn, run = Turn(), Run()
    with turn.attend(run):
        pass
    turn.stop("late")

    assert run.reasons == []
