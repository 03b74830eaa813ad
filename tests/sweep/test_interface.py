"""The flag that ends a sweep."""

from __future__ import annotations

from scanner.sweep.interface import Stop


def test_the_first_reason_to_stop_stays() -> None:
    stop = Stop()
    assert not stop.wanted

    stop.set("the time limit was reached")
    stop.set("interrupted by the user")

    assert stop.wanted
    assert stop.reason == "the time limit was reached"
