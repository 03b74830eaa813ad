from __future__ import annotations

import importlib.util
from pathlib import Path

from scanner.tickets.groups import groups_of
from scanner.tickets.words import Grouping

_SPEC = importlib.util.spec_from_file_location("make", Path(__file__).with_name("make.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
make = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make)

ITEMS = [
    make.item(1, "open", make.obligation("waived", "us-889"), networks=("10.1.0.0/24",)),
    make.item(2, networks=("10.1.0.0/24",)),
    make.item(3, site="annex", sites=("annex",)),
]


def subjects(grouping):
    return [(one.subject, len(one.items), len(one.obligations)) for one in groups_of(ITEMS, grouping)]


def test_each_grouping_holds_every_finding_once():
    assert subjects(Grouping.DEVICE) == [
        ("lab 10.1.0.1", 1, 2),
        ("lab 10.1.0.2", 1, 1),
        ("annex 10.1.0.3", 1, 1),
    ]
    assert subjects(Grouping.FINDING) == [
        ("lab 10.1.0.1 ca-federal-2025", 1, 1),
        ("lab 10.1.0.1 us-889", 1, 1),
        ("lab 10.1.0.2 ca-federal-2025", 1, 1),
        ("annex 10.1.0.3 ca-federal-2025", 1, 1),
    ]
    assert subjects(Grouping.NETWORK) == [("lab 10.1.0.0/24", 2, 3), ("annex", 1, 1)]
    assert subjects(Grouping.SITE) == [("lab", 2, 3), ("annex", 1, 1)]


def test_what_lies_in_no_known_network_is_grouped_with_its_site():
    by_network = {one.subject: one.keys for one in groups_of(ITEMS, Grouping.NETWORK)}
    by_site = {one.subject: one.keys for one in groups_of(ITEMS, Grouping.SITE)}
    assert by_network["annex"] == by_site["annex"]
