"""Long serial numbers: real ones from public sources, the last three digits of each replaced by 000.

Source of the numbers: research note models.md (issues of home-automation projects, public code), and sadp.md §1.5.
"""

from __future__ import annotations

from datetime import date

import pytest

from scanner.parsers.serial import impossible_day, read_serial

# number, model, channels, day, region, short, suffix, family
# fmt: off
NUMBERS = [
    ("DS-KV8213-WME1(C)0120230508RRAB0353000", "DS-KV8213-WME1(C)", "01", "2023-05-08", "RR", "AB0353000", "", "intercom-switch"),
    ("DS-2CD2542FWD-I20180319BBWRC10320000", "DS-2CD2542FWD-I", None, "2018-03-19", "WR", "C10320000", "", "camera-recorder"),
    ("DS-7608NI-I20820211224CCRRJ28921000WCVU", "DS-7608NI-I2", "08", "2021-12-24", "RR", "J28921000", "WCVU", "camera-recorder"),
    ("DS-2CD3T45P1-I20210803AACH248538000", "DS-2CD3T45P1-I", None, "2021-08-03", "CH", "248538000", "", "camera-recorder"),
    ("DS-2CD7A47FWD-XZS20190228AACHC96234000", "DS-2CD7A47FWD-XZS", None, "2019-02-28", "CH", "C96234000", "", "camera-recorder"),
    ("DS-7208HUHI-F2/N/A0820160422CCWR593756000WCVU", "DS-7208HUHI-F2/N/A", "08", "2016-04-22", "WR", "593756000", "WCVU", "camera-recorder"),
    ("DS-2CD2385G1-I20200414AAWRE33842000", "DS-2CD2385G1-I", None, "2020-04-14", "WR", "E33842000", "", "camera-recorder"),
    ("DS-2CD2432F-IW20150126CCCH502126000", "DS-2CD2432F-IW", None, "2015-01-26", "CH", "502126000", "", "camera-recorder"),
    ("DS-K1T673DX-BR20240206V031800ENAA8066000", "DS-K1T673DX-BR", None, "2024-02-06", "EN", "AA8066000", "", "terminal"),
    ("DS-K1T341AMF20220311V030230ENJ70368000", "DS-K1T341AMF", None, "2022-03-11", "EN", "J70368000", "", "terminal"),
    ("DS-K1T341CMFW20230901V030315ENFH3990000", "DS-K1T341CMFW", None, "2023-09-01", "EN", "FH3990000", "", "terminal"),
    ("DS-K1T671M20210203V030200ENE19196000", "DS-K1T671M", None, "2021-02-03", "EN", "E19196000", "", "terminal"),
    ("DS-K1T342MFWX-E120260629V044840ENGN0954000", "DS-K1T342MFWX-E1", None, "2026-06-29", "EN", "GN0954000", "", "terminal"),
    ("DS-K1T808MFWX20240101AAWRQC0292000", "DS-K1T808MFWX", None, "2024-01-01", "WR", "QC0292000", "", "camera-recorder"),
    ("DS-7608NI-I2/8P0820190316CCRRD00675000WCVU", "DS-7608NI-I2/8P", "08", "2019-03-16", "RR", "D00675000", "WCVU", "camera-recorder"),
    ("CMIP7352W20170428AAWR756864000", "CMIP7352W", None, "2017-04-28", "WR", "756864000", "", "camera-recorder"),
    ("1620170915AARR831427000WCVU", "NVR-216M-A", "16", "2017-09-15", "RR", "831427000", "WCVU", "camera-recorder"),
    ("iDS-2PT91JNLC-CS/CXS20190924CCCHD65746000", "iDS-2PT91JNLC-CS/CXS", None, "2019-09-24", "CH", "D65746000", "", "camera-recorder"),
    ("CS-CV310-A0-1B2WFR0120200927CCRRE87288000", "CS-CV310-A0-1B2WFR", "01", "2020-09-27", "RR", "E87288000", "", "camera-recorder"),
    ("DS-2CD2387G3-LIS2UY/SL20250829AAWRGE8732000", "DS-2CD2387G3-LIS2UY/SL", None, "2025-08-29", "WR", "GE8732000", "", "camera-recorder"),
    ("DS-KH6320Y-WTE20120230424WRAA5083000U", "DS-KH6320Y-WTE2", "01", "2023-04-24", "WR", "AA5083000", "U", "intercom-switch"),
    ("DS-KH8301-WT0120180118WRC04467000CLU", "DS-KH8301-WT", "01", "2018-01-18", "WR", "C04467000", "CLU", "intercom-switch"),
    ("DS-KH6320-WTDE10120230110WRQ18479000U", "DS-KH6320-WTDE1", "01", "2023-01-10", "WR", "Q18479000", "U", "intercom-switch"),
    ("DS-2CD2142FWD-I20170718AAWRC22800000", "DS-2CD2142FWD-I", None, "2017-07-18", "WR", "C22800000", "", "camera-recorder"),
    ("DS-2CD2335FWD-I20170816AAWR814829000", "DS-2CD2335FWD-I", None, "2017-08-16", "WR", "814829000", "", "camera-recorder"),
    ("DS-2CD2125FWD-I20190919AAWRD64522000", "DS-2CD2125FWD-I", None, "2019-09-19", "WR", "D64522000", "", "camera-recorder"),
    ("DS-2TD2617-6/PA20210526AAWRG08738000", "DS-2TD2617-6/PA", None, "2021-05-26", "WR", "G08738000", "", "camera-recorder"),
    ("DS-2CD2T46G2P-ISU/SL20240617AAWRFG0192000", "DS-2CD2T46G2P-ISU/SL", None, "2024-06-17", "WR", "FG0192000", "", "camera-recorder"),
    ("iDS-2CD7A46G0/P-IZHS(SA)20240318AAWRFB7233000", "iDS-2CD7A46G0/P-IZHS(SA)", None, "2024-03-18", "WR", "FB7233000", "", "camera-recorder"),
    ("DS-7732NXI-I4/S1620250731CCRRGD6530000WCVU", "DS-7732NXI-I4/S", "16", "2025-07-31", "RR", "GD6530000", "WCVU", "camera-recorder"),
    ("DS-2CD2342WD-I20160817BBWR634390000", "DS-2CD2342WD-I", None, "2016-08-17", "WR", "634390000", "", "camera-recorder"),
    ("DS-2CD2322WD-I20160129BBWR572690000", "DS-2CD2322WD-I", None, "2016-01-29", "WR", "572690000", "", "camera-recorder"),
    ("DS-2CD1047G2-L20230517AAWRAB3711000", "DS-2CD1047G2-L", None, "2023-05-17", "WR", "AB3711000", "", "camera-recorder"),
    ("DS-2CD1143G2-LIU20250923AAWRGG3006000", "DS-2CD1143G2-LIU", None, "2025-09-23", "WR", "GG3006000", "", "camera-recorder"),
    ("DS-2CD1143G0E-I20200708AAWRE58068000", "DS-2CD1143G0E-I", None, "2020-07-08", "WR", "E58068000", "", "camera-recorder"),
    ("DS-3E1310P-EI/M20250905CRRGF2364000", "DS-3E1310P-EI/M", None, "2025-09-05", "RR", "GF2364000", "", "intercom-switch"),
    ("DS-2CD1143G0-IUF20220324AAWRJ62513000", "DS-2CD1143G0-IUF", None, "2022-03-24", "WR", "J62513000", "", "camera-recorder"),
    ("DS-7616NI-Q2/16P1620210706CCRRG24476000WCVU", "DS-7616NI-Q2/16P", "16", "2021-07-06", "RR", "G24476000", "WCVU", "camera-recorder"),
    ("DS-2CD1043G0E-I20200804AAWRE65851000", "DS-2CD1043G0E-I", None, "2020-08-04", "WR", "E65851000", "", "camera-recorder"),
    ("DS-2CD1147G2H-LIU20240312AAWRFB2224000", "DS-2CD1147G2H-LIU", None, "2024-03-12", "WR", "FB2224000", "", "camera-recorder"),
    ("DS-2CD1143G0-I20200113AAWRE09904000", "DS-2CD1143G0-I", None, "2020-01-13", "WR", "E09904000", "", "camera-recorder"),
    ("DS-2CD1143G0-I20210412AAWRF84329000", "DS-2CD1143G0-I", None, "2021-04-12", "WR", "F84329000", "", "camera-recorder"),
    ("DS-2CD2043G0-I20200311AAWRE21780000", "DS-2CD2043G0-I", None, "2020-03-11", "WR", "E21780000", "", "camera-recorder"),
    ("DS-2CD1143G0-I20190921AAWRD63749000", "DS-2CD1143G0-I", None, "2019-09-21", "WR", "D63749000", "", "camera-recorder"),
    ("DS-2CD1147G2-L20230517AAWRAB3881000", "DS-2CD1147G2-L", None, "2023-05-17", "WR", "AB3881000", "", "camera-recorder"),
    ("DS-7732NI-K41620200402CCRRE26407000WCVU", "DS-7732NI-K4", "16", "2020-04-02", "RR", "E26407000", "WCVU", "camera-recorder"),
    ("DS-2CD2055FWD-I20190606AAWRD27850000", "DS-2CD2055FWD-I", None, "2019-06-06", "WR", "D27850000", "", "camera-recorder"),
    ("DS-7616NI-K21620190826CCRRD54552000WCVU", "DS-7616NI-K2", "16", "2019-08-26", "RR", "D54552000", "WCVU", "camera-recorder"),
]
# fmt: on

