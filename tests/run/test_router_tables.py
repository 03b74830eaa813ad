from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.matcher.ports import sightings
from scanner.model.credential import Community
from scanner.model.ending import Ending
from scanner.parsers.mib import AddressRow
from scanner.policy.tables import SUBTREES
from scanner.run.router_plan import RouterPlan
from scanner.run.router_tables import Reading, read_tables
from scanner.transports.snmp_walk import Column, Failure

MAC = b"\x44\x19\xb6\x00\x00\x01"
FDB = tuple(MAC)
SILENT = Failure(Ending.SILENT, "no answer")
DENIED = Failure(Ending.SILENT, "no answer, or another credential", denied=True)
BROKEN = Failure(Ending.MALFORMED, "the router answered with the error genErr")


def addresses(count: int, value: object = MAC) -> tuple:
    return tuple(((3, 1, 4, 10, 0, 0, last), value) for last in range(1, count + 1))


def old_addresses(count: int, value: object = MAC) -> tuple:
    return tuple(((3, 10, 0, 1, last), value) for last in range(1, count + 1))


def forwarding(count: int, value: object = 1) -> tuple:
    return tuple(((*FDB[:5], last), value) for last in range(1, count + 1))


class Walk:
    """A router made of columns; an entry may be rows, or rows and a failure."""

    def __init__(self, columns: dict, opens: Failure | None = None) -> None:
        self.columns, self.opens = columns, opens
        self.asked: list[tuple[str, str]] = []
        self.sizes: dict[str, int] = {}

    async def open(self):
        return self.opens

    async def column(self, name: str, *, vlan: str = "", rows: int = 25) -> Column:
        assert name in SUBTREES
        self.asked.append((name, vlan))
        self.sizes[name] = rows
        found = self.columns.get(f"{name}@{vlan}" if vlan else name, ())
        rows_, failure = found if isinstance(found, list) else (found, None)
        return Column(name, tuple(rows_), failure)


def read(columns: dict, opens: Failure | None = None, at_most: int = 512):
    walk, reading = Walk(columns, opens), Reading(RouterPlan("10.9.0.1", "core", Community("word")))
    told: list[tuple[str, list[AddressRow]]] = []
    asyncio.run(read_tables(walk, reading, lambda table, rows: told.append((table, list(rows))), at_most))
    return walk, reading, told


def gaps(reading: Reading) -> list[tuple[str, bool]]:
    return [(gap.state, gap.affects_verdict) for gap in reading.gaps()]


NAMED = {"sysName": (((0,), b"core-1"),)}


def test_tables_that_show_devices_are_read_before_those_that_show_ports():
    walk, reading, told = read(NAMED | {"ipNetToPhysicalPhysAddress": addresses(2)})

    names = [name for name, _ in walk.asked]
    assert names.index("ipNetToMediaType") < names.index("ifName") < names.index("lldpRemChassisId")
    assert set(names) == set(SUBTREES) - {"dot1dTpFdbStatus", "dot1qVlanFdbId"}
    assert (reading.name, gaps(reading), reading.word) == ("core-1", [], Ending.COMPLETE)
    assert [len(rows) for _, rows in told] == [2, 0]


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [(3, 0, [3, 0]), (0, 3, [0, 3]), (2, 2, [2, 2])],
    ids=["old one empty", "new one empty", "both"],
)
def test_either_address_table_may_be_empty(new, old, expected):
    columns = NAMED | {
        "ipNetToPhysicalPhysAddress": addresses(new),
        "ipNetToMediaPhysAddress": old_addresses(old),
    }

    _, reading, told = read(columns)

    assert [len(rows) for _, rows in told] == expected
    assert len(reading.addresses) == sum(expected)
    assert gaps(reading) == []


def test_what_both_tables_have_is_told_once():
    columns = NAMED | {
        "ipNetToPhysicalPhysAddress": addresses(2),
        "ipNetToMediaPhysAddress": tuple((index[:1] + index[3:], value) for index, value in addresses(2)),
    }

    walk, reading, _ = read(columns)

    assert len(reading.addresses) == 2
    assert ("ipNetToMediaType", "") not in walk.asked  # it could not say anything new


