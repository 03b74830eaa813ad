from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyasn1.codec.ber import encoder
from pysnmp.proto import api

from scanner.model.errors import Refused
from scanner.policy.tables import GET_BULK, GET_NEXT, REPETITIONS, SUBTREES, check_table_read

V2C = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
COLUMN = SUBTREES["ipNetToPhysicalPhysAddress"]


def unit(kind: str, *oids: str, repetitions: int = 25, non_repeaters: int = 0, value: object = None) -> bytes:
    """A message unit as pysnmp writes it."""
    made = getattr(V2C, kind)()
    of = V2C.apiBulkPDU if kind == "GetBulkRequestPDU" else V2C.apiPDU
    of.set_defaults(made)
    if of is V2C.apiBulkPDU:
        of.set_max_repetitions(made, repetitions)
        of.set_non_repeaters(made, non_repeaters)
    of.set_varbinds(made, [(oid, V2C.Null("") if value is None else value) for oid in oids])
    return encoder.encode(made)


def refused(data: bytes) -> bool:
    try:
        check_table_read(data)
    except Refused as found:
        return found.rule == "request"
    return False


@pytest.mark.parametrize("column", SUBTREES.values(), ids=SUBTREES)
def test_the_next_rows_of_each_listed_column_may_be_read(column: str) -> None:
    assert check_table_read(unit("GetNextRequestPDU", column)) == "GETNEXT"
    assert check_table_read(unit("GetBulkRequestPDU", column + ".4.10.0.0.1")) == "GETBULK"


def test_an_engine_is_asked_for_its_name_without_any_object() -> None:
    assert check_table_read(unit("GetRequestPDU")) == "GET of the engine's name"
    assert refused(unit("GetRequestPDU", COLUMN))


@pytest.mark.parametrize(
    "kind", ["SetRequestPDU", "InformRequestPDU", "SNMPv2TrapPDU", "ResponsePDU", "ReportPDU"]
)
def test_nothing_but_a_read_can_leave_even_of_a_listed_column(kind: str) -> None:
    if not hasattr(V2C, kind):
        kind = "GetResponsePDU"
    made = getattr(V2C, kind)()
    V2C.apiPDU.set_defaults(made)
    V2C.apiPDU.set_varbinds(made, [(COLUMN, V2C.Null(""))])

    assert refused(encoder.encode(made))


@pytest.mark.parametrize(
    "oid",
    [
        "1.3.6.1",
        "1.3.6.1.2.1.1.1",  # sysDescr
        "1.3.6.1.2.1.4.35.1",  # the table itself, from which every column follows
        "1.3.6.1.2.1.4.35.1.44",
        "1.3.6.1.2.1.47.1.2.1.1.4",  # entLogicalCommunity
        "1.3.6.1.6.3.15.1.2.2",  # users
        "1.3.6.1.4.1.9.9.96.1.1.1.1",  # copies a configuration
        "2.3.6.1.2.1.4.35.1.4",
    ],
)
def test_no_other_subtree_can_be_asked(oid: str) -> None:
    assert refused(unit("GetNextRequestPDU", oid))
    assert refused(unit("GetBulkRequestPDU", oid))


def test_one_forbidden_column_beside_a_listed_one_spoils_the_read() -> None:
    assert refused(unit("GetNextRequestPDU", COLUMN, "1.3.6.1.2.1.1.1"))
    assert refused(unit("GetNextRequestPDU", COLUMN, COLUMN))
    assert refused(unit("GetNextRequestPDU"))


def test_a_read_is_bounded_and_carries_no_value() -> None:
    assert refused(unit("GetBulkRequestPDU", COLUMN, repetitions=REPETITIONS + 1))
    assert refused(unit("GetBulkRequestPDU", COLUMN, repetitions=0))
    assert refused(unit("GetBulkRequestPDU", COLUMN, non_repeaters=1))
    assert refused(unit("GetNextRequestPDU", COLUMN, value=V2C.OctetString("x")))
    assert refused(unit("GetNextRequestPDU", COLUMN + ".300" * 120))
    assert refused(unit("GetNextRequestPDU", COLUMN) + b"\x30\x00")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xa1",
        b"\xa1\x80\x00\x00",
        b"\xa1\x05\x02\x01\x00",
        bytes((GET_NEXT, 0x0B)) + bytes.fromhex("020101020100020101") + b"\x30\x00",
        bytes((GET_BULK, 0x02, 0x30, 0x00)),
        bytes.fromhex("a1140201010201000201003009300706050a01050500"),
    ],
)
def test_what_is_no_message_unit_is_refused(data: bytes) -> None:
    assert refused(data)


@given(st.binary(max_size=64))
@example(b"\xa5\x82\x00")
def test_any_other_octets_are_refused(data: bytes) -> None:
    assert refused(data)


@given(st.integers(0, 60), st.integers(0, 255))
def test_a_changed_octet_leaves_a_read_of_a_listed_column_or_nothing(place: int, octet: int) -> None:
    data = bytearray(unit("GetNextRequestPDU", COLUMN + ".1.1.4.10.0.0.1"))
    data[place % len(data)] = octet

    assert refused(bytes(data)) or data[0] in (GET_NEXT, GET_BULK)
