"""`plan` says what `scan` would do, without a packet."""

from __future__ import annotations

import json

import jsonschema
import pytest

from scanner.probes import PROBES
from scanner.reporter.schema import load_schema


def test_the_plan_names_addresses_ports_messages_cost_and_what_stays_unseen(hiksweep) -> None:
    said = hiksweep(
        "plan", "127.95.0.0/24", "--exclude", "127.95.0.7", "--ports", "http:8081", "--rate", "200"
    )

    assert said.code == 0
    for words in ("Nothing has been sent", "255 asked one by one", "127.95.0.7", "8081 (http)", "200 over all", "20 to one host", "What stays unseen", "9100"):  # fmt: skip
        assert words in said.out
    for probe in PROBES:
        if not {"community", "router"} & set(probe.needs):
            assert probe.title in said.out


def test_the_json_plan_holds_the_same_figures(hiksweep) -> None:
    plan = json.loads(hiksweep("plan", "127.95.0.0/28", "--format", "json").out)

    assert plan["addresses"] == 16
    assert plan["at_most"]["connections_per_host"] <= 24
    assert plan["at_most"]["requests_per_host"] <= 20
    assert plan["at_most"]["packets"] == 16 * plan["at_most"]["packets_per_silent_host"]
    assert plan["links"] == []
    assert {probe["name"] for probe in plan["probes"]} == {
        p.name for p in PROBES if not {"community", "router"} & set(p.needs)
    }


def test_a_community_adds_the_question_and_never_shows(hiksweep, tmp_path) -> None:
    (tmp_path / "community").write_text("s3cret-word\n")

    said = hiksweep("plan", "127.95.0.1", "--snmp-community-file", tmp_path / "community", "--format", "json")

    assert "snmp" in {probe["name"] for probe in json.loads(said.out)["probes"]}
    assert "s3cret-word" not in said.out + said.err


def test_what_is_not_walked_and_what_needs_a_flag_is_said(hiksweep) -> None:
    said = hiksweep("plan", "fd99::/64")

    assert "not walked" in said.out
    assert "affects the verdict" in said.out


@pytest.mark.parametrize(
    "words",
    [
        ("127.95.0.0/24", "--exclude", "127.95.0.7", "--ports", "http:8081,9000"),
        ("fd99::/64", "--no-multicast"),
        ("10.0.0.0/8", "--rate", "100000"),
    ],
)
def test_the_json_plan_keeps_the_shipped_schema(hiksweep, words) -> None:
    schema = load_schema("plan")
    jsonschema.Draft202012Validator.check_schema(schema)
    plan = json.loads(hiksweep("plan", *words, "--format", "json").out)

    jsonschema.validate(plan, schema)

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**plan, "login": "admin"}, schema)


@pytest.fixture
def forbids(tmp_path, monkeypatch):
    (tmp_path / "hiksweep.toml").write_text('[sites.lab]\nexclude = ["127.95.0.9", "127.95.0.128/25"]\n')
    monkeypatch.setenv("HIKSWEEP_CONFIG", str(tmp_path / "hiksweep.toml"))


def test_what_the_configuration_says_is_never_touched_is_left_out_and_said(hiksweep, forbids) -> None:
    said = hiksweep("plan", "127.95.0.0/24", "--exclude", "127.95.0.7", "--format", "json")
    plan = json.loads(said.out)

    assert (plan["addresses"], plan["excluded_addresses"]) == (126, 130)
    assert "127.95.0.9, 127.95.0.128/25" in said.err
    assert "--no-config" in said.err


def test_the_configuration_may_be_left_out_of_it(hiksweep, forbids) -> None:
    said = hiksweep("plan", "127.95.0.0/24", "--no-config", "--format", "json")

    assert json.loads(said.out)["addresses"] == 256
    assert said.err == ""


def test_a_configuration_that_cannot_be_read_forbids_all(hiksweep, forbids, tmp_path) -> None:
    (tmp_path / "hiksweep.toml").write_text("exclude = [")

    assert "holds a fault" in hiksweep("plan", "127.95.0.0/24").complaint
    assert hiksweep("plan", "127.95.0.0/24", "--no-config").code == 0


def test_what_the_configuration_forbids_altogether_is_not_swept(hiksweep, forbids) -> None:
    assert "nothing is left to scan" in hiksweep("plan", "127.95.0.200").err
