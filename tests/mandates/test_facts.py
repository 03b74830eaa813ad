"""Facts of a site: read, checked in one clear line, and the most specific wins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandates import load_mandates
from scanner.mandates.facts import Facts, read_facts, short_serial
from scanner.model.device import Device
from scanner.model.errors import UsageError

TEXT = """
defaults: {acquired_on: 2020-01-01, site_is_sensitive: no, department: other}
addresses:
  10.0.0.5: {acquired_on: 2021-01-01}
  "fe80::1": {acquired_on: 2021-06-01}
prefixes:
  10.0.0.0/24: {acquired_on: 2020-06-01, site_is_sensitive: yes}
  10.0.0.0/16: {acquired_on: 2020-03-01, department: defence}
  "2001:db8::/64": {acquired_on: 2020-09-01}
serials:
  E33842150: {acquired_on: 2024-03-01}
  DS-7608NI-I20820211224CCRRJ28921871WCVU: {acquired_on: 2022-02-02}
"""
DEVICE = Device(id="dev", addresses=("10.0.0.9",))


def acquired(addresses: tuple[str, ...], serial: str | None = None) -> str:
    device = replace(DEVICE, addresses=addresses, serial=serial)
    return read_facts(TEXT, "facts.yaml").for_device(device)["acquired_on"]


def test_the_most_specific_wins() -> None:
    assert acquired(("192.168.1.1",)) == "2020-01-01"
    assert acquired(("10.0.7.7",)) == "2020-03-01"
    assert acquired(("10.0.0.9",)) == "2020-06-01"
    assert acquired(("10.0.0.5",)) == "2021-01-01"
    assert acquired(("10.0.0.5",), "DS-2CD2385G1-I20200414AAWRE33842150") == "2024-03-01"
    assert acquired(("2001:db8::7",)) == "2020-09-01"
    assert acquired(("fe80::1%eth0",)) == "2021-06-01"
    assert acquired(("a-host-name",)) == "2020-01-01"


def test_a_serial_is_the_same_long_or_short() -> None:
    assert acquired(("10.9.9.9",), "J28921871") == "2022-02-02"
    assert acquired(("10.9.9.9",), "ds-7608ni-i20820211224ccrrj28921871wcvu") == "2022-02-02"
    assert short_serial("DS-2CD5026EFWD-A20171214AACH147955970") == "147955970"
    assert short_serial("ABC") == "ABC"


def test_what_a_narrower_place_does_not_say_a_wider_one_does() -> None:
    told = read_facts(TEXT, "facts.yaml").for_device(replace(DEVICE, addresses=("10.0.0.5",)))
    assert told == {"acquired_on": "2021-01-01", "site_is_sensitive": "yes", "department": "defence"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("defaults: {bought_on: 2024-01-01}", "facts.yaml:1: unknown fact 'bought_on'; "),
        ("defaults: {aquired_on: 2024-01-01}", "did you mean acquired_on?"),
        ("defaults: {acquired_on: 2023-02-30}",
         "facts.yaml:1: acquired_on cannot be '2023-02-30'; it must be a day such as 2023-12-22"),
        ("defaults: {acquired_on: 20231222}", "acquired_on cannot be '20231222'"),
        ("defaults: {acquired_on: [2024-01-01]}", "acquired_on must be a day such as"),
        ("defaults: {acquired_on: }", "acquired_on must be a day such as"),
        ("defaults: {site_is_sensitive: maybe}", "site_is_sensitive cannot be 'maybe'; it must be yes or no"),
        ("\ndefaults:\n  contract_clause: 52.204\n", "facts.yaml:3: contract_clause cannot be '52.204'; it must be one of 52.204-25,"),
        ("defaults: {made_on: 2024-01-01}", "made_on is read from the device and cannot be told"),
        ("default: {}", "facts.yaml:1: unknown section 'default'; known are defaults, addresses, prefixes, serials"),
        ("addresses: {10.0.0.999: {}}", "'10.0.0.999' is no address"),
        ("prefixes: {10.0.0.5/24: {}}", "'10.0.0.5/24' is no prefix: 10.0.0.5/24 has host bits set"),
        ("prefixes: [10.0.0.0/24]", "prefixes must be a mapping"),
        ("addresses: {10.0.0.5: yes}", "a set of facts must be a mapping"),
        ("- acquired_on", "a file of facts must be a mapping"),
        ("a: [", "not readable as YAML"),
    ],
)  # fmt: skip
def test_a_fault_is_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_facts(text, "facts.yaml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_facts_are_facts() -> None:
    assert read_facts("  \n", "facts.yaml").for_device(DEVICE) == {}
    assert read_facts("defaults:\naddresses:\n", "facts.yaml").for_device(DEVICE) == {}


def test_a_fact_of_the_command_line_is_a_default() -> None:
    facts = Facts().with_fact("acquired_on=2024-03-01").with_fact("site_is_sensitive = True")
    assert facts.for_device(DEVICE) == {"acquired_on": "2024-03-01", "site_is_sensitive": "yes"}
    assert facts.with_fact("acquired_on=2020-01-01").defaults["acquired_on"] == "2020-01-01"
    assert Facts().defaults == {}


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        ("acquired_on", "a fact is written NAME=VALUE, not 'acquired_on'"),
        ("weather=fine", "fact 'weather=fine': unknown fact 'weather'"),
        ("acquired_on=soon", "fact 'acquired_on=soon': acquired_on cannot be 'soon'"),
    ],
)
def test_a_faulty_fact_of_the_command_line_is_one_clear_line(fact: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Facts().with_fact(fact)
    assert str(caught.value).startswith(message)


def test_facts_survive_being_written_and_read_again() -> None:
    facts = read_facts(TEXT, "facts.yaml", load_mandates(fingerprints_root()))
    again = read_facts(str(facts.as_data()), "again")
    assert again.as_data() == facts.as_data()
    assert set(facts.as_data()) == {"defaults", "addresses", "prefixes", "serials"}
    assert Facts().as_data() == {}
