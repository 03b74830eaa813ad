"""What all parser tests share: damage done to real replies, and a bound on processor time."""

from __future__ import annotations

import contextlib
import random
import sys
import time

import pytest

from scanner.model.errors import Malformed
from scanner.model.fields import Fields

SECONDS = 0.1 if sys.gettrace() is None else 0.5
"""For 64 KiB; what was measured on a quiet machine is below 0.05, quadratic readers take seconds."""


def _damaged(reply: bytes, chance: random.Random) -> bytes:
    cut = chance.randrange(len(reply) + 1)
    rubbish = chance.randbytes(chance.choice((0, 1, 16, 300)))
    damaged = bytearray(reply[:cut] + rubbish + (reply[cut:] if chance.random() < 0.3 else b""))
    for _ in range(chance.choice((0, 0, 1, 5))):
        if damaged:
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


@pytest.fixture
def survives():
    """Check that a reader gives fields or `Malformed` on a real reply cut, continued and changed at random."""

    def check(read, *replies: bytes, rounds: int = 300) -> None:
        chance = random.Random(20261124)
        for number in range(rounds):
            damaged = _damaged(replies[number % len(replies)], chance)
            try:
                fields = read(damaged, None)
            except Malformed:
                continue
            assert isinstance(fields, Fields)
            assert all(isinstance(value, str) for name in fields for value in fields[name])

    return check


@pytest.fixture
def quickly():
    """Check that a call stays within the processor time for 64 KiB; `Malformed` is as good as fields."""

    def check(function, *arguments: object) -> None:
        best = SECONDS * 2
        for _ in range(3):
            begin = time.process_time()
            with contextlib.suppress(Malformed):
                function(*arguments)
            best = min(best, time.process_time() - begin)
        assert best < SECONDS, f"{best:.3f} s for {function.__name__}"

    return check
