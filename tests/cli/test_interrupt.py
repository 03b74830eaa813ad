"""Ctrl-C ends what gathers, once; the second press is answered."""

from __future__ import annotations

import os
import signal
from pathlib import Path

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
