"""Cycles are looked for again afterwards, if they were before."""

from __future__ import annotations

import gc

import pytest

from scanner.inventory.garbage import uncollected


def fail(seen: list[bool]) -> None:
    with uncollected():
        seen.append(gc.isenabled())
        raise ZeroDivisionError


def test_cycles_are_looked_for_again_whatever_happens():
    seen: list[bool] = []
    with pytest.raises(ZeroDivisionError):
        fail(seen)

    assert seen == [False]
    assert gc.isenabled()


def test_who_had_it_off_has_it_off_still():
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
