from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from scanner.model.errors import UsageError
from scanner.tickets.plan import make_plan
from scanner.tickets.plan_file import chosen, plan_data, read_ids
from scanner.tickets.policy import TicketPolicy

_SPEC = importlib.util.spec_from_file_location("make", Path(__file__).with_name("make.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
make = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make)


@pytest.fixture
def plan():
    items = [make.item(number) for number in (1, 2, 3)]
    return make_plan(items, [make.ticket(items[0])], TicketPolicy())


def test_a_file_holds_the_writes_that_a_person_looked_at(plan, tmp_path):
    path = tmp_path / "plan.json"
    data = plan_data(plan, "t")
    assert data["counts"] == {"create": 2, "nothing": 1}
    path.write_text(json.dumps(data))
    ids = read_ids(path, "t")
    assert len(ids) == 2
    assert chosen(plan.writes, ids) == plan.writes
    assert chosen(plan.writes, [next(iter(ids))]) == plan.writes[:1]
    assert chosen(plan.writes, ["something else"]) == ()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": 2, "steps": []}', "[" * 100_000, '{"schema":1,"tracker":"u","steps":[]}'],
)
def test_what_is_no_plan_of_this_tracker_is_refused(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="plan"):
        read_ids(path, "t")
    with pytest.raises(UsageError, match="cannot be read"):
        read_ids(tmp_path / "none", "t")