@pytest.mark.parametrize("failure", [DENIED, Failure(Ending.REFUSED, "closed"), SILENT])
def test_a_router_that_cannot_be_opened_is_not_read_and_that_affects_the_verdict(failure):
    walk, reading, _ = read({}, opens=failure)

    assert walk.asked == []
    assert gaps(reading) == [("not read", True)]
    (gap,) = reading.gaps()
    assert (gap.targets, gap.method) == ("10.9.0.1", "snmp-router")
    assert failure.detail in gap.reason


def test_a_credential_that_is_refused_is_not_used_again():
    walk, reading, _ = read({"sysName": [(), DENIED]})

    assert walk.asked == [("sysName", "")]
    assert gaps(reading) == [("not read", True)]
    assert reading.word is Ending.SILENT


def test_a_router_that_falls_silent_in_its_address_table_leaves_what_was_read_and_a_gap():
    walk, reading, told = read(NAMED | {"ipNetToPhysicalPhysAddress": [addresses(25), SILENT]})

    assert len(walk.asked) == 2
    assert len(told[0][1]) == len(reading.addresses) == 25
    assert gaps(reading) == [("read in part", True)]
    assert "25 entries" in next(reading.gaps()).reason
    assert reading.word is Ending.CLOSED_EARLY


def test_a_router_that_falls_silent_later_costs_ports_and_no_device():
    columns = NAMED | {"ipNetToPhysicalPhysAddress": addresses(3), "dot1dTpFdbPort": [forwarding(25), SILENT]}

    _, reading, _ = read(columns)

    assert len(reading.forwarding) == 25
    assert gaps(reading) == [("read in part", False)]


def test_a_broken_address_table_affects_the_verdict_and_what_follows_is_still_read():
    columns = NAMED | {"ipNetToPhysicalPhysAddress": [addresses(3), BROKEN], "ifName": (((1,), b"Gi1"),)}

    _, reading, _ = read(columns)

    assert gaps(reading) == [("read in part", True)]
    assert "genErr" in next(reading.gaps()).reason
    assert reading.interface_names == {1: "Gi1"}


@pytest.mark.parametrize("name", ["ipNetToPhysicalType", "ifName", "dot1qTpFdbPort", "lldpRemSysCapEnabled"])
def test_any_other_broken_column_costs_ports_alone(name):
    _, reading, _ = read(NAMED | {"ipNetToPhysicalPhysAddress": addresses(3), name: [(), BROKEN]})

    assert gaps(reading) == [("read in part", False)]


def test_half_a_table_without_a_word_is_seen_by_its_other_column():
    lost = {"ipNetToPhysicalPhysAddress": addresses(4), "ipNetToPhysicalType": addresses(20, 3)}
    kept = {"ipNetToPhysicalPhysAddress": addresses(20), "ipNetToPhysicalType": addresses(4, 3)}
    ports = {
        "dot1dTpFdbPort": forwarding(4), "dot1dTpFdbStatus": forwarding(20, 3),
        "dot1dBasePortIfIndex": (((1,), 1),),
    }  # fmt: skip

    assert gaps(read(NAMED | lost)[1]) == [("read in part", True)]
    assert gaps(read(NAMED | kept)[1]) == [("read in part", False)]
    assert gaps(read(NAMED | ports)[1]) == [("read in part", False)]
    assert "half a table" in next(read(NAMED | lost)[1].gaps()).reason


def test_a_table_that_changed_while_it_was_read_is_no_half_table():
    columns = {"ipNetToPhysicalPhysAddress": addresses(19), "ipNetToPhysicalType": addresses(20, 3)}

    assert gaps(read(NAMED | columns)[1]) == []


def test_ports_in_use_that_have_no_name_are_said():
    _, reading, _ = read(NAMED | {"dot1dTpFdbPort": forwarding(3), "dot1dTpFdbStatus": forwarding(3, 3)})

    assert "dot1dBasePortTable has no entry for 1 ports" in next(reading.gaps()).reason


CISCO = NAMED | {
    "vtpVlanState": (((1, 10), 1), ((1, 20), 1)),
    "dot1dBasePortIfIndex@10": (((1,), 101),),
    "dot1dTpFdbPort@10": forwarding(2),
    "dot1dTpFdbStatus@10": forwarding(2, 3),
    "dot1dBasePortIfIndex@20": (((1,), 102),),
    "dot1dTpFdbPort@20": forwarding(1),
    "dot1dTpFdbStatus@20": forwarding(1, 3),
}


