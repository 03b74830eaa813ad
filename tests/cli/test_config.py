"""``hiksweep config``: from an empty folder to a configuration that is right."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from scanner.reporter.schema import load_schema


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to stand in, and no configuration elsewhere."""
    place = tmp_path / "empty"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("TZ", "America/Toronto")
    monkeypatch.delenv("HIKSWEEP_CONFIG", raising=False)
    return place


def edited(text: str) -> str:
    """The example as a user edits it: two lines."""
    return text.replace("192.0.2.0/24", "10.1.0.0/24").replace(
        '"ca-federal-institution"', '"uk-other-public-body"'
    )


def test_a_first_try_is_an_example_two_edited_lines_and_a_check(hiksweep, folder):
    said = hiksweep("config", "example")
    assert said.code == 0
    (folder / "hiksweep.toml").write_text(said.out)

    refused = hiksweep("config", "check")
    assert refused.code == 2
    line = 1 + next(n for n, text in enumerate(said.out.splitlines()) if "192.0.2.0/24" in text)
    assert refused.complaint.startswith(
        f"hiksweep: hiksweep.toml:{line}: sites.main.networks.cameras.targets: '192.0.2.0/24'"
    )

    (folder / "hiksweep.toml").write_text(edited(said.out))
    fine = hiksweep("config", "check")
    assert (fine.code, fine.err) == (0, "")
    assert fine.out.startswith(
        "hiksweep.toml is right: 1 site, 1 network, 256 addresses. Nothing was sent.\n"
    )
    assert "every week, 22:00-05:00 (America/Toronto)" in fine.out
    assert "profile uk-other-public-body" in fine.out
    assert "about 27 s at 500 packets a second" in fine.out


def test_without_a_configuration_the_way_to_one_is_told(hiksweep, folder):
    for words in (("config", "check"), ("config", "show")):
        said = hiksweep(*words)
        assert said.code == 2
        assert said.complaint.endswith("make one: hiksweep config example > hiksweep.toml")


def test_a_configuration_may_be_named(hiksweep, folder, monkeypatch):
    text = edited(hiksweep("config", "example").out)
    (folder / "other.toml").write_text(text)

    assert hiksweep("config", "check", "other.toml").out.startswith("other.toml is right")
    monkeypatch.setenv("HIKSWEEP_CONFIG", "other.toml")
    assert hiksweep("config", "check").out.startswith("other.toml is right")
    absent = hiksweep("config", "check", "absent.toml")
    assert (absent.code, absent.complaint) == (
        2,
        "hiksweep: absent.toml: cannot be read (No such file or directory)",
    )


def test_every_fault_is_a_line_of_its_own(hiksweep, folder):
    (folder / "hiksweep.toml").write_text('rte = 1\nevery = "x"\n')

    said = hiksweep("config", "check")

    assert said.code == 2
    assert said.out == ""
    assert [line.split(": ")[:3] for line in said.err.splitlines()] == [
        ["hiksweep", "hiksweep.toml:1", "rte"],
        ["hiksweep", "hiksweep.toml:2", "every"],
    ]


def test_the_files_that_it_names_are_checked_too(hiksweep, folder):
    text = '[sites.a]\nfacts = "facts.yaml"\n[sites.a.networks.b]\ntargets = "10.1.0.0/24"\nsnmp_credentials = "snmp.yaml"\n'
    (folder / "hiksweep.toml").write_text(text)
    (folder / "facts.yaml").write_text("defaults: {acquired: 2024}\n")

    said = hiksweep("config", "check")

    first, second = said.err.splitlines()
    assert said.code == 2
    assert first.startswith("hiksweep: hiksweep.toml:2: sites.a.facts: ")
    assert "acquired" in first
    assert second.startswith("hiksweep: hiksweep.toml:5: sites.a.networks.b.snmp_credentials: ")
    assert second.endswith("snmp.yaml: cannot be read (No such file or directory)")


def test_what_is_odd_is_warned_of_and_right_all_the_same(hiksweep, folder):
    (folder / "hiksweep.toml").write_text(
        '[sites.a.networks.b]\ntargets = "10.1.0.0/24"\nexclude = "10.2.0.1"\nlabel = "Doors"\n'
    )

    said = hiksweep("config", "check")

    assert said.code == 0
    assert (
        said.err
        == "Warning: hiksweep.toml:3: sites.a.networks.b.exclude: '10.2.0.1' lies outside the targets and leaves nothing out.\n"
    )
    assert "a/b (Doors): 256 addresses" in said.out
    assert "next now" in said.out


def test_a_window_shorter_than_the_sweep_is_said(hiksweep, folder):
    (folder / "hiksweep.toml").write_text(
        '[sites.a.networks.b]\ntargets = "10.0.0.0/13"\nwindows = "22:00-22:30"\nrate = 10\n'
    )

    assert "its longest window is shorter than that" in hiksweep("config", "check").out


def test_what_holds_is_shown_with_the_line_that_says_it(hiksweep, folder):
    (folder / "hiksweep.toml").write_text(
        'snmp_community = { env = "COMMUNITY" }\n[sites.a.networks.b]\ntargets = "10.1.0.0/24"\n[sites.a.networks.c]\ntargets = "10.2.0.0/24"\nrate = 9\n'
    )

    said = hiksweep("config", "show", "--network", "a/c")
    rows = {line.split()[0]: line.split()[1:] for line in said.out.splitlines() if line.startswith("  ")}

    assert rows["rate"] == ["9", "line", "6"]
    assert rows["snmp_community"][-2:] == ["line", "1"]
    assert "10.1.0.0/24" not in said.out
    data = json.loads(hiksweep("config", "show", "--format", "json").out)
    assert [network["id"] for network in data["networks"]] == ["a/b", "a/c"]
    wrong = hiksweep("config", "show", "--network", "a/d")
    assert (
        wrong.code,
        wrong.complaint.startswith("hiksweep: a/d: no network is called so; did you mean a/"),
    ) == (2, True)


def test_a_file_that_everybody_can_write_and_a_secret_that_is_not_here_are_warned_of(hiksweep, folder):
    (folder / "hiksweep.toml").write_text(
        'snmp_community = { file = "absent" }\n[sites.a.networks.b]\ntargets = "10.1.0.0/24"\n[sites.a.networks.c]\ntargets = "10.2.0.0/24"\n'
    )
    (folder / "hiksweep.toml").chmod(0o666)

    said = hiksweep("config", "check")

    first, second = said.err.splitlines()
    assert said.code == 0
    assert first.startswith("Warning: hiksweep.toml: everybody can write it")
    assert second.startswith('Warning: hiksweep.toml:1: snmp_community: { file = "absent" }: cannot be read')


def test_facts_of_another_system_are_not_fetched_by_a_check(hiksweep, folder):
    (folder / "hiksweep.toml").write_text(
        'facts = "https://cmdb.invalid/x"\n[sites.a.networks.b]\ntargets = "10.1.0.0/24"\n'
    )

    assert hiksweep("config", "check").code == 0


def test_what_programs_get_fits_its_schema(hiksweep, folder):
    (folder / "hiksweep.toml").write_text(
        edited(hiksweep("config", "example").out) + 'time_limit = "4h"\njitter = "5m"\n'
    )

    Draft202012Validator(load_schema("config-show")).validate(
        json.loads(hiksweep("config", "show", "--format", "json").out)
    )
