"""The stop flag: the first reason stays, and any thread may set it."""

from __future__ import annotations

import threading

from scanner.sweep.interface import Stop


def test_a_sweep_goes_on_until_it_is_told_to_stop():
    stop = Stop()
    assert not stop.wanted
    stop.set("the time limit")
    stop.set("interrupted by the user")
    assert (stop.wanted, stop.reason) == (True, "the time limit")


def test_of_many_threads_one_gives_the_reason():
    stop = Stop()
    threads = [threading.Thread(target=stop.set, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stop.wanted
    assert stop.reason in {str(number) for number in range(8)}
