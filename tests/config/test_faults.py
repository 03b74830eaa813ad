from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.config.faults import ConfigError, Fault
from scanner.config.schema import Settings
from scanner.config.settings import parse


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('every = "wek"', "1: every: 'wek' is not a period; write day, week, 2 weeks, 10 days or 12 hours"),
        ("\nrte = 50", "2: rte: there is no such key; did you mean rate?"),
        ("blackout = 20", "1: blackout: 20 is not a day such as 2026-12-25"),
        ('rate = "fast"', "1: rate: 'fast' is not a number of packets a second, 1 to 100000; for example rate = 500"),
        ("rate = 0", "1: rate: 0 is not a number of packets a second"),
        ("rate = true", "1: rate: true is not a number of packets a second"),
        ('multicast = "maybe"', "1: multicast: 'maybe' is not true or false"),
        ('owner_kind = "tenant"', "1: owner_kind: 'tenant' is not one of agency, landlord, integrator"),
        ('owner = ""', "1: owner: is empty"),
        ('jitter = "13h"', "1: jitter: at most 12h"),
        ('time_limit = "0m"', "1: time_limit: a sweep needs more time than none"),
        ('time_zone = "Amerca/Toronto"', "1: time_zone: 'Amerca/Toronto' is not a time zone; did you mean America/Toronto?"),
        ('targets = ["10.0.0.1"]', "1: targets: there is no such key here; it belongs to [sites.SITE.networks.NAME]"),
        ('[log]\nlvl = "x"', "2: log.lvl: there is no such key; did you mean level?"),
        ('[log]\nzzz = "x"', "2: log.zzz: there is no such key; [log] knows level, format"),
        ('[log]\nevery = "day"', "2: log.every: there is no such key here; it belongs to the top of the file, before"),
        ('[log]\nformat = "jso"', "2: log.format: 'jso' is not one of auto, human, json"),
        ('[reports]\nformats = ["html",\n"pdf"]', "3: reports.formats: 'pdf' is not a list out of html"),
        ('[metrics]\ntextfile = "x.txt"', "2: metrics.textfile: 'x.txt' is not the name of a file that ends in .prom"),
        ("[sites.main.networks.a]", "1: sites.main.networks.a.targets: is missing; for example targets ="),
        ("[sites.main]\nnetworks = 3", "2: sites.main.networks: 3 is not tables [sites.SITE.networks.NAME]"),
        ("[sites.Main]", "1: sites.Main: 'Main' is not a name; use small letters, digits and hyphens"),
        ("[sites.main.networks.'a b']\ntargets = '10.1.0.0/24'", "1: sites.main.networks.a b: 'a b' is not a name"),
        ("store = 'mysql://x/y'", "1: store: 'mysql://x/y' is neither a file nor sqlite:/// nor postgresql://"),
        ("sites = 3", "1: sites: 3 is not tables [sites.NAME]"),
    ],
)  # fmt: skip
def test_a_fault_is_one_line_with_its_line_its_key_and_what_to_write(text, said, faults):
    assert [fault for fault in faults(text) if fault.startswith(said)], faults(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\nwindows = 22:00-05:00", '2: not TOML: expected newline or end of document after a statement; this needs quotes: windows = "22:00-05:00"'),
        ("rate = 500\nprofile = us-x\n", '2: not TOML: invalid value; text needs quotes: profile = "us-x"'),
        ("rate: 500", "1: not TOML: expected '=' after a key in a key/value pair; a key and its value are parted by"),
        ('windows = ["22:00-05:00]  # or "x"', "1: not TOML: unclosed array; a quotation mark is not closed"),
        ("a = [1,\n", "1: not TOML: "),
        ("a = 1\na = 2", "2: not TOML: cannot overwrite a value"),
        ("[a\n", "1: not TOML: "),
    ],
)  # fmt: skip
def test_what_is_no_toml_is_told_with_its_line_and_the_usual_cure(text, said, faults):
    (fault,) = faults(text)

    assert fault.startswith(said)


def test_all_faults_are_told_at_once_in_the_order_of_the_file(faults):
    found = faults('rte = 1\nevery = "x"\n[sites.A]\n[sites.b.networks.c]\ntargets = []\nrate = 0\n')

    assert [fault.split(":")[0] for fault in found] == ["1", "2", "3", "5", "6"]


def test_a_secret_is_never_repeated_wherever_it_stands(faults):
    texts = (
        'snmp_community = "hush"', 'snmp_community = 7777', 'store_password = "hush"', "password = 'hush'",
        'store = "postgresql://me:hush@db/x"', "store_password = hush", 'snmp_credentials = ["hush"]',
    )  # fmt: skip

    for text in texts:
        said = " ".join(faults(text))
        assert "hush" not in said
        assert "7777" not in said


def test_a_text_that_is_nested_too_deeply_is_refused(faults):
    (fault,) = faults("a = " + "[" * 20000 + "]" * 20000)

    assert "not TOML" in fault


def test_nothing_of_the_file_moves_the_cursor_or_begins_a_line(faults):
    for text in (
        '"a\\nb\\u001b[2J" = 1',
        'owner = "a\\nb"',
        'every = "a\\u001b"',
        '[sites."a\\nb".networks."c\\u001b"]\ntargets = "x"',
    ):
        for fault in faults(text):
            assert fault.isprintable()


@given(st.text(max_size=60))
def test_any_text_is_a_configuration_or_told_what_is_wrong(text):
    with pytest.raises(ConfigError) as raised:
        parse(text, Path("x.toml"), (), {})

    assert raised.value.faults


@given(
    st.sampled_from(sorted(set(Settings.model_fields) - {"sites"})),
    st.sampled_from(
        (
            "1",
            "-1",
            "1.5",
            "true",
            "[]",
            "{}",
            "[[]]",
            "2026-12-24",
            "12:30:00",
            '""',
            '"x"',
            "[1]",
            "{ a = 1 }",
            "nan",
            "1979-05-27T07:32:00Z",
        )
    ),
)
def test_any_value_of_any_key_is_understood_or_told_with_the_key(key, value):
    told: tuple[Fault, ...] = ()
    try:
        parse(
            f"{key} = {value}\n[sites.main.networks.cameras]\ntargets = '10.1.0.0/24'",
            Path("x.toml"),
            (),
            {"TZ": "UTC"},
        )
    except ConfigError as error:
        told = error.faults

    assert {(fault.key.split(".")[0], fault.line) for fault in told} <= {(key, 1)}
