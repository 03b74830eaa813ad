"""Ctrl-C ends what gathers, once; the second press is answered."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from scanner.cli.interrupt import interruptible


class Run:
    journal_path = Path("j.jsonl")
    stopped = 0

    def stop(self) -> None:
        self.stopped += 1


def test_each_press_is_answered_once_and_the_old_handlers_come_back():
    before = signal.getsignal(signal.SIGINT)
    run = Run()
    with interruptible(run) as pressed:
        assert list(pressed()) == []
        os.kill(os.getpid(), signal.SIGINT)
        assert list(pressed()) == ["stopping; what was gathered is kept"]
        os.kill(os.getpid(), signal.SIGTERM)
        assert list(pressed()) == ["still stopping; the journal is j.jsonl"]
    assert run.stopped == 2
    assert signal.getsignal(signal.SIGINT) is before


def test_presses_between_two_looks_are_all_answered_in_order():
    run = Run()
    with interruptible(run) as pressed:
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)
        answers = list(pressed())
        assert answers == [
            "stopping; what was gathered is kept",
            *["still stopping; the journal is j.jsonl"] * 2,
        ]
        assert list(pressed()) == []
    assert run.stopped == 3


def test_the_old_handlers_come_back_after_a_fault_too():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    with pytest.raises(ValueError, match="fault"), interruptible(Run()):
        raise ValueError("fault")

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
