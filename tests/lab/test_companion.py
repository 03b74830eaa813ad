from __future__ import annotations

import os
import signal
import sys
import threading
import time

import pytest

from scanner.lab.companion import run_beside, wait_until_ended
from scanner.lab.engine import LabError


@pytest.mark.parametrize("code", [0, 3, 130])
def test_the_commands_code_is_handed_on(code: int) -> None:
    assert run_beside([sys.executable, "-c", f"raise SystemExit({code})"]) == code


def test_a_command_that_was_killed_counts_as_a_shell_counts_it() -> None:
    assert run_beside(["sh", "-c", "kill -9 $$"]) == 137


def test_a_command_that_is_not_there_is_one_line() -> None:
    with pytest.raises(LabError, match="cannot run /nowhere/tool"):
        run_beside(["/nowhere/tool"])


def test_hiksweep_is_found_even_when_it_is_not_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    class Process:
        def __init__(self, arguments: list[str]) -> None:
            ran.append(arguments)

        def wait(self) -> int:
            return 0

    monkeypatch.setattr("scanner.lab.companion.shutil.which", lambda _name: None)
    monkeypatch.setattr("scanner.lab.companion.subprocess.Popen", Process)
    assert run_beside(["hiksweep", "scan", "127.77.0.0/24"]) == 0
    assert ran == [[sys.executable, "-m", "scanner", "scan", "127.77.0.0/24"]]


def _in_a_while(number: int) -> None:
    threading.Timer(0.3, lambda: os.kill(os.getpid(), number)).start()


@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(), reason="signals reach the main thread only"
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_waiting_ends_at_a_signal_and_gives_the_handlers_back(number: int) -> None:
    before = signal.getsignal(number)
    _in_a_while(number)
    started = time.monotonic()
    wait_until_ended()
    assert time.monotonic() - started < 5
    assert signal.getsignal(number) is before


@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(), reason="signals reach the main thread only"
)
def test_a_termination_is_handed_on_to_the_command() -> None:
    _in_a_while(signal.SIGTERM)
    started = time.monotonic()
    assert run_beside([sys.executable, "-c", "import time; time.sleep(60)"]) == 143
    assert time.monotonic() - started < 10


def test_waiting_in_another_thread_ends_with_its_event() -> None:
    event = threading.Event()
    thread = threading.Thread(target=wait_until_ended, args=(event.set, event))
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
