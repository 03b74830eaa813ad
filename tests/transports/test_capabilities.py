from __future__ import annotations

import errno
import socket

from scanner.transports import capabilities
from scanner.transports.capabilities import device_binding_problem, ipv6_problem, port_problem


def test_a_taken_port_is_told_also_when_it_is_shared():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        assert port_problem(port) == "another program uses it"
    assert port_problem(port) is None


def test_loopback_can_be_tied_to_and_an_absent_interface_cannot():
    assert device_binding_problem("lo") is None
    assert device_binding_problem("no-such-link") == "No such device"


class Refusing:
    def __init__(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def bind(self, _):
        raise OSError(errno.EACCES, "Permission denied")


def test_other_reasons_are_the_systems_own_words(monkeypatch):
    monkeypatch.setattr(capabilities.socket, "socket", Refusing)
    assert port_problem(37020) == "Permission denied"
    assert ipv6_problem() == "Permission denied"