# number, model, region: redacted by their authors (fixtures of maciej-or/hikvision_next)
# fmt: off
REDACTED = [
    ("DS-2CD2046G2-IU00000000AAWRAA0000000", "DS-2CD2046G2-IU", "WR"),
    ("DS-2CD2055FWD-I00000000AAWR000000000", "DS-2CD2055FWD-I", "WR"),
    ("DS-2CD2146G2-ISU00000000AAWRG00000000", "DS-2CD2146G2-ISU", "WR"),
    ("DS-2CD2342WD-I00000000BBWR000000000", "DS-2CD2342WD-I", "WR"),
    ("DS-2CD2346G2-I00000000AAWRE00000000", "DS-2CD2346G2-I", "WR"),
    ("DS-2CD2346G2-ISU/SL00000000AAWRJ00000000", "DS-2CD2346G2-ISU/SL", "WR"),
    ("DS-2CD2387G2-LSU/SL00000000AAWRAD0000000", "DS-2CD2387G2-LSU/SL", "WR"),
    ("DS-2CD2387G2H-LISU/SL00000000AAWRAW0000000", "DS-2CD2387G2H-LISU/SL", "WR"),
    ("DS-2CD2532F-IWS00000000CCCH000000000", "DS-2CD2532F-IWS", "CH"),
    ("DS-2SE4C425MWG-E/0000000000AAWRFC0000000", "DS-2SE4C425MWG-E/", "WR"),
    ("DS-7608NXI-I0/0P/S0000000000CCRRJ00000000WCVU", "DS-7608NXI-I0/0P/S", "RR"),
    ("DS-7616NI-K20000000000CCRRG00000000WCVU", "DS-7616NI-K2", "RR"),
    ("DS-7732NI-M4-0000000000CCRRL00000000WCVU", "DS-7732NI-M4-", "RR"),
    ("DS-KV6113-WPE0(C)0000000000RRAH0000000", "DS-KV6113-WPE0(C)", "RR"),
    ("HWI-T000H00000000AAWRC00000000", "HWI-T000H", "WR"),
    ("IPC-T000-Z00000000AAWR000000000", "IPC-T000-Z", "WR"),
    ("iDS-7204HUHI-M0/E0000000000CCWRAH0000000WCVU", "iDS-7204HUHI-M0/E", "WR"),
    ("iDS-7208HQHI-M0(A)/S(C)0000000000CCWRFD0000000WCVU", "iDS-7208HQHI-M0(A)/S(C)", "WR"),
]
# fmt: on


