from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from scanner.transports import snmp_message
from scanner.transports.snmp_message import Answer

V2C = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
DESCRIPTION, OBJECT_ID = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"


def answer(request, values, *, request_id=None, error=0, pdu=None):
    message, _ = decoder.decode(request.data, asn1Spec=V2C.Message())
    reply = V2C.apiMessage.get_response(message)
    body = V2C.apiMessage.get_pdu(reply)
    V2C.apiPDU.set_varbinds(body, values)
    V2C.apiPDU.set_error_status(body, error)
    if request_id is not None:
        V2C.apiPDU.set_request_id(body, request_id)
    return encoder.encode(reply)


@pytest.fixture
def request_():
    return snmp_message.get_request("a secret", [DESCRIPTION, OBJECT_ID])


def test_a_request_is_a_get_of_version_2c_with_the_community(request_):
    message, rest = decoder.decode(request_.data, asn1Spec=V2C.Message())
    assert rest == b""
    assert int(message[0]) == 1  # version 2c
    assert bytes(V2C.apiMessage.get_community(message)) == b"a secret"
    pdu = V2C.apiMessage.get_pdu(message)
    assert isinstance(pdu, V2C.GetRequestPDU)
    assert [str(oid) for oid, _ in V2C.apiPDU.get_varbinds(pdu)] == [DESCRIPTION, OBJECT_ID]


def test_the_community_is_in_no_representation(request_):
    assert "secret" not in repr(request_)


def test_values_of_every_kind_are_plain(request_):
    values = [
        ("1.3.6.1.1", V2C.OctetString(b"a\xff")),
        ("1.3.6.1.2", V2C.ObjectIdentifier("1.3.6.1.4.1.50001")),
        ("1.3.6.1.3", V2C.TimeTicks(7)),
        ("1.3.6.1.4", V2C.IpAddress("10.0.0.9")),
        ("1.3.6.1.5", V2C.NoSuchObject()),
        ("1.3.6.1.6", V2C.NoSuchInstance()),
        ("1.3.6.1.7", V2C.EndOfMibView()),
        ("1.3.6.1.8", V2C.Counter64(1 << 40)),
        ("1.3.6.1.9", V2C.Opaque(b"\x9f")),
    ]
    found = request_.read(answer(request_, values))
    assert [value for _, value in found.values] == [
        b"a\xff", "1.3.6.1.4.1.50001", 7, "10.0.0.9", None, None, None, 1 << 40, b"\x9f",
    ]  # fmt: skip


def test_an_error_of_the_host_keeps_the_protocols_word(request_):
    assert request_.read(answer(request_, [], error=5)) == Answer((), "genErr")


def test_answers_to_other_questions_and_echoes_are_none_of_ours(request_):
    assert request_.read(answer(request_, [], request_id=request_.request_id + 1)) is None
    assert request_.read(request_.data) is None


@settings(max_examples=150, deadline=None)
@given(cut=st.integers(0, 90), tail=st.binary(max_size=40))
@example(cut=0, tail=b"junk")
@example(cut=0, tail=b"\x30\x82\xff\xff\x02")
def test_a_cut_and_continued_answer_is_read_or_nothing(cut, tail):
    request = snmp_message.get_request("a secret", [DESCRIPTION])
    good = answer(request, [(DESCRIPTION, V2C.OctetString(b"Camera"))])
    found = request.read(good[:cut] + tail)
    assert found is None or isinstance(found, Answer)
