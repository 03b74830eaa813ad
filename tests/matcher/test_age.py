"""When a device was made, when its firmware was built, and what of that cannot be."""

from __future__ import annotations

import pytest

from scanner.matcher import identify
from scanner.matcher.rules import COST_OF_THE_IMPOSSIBLE
from scanner.model.device import Confidence

NAMESPACE = "http://www.hikvision.com/ver20/XMLSchema"


@pytest.fixture
def info(tables, observation):
    """The device that a DeviceInfo with the given elements shows."""

    def read(at="", **elements):
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
        reply = f'<DeviceInfo version="2.0" xmlns="{NAMESPACE}">{inner}</DeviceInfo>'
        (device,) = identify([observation("isapi", reply, port=80, at=at)], tables)
        return device

    return read


@pytest.fixture
def answer(tables, observation):
    """The device that a discovery answer with the given elements shows."""

    def read(at="", **elements):
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
        reply = f"<ProbeMatch>{inner}</ProbeMatch>"
        (device,) = identify([observation("sadp", reply, port=37020, at=at)], tables)
        return device

    return read


def test_the_day_in_a_long_serial_number_is_that_of_production(info):
    device = info(model="DS-2CD2385G1-I", serialNumber="DS-2CD2385G1-I20200414AAWRE33842000")
    assert device.produced == "2020-04-14/2020-04-14"
    assert device.contradictions == ()
    (age,) = [one for one in device.evidence if one.signature == "serial-counter"]
    assert age.claim == (
        "the counter of its serial number was reached 2020-03 to 2020-05; "
        "2020-04-14 in it is the day of production"
    )


def test_a_short_serial_number_tells_a_period_by_its_counter(info):
    device = info(model="DS-2CD2385G1-I", serialNumber="E33842150")
    assert device.produced == "2020-03/2020-08"
    assert any(one.signature == "serial-counter" for one in device.evidence)


def test_the_day_in_a_terminal_s_number_is_that_of_its_firmware(info):
    device = info(
        model="DS-K1T341CMFW",
        serialNumber="DS-K1T341CMFW20230901V030315ENFH3990000",
        firmwareVersion="V3.3.15",
    )
    assert device.produced == "2024-06/2024-08"
    assert device.built == "2023-09-01"
    assert device.contradictions == ()


def test_a_terminal_that_runs_other_firmware_than_its_number_says_gives_no_day(info):
    device = info(
        model="DS-K1T341CMFW",
        serialNumber="DS-K1T341CMFW20230901V030315ENFH3990000",
        firmwareVersion="V3.4.0",
    )
    assert device.built is None


def test_a_day_of_production_that_is_stated_apart_is_believed(info):
    """ISAPI ``productionDate`` of a terminal, whose number holds the firmware's day (public file 3879010717)."""
    device = info(
        model="DS-K1T341CMFW",
        serialNumber="DS-K1T341CMFW20230901V030315ENFH3990000",
        firmwareVersion="V3.3.15",
        productionDate="2024-07-12",
    )
    assert (device.produced, device.built) == ("2024-07-12/2024-07-12", "2023-09-01")
    assert device.contradictions == ()


def test_a_stated_day_that_the_counter_rules_out_is_impossible(info):
    device = info(
        model="DS-2CD2385G1-I",
        serialNumber="DS-2CD2385G1-I20200414AAWRE33842000",
        productionDate="2024-07-12",
    )
    assert device.produced is None
    assert any("2024-07-12" in one for one in device.contradictions)


@pytest.mark.parametrize("stated", ["2024-13-45", "soon", "20240712"])
def test_a_stated_day_that_is_none_is_left_out(info, stated):
    device = info(
        model="DS-2CD2385G1-I", serialNumber="DS-2CD2385G1-I20200414AAWRE33842000", productionDate=stated
    )
    assert device.produced == "2020-04-14/2020-04-14"


def test_a_terminal_s_number_alone_gives_the_day_of_its_firmware(info):
    device = info(model="DS-K1T671M", serialNumber="DS-K1T671M20210203V030200ENE19196000")
    assert device.built == "2021-02-03"
    assert device.produced == "2019-12/2020-04"