def _host_name(number):
    return number.translate(str.maketrans("/()", "---")) + ".local"


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row[0])
def test_a_real_number_is_taken_apart_beside_its_model(row):
    number, model, channels, day, region, short, suffix, family = row

    serial = read_serial(number, model)

    assert serial is not None
    assert (serial.short, serial.channels, serial.region, serial.suffix) == (short, channels, region, suffix)
    assert serial.date == date.fromisoformat(day)
    assert serial.family == family
    assert serial.model == (model if number.startswith(model) else None)


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row[0])
def test_a_real_number_gives_its_short_serial_without_the_model_too(row):
    serial = read_serial(row[0])

    assert serial is not None
    assert (serial.short, serial.date) == (row[5], date.fromisoformat(row[3]))


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row[0])
def test_a_host_name_that_carries_the_number_reads_the_same(row):
    assert read_serial(_host_name(row[0]), row[1]) == read_serial(row[0], row[1])


@pytest.mark.parametrize(("number", "model", "region"), REDACTED)
def test_zeroed_dates_do_not_stop_the_reading(number, model, region):
    serial = read_serial(number, model)

    assert serial is not None
    assert (serial.model, serial.region, serial.date) == (model, region, None)


def test_the_channel_code_is_told_from_a_model_that_ends_in_digits():
    serial = read_serial("DS-7804HQH-K10420190822CCCHD53257000WCVU", "DS-7804HQH-K1")
    alone = read_serial("DS-7804HQH-K10420190822CCCHD53257000WCVU")

    assert (serial.model, serial.channels, serial.mark) == ("DS-7804HQH-K1", "04", "CCCH")
    assert (alone.model, alone.channels) == ("DS-7804HQH-K1", "04")


