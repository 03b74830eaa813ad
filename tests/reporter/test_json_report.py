import json

import jsonschema
import pytest

from scanner.reporter import json_report, to_json
from scanner.reporter.interface import Options
from scanner.reporter.json_report import json_parts, render_json, report_fields
from scanner.reporter.schema import load_schema


@pytest.fixture(scope="module")
def validator():
    schema = load_schema("scan")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_each_report_is_as_it_was_when_last_read(named, golden):
    name, report = named

    golden(f"{name}.json", render_json(report, Options()))


def test_each_report_holds_to_the_shipped_schema(named, validator):
    _, report = named

    validator.validate(json.loads(render_json(report, Options())))


def test_the_schema_refuses_a_key_that_it_does_not_know(reports, validator):
    fields = report_fields(reports["one-confirmed"])
    fields["devices"][0]["colour"] = "red"

    assert not validator.is_valid(fields)


def test_the_schema_refuses_a_month_written_as_a_day(reports, validator):
    fields = report_fields(reports["one-confirmed"])
    assert validator.is_valid(fields)
    fields["devices"][0]["mandates"][0]["deadline"]["value"] = "2025-04-30"

    assert not validator.is_valid(fields)


def test_every_device_is_listed_whatever_the_options_say(reports):
    report = reports["one-confirmed"]

    makers = [
        d["evidenced_maker"] for d in json.loads(render_json(report, Options(show_all=False)))["devices"]
    ]
    assert makers == ["hikvision", "other"]


def test_the_states_sum_to_the_addresses_and_all_six_are_there(reports):
    for report in reports.values():
        counted = report_fields(report)["coverage"]
        assert list(counted["by_state"]) == ["answered", "refused", "silent", "excluded", "aborted", "blind"]
        assert sum(counted["by_state"].values()) == counted["addresses"]


def test_the_counts_tell_levels_other_makers_and_unknown_ones(reports):
    counts = report_fields(reports["french"])["run"]["counts"]

    assert counts == {"hikvision": {"confirmed": 1, "probable": 1, "possible": 1}, "other": 0, "unknown": 0}
    assert report_fields(reports["nothing-complete"])["run"]["counts"]["other"] == 1


def test_hostile_text_is_kept_exactly_and_nothing_in_the_file_is_obeyed_by_a_terminal(reports):
    text = render_json(reports["hostile"], Options())

    assert json.loads(text)["devices"][0]["model"] == reports["hostile"].devices[0].model
    assert all(character == "\n" or character.isprintable() for character in text)


def test_ten_thousand_devices_hold_to_the_schema_in_number(many):
    fields = report_fields(many)

    assert len(fields["devices"]) == 10_000
    assert fields["run"]["counts"] == {
        "hikvision": {"confirmed": 2000, "probable": 2000, "possible": 2000},
        "other": 2000,
        "unknown": 2000,
    }


def test_the_pieces_are_what_the_whole_would_be(named):
    _, report = named

    whole = to_json(report_fields(report), indent=2) + "\n"

    assert "".join(json_parts(report, Options())) == whole


def test_a_device_is_written_before_the_next_is_put_into_words(many, monkeypatch):
    told = []
    monkeypatch.setattr(json_report, "device_fields", lambda device: told.append(device) or {"id": device.id})
    parts = json_parts(many, Options())

    before = [
        next(part for part in parts if f'"{device.id}"' in part) and len(told) for device in many.devices[:3]
    ]

    assert before == sorted(before)
    assert before[-1] < len(many.devices)
