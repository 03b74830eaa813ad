"""The year of the inventory's tests as tickets in a real tracker, with the store lost halfway."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("tickets_year", Path(__file__).with_name("year.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
year = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(year)


@pytest.mark.slow
@pytest.mark.peer
def test_a_year_gives_the_tickets_of_the_table_with_the_store_lost_halfway(
    tmp_path, knowledge, adapter, say, journals, roundup
):
    world = year.World(tmp_path, knowledge, adapter, say, journals)
    assert year.replay(world, roundup) == {}
