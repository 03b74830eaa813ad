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


def test_who_was_silent_is_a_bit_an_address():
    block = Block(0, 0, ["127.0.0.1", "127.0.0.2", "127.0.0.3"])
    block.silent[80] = ["127.0.0.3", "127.0.0.1"]
    assert (block.mask(80), block.mask(443)) == (0b101, 0)
    assert block.among(["127.0.0.2", "127.0.0.3"], 0b101) == ["127.0.0.3"]
