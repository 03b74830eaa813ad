"""SADP: one datagram, byte for byte, and which answers are ours to keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.probe import ProbeKind
from scanner.probes.sadp import GROUP, LENGTH, PROBE, inquiry, reads

UUID = "f93cf8dc-df53-424b-98a7-9fc0536e1083"
# The envelope of a camera's reply, research sadp.md §1.4; no private data in it.
REPLY = (
    b'<?xml version="1.0" encoding="UTF-8" ?>\n<ProbeMatch><Uuid>F93CF8DC-DF53-424B-98A7-9FC0536E1083</Uuid>\n'
    b"<Types>inquiry</Types>\n<DeviceType>140071</DeviceType>\n</ProbeMatch>\n"
)
HELLO = b'<?xml version="1.0" encoding="UTF-8"?>\n<Hello><Types>hello</Types></Hello>'


def test_an_inquiry_is_the_makers_own_124_bytes() -> None:
    assert inquiry(UUID) == (
        b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>F93CF8DC-DF53-424B-98A7-9FC0536E1083</Uuid>'
        b"<Types>inquiry</Types></Probe>"
    )
    assert len(inquiry(UUID)) == LENGTH == 124


@pytest.mark.parametrize("answer", [REPLY, HELLO, b"\x00\x00" + REPLY, REPLY.replace(b"\n", b"\r\n")])
def test_replies_and_announcements_are_read(answer: bytes) -> None:
    assert reads(answer)


@pytest.mark.parametrize("position", range(60, len(REPLY) - 1, 9))
def test_a_reply_cut_short_is_still_kept(position: int) -> None:
    assert reads(REPLY[: position + 1])


def test_what_is_no_xml_is_kept_for_what_it_is() -> None:
    assert reads(b"\x21\x02\x01\x42\x00\x00")


@pytest.mark.parametrize("types", [b"inquiry", b"update", b"activate", b"reset"])
def test_questions_ours_or_another_clients_are_not(types: bytes) -> None:
    probe = inquiry(UUID).replace(b"inquiry", types)

    assert not reads(probe)
    assert not reads(b"\n" + probe.replace(b"Probe>", b"probe>"))


def test_an_empty_datagram_says_nothing() -> None:
    assert not reads(b"")


def test_no_word_but_inquiry_can_be_sent() -> None:
    """There is no parameter by which another message could be built."""
    with pytest.raises(ValueError, match="UUID"):
        inquiry("x</Uuid><Types>reset</Types><Uuid>")
    assert PROBE.call is not None
    assert PROBE.call.payload is inquiry


def test_the_card_asks_group_broadcast_and_single_hosts_and_listens_on_the_known_port() -> None:
    call = PROBE.call

    assert call is not None
    assert (PROBE.kind, PROBE.converse, PROBE.connections) == (ProbeKind.CALL, None, 0)
    assert (call.port, call.listen_port, call.unicast) == (37020, 37020, True)
    assert call.groups == (GROUP, "255.255.255.255")


@given(cut=st.integers(0, len(REPLY)), noise=st.binary(max_size=200))
def test_any_bytes_are_judged_without_failing(cut: int, noise: bytes) -> None:
    assert reads(REPLY[:cut] + noise) in (True, False)
