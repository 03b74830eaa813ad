"""The traps of the mandates, each a test: what applies, what is asked, and what is never said."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import Decision
from scanner.knowledge.mandates import load_mandates
from scanner.mandates import Facts, judge
from scanner.model.device import Channels, Confidence, Device, DeviceClass, Relation
from scanner.model.errors import UsageError
from scanner.model.evidence import Maker
from scanner.model.finding import Deadline, Finding

LIBRARY = load_mandates(fingerprints_root())
ON = date(2026, 11, 24)

CAMERA = Device(
    id="dev-1", addresses=("10.0.0.5",), evidenced_maker=Maker.HIKVISION, confidence=Confidence.CONFIRMED,
    maker_name="Hikvision", presented_brand="Hikvision", relation=Relation.OWN, device_class=DeviceClass.CAMERA,
    model="DS-2CD2385G1-I",
)  # fmt: skip
RELABEL = replace(CAMERA, presented_brand="LTS", relation=Relation.RELABEL)
KINDS = {
    "camera": CAMERA,
    "relabel": RELABEL,
    "recorder": replace(CAMERA, device_class=DeviceClass.RECORDER),
    "platform": replace(CAMERA, device_class=DeviceClass.PLATFORM),
    "subsidiary": replace(CAMERA, presented_brand="EZVIZ", relation=Relation.SUBSIDIARY),
    "unknown": Device(id="dev-2", addresses=("10.0.0.6",)),
}
DAHUA = Device(
    id="dev-3", addresses=("10.0.0.7",), evidenced_maker=Maker.OTHER, confidence=Confidence.CONFIRMED,
    maker_name="Dahua", device_class=DeviceClass.CAMERA,
)  # fmt: skip
AXIS = replace(DAHUA, maker_name="Axis")

# For each profile the decisions of the research: camera, relabel, recorder, platform, subsidiary, unknown maker;
# "a/b" = a under the condition that the facts below meet, else b.
TABLE = {
    "ca-federal-institution": "remove_required review remove_required remove_required review review",
    "ca-quebec-public-body":
        "remove_required/review remove_required/review remove_required/review review remove_required/review review",
    "ca-private": "not_bound not_bound not_bound not_bound not_bound not_bound",
    "us-federal-agency": "do_not_buy do_not_buy do_not_buy do_not_buy do_not_buy review",
    "us-federal-contractor": "stop_using stop_using stop_using stop_using stop_using review",
    "us-grant-recipient": "do_not_buy do_not_buy do_not_buy do_not_buy do_not_buy review",
    "us-state-or-private": "not_bound not_bound not_bound not_bound not_bound not_bound",
    "uk-central-government-sensitive-site":
        "remove_required remove_required remove_required review remove_required/review review",
    "uk-other-public-body": "advised advised advised advised advised not_bound",
    "eu-parliament": "remove_required/review review review review review not_bound",
    "au-commonwealth": "remove_required/review review remove_required/review review review review",
    "in-government": "do_not_buy review do_not_buy review do_not_buy review",
    "in-navy": "remove_required review review review review review",
    "kr-public-body": "not_bound review not_bound not_bound not_bound not_bound",
    "nz-government": "advised advised advised advised advised not_bound",
    "ua-government": "advised advised advised advised advised not_bound",
    "tw-government": "remove_required review remove_required remove_required remove_required review",
    "generic": "not_bound not_bound not_bound not_bound not_bound not_bound",
}  # fmt: skip
MET = ("acquired_on=2024-03-01", "producer_under_chinese_law=yes", "thermal_camera=yes", "department=defence")
ACT = re.compile(
    r"take (?:this device|it) out|disconnect|report it|hors service|stop using|remove", re.IGNORECASE
)


def facts(*told: str) -> Facts:
    found = Facts()
    for fact in told:
        found = found.with_fact(fact)
    return found


def ask(device: Device, *profiles: str, told: tuple[str, ...] = (), on: date = ON) -> dict[str, Finding]:
    return {finding.id: finding for finding in judge(device, LIBRARY, profiles, facts(*told), on)}


def first(device: Device, *profiles: str, told: tuple[str, ...] = (), on: date = ON) -> Finding:
    return judge(device, LIBRARY, profiles, facts(*told), on)[0]


@pytest.mark.parametrize(("profile", "kind"), list(itertools.product(TABLE, KINDS)))
def test_every_profile_decides_about_every_kind_as_the_table_says(profile: str, kind: str) -> None:
    wanted = TABLE[profile].split()[list(KINDS).index(kind)]
    met, _, otherwise = wanted.partition("/")
    assert first(KINDS[kind], profile).decision == (otherwise or met)
    if otherwise:
        assert first(KINDS[kind], profile, told=MET).decision == met


def test_the_table_knows_every_profile() -> None:
    assert set(TABLE) == set(LIBRARY.profiles)


@pytest.mark.parametrize(("profile", "kind"), list(itertools.product(TABLE, KINDS)))
def test_every_finding_is_whole(profile: str, kind: str) -> None:
    canadian = profile.startswith("ca-")
    for finding in judge(KINDS[kind], LIBRARY, [profile], facts(), ON):
        assert finding.decision in set(Decision)
        assert re.fullmatch(r"yes|may|no|needs:[a-z_]+", finding.applies)
        assert finding.citation
        assert finding.as_of == "2026-11-23"
        assert finding.profile == profile
        for text in (finding.action, finding.reason):
            assert "{" not in text.en
            assert bool(text.fr) == canadian or profile == "generic"
            assert "{" not in (text.fr or "")
        assert (finding.citation_fr is not None) == canadian or profile == "generic"


@pytest.mark.parametrize("profile", [name for name in TABLE if name.startswith("ca-")])
@pytest.mark.parametrize("kind", list(KINDS))
def test_no_countdown_exists_for_canada(profile: str, kind: str) -> None:
    for finding in judge(KINDS[kind], LIBRARY, [profile], facts(*MET[:1]), ON):
        assert finding.deadline is None
        said = " ".join(
            filter(None, (finding.action.en, finding.action.fr, finding.reason.en, finding.reason.fr))
        )
        assert "2025-10-25" not in said
        assert "October 2025" not in said
        assert "120" not in said
        assert not re.search(r"\b28 (?:June|juin)", said)


def test_the_canadian_announcement_is_of_the_27th_in_both_languages() -> None:
    action = first(CAMERA, "ca-federal-institution").action
    assert "On 27 June 2025" in action.en
    assert "Le 27 juin 2025" in (action.fr or "")
    assert action.en.count("no removal date has been published") == 1
    assert "No removal date" not in action.en


def test_an_order_to_end_use_without_a_date_says_that_none_was_published() -> None:
    finding = first(CAMERA, "ca-quebec-public-body", told=("acquired_on=2024-03-01",))
    assert (
        "No removal date has been published for this measure (as of 23 November 2026)." in finding.action.en
    )
    assert "Aucune date limite de retrait n'a été publiée" in (finding.action.fr or "")
    assert "No removal date has been published" in first(CAMERA, "us-federal-contractor").action.en


def test_a_month_is_never_printed_as_a_day() -> None:
    finding = ask(CAMERA, "uk-central-government-sensitive-site")["uk-2025-removal"]
    assert finding.deadline == Deadline("2025-04", "month", sure=False)
    assert "Removal was planned for April 2025; that month has passed." in finding.action.en
    assert "30 April" not in finding.action.en
    assert "days" not in finding.action.en
    before = ask(CAMERA, "uk-central-government-sensitive-site", on=date(2025, 4, 30))["uk-2025-removal"]
    assert "Removal is planned for April 2025." in before.action.en


def test_a_published_day_that_was_read_is_sure() -> None:
    finding = ask(CAMERA, "tw-government")["tw-ict-ban-2020"]
    assert finding.deadline == Deadline("2021-12-31", "day", sure=True)
    assert "The published date for removal was 31 December 2021; it has passed." in finding.action.en
    early = ask(CAMERA, "tw-government", on=date(2021, 12, 31))["tw-ict-ban-2020"]
    assert "The published date for removal is 31 December 2021." in early.action.en


@pytest.mark.parametrize("confidence", [Confidence.PROBABLE, Confidence.POSSIBLE])
@pytest.mark.parametrize(("profile", "kind"), list(itertools.product(TABLE, list(KINDS)[:5])))
def test_what_is_not_confirmed_is_verified_first(profile: str, kind: str, confidence: Confidence) -> None:
    device = replace(KINDS[kind], confidence=confidence)
    for finding in judge(device, LIBRARY, [profile], facts(*MET, "connected_to_core_network=yes"), ON):
        assert finding.decision in ("review", "advised", "not_bound")
        assert finding.applies != "yes"
        wanted = "probably Hikvision" if confidence is Confidence.PROBABLE else "may be Hikvision"
        assert wanted in finding.action.en
        assert "confirmed" not in finding.action.en
        assert not ACT.search(finding.action.en + (finding.action.fr or ""))


def test_what_is_not_confirmed_and_not_bound_is_told_both() -> None:
    finding = first(replace(CAMERA, confidence=Confidence.PROBABLE), "ca-private")
    assert finding.decision == "not_bound"
    assert "does not mean that the device is safe" in finding.action.en
    assert "23 novembre 2026" in (finding.action.fr or "")


QUEBEC = "ca-quebec-public-body"
LATE = "DS-2CD2385G1-I20240414AAWRE33842150"
EARLY = "DS-2CD2385G1-I20200414AAWRE33842150"


def test_quebec_needs_the_day_of_acquisition() -> None:
    finding = first(CAMERA, QUEBEC)
    assert (finding.applies, finding.decision) == ("needs:acquired_on", "review")
    assert "the day of acquisition is not known" in finding.action.en


def test_quebec_bars_what_was_acquired_after_the_cut_off() -> None:
    finding = first(CAMERA, QUEBEC, told=("acquired_on=2023-12-22",))
    assert (finding.applies, finding.decision) == ("yes", "remove_required")
    assert "(22 December 2023)" in finding.action.en
    assert "(22 décembre 2023)" in (finding.action.fr or "")


def test_quebec_lets_what_was_acquired_on_the_cut_off_stay_under_assessment() -> None:
    finding = first(CAMERA, QUEBEC, told=("acquired_on=2023-12-21",))
    assert (finding.applies, finding.decision) == ("yes", "review")
    assert "removal is not ordered" in finding.action.en


def test_a_day_of_manufacture_proves_after_and_never_before() -> None:
    late = first(replace(CAMERA, serial=LATE), QUEBEC)
    assert (late.applies, late.decision) == ("yes", "remove_required")
    assert "date of manufacture (14 April 2024)" in late.action.en
    assert "date de fabrication (14 avril 2024)" in (late.action.fr or "")
    early = first(replace(CAMERA, serial=EARLY), QUEBEC)
    assert (early.applies, early.decision) == ("needs:acquired_on", "review")


def test_a_register_that_says_before_does_not_outweigh_a_later_day_of_manufacture() -> None:
    finding = first(replace(CAMERA, serial=LATE), QUEBEC, told=("acquired_on=2020-01-01",))
    assert finding.decision == "remove_required"
    assert "date of manufacture" in finding.action.en


def test_the_day_in_the_serial_of_an_access_terminal_proves_nothing() -> None:
    terminal = replace(
        CAMERA, device_class=DeviceClass.ACCESS, serial="DS-K1T341AMF20240311V030230ENJ70368704"
    )
    assert first(terminal, QUEBEC).applies == "needs:acquired_on"
    odd = replace(terminal, serial=LATE)
    assert first(odd, QUEBEC).applies == "needs:acquired_on"


def test_a_day_of_manufacture_after_the_scan_proves_nothing() -> None:
    made_up = replace(CAMERA, serial="DS-2CD2385G1-I20300414AAWRE33842150")
    assert first(made_up, QUEBEC).applies == "needs:acquired_on"


def test_quebec_looks_at_the_maker_and_names_the_label_too() -> None:
    finding = first(RELABEL, QUEBEC, told=("acquired_on=2024-03-01",))
    assert finding.decision == "remove_required"
    assert "presented as LTS" in finding.action.en
    assert "sous la marque LTS" in (finding.action.fr or "")
    assert "The label says LTS; the evidence of the device says Hikvision." in finding.reason.en


def test_canada_leaves_open_whether_relabels_count() -> None:
    finding = first(RELABEL, "ca-federal-institution")
    assert (finding.applies, finding.decision) == ("may", "review")
    assert "does not say whether equipment sold under another name is included" in finding.action.en


def test_the_contract_clause_chooses_the_clock() -> None:
    def report(*told: str) -> Finding:
        return ask(CAMERA, "us-federal-contractor", told=told)["us-far-52-204-25"]

    unknown = report()
    assert (unknown.applies, unknown.decision) == ("needs:contract_clause", "report_required")
    assert unknown.action.en.index("1 business day") < unknown.action.en.index("72 hours")
    assert "Found on 24 November 2026" in unknown.action.en
    old = report("contract_clause=52.204-25").action.en
    assert "10 business days" in old
    assert "72 hours" not in old
    new = report("contract_clause=52.240-91").action.en
    assert "72 hours" in new
    assert "business day" not in new
    both = report("contract_clause=both")
    assert both.applies == "may"
    assert "72 hours" in both.action.en
    none = report("contract_clause=none")
    assert (none.applies, none.decision) == ("no", "not_bound")


def test_purpose_is_left_to_the_organisation() -> None:
    for name in ("us-federal-contractor", "us-federal-agency", "us-grant-recipient"):
        finding = first(CAMERA, name)
        assert finding.applies == "may"
        assert "which a scan cannot see" in finding.reason.en


def test_uk_a_site_that_is_not_sensitive_is_only_advised() -> None:
    profile = "uk-central-government-sensitive-site"
    found = ask(CAMERA, profile, told=("site_is_sensitive=no",))
    assert {finding.decision for finding in found.values()} == {"advised"}
    assert found["uk-2025-removal"].applies == "no"
    assert found["uk-2025-removal"].deadline is None
    joined = ask(CAMERA, profile, told=("connected_to_core_network=yes",))["uk-2022-sensitive-sites"]
    assert joined.decision == "stop_using"
    assert "disconnect it there" in joined.action.en


def test_the_parliament_speaks_of_thermal_cameras_only() -> None:
    thermal = replace(CAMERA, model="DS-2TD2617-3/PA")
    assert first(thermal, "eu-parliament").decision == "remove_required"
    assert first(CAMERA, "eu-parliament").applies == "needs:thermal_camera"
    assert first(thermal, "eu-parliament", told=("thermal_camera=no",)).decision == "review"
    door = replace(thermal, device_class=DeviceClass.DOORBELL)
    assert first(door, "eu-parliament").decision == "review"


def test_a_class_without_a_row_of_its_own_is_judged_as_a_camera() -> None:
    for device_class in (None, DeviceClass.ACCESS, DeviceClass.SWITCH, DeviceClass.ENCODER):
        finding = first(replace(CAMERA, device_class=device_class), "ca-federal-institution")
        assert finding.decision == "remove_required"


@pytest.mark.parametrize(
    "profile", ["uk-central-government-sensitive-site", "tw-government", QUEBEC, "au-commonwealth"]
)
def test_measures_that_reach_other_makers_say_so_of_their_devices(profile: str) -> None:
    finding = first(DAHUA, profile)
    assert (finding.applies, finding.decision) == ("may", "review")
    assert "made by Dahua" in finding.action.en
    assert "confirmed" not in finding.action.en


def test_a_maker_that_is_not_covered_gets_a_no_and_no_decision() -> None:
    for profile in TABLE.keys() - {"generic", "us-federal-agency", "in-government"}:
        for finding in judge(AXIS, LIBRARY, [profile], facts(), ON):
            assert (finding.applies, finding.decision) == ("no", None), (profile, finding.id)
            assert "does not reach equipment made by Axis" in finding.reason.en
    assert {f.applies for f in judge(DAHUA, LIBRARY, ["ca-federal-institution"], facts(), ON)} == {"no"}


def test_a_maker_whose_seat_is_not_known_is_neither_in_nor_out() -> None:
    finding = first(replace(DAHUA, maker_name="Acme Gateways"), "tw-government")
    assert (finding.applies, finding.decision) == ("may", "review")
    assert "does not know where that maker has its seat" in finding.reason.en


def test_a_device_of_an_unknown_maker_is_looked_at() -> None:
    finding = first(KINDS["unknown"], "tw-government")
    assert (finding.applies, finding.decision) == ("may", "review")
    assert "could not be established" in finding.action.en


def test_several_profiles_hold_at_once_strictest_first() -> None:
    found = judge(CAMERA, LIBRARY, ["ca-private", "us-federal-contractor"], facts(), ON)
    ranks = [Decision(finding.decision or "").rank for finding in found]
    assert ranks == sorted(ranks)
    assert found[0].id == "us-ndaa-889-b"
    assert {finding.profile for finding in found} == {"ca-private", "us-federal-contractor"}
    assert found[0].action.fr is None


def test_a_measure_of_two_profiles_is_found_once_and_the_stricter_wins() -> None:
    both = judge(
        CAMERA, LIBRARY, ["uk-other-public-body", "uk-central-government-sensitive-site"], facts(), ON
    )
    ids = [finding.id for finding in both]
    assert len(ids) == len(set(ids))
    assert {f.id: f.decision for f in both}["uk-2022-sensitive-sites"] == "do_not_buy"


def test_without_a_profile_all_measures_are_information_and_none_a_decision() -> None:
    found = judge(CAMERA, LIBRARY, [], facts(), ON)
    assert len(found) > 20
    for finding in found:
        assert (finding.applies, finding.decision, finding.profile) == ("needs:profile", None, None)
        assert "No profile was chosen" in finding.action.en
        assert finding.reason.en
    ids = {finding.id for finding in found}
    assert not ids & {"tw-indictment-2024", "ca-ica-2025", "us-entity-list"}
    assert judge(KINDS["unknown"], LIBRARY, [], facts(), ON) == ()
    assert {f.id for f in judge(DAHUA, LIBRARY, [], facts(), ON)} >= {"ca-qc-2023", "us-ndaa-889-a"}
    assert "uk-2022-sensitive-sites" not in {f.id for f in judge(AXIS, LIBRARY, [], facts(), ON)}
    unsure = judge(replace(CAMERA, confidence=Confidence.POSSIBLE), LIBRARY, [], facts(), ON)
    assert not any("confirmed" in finding.action.en for finding in unsure)


def test_a_label_that_was_not_read_is_said() -> None:
    finding = first(
        replace(CAMERA, presented_brand=None, relation=Relation.UNKNOWN), "ca-federal-institution"
    )
    assert finding.decision == "remove_required"
    assert "label of this device was not read" in finding.reason.en


def test_names_from_the_network_cannot_fill_slots() -> None:
    finding = first(replace(RELABEL, presented_brand="{as_of}{date}"), "ca-federal-institution")
    assert "presented as {as_of}{date}," in finding.action.en


def test_an_unknown_profile_is_a_fault_of_the_user() -> None:
    with pytest.raises(UsageError, match="unknown profile 'ca-federal'; did you mean ca-federal-institution"):
        judge(CAMERA, LIBRARY, ["ca-federal"], facts(), ON)


SOFTWARE = replace(
    CAMERA,
    device_class=DeviceClass.PLATFORM,
    model=None,
    presented_brand=None,
    software="HikCentral Professional",
)
CHANNELS = Channels(16, 9, 7, "room for 16 channels; 9 tied to it; up to 7 to look for by hand")


@pytest.mark.parametrize("profile", [*sorted(LIBRARY.profiles), None])
def test_findings_on_software_name_it_and_not_its_server(profile):
    found = judge(SOFTWARE, LIBRARY, [profile] if profile else [], Facts(), ON)
    reached = [finding for finding in found if finding.applies != "no"]
    for finding in reached:
        assert finding.action.en.startswith("This finding concerns software: HikCentral Professional. ")
        asked = finding.decision in {"remove_required", "stop_using"}
        assert ("Remove or replace the software" in finding.action.en) is asked, finding
        if finding.action.fr is not None:
            assert finding.action.fr.startswith("Ce constat vise un logiciel : HikCentral Professional. ")


@pytest.mark.parametrize("profile", [*sorted(LIBRARY.profiles), None])
def test_findings_on_a_recorder_mention_what_may_hang_behind_it(profile):
    recorder = replace(KINDS["recorder"], channels=CHANNELS)
    for finding in judge(recorder, LIBRARY, [profile] if profile else [], Facts(), ON):
        mentioned = "room for 16; 9 tied to it; up to 7 to look for by hand" in finding.action.en
        assert mentioned is (finding.applies != "no"), finding
        if finding.action.fr is not None and mentioned:
            assert "jusqu'à 7 à chercher sur place" in finding.action.fr
