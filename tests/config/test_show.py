from __future__ import annotations

import json

from scanner.config.show import as_data, common_values, value_text, values

TEXT = """
rate = 100
exclude = "10.1.0.8"
snmp_community = { env = "COMMUNITY" }
store = "here.db"
[sites.main]
exclude = "10.1.0.9"
[sites.main.networks.cameras]
targets = "10.1.0.0/24"
jitter = "90s"
[log]
level = "debug"
[inventory]
missing_of = 5
"""


def test_every_value_says_where_it_was_said(read):
    found = read(TEXT)
    shown = {value.key: (value.text, value.origin) for value in values(found, found.networks[0], {})}

    assert shown["rate"] == ("100", "line 2")
    assert shown["exclude"] == ("10.1.0.8, 10.1.0.9", "line 3, line 7")
    assert shown["targets"] == ("10.1.0.0/24", "line 9")
    assert shown["jitter"] == ("1m30s", "line 10")
    assert shown["windows"] == ("at any time", "default")
    assert shown["snmp_community"] == ('{ env = "COMMUNITY" }', "line 4")
    assert "facts" not in shown
    assert {value.key: value.origin for value in common_values(found, {})} == {
        "store": "line 5", "reports.when": "default", "reports.formats": "default", "log.level": "line 12", "log.format": "default",
        "inventory.missing_sweeps": "default", "inventory.missing_of": "line 14", "inventory.missing_days": "default",
        "inventory.removed_days": "default", "inventory.stale_days": "default", "daemon.at_once": "default", "daemon.lease": "default",
    }  # fmt: skip


def test_a_variable_is_named_where_it_wins(read):
    found = read(TEXT)
    (rate,) = (
        one for one in values(found, found.networks[0], {"HIKSWEEP_SET_RATE": "5"}) if one.key == "rate"
    )

    assert rate.origin == "environment HIKSWEEP_SET_RATE"


def test_programs_get_plain_data(read):
    found = read(TEXT)

    data = json.loads(json.dumps(as_data(found, found.networks[0], {})))

    assert data["id"] == "main/cameras"
    assert data["addresses"] == 254
    assert data["values"]["rate"] == {"value": 100, "from": "line 2"}
    assert data["values"]["targets"] == {"value": ["10.1.0.0/24"], "from": "line 9"}
    assert data["values"]["time_limit"] == {"value": None, "from": "default"}


def test_values_are_written_as_the_file_writes_them():
    assert [value_text(value) for value in (True, False, 0.5, None, ("a", "b"))] == [
        "true",
        "false",
        "0.5",
        "",
        "a, b",
    ]
