from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from scanner.policy.tables import SUBTREES, check_table_read
from scanner.transports import snmp_units
from scanner.transports.snmp_units import VALUE_LIMIT, Question, Unit

V2C = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
COLUMN = tuple(map(int, SUBTREES["ifName"].split(".")))


def answer(question: Question, values, *, kind="GetResponsePDU", error=0, community="secret") -> bytes:
    unit = getattr(V2C, kind)()
    V2C.apiPDU.set_defaults(unit)
    V2C.apiPDU.set_request_id(unit, question.request_id)
    V2C.apiPDU.set_error_status(unit, error)
    V2C.apiPDU.set_varbinds(unit, values)
    message = V2C.Message()
    V2C.apiMessage.set_defaults(message)
    V2C.apiMessage.set_community(message, community)
    V2C.apiMessage.set_pdu(message, unit)
    return encoder.encode(message)


@pytest.mark.parametrize(("rows", "name"), [(1, "GETNEXT"), (25, "GETBULK")])
def test_one_row_is_asked_by_getnext_and_more_by_getbulk_and_the_gate_reads_them_so(rows, name):
    assert check_table_read(snmp_units.next_rows(COLUMN, rows).data) == name


def test_the_question_for_an_engine_holds_no_object():
    assert check_table_read(snmp_units.engine_question().data) == "GET of the engine's name"


def test_a_message_holds_the_very_octets_that_were_judged():
    question = snmp_units.next_rows(COLUMN, 25)

    message = snmp_units.wrap_community("secret", question)

    assert question.data in message
    decoded, rest = decoder.decode(message, asn1Spec=V2C.Message())
    assert (int(decoded[0]), bytes(V2C.apiMessage.get_community(decoded)), rest) == (1, b"secret", b"")


def test_an_answer_is_read_with_its_rows_and_its_error():
    question = snmp_units.next_rows(COLUMN, 2)
    values = [((*COLUMN, 1), V2C.OctetString(b"eth0")), ((*COLUMN, 2), V2C.EndOfMibView())]

    assert snmp_units.read_community_message(answer(question, values)) == Unit(
        question.request_id, (((*COLUMN, 1), b"eth0"), ((*COLUMN, 2), None))
    )
    refused = snmp_units.read_community_message(answer(question, [], error=16))
    assert refused is not None
    assert refused.error == "authorizationError"


def test_a_long_value_is_cut():
    question = snmp_units.next_rows(COLUMN, 1)
    unit = snmp_units.read_community_message(answer(question, [((*COLUMN, 1), V2C.OctetString(b"x" * 4000))]))

    assert unit is not None
    assert unit.values[0][1] == b"x" * VALUE_LIMIT


@pytest.mark.parametrize("kind", ["GetNextRequestPDU", "SetRequestPDU", "ReportPDU", "SNMPv2TrapPDU"])
def test_what_is_no_answer_is_none(kind):
    question = snmp_units.next_rows(COLUMN, 1)

    assert snmp_units.read_community_message(answer(question, [], kind=kind)) is None


@given(st.binary(max_size=200))
@example(b"\x30\x82\xff\xff\x02")
def test_hostile_octets_are_read_or_are_none(data):
    assert snmp_units.read_community_message(data) is None or data


@given(st.integers(0, 80), st.integers(0, 255))
def test_an_answer_with_a_changed_octet_raises_nothing(place, octet):
    question = snmp_units.next_rows(COLUMN, 1)
    data = bytearray(answer(question, [((*COLUMN, 1), V2C.OctetString(b"eth0"))]))
    data[place % len(data)] = octet

    unit = snmp_units.read_community_message(bytes(data))

    assert unit is None or isinstance(unit, Unit)
