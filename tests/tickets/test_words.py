from __future__ import annotations

import importlib.util
from pathlib import Path

from scanner.tickets.words import Act, Step

_SPEC = importlib.util.spec_from_file_location("make", Path(__file__).with_name("make.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
make = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make)


def test_a_ticket_reads_its_own_memo():
    item = make.item(1)
    found = make.ticket(item, marks=["hsmc-" + "1" * 20])
    assert found.keys == {key.text for key in make.group(item).keys}
    assert found.version.startswith("hsv-")
    assert found.marks == {"hsmc-" + "1" * 20}


def test_a_device_is_called_by_its_address_else_by_its_name():
    assert make.item(1).called == "10.1.0.1"
    assert make.item(1, addresses=()).called == "serial:SN000000001"
    assert make.item(1, addresses=(), names=()).called == "inv-1"


def test_what_is_not_known_of_it_is_an_empty_text():
    assert make.item(1).known["model"] == "DS-1"
    assert make.item(1).known["serial"] == ""


def test_steps_are_told_apart():
    item = make.item(1)
    group, ticket = make.group(item), make.ticket(item)
    steps = [
        Step(Act.CREATE, group, None, ""),
        Step(Act.UPDATE, group, ticket, ""),
        Step(Act.CLOSE, group, ticket, "", "m"),
    ]
    assert len({step.id for step in steps}) == 3
