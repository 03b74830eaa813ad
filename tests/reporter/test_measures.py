from dataclasses import replace

from scanner.reporter.measures import measures


def test_each_measure_stands_once_with_a_sentence_for_each_thing_said(reports):
    found = measures(reports["french"].devices)

    assert [measure.id for measure in found] == ["ca-federal-2025", "ca-qc-2023", "ca-ica-2025"]
    assert [said.decision for said in found[0].said] == ["review", "remove_required"]
    assert [len(said.devices) for said in found[1].said] == [3]


def test_a_measure_that_reaches_nothing_comes_last_and_says_so(reports):
    *_, last = measures(reports["french"].devices)

    assert last.id == "ca-ica-2025"
    assert not last.reaches


def test_reasons_are_gathered_once_each(reports):
    device = reports["one-confirmed"].devices[0]
    (finding,) = device.mandates
    other = replace(finding, reason=replace(finding.reason, en="Another reason."))
    found = measures([device, replace(device, id="b"), replace(device, id="c", mandates=(other,))])

    assert [reason.en for reason in found[0].said[0].reasons] == [
        "The site is marked sensitive.",
        "Another reason.",
    ]
    assert [device.id for device in found[0].said[0].devices] == [device.id, "b", "c"]


def test_a_device_named_twice_by_a_measure_in_the_same_words_is_listed_once(reports):
    device = reports["one-confirmed"].devices[0]
    (finding,) = device.mandates
    twice = replace(device, mandates=(finding, replace(finding, reason=replace(finding.reason, en="Again."))))

    assert len(measures([twice])[0].said[0].devices) == 1


def test_without_a_profile_a_measure_informs(reports):
    assert all(measure.informs and measure.reaches for measure in measures(reports["no-profile"].devices))


def test_no_finding_is_no_measure(reports):
    assert measures(reports["nothing-complete"].devices) == []
