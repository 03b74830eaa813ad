from __future__ import annotations

from scanner.policy.rules import DISCOVERY_PORTS, LISTENED_PORTS, NEVER_TOUCHED, SWEPT_PORTS, Limits


def test_no_port_that_is_asked_is_one_that_is_never_touched() -> None:
    assert not NEVER_TOUCHED & {*SWEPT_PORTS, *LISTENED_PORTS, *DISCOVERY_PORTS}


def test_printers_controllers_medical_devices_and_phones_are_never_touched() -> None:
    assert {9100, 9107, 515, 631, 502, 44818, 104, 11112, 5060, 47808, 34962, 34964} <= NEVER_TOUCHED


def test_the_defaults_are_what_the_documents_promise() -> None:
    limits = Limits()

    assert (limits.rate, limits.host_rate, limits.attempt, limits.attempts) == (500.0, 20.0, 3.5, 2)
    assert (limits.connections, limits.requests, limits.gets) == (24, 20, 6)
    assert (limits.step, limits.host_time, limits.body) == (5.0, 20.0, 65536)
