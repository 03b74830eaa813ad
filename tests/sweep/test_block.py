"""Rounds are taken in the order in which they are due."""

from __future__ import annotations

from scanner.sweep.block import Block, Round


def test_rounds_sort_by_when_they_are_due_then_by_who_came_first():
    block = Block(0, 0, ["127.0.0.1"])
    late, first, second = (
        Round(2.0, 0, block, [], 80), Round(1.0, 1, block, [], 443), Round(1.0, 2, block, [], 80, None, True),
    )  # fmt: skip
    assert sorted([late, second, first]) == [first, second, late]
    assert (second.again, second.waiting) == (True, 1)
