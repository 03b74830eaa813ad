"""Connect attempts that say nothing: how each of them ends."""

from __future__ import annotations

import errno
import select
import socket
import struct

import pytest

from scanner.model.ending import Ending
from scanner.model.errors import Refused
from scanner.policy.gate import Gate
from scanner.policy.rules import Limits
from scanner.scope import AddressRange, Scope, parse_target
from scanner.transports.dial import KEPT_BACK, dial, finish, judge


def gate(*ports: int) -> Gate:
    found = parse_target("127.91.0.0/28")
    assert isinstance(found, AddressRange)
    return Gate(Scope.of([found]), Limits(), ports=ports)


def wait_for(waiting: socket.socket) -> None:
    poll = select.poll()
    poll.register(waiting, select.POLLOUT | select.POLLERR)
    assert poll.poll(2000)


def test_a_port_that_accepts_is_told_and_never_hears_a_byte() -> None:
    with socket.create_server(("127.91.0.1", 0)) as server:
        port = server.getsockname()[1]

        dialled = dial(gate(port), "127.91.0.1", port)

        assert dialled.waiting is not None
        wait_for(dialled.waiting)
        assert finish(dialled.waiting) == (Ending.COMPLETE, "")
        accepted, _ = server.accept()
        with accepted:
            accepted.settimeout(2)
            assert accepted.recv(100) == b""


def test_a_port_that_refuses_is_told() -> None:
    with socket.create_server(("127.91.0.2", 0)) as server:
        port = server.getsockname()[1]

    dialled = dial(gate(port), "127.91.0.2", port)

    if dialled.waiting is None:
        assert dialled.ending is Ending.REFUSED
    else:
        wait_for(dialled.waiting)
        assert finish(dialled.waiting)[0] is Ending.REFUSED


def test_what_the_gate_refuses_opens_no_socket() -> None:
    with pytest.raises(Refused):
        dial(gate(80), "127.92.0.1", 80)


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        (0, Ending.COMPLETE),
        (errno.ECONNREFUSED, Ending.REFUSED),
        (errno.ECONNRESET, Ending.COMPLETE),
        (errno.EPIPE, Ending.COMPLETE),
        (errno.ETIMEDOUT, Ending.SILENT),
        (errno.EHOSTUNREACH, Ending.SILENT),
        (errno.EACCES, Ending.SILENT),
        (errno.ENETUNREACH, Ending.NEVER_ASKED),
        (errno.EPERM, Ending.FAULT),
        (errno.EINVAL, Ending.FAULT),
    ],
)
def test_every_error_of_connect_has_its_ending(code: int, ending: Ending) -> None:
    assert judge(code)[0] is ending


class Waited:
    """A connect in this state of tcp(7), with these counts of resends and this error."""

    def __init__(self, state: int, left: int, tried: int, code: int = 0, due: int = 2) -> None:
        self.info = bytes([state, 0, due]) + struct.pack("=33xI60xI", left, tried)
        self.code, self.closed = code, False

    def getsockopt(self, _level: int, option: int, _size: int = 0) -> object:
        return self.info if option == socket.TCP_INFO else self.code

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("waited", "ending"),
    [
        (Waited(2, 1, 2), (Ending.SILENT, "ETIMEDOUT")),
        (Waited(7, 1, 2, errno.ETIMEDOUT), (Ending.SILENT, "ETIMEDOUT")),
        (Waited(2, 0, 0), (Ending.SILENT, "ETIMEDOUT")),
        (Waited(7, 0, 2, errno.ETIMEDOUT), (Ending.FAULT, KEPT_BACK)),
        (Waited(2, 0, 2), (Ending.FAULT, KEPT_BACK)),
        (Waited(7, 0, 1, errno.ETIMEDOUT), (Ending.SILENT, "ETIMEDOUT")),
        (Waited(2, 0, 2, errno.ECONNREFUSED), (Ending.REFUSED, "")),
        (Waited(1, 0, 0), (Ending.COMPLETE, "")),
        (Waited(8, 0, 0), (Ending.COMPLETE, "")),
    ],
    ids=[
        "left",
        "left and given up",
        "neighbour",
        "kept back",
        "kept back, late",
        "neighbour, late",
        "refused",
        "open",
        "closed",
    ],
)
def test_a_connect_whose_time_is_over_ends_as_the_kernel_knows_it(waited: Waited, ending: tuple) -> None:
    assert finish(waited) == ending  # type: ignore[arg-type]
    assert waited.closed


def test_a_want_of_descriptors_is_our_lateness_and_not_the_hosts_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def exhausted(*arguments: object) -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("scanner.transports.dial.socket.socket", exhausted)

    dialled = dial(gate(80), "127.91.0.1", 80)

    assert dialled.busy
    assert dialled.waiting is None
