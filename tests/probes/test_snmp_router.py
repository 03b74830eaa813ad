"""Tables of routers: a card; the columns themselves are the policy's list."""

from __future__ import annotations

from scanner.policy.rules import ROUTER, Limits
from scanner.policy.tables import SUBTREES
from scanner.probes.snmp_router import PROBE, TABLES
from scanner.transports.snmp_walk import ROWS_A_QUESTION


def test_every_column_that_may_be_read_belongs_to_a_table_of_the_card_and_every_table_has_one() -> None:
    stems = tuple(table.removesuffix("Table") for table in TABLES)

    assert [name for name in SUBTREES if not name.startswith(stems)] == []
    assert [stem for stem in stems if not any(name.startswith(stem) for name in SUBTREES)] == []
    assert all(table in PROBE.sends[0] for table in TABLES)


def test_it_is_planned_for_a_named_router_only_and_says_its_bounds() -> None:
    limits = Limits()

    assert (PROBE.name, PROBE.needs, PROBE.datagrams) == (ROUTER, ("router",), 0)
    for figure in (
        str(ROWS_A_QUESTION),
        f"{limits.host_rate:g} a second",
        f"{limits.router_rows:,}",
        str(limits.vlans),
    ):
        assert figure in PROBE.notes["bounds"]
    assert f"{limits.router_time / 60:g} minutes" in PROBE.notes["bounds"]
