from scanner.model.device import Confidence, Device
from scanner.model.evidence import Maker
from scanner.reporter.order import address_key, is_found, listed, ordered


def device(address, maker=Maker.HIKVISION, confidence=Confidence.CONFIRMED):
    return Device(address, (address,), maker, confidence)


def test_found_devices_come_first_surest_first_then_by_address():
    shuffled = [
        device("10.0.0.3", Maker.UNKNOWN, Confidence.NONE),
        device("10.0.0.2", Maker.OTHER),
        device("10.0.0.10", confidence=Confidence.PROBABLE),
        device("10.0.0.9", confidence=Confidence.PROBABLE),
        device("10.0.0.1", confidence=Confidence.POSSIBLE),
        device("fd00::1"),
        device("10.0.0.200"),
    ]

    assert [found.id for found in ordered(shuffled)] == [
        "10.0.0.200",
        "fd00::1",
        "10.0.0.9",
        "10.0.0.10",
        "10.0.0.1",
        "10.0.0.2",
        "10.0.0.3",
    ]


def test_names_that_are_no_address_come_after_addresses():
    assert max(["gate.example", "fe80::1%eth0", "10.0.0.1"], key=address_key) == "gate.example"


def test_a_device_without_an_address_has_its_place():
    assert ordered([Device("b", ()), Device("a", ())])[0].id == "a"


def test_a_device_counts_as_found_only_with_some_confidence():
    assert is_found(device("10.0.0.1", confidence=Confidence.POSSIBLE))
    assert not is_found(device("10.0.0.1", confidence=Confidence.NONE))
    assert not is_found(device("10.0.0.1", Maker.OTHER))


def test_others_are_listed_on_request_only(reports):
    report = reports["one-confirmed"]

    assert len(listed(report, show_all=False)) == 1
    assert len(listed(report, show_all=True)) == 2
