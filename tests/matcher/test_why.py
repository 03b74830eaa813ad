"""The reason of each piece of evidence: what its strength carries, what changed it, where it is known from."""

from __future__ import annotations

from scanner.matcher import identify
from scanner.matcher.making import KINDS
from scanner.matcher.why import MEANING, with_reasons
from scanner.model.evidence import Claims, Maker, Strength

CONCLUSIVE, STRONG, WEAK = Strength.CONCLUSIVE, Strength.STRONG, Strength.WEAK


def test_a_signature_names_its_source_and_day(evidence, signature, knowing):
    known = knowing(signature("one", source="a public report", as_of="2026-02-03"))

    (one,) = with_reasons([evidence(CONCLUSIVE, signature="one")], known)

    assert one.why == "enough alone; source: a public report, as of 2026-02-03"


def test_what_a_partner_raised_says_so(evidence, signature, knowing):
    known = knowing(
        signature("one", strength=WEAK, partners=("two", "three"), with_partner=STRONG),
        signature("two"),
    )

    raised, _ = with_reasons(
        [evidence(STRONG, signature="one"), evidence(CONCLUSIVE, signature="two")], known
    )

    assert raised.why.startswith(f"{MEANING[STRONG]}; weak alone, strong beside two; source")


def test_what_lacks_its_support_says_that_it_counts_as_weak(evidence, knowing):
    known = knowing()
    alone = evidence(CONCLUSIVE, "sadp", observation="obs-1")
    backed = evidence(STRONG, "serial", observation="obs-1")

    assert "counted as weak, since no model or oui or serial" in with_reasons([alone], known)[0].why
    assert "counted as weak" not in with_reasons([alone, backed], known)[0].why


def test_what_names_no_maker_only_describes(evidence, knowing):
    (one,) = with_reasons([evidence(STRONG, claims=Claims(model="X"))], knowing())

    assert one.why.startswith("describes the device and says nothing of its maker")
    assert evidence(STRONG, maker=Maker.OTHER).why == ""


def test_a_block_of_addresses_says_how_old_the_table_is(observation, tables):
    (device,) = identify([observation("mac", "44:19:b6:01:02:03")], tables)

    assert device.evidence[0].why.endswith(f"registry of MAC blocks, as of {tables.oui.version.date}")


def test_every_kind_of_evidence_says_what_it_rests_on():
    assert all(kind.why.startswith("source: ") for kind in KINDS)


def test_a_device_carries_the_rule_and_each_piece_its_reason(observation, tables):
    (device,) = identify([observation("mac", "44:19:b6:01:02:03")], tables)

    assert device.rule.startswith(f"{device.confidence}: ")
    assert all(one.why for one in device.evidence)
