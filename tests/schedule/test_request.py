from __future__ import annotations

import pytest

from scanner.model.errors import UsageError
from scanner.schedule.request import request_of


def test_the_request_is_what_the_command_line_would_have_said(network, tmp_path, monkeypatch):
    monkeypatch.setenv("COMMUNITY", "hush")
    keys = 'exclude = "10.1.0.9"\nrate = 50\ntime_limit = "4h"\nports = "http:8081"\nmulticast = false\nsnmp_community = { env = "COMMUNITY" }\nsnmp_routers = "10.1.0.1"'

    request = request_of(network(keys), tmp_path, facts="f", time_limit=600.0)

    assert (request.targets, request.exclude, request.rate, request.ports) == (
        ("10.1.0.0/24",),
        ("10.1.0.9",),
        50,
        ("http:8081",),
    )
    assert (request.time_limit, request.multicast, request.facts, request.routers) == (
        600.0,
        False,
        "f",
        ("10.1.0.1",),
    )
    assert request.community.value == "hush"
    assert request.reference == "schedule main/cameras"


def test_the_shorter_of_both_limits_holds(network, tmp_path):
    assert request_of(network('time_limit = "1h"'), tmp_path, time_limit=7200.0).time_limit == 3600
    assert request_of(network(), tmp_path).time_limit is None


def test_secrets_are_read_only_where_something_will_be_sent(network, tmp_path):
    found = network('snmp_community = { env = "ABSENT_COMMUNITY" }\nsnmp_credentials = "absent.yaml"')

    assert request_of(found, tmp_path, secrets=False).community is None
    with pytest.raises(UsageError, match="the variable is not set"):
        request_of(found, tmp_path)