@pytest.mark.parametrize(
    ("elements", "built"),
    [
        ({"firmwareVersion": "V5.5.82 build 190909"}, "2019-09-09"),
        ({"firmwareVersion": "V4.31.108", "firmwareReleasedDate": "build 210823"}, "2021-08-23"),
        ({"firmwareVersion": "V4.31.108", "firmwareReleasedDate": "soon"}, None),
        ({"firmwareVersion": "V4.31.108"}, None),
        ({"firmwareReleasedDate": "build 210823"}, None),
    ],
)
def test_firmware_tells_its_day_by_itself_or_beside_it(info, elements, built):
    device = info(model="DS-7608NI-I2", **elements)
    assert device.built == built


def test_firmware_of_the_discovery_answer_is_read_whole(answer):
    device = answer(
        DeviceDescription="DS-2CD2385G1-I",
        DeviceSN="DS-2CD2385G1-I20200414AAWRE33842000",
        SoftwareVersion="V5.6.2build 190701",
    )
    assert (device.firmware, device.built, device.confidence) == ("V5.6.2", "2019-07-01", "confirmed")
    assert device.contradictions == ()


@pytest.mark.parametrize(
    ("model", "serial", "word"),
    [
        # A number of models.jsonl that its author has probably edited.
        ("DS-2CD2142FWD-I", "DS-2CD2142FWD-I20170718AAWRC22800000", "2017-07-18"),
        ("DS-KH6320-WTE1", "DS-KH6320-WTE10120180618WRQ07516000CLU", "2018-06-18"),
        # A generation that did not exist yet.
        ("DS-2CD2387G3-LIS2UY/SL", "DS-2CD2387G3-LIS2UY/SL20200414AAWRE33842000", "generation"),
    ],
)
def test_an_impossible_pair_costs_one_level_and_is_said(answer, model, serial, word):
    device = answer(DeviceDescription=model, DeviceSN=serial)
    assert device.confidence is Confidence.PROBABLE
    (said,) = [one for one in device.contradictions if word in one]
    assert said.startswith(("serial number: the day", "model "))
    assert device.rule.endswith("cannot all be true")


def test_a_row_of_digits_in_the_place_of_a_counter_is_made_up(answer):
    device = answer(DeviceDescription="DS-2CD2043G2-I", DeviceSN="DS-2CD2043G2-I20230313CCCH012345678")
    assert device.contradictions == (
        "serial number: 012345678 is a row of digits, which somebody has made up",
    )
    assert device.confidence is Confidence.PROBABLE


@pytest.mark.parametrize(
    ("model", "serial"),
    [
        ("DS-2CD3T45P1-I", "DS-2CD3T45P1-I20210803AACH248538000"),  # below every known number of nine digits
        ("DS-K1T808MFWX", "DS-K1T808MFWX20240101AAWRQC0292000"),  # letters of a counter that nobody has seen
        ("DS-PWA48-E-WB", "DS-PWA48-E-WB20240606AAWRQ33579000WU"),
        ("DS-PWA48-E-WB", "DS-PWA48-E-WB20260606AAWRQ60000000WU"),  # behind the last known one
    ],
)
def test_what_no_known_number_bounds_costs_nothing(answer, model, serial):
    device = answer(DeviceDescription=model, DeviceSN=serial)
    assert (device.confidence, device.contradictions) == (Confidence.CONFIRMED, ())


def test_a_day_that_its_counter_rules_out_is_no_day_of_production(answer):
    device = answer(DeviceDescription="DS-2CD2142FWD-I", DeviceSN="DS-2CD2142FWD-I20170718AAWRC22800000")
    assert device.produced is None


def test_the_same_without_the_impossible_pair_is_confirmed(answer):
    device = answer(DeviceDescription="DS-2CD2142FWD-I", DeviceSN="DS-2CD2142FWD-I20180518AAWRC22800000")
    assert (device.confidence, device.contradictions) == (Confidence.CONFIRMED, ())


