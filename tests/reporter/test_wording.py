from dataclasses import replace

import pytest

from scanner.model.coverage import AddressState, Coverage
from scanner.model.device import Channels, Confidence, Device, DeviceClass, Relation
from scanner.model.evidence import Maker
from scanner.model.finding import Deadline
from scanner.model.sighting import Sighting
from scanner.reporter import wording


@pytest.mark.parametrize(
    ("deadline", "english", "french"),
    [
        (
            Deadline("2025-04", "month", False),
            "April 2025 (no day published)",
            "avril 2025 (jour non publié)",
        ),
        (
            Deadline("2021", "year", False),
            "2021 (no month or day published)",
            "2021 (ni mois ni jour publiés)",
        ),
        (Deadline("2021-12-31", "day", True), "31 December 2021", "31 décembre 2021"),
        (
            Deadline("2026-07-01", "day", False),
            "1 July 2026 (date not certain)",
            "1er juillet 2026 (date non confirmée)",
        ),
    ],
)
def test_a_date_is_said_as_precisely_as_it_was_published(deadline, english, french):
    assert wording.deadline_words(deadline) == english
    assert wording.deadline_words(deadline, "fr") == french


def test_decisions_are_words_and_an_unknown_one_is_still_read():
    assert wording.decision_words("remove_required") == "removal required"
    assert wording.decision_words(None) == "information"
    assert wording.decision_words("something_new") == "something new"


@pytest.mark.parametrize("decision", ["not_bound", "advised", None, "something_new"])
def test_an_organisation_that_is_not_bound_gets_no_alarm(decision):
    assert wording.decision_tone(decision) == "calm"


@pytest.mark.parametrize(
    ("applies", "words"),
    [
        ("yes", "applies"),
        ("may", "may apply"),
        ("no", "does not apply"),
        ("needs:profile", "needs a profile"),
        ("needs:acquired_on", "needs the fact acquired_on"),
    ],
)
def test_whether_a_measure_applies_is_said_in_words(applies, words):
    assert wording.applies_words(applies) == words


UNLISTED = "unlisted relabel, OEM code 1142"


def device(**changes):
    base = Device("d", ("10.0.0.1",), Maker.HIKVISION, Confidence.CONFIRMED, maker_name="Hikvision")
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"presented_brand": "LTS"}, "LTS, made by Hikvision"),
        ({"presented_brand": "HIKVISION"}, "HIKVISION"),
        ({}, "no brand; made by Hikvision"),
        ({"maker_name": None}, "no brand; made by Hikvision"),
        ({"relation": Relation.RELABEL, "oem_code": "1142"}, UNLISTED + "; made by Hikvision"),
        ({"relation": Relation.RELABEL}, "unlisted relabel; made by Hikvision"),
        ({"relation": Relation.RELABEL, "series": "LTS camera"}, "no brand; made by Hikvision"),
        ({"relation": Relation.UNKNOWN, "oem_code": "7"}, "no brand stated, OEM code 7; made by Hikvision"),
        ({"relation": Relation.RELABEL, "presented_brand": "LTS"}, "LTS, made by Hikvision"),
        ({"evidenced_maker": Maker.UNKNOWN, "oem_code": "7"}, "unknown"),
        ({"evidenced_maker": Maker.OTHER, "maker_name": None}, "no brand; made by another maker"),
        ({"evidenced_maker": Maker.UNKNOWN}, "unknown"),
        ({"evidenced_maker": Maker.UNKNOWN, "presented_brand": "LTS"}, "LTS, maker unknown"),
    ],
)
def test_brand_and_maker_are_never_merged(changes, words):
    assert wording.brand_and_maker(device(**changes)) == words


def test_a_relation_is_told_of_the_maker_that_we_look_for_only():
    assert wording.relation_words(device(relation=Relation.RELABEL)) == "sold under another name"
    assert wording.relation_words(device(relation=None)) == ""
    assert wording.relation_words(device(evidenced_maker=Maker.OTHER, relation=Relation.OWN)) == ""


def test_a_summary_names_the_device_its_place_and_how_sure_we_are():
    full = device(presented_brand="LTS", model="LTN8704", device_class=DeviceClass.RECORDER)

    assert wording.summary_words(full) == "LTS LTN8704 recorder at 10.0.0.1: made by Hikvision (confirmed)"
    assert wording.summary_words(Device("d", ("10.0.0.1",))) == "device at 10.0.0.1: maker not known"
    assert wording.summary_words(Device("d", (), presented_brand="LTS")) == "LTS device: maker not known"
    assert wording.summary_words(device(confidence=Confidence.NONE)).endswith("made by Hikvision")


