import re
import time
from dataclasses import replace

import pytest

from scanner.model.device import Device
from scanner.reporter.interface import Options
from scanner.reporter.layout import cells
from scanner.reporter.table import render_table

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def test_each_report_is_as_it_was_when_last_read(named, golden):
    name, report = named

    golden(f"{name}.100.txt", render_table(report, Options()))
    golden(f"{name}.60.txt", render_table(report, Options(width=60, show_all=True)))


def test_the_coloured_form_is_as_it_was_when_last_read(reports, golden):
    golden("french.colour.txt", render_table(reports["french"], Options(colour=True)))


@pytest.mark.parametrize("width", [60, 61, 80, 95, 96, 97, 132, 200])
@pytest.mark.parametrize("colour", [False, True])
def test_no_line_is_wider_than_the_terminal(named, width, colour):
    _, report = named
    text = COLOURS.sub("", render_table(report, Options(width=width, show_all=True, colour=colour)))

    assert max(cells(line) for line in text.splitlines()) <= width


def test_a_terminal_too_narrow_is_treated_as_sixty_columns(reports):
    assert render_table(reports["french"], Options(width=20)) == render_table(
        reports["french"], Options(width=60)
    )


def test_colours_change_nothing_but_colours_rules_and_bars(named):
    _, report = named
    coloured = COLOURS.sub("", render_table(report, Options(colour=True))).replace("─", "-").replace("█", "#")

    assert coloured.split() == render_table(report, Options()).split()


def test_the_only_escapes_in_a_hostile_report_are_our_colours(reports):
    text = COLOURS.sub("", render_table(reports["hostile"], Options(colour=True, show_all=True)))

    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_brand_shown_and_the_maker_evidenced_are_both_told(reports):
    assert "LTS, made by Hikvision" in render_table(reports["relabel"], Options())


def test_confirmed_and_possible_do_not_look_alike(reports):
    text = render_table(reports["french"], Options())

    assert "CONFIRMED" in text
    assert "possible?" in text


def test_what_speaks_against_a_device_is_told(reports):
    assert "but: The certificate names another maker" in render_table(reports["relabel"], Options())


def test_devices_left_out_are_counted(reports):
    text = render_table(reports["nothing-complete"], Options())

    assert "2 devices of other or unknown makers not listed here; --all lists them." in text
    assert "not listed here" not in render_table(reports["nothing-complete"], Options(show_all=True))


def test_the_reasons_of_an_incomplete_verdict_stand_with_it(reports):
    text = render_table(reports["nothing-incomplete"], Options())

    assert text.index("VERDICT  None found, coverage INCOMPLETE") < text.index("  - 256 addresses blind")


def test_a_device_without_an_address_and_an_address_of_39_cells_have_a_row(reports):
    long = "2001:db8:1111:2222:3333:4444:5555:6666"
    devices = (Device("a", ()), Device("b", (long,)))
    text = render_table(replace(reports["french"], devices=devices), Options(show_all=True, width=100))

    assert "(no address)" in text
    assert long in text


def test_a_measure_is_told_once_for_all_its_devices(many):
    started = time.process_time()
    text = render_table(many, Options(show_all=True))

    assert time.process_time() - started < 5
    assert text.count("\nca-federal-2025\n") == 1
    assert (
        "removal required: applies, 2,000 devices: 10.0.0.0, 10.0.0.5, 10.0.0.10, 10.0.0.15 and 1,996 more"
        in " ".join(text.split())
    )


def test_a_run_ended_from_outside_says_so(reports):
    text = render_table(reports["relabel"], Options())

    assert "(no end recorded)" in text
    assert "This run was ended from outside" in text


def test_a_device_known_by_its_mac_alone_is_called_by_it(reports):
    report = reports["one-confirmed"]
    known = replace(report.devices[0], addresses=(), mac="44:19:b6:01:02:03")

    assert "\n44:19:b6:01:02:03" in render_table(replace(report, devices=(known,)), Options())
    assert "(no address)" in render_table(replace(report, devices=(replace(known, mac=None),)), Options())
