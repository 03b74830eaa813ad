"""What the sweep says in its thread is heard in the loop, in the same order."""

from __future__ import annotations

import asyncio
import inspect

from scanner.run.hearing import Listener
from scanner.sweep.interface import SweepListener


class Running:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __getattr__(self, name: str):
        return lambda *arguments: self.told.append(name)


def hear(*, whole: bool) -> list[str]:
    async def said() -> list[str]:
        running = Running()
        listener = Listener(asyncio.get_running_loop(), running, whole=whole)
        words = [name for name in vars(SweepListener) if not name.startswith("_")]
        for name in words:
            method = getattr(listener, name)
            given = inspect.signature(method).parameters.values()
            named = {one.name: False for one in given if one.kind is one.KEYWORD_ONLY}
            method(*[20] * (len(given) - len(named)), **named)
        await asyncio.sleep(0)
        assert [name for name in words if name in running.told] == running.told
        return running.told

    return asyncio.run(said())


def test_every_word_is_heard():
    assert set(hear(whole=True)) == {name for name in vars(SweepListener) if not name.startswith("_")}


def test_a_sweep_of_neighbours_is_no_step_of_the_whole_one():
    assert set(hear(whole=True)) - set(hear(whole=False)) == {"done", "round_over"}