def test_a_terminal_names_its_firmware_in_the_mark():
    serial = read_serial("DS-K1T341CMFW20230901V030315ENFH3990000")

    assert (serial.mark, serial.region, serial.family) == ("V030315EN", "EN", "terminal")


def test_a_blank_between_model_and_day_is_read_over():
    """A reply of the corpus has one (DS-TCG406-E)."""
    serial = read_serial("DS-TCG406-E 20250322AIFX8671000", "DS-TCG406-E")

    assert (serial.model, serial.mark, serial.short) == ("DS-TCG406-E", "AI", "FX8671000")
    assert read_serial("DS-TCG406-E 20250322AIFX8671000") == serial


def test_without_a_mark_only_a_known_model_makes_it_a_number():
    assert read_serial("ABC20200101123456789") is None
    assert read_serial("ABC20200101123456789", "ABC").family == "unmarked"


@pytest.mark.parametrize(
    "text",
    ["", "DS-2CD2385G1-I", "BA07995PHA29A85", "ACCC8E270AD8", "DS-KH6210-serial_number", "xxxx", "2020-04-14",
     "DS-2CD2385G1-I20201314AAWRE33842150", "X" * 5000, "20200414AAWR", "\x1b[2J", "DS-2CD2385G1-I20200414AAWRE3384215"],
)  # fmt: skip
def test_anything_else_is_no_number(text):
    assert read_serial(text) is None
    assert read_serial(text, "DS-2CD2385G1-I") is None


def test_an_impossible_day_is_no_day():
    assert read_serial("DS-2CD2385G1-I20200231AAWRE33842150").date is None


def test_a_model_that_the_number_does_not_begin_with_is_ignored():
    assert read_serial("1620170915AARR831427000WCVU", "NVR-216M-A").channels == "16"


@pytest.mark.parametrize("number", [row[0] for row in (*NUMBERS, *REDACTED)])
def test_no_real_number_holds_a_day_of_no_calendar(number):
    assert impossible_day(number) is None
    assert impossible_day(_host_name(number)) is None


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("DS-2CD2385G1-I20201314AAWRE33842150", "20201314"),
        ("DS-2CD2385G1-I20200132AAWRE33842150.local", "20200132"),
        ("DS-2CD2385G1-I20200231AAWRE33842150", "20200231"),
        ("DS-2CD2385G1-I20200010AAWRE33842150", "20200010"),
        ("DS-7608NI-I20820211324CCRRJ28921000WCVU", "20211324"),
        ("DS-K1T341CMFW20231301V030315ENFH3990000", "20231301"),
        ("DS-2CD2385G1-I20200000AAWRE33842150", None),  # blanked by whoever published it
        ("DS-2CD2020F20201231AAWRE33842150", None),
        ("20201314", None),
        ("E33842150", None),
        ("X" * 500 + "20201314AAWRE33842150", None),
        ("", None),
    ],
)
def test_a_day_of_no_calendar_is_found_where_a_day_must_stand(number, digits):
    assert impossible_day(number) == digits
