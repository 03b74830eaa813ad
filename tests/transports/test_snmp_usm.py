from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyasn1.codec.ber import encoder
from pysnmp.proto import api

from scanner.model.credential import Authentication, Privacy, SnmpUser
from scanner.policy.tables import SUBTREES
from scanner.transports import snmp_units
from scanner.transports.snmp_units import Question, Unit
from scanner.transports.snmp_usm import UsmPeer

V2C = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
COLUMN = tuple(map(int, SUBTREES["ifName"].split(".")))
ENGINE = b"\x80\x00\x1f\x88\x04engine"
UNKNOWN_ENGINE = (1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0)
FULL = SnmpUser("only-user", Authentication.SHA, "sign-word", Privacy.AES, "hide-word")
OPEN = SnmpUser("only-user")


def unit(question: Question, values, kind="GetResponsePDU") -> Question:
    """A message unit that an agent would send, to be wrapped as a question is."""
    made = getattr(V2C, kind)()
    V2C.apiPDU.set_defaults(made)
    V2C.apiPDU.set_request_id(made, question.request_id)
    V2C.apiPDU.set_varbinds(made, values)
    return Question(question.request_id, encoder.encode(made))


class Far:
    """The other end: the same user at the same engine, answering under the message number of the question."""

    def __init__(self, user: SnmpUser, boots: int = 3, at: int = 100) -> None:
        self._number = 0
        self.peer = UsmPeer(user, number=lambda: self._number)
        self.peer._engine, self.peer._boots, self.peer._time = ENGINE, boots, at
        self.peer._heard = time.monotonic()
        self.peer._make_keys(ENGINE)

    def says(self, asker: UsmPeer, body: Question, *, as_asked: bool = True) -> bytes:
        self._number = asker._message_id
        return self.peer.wrap(body) if as_asked else self.peer._message(body, b"", b"", 0, signed=True)


def met(user: SnmpUser) -> tuple[UsmPeer, Far]:
    """A peer that knows its engine."""
    peer, far = UsmPeer(user), Far(user)
    question, _ = peer.discovery()
    report = unit(question, [(UNKNOWN_ENGINE, V2C.Counter32(1))], "ReportPDU")
    found = peer.read(far.says(peer, report, as_asked=False))
    assert found is not None
    assert found.report
    return peer, far


def test_the_question_for_the_engine_names_no_user_and_holds_no_secret():
    _, message = UsmPeer(FULL).discovery()

    assert not [word for word in (b"only-user", b"sign-word", b"hide-word") if word in message]


def test_the_engine_is_known_after_its_report():
    assert not UsmPeer(FULL).knows_engine
    assert met(FULL)[0].knows_engine


def test_a_question_is_signed_and_hidden_as_the_user_is():
    peer, _ = met(FULL)
    question = snmp_units.next_rows(COLUMN, 25)

    message = peer.wrap(question)

    assert question.data not in message
    assert b"only-user" in message
    assert not [word for word in (b"sign-word", b"hide-word") if word in message]
    assert question.data in met(OPEN)[0].wrap(question, b"vlan-20")


@pytest.mark.parametrize("user", [FULL, OPEN], ids=["authPriv", "noAuthNoPriv"])
def test_an_answer_of_the_same_user_is_read(user):
    peer, far = met(user)
    question = snmp_units.next_rows(COLUMN, 1)
    peer.wrap(question)

    found = peer.read(far.says(peer, unit(question, [((*COLUMN, 1), V2C.OctetString("eth0"))])))

    assert found == Unit(question.request_id, (((*COLUMN, 1), b"eth0"),))


def test_rows_that_are_not_signed_count_for_nothing_when_we_sign():
    peer, far = met(FULL)
    question = snmp_units.next_rows(COLUMN, 1)
    peer.wrap(question)
    body = unit(question, [((*COLUMN, 1), V2C.OctetString("eth0"))])

    assert peer.read(far.says(peer, body, as_asked=False)) is None
    assert peer.read(Far(SnmpUser("only-user", Authentication.SHA, "sign-word")).says(peer, body)) is None


def test_another_signature_or_another_messages_number_is_none():
    peer, far = met(FULL)
    question = snmp_units.next_rows(COLUMN, 1)
    peer.wrap(question)
    body = unit(question, [])
    stranger = Far(SnmpUser("only-user", Authentication.SHA, "another-word", Privacy.AES, "hide-word"))

    assert peer.read(stranger.says(peer, body)) is None
    late = far.says(peer, body)
    peer.wrap(question)
    assert peer.read(late) is None


def test_the_clock_of_the_engine_is_believed_when_it_is_signed():
    now = [1000.0]
    peer = UsmPeer(FULL, lambda: now[0])
    question, _ = peer.discovery()
    early = Far(FULL, boots=0, at=0)
    peer.read(early.says(peer, unit(question, [], "ReportPDU"), as_asked=False))
    peer.wrap(question)

    peer.read(Far(FULL, boots=7, at=500).says(peer, unit(question, [], "ReportPDU")))
    now[0] += 20

    assert (peer._boots, peer._now()) == (7, 520)


def test_nothing_of_the_user_is_shown():
    peer, _ = met(FULL)

    shown = repr(peer) + repr(vars(peer))
    assert not [word for word in ("only-user", "sign-word", "hide-word") if word in shown]


@given(st.binary(max_size=200))
@example(b"\x30\x82\xff\xff\x02")
def test_hostile_octets_are_none(data):
    peer = UsmPeer(FULL)
    peer.discovery()

    assert peer.read(data) is None


PEER, FAR = met(FULL)
QUESTION = snmp_units.next_rows(COLUMN, 1)
PEER.wrap(QUESTION)
ANSWER = FAR.says(PEER, unit(QUESTION, [((*COLUMN, 1), V2C.OctetString("eth0"))]))


@given(st.integers(0, len(ANSWER) - 1), st.integers(1, 255))
def test_a_signed_answer_with_a_changed_octet_is_none(place, change):
    data = bytearray(ANSWER)
    data[place] ^= change

    assert PEER.read(bytes(data)) is None
