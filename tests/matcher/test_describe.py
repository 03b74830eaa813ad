"""A host's evidence in words."""

from __future__ import annotations

import pytest

from scanner.matcher.describe import describe
from scanner.matcher.host import HostState
from scanner.model.device import Confidence
from scanner.model.evidence import Maker, Strength


@pytest.fixture
def device(tables):
    """The device of a host with this evidence."""

    def of(*signs):
        state = HostState("192.0.2.1")
        state.keep(signs)
        return describe(state, tables)

    return of


def test_a_host_that_said_nothing_is_unknown(device):
    found = device()
    assert (found.evidenced_maker, found.confidence, found.evidence) == (Maker.UNKNOWN, Confidence.NONE, ())
    assert found.contradictions == found.would_raise == ()
    assert found.addresses == ("192.0.2.1",)


def test_a_probable_device_says_what_would_raise_it(device, evidence):
    found = device(evidence(Strength.STRONG, "oui"))
    assert found.confidence is Confidence.PROBABLE
    assert any("SADP" in sentence for sentence in found.would_raise)
    assert not any("MAC address" in sentence for sentence in found.would_raise)


def test_a_weak_hint_says_it_too_and_a_confirmed_device_does_not(device, evidence):
    assert device(evidence(Strength.WEAK)).would_raise
    assert device(evidence(Strength.CONCLUSIVE)).would_raise == ()
    assert device(evidence(Strength.STRONG, maker=Maker.OTHER)).would_raise == ()


def test_opposing_evidence_becomes_a_sentence_and_is_no_evidence(device, evidence):
    against = evidence(Strength.STRONG, "oui", Maker.OTHER, claim="MAC block registered to Axis", port=0)
    found = device(evidence(Strength.STRONG), against)
    assert [one.family for one in found.evidence] == ["realm"]
    assert found.contradictions == ("MAC block registered to Axis (excerpt), http: speaks against it",)


def test_what_only_describes_stays_evidence(device, evidence):
    found = device(evidence(Strength.STRONG), evidence(Strength.WEAK, "model", None))
    assert len(found.evidence) == 2


def test_two_makers_on_two_ports_are_said(device, evidence):
    found = device(evidence(Strength.CONCLUSIVE), evidence(Strength.CONCLUSIVE, "x", Maker.OTHER, port=8080))
    assert any("several devices" in sentence for sentence in found.contradictions)


def test_weak_against_weak_is_said_on_both_sides(device, evidence):
    signs = [
        evidence(Strength.WEAK, family, maker, signature=f"{family}-{maker}")
        for maker in (Maker.HIKVISION, Maker.OTHER)
        for family in "ab"
    ]
    found = device(*(sign for sign in signs))
    assert found.confidence is Confidence.NONE
    assert found.contradictions


def test_contradictions_are_few_even_if_much_speaks_against(device, evidence):
    many = [evidence(Strength.WEAK, "x", Maker.OTHER, excerpt=str(number)) for number in range(50)]
    assert len(device(evidence(Strength.STRONG), *many).contradictions) <= 10