def test_a_switch_with_a_table_for_each_vlan_is_read_vlan_by_vlan():
    walk, reading, _ = read(CISCO)

    assert [(row.vlan, row.port) for row in reading.forwarding] == [("10", 1), ("10", 1), ("20", 1)]
    assert reading.base_ports == {("10", 1): 101, ("20", 1): 102}
    assert gaps(reading) == []
    assert ("entLogicalDescr", "") not in walk.asked


def test_vlans_may_be_listed_as_logical_entities_which_are_read_one_at_a_time():
    """The column behind their names holds the switch's community strings."""
    columns = {name: rows for name, rows in CISCO.items() if name != "vtpVlanState"}

    walk, reading, _ = read(columns | {"entLogicalDescr": (((1,), b"vlan10"), ((2,), b"vlan20"))})

    assert len(reading.forwarding) == 3
    assert walk.sizes["entLogicalDescr"] == 1


def test_the_number_of_vlans_is_bounded():
    walk, reading, _ = read(CISCO, at_most=1)

    assert {vlan for _, vlan in walk.asked} == {"", "10"}
    assert gaps(reading) == [("read in part", False)]


def test_a_vlan_that_is_not_answered_costs_that_vlan():
    _, reading, _ = read(CISCO | {"dot1dBasePortIfIndex@10": [(), DENIED]})

    assert [row.vlan for row in reading.forwarding] == ["20"]
    assert gaps(reading) == [("read in part", False)]
    assert "VLAN 10" in next(reading.gaps()).reason


def test_after_three_vlans_without_an_answer_the_others_are_left():
    states = {"vtpVlanState": tuple(((1, vlan), 1) for vlan in range(2, 100))}
    silent = {f"dot1dBasePortIfIndex@{vlan}": [(), DENIED] for vlan in range(2, 100)}

    walk, reading, _ = read(NAMED | states | silent)

    assert len({vlan for _, vlan in walk.asked if vlan}) == 3
    assert "the other VLANs were not asked" in next(reading.gaps()).reason


def test_what_was_read_is_ready_to_be_joined():
    columns = NAMED | {
        "ipNetToPhysicalPhysAddress": addresses(1),
        "ifName": (((1,), b"Gi1"),),
        "ifDescr": (((1,), b"GigabitEthernet1"), ((2,), b"GigabitEthernet2")),
        "dot1dBasePortIfIndex": (((1,), 1),),
        "dot1qTpFdbPort": (((20, *FDB), 1),),
        "dot1qTpFdbStatus": (((20, *FDB), 3),),
        "lldpLocPortDesc": (((1,), b"Gi1"),),
        "lldpRemSysCapEnabled": (((0, 1, 1), b"\x20\x00"),),
    }

    tables = read(columns)[1].tables()

    (row,) = tables.forwarding
    assert (tables.name, tables.port_of(row), row.vlan) == ("core-1", "Gi1", "20")
    assert tables.interface_names[2] == "GigabitEthernet2"
    assert tables.lldp_interface(tables.neighbours[0].port) == 1


def test_refused_access_to_everything_is_a_router_that_was_not_read():
    refused = Failure(Ending.REFUSED, "the credential may not read it")

    _, reading, _ = read({name: [(), refused] for name in SUBTREES})

    (gap,) = reading.gaps()
    assert (gap.state, gap.affects_verdict) == ("not read", True)
    assert "may not read it" in gap.reason


INDEX = st.lists(st.integers(0, 300), max_size=12).map(tuple)
VALUES = st.one_of(st.none(), st.binary(max_size=8), st.integers(-2, 1 << 33), st.text(max_size=4))
FAILURES = st.sampled_from([None, SILENT, DENIED, BROKEN, Failure(Ending.CUT, "more rows"), None, None])
COLUMNS = st.tuples(st.lists(st.tuples(INDEX, VALUES), max_size=5), FAILURES).map(list)


@given(st.dictionaries(st.sampled_from(sorted(SUBTREES)), COLUMNS))
def test_any_tables_are_read_joined_and_told_without_an_exception(columns):
    _, reading, told = read(columns)

    macs = {row.mac: (row.address,) for _, rows in told for row in rows} | {"44:19:b6:00:00:01": ()}
    found = list(sightings([reading.tables(), reading.tables()], macs, ""))
    assert all(one.mac in macs for one in found)
    assert all(gap.targets == "10.9.0.1" and gap.reason for gap in reading.gaps())
    assert reading.word in Ending
