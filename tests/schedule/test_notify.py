from __future__ import annotations

import os
import secrets
import socket

import pytest

from scanner.schedule.notify import notify, watchdog_seconds


@pytest.mark.parametrize("abstract", [False, True])
def test_the_service_manager_hears_one_datagram(abstract, tmp_path):
    name = f"@hiksweep-{secrets.token_hex(8)}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name[1:] if abstract else name)
        manager.settimeout(5)

        assert notify("READY=1", "STATUS=sweeping\nWATCHDOG=1", environment={"NOTIFY_SOCKET": name})

        assert manager.recv(1000) == b"READY=1\nSTATUS=sweeping WATCHDOG=1"


@pytest.mark.parametrize("address", [None, "", "relative/path", "/nowhere/at/all"])
def test_nobody_to_tell_is_no_fault(address):
    environment = {} if address is None else {"NOTIFY_SOCKET": address}

    assert notify("READY=1", environment=environment) is False


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({}, None),
    ],
)
def test_a_watchdog_is_told_twice_in_its_time_if_it_is_meant_for_us(environment, seconds):
    assert watchdog_seconds(environment, own=7) == seconds


def test_our_own_process_is_meant_where_none_is_named():
    assert watchdog_seconds({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": str(os.getpid())}) == 1.0
