"""Partners raise, look-alikes and one page for everything set aside."""

from __future__ import annotations

from scanner.matcher.weigh import weigh
from scanner.model.evidence import Claims, Maker, Strength
from scanner.model.protocol import Protocol


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


def test_the_same_page_everywhere_voids_what_the_web_port_says(evidence):
    body, xml = evidence(family="http-body"), evidence(Strength.CONCLUSIVE, "isapi")
    elsewhere = evidence(family="realm", protocol=Protocol.RTSP, port=554)
    weighed = weigh([body, xml, elsewhere], lambda _: None, frozenset({80}))
    assert (weighed.void, weighed.counting) == ((body, xml), (elsewhere,))


def test_a_platform_gives_one_page_by_design(evidence):
    platform = evidence(claims=Claims(maker=Maker.HIKVISION, device_class="platform"))
    assert weigh([platform], lambda _: None, frozenset({80})).counting == (platform,)
