"""What all parser tests share: damage done to real replies."""

from __future__ import annotations

import random

import pytest

from scanner.model.errors import Malformed
from scanner.model.fields import Fields


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
