"""Shares with their intervals."""

from __future__ import annotations

import math

NORMAL = 1.959964
"""Quantile of the normal distribution that leaves 2.5 % on either side."""


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927); the whole of it if nothing was counted."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, NORMAL**2
    middle = share + square / (2 * whole)
    spread = NORMAL * math.sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    below, above = ((middle + sign * spread) / (1 + square / whole) for sign in (-1, 1))
    return max(0.0, below), min(1.0, above)


def ratio(part: int, whole: int) -> str:
    """``12/13 (92.3 %; 66.7–98.6)``, the interval behind the share; nothing to count is no success."""
    if not whole:
        return "0/0"
    below, above = wilson(part, whole)
    return f"{part}/{whole} ({100 * part / whole:.1f} %; {100 * below:.1f}–{100 * above:.1f})"