def test_the_cost_never_goes_below_possible(tables, observation):
    """A host name of such a number alone is one strong sign: probable, and one less."""
    name = "DS-2CD2142FWD-I20170718AAWRC22800000"
    (device,) = identify([observation("dhcp", f"hostname: {name}")], tables)
    assert device.confidence is Confidence.POSSIBLE
    assert COST_OF_THE_IMPOSSIBLE[Confidence.POSSIBLE] is Confidence.POSSIBLE


def test_firmware_built_before_or_after_production_is_no_contradiction(answer):
    for build in ("170704", "250714"):
        device = answer(
            DeviceDescription="DS-2CD2385G1-I",
            DeviceSN="DS-2CD2385G1-I20200414AAWRE33842000",
            SoftwareVersion=f"V5.6.2build {build}",
        )
        assert (device.confidence, device.contradictions) == (Confidence.CONFIRMED, ())


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2019-01-01T00:00:00Z", 2),
        ("2020-04-14T10:00:00Z", 0),
        ("1970-01-01T00:00:00Z", 0),
        ("", 0),
    ],
)
def test_nothing_is_seen_before_it_was_made(answer, at, said):
    device = answer(
        at,
        DeviceDescription="DS-2CD2385G1-I",
        DeviceSN="DS-2CD2385G1-I20200414AAWRE33842000",
        SoftwareVersion="V5.6.2build 190701",
    )
    assert len(device.contradictions) == said


def test_an_identifier_that_holds_another_serial_number_is_said(info):
    device = info(
        model="DS-7608NI-I2",
        serialNumber="DS-7608NI-I20820211224CCRRJ28921000WCVU",
        deviceID="48353933-3735-3630-3030-240f9b0f0001",
    )
    assert device.contradictions == (
        "serial number: its identifier holds 593756000, its serial number J28921000",
    )
    assert device.confidence is Confidence.CONFIRMED  # a board was replaced, or somebody hid his number


@pytest.mark.parametrize("day", ["20201314", "20200132", "20200231", "20190229"])
def test_a_day_that_is_in_no_calendar_costs_one_level_and_is_said(info, day):
    number = f"DS-2CD2385G1-I{day}AAWRE33842000"
    device = info(model="DS-2CD2385G1-I", serialNumber=number, macAddress="44:19:b6:00:00:01")
    assert device.contradictions == (
        f"serial number: {day}, which stands for a day in {number}, is no day of the calendar",
    )
    assert (device.confidence, device.serial) == (Confidence.PROBABLE, number)
    assert device.rule.endswith("cannot all be true")


def test_a_day_that_is_in_no_calendar_never_costs_more_than_to_possible(answer):
    device = answer(DeviceDescription="DS-2CD2385G1-I", DeviceSN="DS-2CD2385G1-I20201314AAWRE33842000")
    assert device.confidence is Confidence.POSSIBLE


def test_a_day_that_somebody_blanked_is_no_contradiction(info):
    for day in ("00000000", "20200000"):
        device = info(model="DS-2CD2385G1-I", serialNumber=f"DS-2CD2385G1-I{day}AAWRE33842000")
        assert device.contradictions == ()


def test_indoor_stations_count_by_themselves(info):
    device = info(model="DS-KH6320-WTE1", serialNumber="DS-KH6320-WTE10120210618WRQ07516000CLU")
    assert (device.confidence, device.contradictions) == (Confidence.CONFIRMED, ())


def test_an_identifier_that_holds_the_same_number_is_in_order(info):
    device = info(
        model="DS-7608NI-I2",
        serialNumber="DS-7608NI-I20820211224CCRRJ28921000WCVU",
        deviceID="484a3238-3932-3130-3030-240f9b0f0001",
    )
    assert device.contradictions == ()
    assert device.produced == "2021-12-24/2021-12-24"


def test_other_makers_have_no_age(tables, observation):
    text = (
        "HTTP/1.1 200 OK\r\n\r\n<root><device><manufacturer>Axis</manufacturer><modelName>M3045-V</modelName>"
    )
    text += "<serialNumber>831427000</serialNumber></device></root>"
    (device,) = identify([observation("upnp-description", text)], tables)
    assert device.evidenced_maker == "other"
    assert (device.produced, device.built) == (None, None)
    assert not any(one.signature == "serial-counter" for one in device.evidence)