def test_an_unlisted_relabel_reads_as_such_and_never_as_unknown():
    found = device(relation=Relation.RELABEL, oem_code="1142", model="ZQ99", device_class=DeviceClass.CAMERA)

    assert wording.brand_words(found) == UNLISTED
    assert wording.summary_words(found) == (
        f"Hikvision ZQ99 camera ({UNLISTED}) at 10.0.0.1: made by Hikvision (confirmed)"
    )


def test_an_age_is_a_day_or_months_and_the_day_of_the_firmware():
    assert wording.age_words(device()) == ""
    assert wording.age_words(device(produced="2020-04-14/2020-04-14")) == "made on 2020-04-14"
    assert wording.age_words(device(produced="2019-11/2020-06", built="2019-07-01")) == (
        "made 2019-11 to 2020-06, firmware built on 2019-07-01"
    )


def test_a_recorder_says_what_to_look_for_by_hand():
    channels = Channels(16, 9, 7, "room for 16 channels; 9 tied to it; up to 7 to look for by hand")

    assert wording.behind_words(device()) == ""
    assert wording.behind_words(device(channels=channels)) == channels.sentence
    assert wording.behind_words(device(channels=channels, analogue=True)) == (
        channels.sentence + "; analogue cameras may hang behind it"
    )


def test_a_seat_is_a_port_of_a_switch_and_the_day_on_which_it_was_seen():
    seats = (
        Sighting("44:19:b6:01:02:03", switch="core-1", port="Gi1/0/7", vlan="20", at="2026-11-24T10:00:00Z"),
        Sighting("44:19:b6:01:02:03", port="7", source="forwarding table of 10.9.0.1, read in part"),
    )

    assert wording.seat_words(device()) == ""
    assert wording.seat_words(device(seen_at=seats)) == (
        "Gi1/0/7 of core-1, VLAN 20, seen 2026-11-24; "
        "7 of a switch without a name, by a table that was read in part"
    )


def test_software_is_told_from_the_machine_that_runs_it():
    found = device(software="iVMS-4200", device_class=DeviceClass.PLATFORM, model=None)

    assert wording.software_words(device()) == ""
    assert wording.software_words(found) == "iVMS-4200; the machine that runs it is not the device"
    assert wording.summary_words(found) == (
        "Hikvision iVMS-4200 platform at 10.0.0.1: made by Hikvision (confirmed)"
    )


def test_the_leading_finding_is_the_first_that_reaches_the_device(reports):
    camera = reports["french"].devices[2]
    remove, needs, company = camera.mandates

    assert wording.leading(camera) is remove
    assert wording.leading(replace(camera, mandates=(company, needs))) is needs
    assert wording.leading(replace(camera, mandates=(company,))) is None


def test_the_strongest_evidence_comes_first(reports):
    camera = reports["french"].devices[2]

    assert [found.strength.value for found in wording.by_strength(camera.evidence)] == ["conclusive", "weak"]
    assert wording.evidence_words(camera.evidence[0]).endswith("(rtsp, port 554)")
    assert wording.evidence_words(replace(camera.evidence[0], port=0)).endswith("(rtsp)")


def test_what_did_not_answer_is_told_by_its_kind(reports):
    words = wording.answered_words(reports["nothing-incomplete"])

    assert words == (
        "3 addresses answered and 1 refused; 248 did not answer, 256 cannot be seen from here, 2 left alone "
        "half-way; 2 excluded. Silence is not proof of absence."
    )


def test_when_every_address_answered_nothing_is_said_of_silence(reports):
    report = replace(reports["french"], coverage=Coverage(1, {AddressState.ANSWERED: 1}))

    assert wording.answered_words(report) == "1 address answered; 0 did not answer."


def test_the_reasons_of_an_incomplete_coverage_are_listed(reports):
    assert wording.incomplete_reasons(reports["nothing-complete"]) == []
    assert wording.incomplete_reasons(reports["nothing-incomplete"]) == [
        "256 addresses blind",
        "2 addresses aborted",
        "10.2.0.0/24, tcp: No sign of life from this prefix",
    ]


def test_an_interrupted_run_says_so_and_one_ended_from_outside_too(reports):
    report = reports["french"]
    interrupted = replace(report, run=replace(report.run, interrupted=True))

    assert wording.ended_words(report) == ""
    assert wording.ended_words(interrupted).startswith("This run was interrupted")
    assert "ended from outside" in wording.ended_words(reports["relabel"])


def test_devices_left_out_are_counted_with_those_that_a_measure_may_concern(reports):
    report = reports["french"]
    other = replace(report.devices[0], evidenced_maker=Maker.OTHER)

    assert wording.others_words(report) == ""
    assert wording.others_words(replace(report, devices=(other,))) == (
        "1 device of other or unknown makers not listed here; --all lists them. A measure may concern 1 of them."
    )


def test_counts_name_every_level(reports):
    assert wording.found_words(reports["french"]) == (
        "Hikvision: 1 confirmed, 1 probable, 1 possible. Other makers: 0. Maker unknown: 0."
    )
