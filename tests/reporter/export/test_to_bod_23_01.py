"""The table of networks: when each was covered whole, and which share of the addresses that is."""

from __future__ import annotations

from dataclasses import replace

from scanner.reporter.export.to_bod_23_01 import render

NAME = "bod-23-01"


def test_each_network_stands_with_when_it_was_covered_whole(lived):
    text = render(lived("one-confirmed", NAME)).decode()

    assert "| north | 10.1.0.0/24 | 256 | 2 | 2026-11-24 10:15 | 0 | yes | tcp, sadp | run-1 |" in text
    assert "| north | 10.2.0.0/24 | 256 | 0 | 2026-11-10 10:15 | 14 | **no** | tcp | run-0 |" in text
    assert "| south | 10.3.0.0/24 | 256 | 0 | **never** |  | **no** |  |  |" in text


def test_the_share_counts_only_what_was_covered_whole_in_the_cadence(lived):
    text = render(lived("one-confirmed", NAME)).decode()

    assert "| Networks known | 3 |" in text
    assert "| Covered whole in the 7 days before | 1 |" in text
    assert "| 256 (33.3 %) |" in text
    assert "| Assets that answered in this report | 2 |" in text


def test_a_network_that_was_declared_out_of_service_is_in_no_figure(lived):
    export = lived("one-confirmed", NAME)
    last = replace(export.networks[-1], retired="2026-11-20T10:00:00Z")
    text = render(replace(export, networks=(*export.networks[:-1], last))).decode()

    assert "| Networks known | 2 |" in text
    assert "| Declared out of service, in no figure here | 1 |" in text
    assert "| 256 (50.0 %) |" in text
    assert "| **never** |  | declared out of service on 2026-11-20 |" in text


def test_a_journal_alone_claims_nothing_of_networks(export):
    text = render(export("one-confirmed", NAME)).decode()

    assert "this was made of a journal alone" in text
    assert "| 0 (not known) |" in text


def test_the_directive_and_its_limits_come_from_the_data(lived):
    text = render(lived("one-confirmed", NAME)).decode()

    assert "BOD 23-01 (3 Oct 2022)" in text
    assert "It says nothing of makers" in text
    assert "another tool's" in text
