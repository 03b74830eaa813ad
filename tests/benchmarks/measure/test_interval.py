from __future__ import annotations

from benchmarks.measure.interval import ratio, wilson


def test_the_interval_is_that_of_wilson() -> None:
    below, above = wilson(44, 44)

    assert (round(below, 3), round(above, 3)) == (0.92, 1.0)
    assert wilson(0, 0) == (0.0, 1.0)


def test_nothing_to_count_is_no_success() -> None:
    assert ratio(0, 0) == "0/0"
    assert ratio(1, 2) == "1/2 (50.0 %; 9.5–90.5)"
