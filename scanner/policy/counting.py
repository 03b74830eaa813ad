"""How much of a prefix a walk has visited, without walking it: a stopped scan of a /8 is told in a second."""

from __future__ import annotations

from scanner.scope import Permutation


def visited(walk: Permutation, first: int, count: int, steps: int) -> int:
    """How many of ``count`` indices from ``first`` on are visited within the first ``steps`` steps.

    Their places on the walk are an arithmetic progression modulo its size, so this takes a few dozen
    divisions however many they are.
    """
    size = walk.size
    if size <= 1:
        return count if steps > 0 else 0
    # A place p is below k exactly where the floors of p / n and of (p - k) / n differ.
    start, step = walk.step_of(first) + size, (walk.step_of(1) - walk.step_of(0)) % size
    return _floors(count, size, step, start) - _floors(count, size, step, start - min(steps, size))


def _floors(count: int, modulus: int, step: int, start: int) -> int:
    """The sum of ``(step * i + start) // modulus`` for i from 0 to count - 1, as in Euclid's algorithm."""
    total = 0
    while count > 0:
        total += count * (count - 1) // 2 * (step // modulus) + count * (start // modulus)
        step, start = step % modulus, start % modulus
        last = step * count + start
        if last < modulus:
            break
        count, start, step, modulus = last // modulus, last % modulus, modulus, step
    return total
