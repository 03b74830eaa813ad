"""The page "What it sends" shows every probe, its numbers and its very bytes."""

from __future__ import annotations

import re

from scanner.policy.requests import GET_PATHS
from scanner.probes import PROBES
from scanner.probes.page import what_it_sends

PAGE = what_it_sends(PROBES)


def test_every_probe_has_its_line_its_card_and_its_words() -> None:
    for probe in PROBES:
        assert f"| [{probe.name}](#{probe.name}) | {probe.title} |" in PAGE
        assert f"\n## {probe.name}\n" in PAGE
        assert probe.silence in PAGE


def test_the_page_shows_the_bytes_of_everything_that_is_sent() -> None:
    requests = re.findall(r"^(GET|POST|OPTIONS|DESCRIBE|M-SEARCH) (\S+) ", PAGE, re.MULTILINE)
    paths = {path for method, path in requests if method == "GET"}

    # One of the pages that settle a doubt stands for the others: a host is asked for one of them.
    others = {"/doc/page/login.asp", "/pramaAPI/System/deviceInfo"}
    assert paths == (GET_PATHS - others) | {"/0123456789abcdef", "/description.xml"}
    assert {method for method, _ in requests} == {"GET", "POST", "OPTIONS", "DESCRIBE", "M-SEARCH"}
    assert "<Types>inquiry</Types>" in PAGE
    assert "GetDeviceInformation" in PAGE


def test_the_sums_stand_on_the_page_and_a_port_that_is_only_listened_to_says_so() -> None:
    assert "**24 connections**" in PAGE
    assert "**20 requests**" in PAGE
    assert "- Sends: Nothing: not a byte." in PAGE


def test_the_page_is_the_same_each_time_and_its_markup_is_safe() -> None:
    prose = re.sub(r"```text.*?```", "", PAGE, flags=re.DOTALL)

    assert what_it_sends(PROBES) == PAGE
    assert not re.search(r"<(?!!--)[a-zA-Z0-9]", prose)
    assert PAGE.count("```") % 2 == 0
