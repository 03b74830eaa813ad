"""Partners raise, look-alikes and one page for everything set aside."""

from __future__ import annotations

from scanner.matcher.weigh import weigh
from scanner.model.evidence import Maker, Strength


def test_a_partner_on_the_same_host_raises_the_strength(signature, evidence):
    known = {"a": signature("a", strength=Strength.WEAK, partners=("b",), with_partner=Strength.STRONG)}
    alone = evidence(Strength.WEAK, "realm", signature="a")
    assert weigh([alone], known.get, frozenset()).counting[0].strength is Strength.WEAK
    both = weigh([alone, evidence(Strength.WEAK, "rtsp", signature="b")], known.get, frozenset())
    assert both.counting[0].strength is Strength.STRONG


def test_a_partner_never_lowers(signature, evidence):
    known = {"a": signature("a", partners=("b",), with_partner=Strength.WEAK)}
    signs = [evidence(Strength.STRONG, signature="a"), evidence(Strength.WEAK, "rtsp", signature="b")]
    assert weigh(signs, known.get, frozenset()).counting[0].strength is Strength.STRONG


def test_a_look_alike_explains_its_families_away_on_its_port(signature, evidence):
    known = {"n": signature("n", lookalike=True, against=("http-body",))}
    body, elsewhere = evidence(family="http-body"), evidence(family="http-body", port=8080)
    against = evidence(family="http-server", maker=Maker.OTHER, signature="n")
    weighed = weigh([body, elsewhere, against, evidence(family="realm")], known.get, frozenset())
    assert weighed.void == (body,)
    assert len(weighed.counting) == 3


def test_the_same_page_everywhere_voids_what_the_page_shows_and_no_more(evidence):
    body, realm = evidence(family="http-body"), evidence(family="realm")
    weighed = weigh([body, realm], lambda _: None, frozenset({80}))
    assert (weighed.void, weighed.counting) == ((body,), (realm,))
