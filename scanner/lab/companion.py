"""What happens while the lab is up: another command runs beside it, or it waits to be ended."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from scanner.lab.engine import LabError

_SIGNALLED = 128
"""A shell's convention: 128 plus the number of the signal that ended a command."""


def run_beside(words: Sequence[str]) -> int:
    """Run a command and return its exit code.

    Ctrl-C reaches the command by itself, since it stands in the same foreground group; SIGTERM is handed on.

    Raises:
        LabError: the command cannot be started.
    """
    arguments = list(words)
    if arguments[0] == "hiksweep" and shutil.which("hiksweep") is None:
        arguments[:1] = [sys.executable, "-m", "scanner"]
    try:
        process = subprocess.Popen(arguments)
    except OSError as error:
        raise LabError(f"lab: cannot run {arguments[0]} ({error.strerror})") from error

    def hand_on(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGTERM:
            process.terminate()

    with _on_signals(hand_on):
        code = process.wait()
    return code if code >= 0 else _SIGNALLED - code


def wait_until_ended(say: Callable[[], None] = lambda: None, ended: threading.Event | None = None) -> None:
    """Return at Ctrl-C, SIGTERM, or when the event is set.

    ``say`` is called once a signal is a way to end: who reads it may send one.
    """
    event = ended or threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        event.set()

    with _on_signals(end):
        say()
        while not event.wait(0.2):
            pass


@contextmanager
def _on_signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have SIGINT and SIGTERM call the handler, where signals can be caught (the main thread)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [(number, signal.signal(number, handler)) for number in numbers]
    try:
        yield
    finally:
        for number, old in before:
            signal.signal(number, old)
