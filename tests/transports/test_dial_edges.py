"""A connect that ends before it has begun, and addresses of one link."""

from __future__ import annotations

import errno
import socket

import pytest

from scanner.model.ending import Ending
from scanner.policy.gate import Gate
from scanner.policy.rules import Limits
from scanner.scope import Scope, parse_target
from scanner.transports import dial as module
from scanner.transports.dial import BUSY, Dialled, dial


class Fake:
    """A socket whose connect gives one error number."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.closed = False
        self.unsent = 0
        self.target: tuple = ()

    def __call__(self, family: int, kind: int) -> Fake:
        self.family, self.kind = family, kind
        return self

    def __enter__(self) -> Fake:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def setsockopt(self, *_: object) -> None:
        pass

    def connect_ex(self, target: tuple) -> int:
        self.target = target
        return self.code if self.kind & socket.SOCK_STREAM else self.unsent

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def dialled(monkeypatch):
    def run(code: int, address: str = "127.9.9.1") -> tuple[Dialled, Fake]:
        fake = Fake(code)
        monkeypatch.setattr(module.socket, "socket", fake)
        plain = address.partition("%")[0]
        gate = Gate(Scope.of([parse_target(plain)]), Limits(), ports=(80,))
        return dial(gate, address, 80), fake

    return run


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        (errno.ECONNREFUSED, Ending.REFUSED),
        (errno.EHOSTUNREACH, Ending.NEVER_ASKED),
        (errno.EACCES, Ending.NEVER_ASKED),
        (errno.EINVAL, Ending.NEVER_ASKED),
        (errno.ENETUNREACH, Ending.NEVER_ASKED),
        (errno.EPERM, Ending.FAULT),
    ],
)
def test_a_connect_that_ends_at_once_is_judged_and_closed(dialled, code, ending):
    found, fake = dialled(code)
    assert (found.ending, found.waiting, found.busy) == (ending, None, False)
    assert fake.closed


@pytest.mark.parametrize("code", sorted(BUSY))
def test_a_machine_without_a_port_or_memory_is_busy(dialled, code):
    found, fake = dialled(code)
    assert (found.busy, found.ending) == (True, None)
    assert fake.closed


def test_a_machine_without_an_address_to_ask_from_never_asks(monkeypatch):
    fake = Fake(errno.EADDRNOTAVAIL)
    fake.unsent = errno.EADDRNOTAVAIL
    monkeypatch.setattr(module.socket, "socket", fake)
    found = dial(Gate(Scope.of([parse_target("fd00::1")]), Limits(), ports=(80,)), "fd00::1", 80)
    assert (found.busy, found.ending) == (False, Ending.NEVER_ASKED)


def test_another_failure_to_get_a_socket_is_a_fault_of_ours(monkeypatch):
    def forbidden(*_: object) -> socket.socket:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(module.socket, "socket", forbidden)
    gate = Gate(Scope.of([parse_target("127.9.9.1")]), Limits(), ports=(80,))
    assert dial(gate, "127.9.9.1", 80) == Dialled(ending=Ending.FAULT, detail="Permission denied")


def test_an_address_of_one_link_goes_to_the_interface_of_its_zone(dialled):
    index = socket.if_nametoindex("lo")
    _, fake = dialled(errno.EINPROGRESS, "fe80::1%lo")
    assert (fake.family, fake.target) == (socket.AF_INET6, ("fe80::1", 80, 0, index))
    _, fake = dialled(errno.EINPROGRESS, "fd00::1")
    assert fake.target == ("fd00::1", 80)
