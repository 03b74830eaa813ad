from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.counting import visited
from scanner.scope import Permutation


@given(
    size=st.integers(1, 400),
    seed=st.integers(0, 1 << 31),
    first=st.integers(0, 400),
    count=st.integers(0, 400),
    steps=st.integers(0, 500),
)
def test_visited_counts_what_walking_would_count(
    size: int, seed: int, first: int, count: int, steps: int
) -> None:
    walk = Permutation.of(size, seed)
    first = first % size
    count = min(count, size - first)

    expected = sum(walk.step_of(index) < steps for index in range(first, first + count))

    assert visited(walk, first, count, steps) == expected


def test_every_24_of_a_class_a_network_is_counted_in_a_moment() -> None:
    walk = Permutation.of(1 << 24, 941_589_519)

    started = time.monotonic()
    total = sum(visited(walk, first, 256, 5_000_000) for first in range(0, 1 << 24, 256))

    assert total == 5_000_000
    assert time.monotonic() - started < 20
