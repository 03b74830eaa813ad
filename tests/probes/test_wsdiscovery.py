"""WS-Discovery: one question, byte for byte, and which datagrams answer it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.parsers.xml import parse
from scanner.policy.requests import check_datagram
from scanner.probes.wsdiscovery import PROBE, question, reads

UUID = "00000000-0000-4000-8000-000000000000"
MATCHES = (
    b'<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" '
    b'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><env:Body><d:ProbeMatches><d:ProbeMatch>'
    b"<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types></d:ProbeMatch></d:ProbeMatches></env:Body>"
    b"</env:Envelope>"
)


def test_the_question_is_one_soap_probe_for_cameras() -> None:
    data = question(UUID)
    leaves = {leaf.name: leaf.text for leaf in parse(data).leaves}

    assert leaves["MessageID"] == f"urn:uuid:{UUID}"
    assert leaves["Types"] == "dn:NetworkVideoTransmitter"
    assert leaves["Action"] == "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe"
    assert b'xmlns:dn="http://www.onvif.org/ver10/network/wsdl"' in data.split(b"<s:Header>")[0]
    assert check_datagram(3702, data) == "WS-Discovery Probe"
    assert len(data) < 1400


def test_nothing_but_a_uuid_can_be_put_into_it() -> None:
    with pytest.raises(ValueError, match="UUID"):
        question("</a:MessageID>")


def test_answers_and_announcements_are_read_and_questions_are_not() -> None:
    assert reads(MATCHES)
    assert reads(MATCHES.replace(b"ProbeMatches", b"Hello"))
    assert not reads(question(UUID))
    assert not reads(b"")


def test_the_card_asks_groups_of_both_families_and_single_hosts() -> None:
    call = PROBE.call

    assert call is not None
    assert (call.port, call.groups, call.unicast) == (3702, ("239.255.255.250", "ff02::c"), True)
    assert (call.payload, call.reads) == (question, reads)


@given(cut=st.integers(0, len(MATCHES)), noise=st.binary(max_size=200))
def test_any_bytes_are_judged_without_failing(cut: int, noise: bytes) -> None:
    assert reads(MATCHES[:cut] + noise) in (True, False)
