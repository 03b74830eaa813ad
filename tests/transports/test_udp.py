from __future__ import annotations

import errno
import select
import socket
import struct

import pytest

from scanner.model.ending import Ending
from scanner.model.errors import Refused
from scanner.transports import udp
from scanner.transports.udp import IcmpError, UnicastUdp, utc_now


@pytest.fixture(params=[("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)], ids=["ipv4", "ipv6"])
def peer(request):
    address, family = request.param
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind((address, 0))
        except OSError:
            pytest.skip("no IPv6 on loopback here")
        sock.settimeout(5)
        yield sock, family


def wait_for(transport, mask):
    poll = select.epoll()
    poll.register(transport.fileno(), mask)
    try:
        return poll.poll(5)
    finally:
        poll.close()


def test_a_question_gets_its_answer(peer, recording_gate):
    sock, family = peer
    address, port = sock.getsockname()[:2]
    with UnicastUdp(recording_gate, family) as transport:
        assert transport.send(address, port, b"inquiry").ending is None
        data, source = sock.recvfrom(100)
        assert data == b"inquiry"
        assert source[1] == transport.port
        sock.sendto(b"x" * 9000, source)
        assert wait_for(transport, select.EPOLLIN)
        (answer,) = transport.receive()
    assert (answer.data, answer.address, answer.port) == (b"x" * 9000, address, port)
    assert answer.interface == ""
    assert answer.at.endswith("Z")
    assert recording_gate.asked == [("datagram", address, port, b"inquiry", "")]


def test_a_closed_port_is_a_sign_of_life_of_the_asked_host(peer, recording_gate):
    sock, family = peer
    address, port = sock.getsockname()[:2]
    sock.close()
    with UnicastUdp(recording_gate, family) as transport:
        transport.send(address, port, b"inquiry")
        assert wait_for(transport, select.EPOLLERR)
        (error,) = transport.errors()
        assert (error.address, error.port, error.offender) == (address, port, address)
        assert error.port_unreachable
        assert transport.errors() == []


def test_the_error_of_one_question_does_not_stop_the_next(peer, recording_gate):
    """After an ICMP error the kernel reports it at the next call; the datagram leaves all the same."""
    sock, family = peer
    address, port = sock.getsockname()[:2]
    with socket.socket(family, socket.SOCK_DGRAM) as free:
        free.bind((address, 0))
        closed = free.getsockname()[1]
    with UnicastUdp(recording_gate, family) as transport:
        transport.send(address, closed, b"one")
        assert wait_for(transport, select.EPOLLERR)
        assert transport.receive() == []
        assert transport.send(address, closed, b"two").ending is None
        assert transport.send(address, port, b"three").ending is None
        assert sock.recv(100) == b"three"


def test_what_the_gate_refuses_does_not_leave(peer, recording_gate):
    sock, family = peer
    address, port = sock.getsockname()[:2]
    recording_gate.refusing.add("datagram")
    with UnicastUdp(recording_gate, family) as transport, pytest.raises(Refused):
        transport.send(address, port, b"activate")
    sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        sock.recv(100)


def test_one_call_hands_out_a_bounded_number(recording_gate, monkeypatch):
    monkeypatch.setattr(udp, "_BATCH", 3)
    with (
        UnicastUdp(recording_gate) as transport,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
    ):
        for number in range(5):
            sock.sendto(b"%d" % number, ("127.0.0.1", transport.port))
        assert [found.data for found in transport.receive()] == [b"0", b"1", b"2"]
        assert [found.data for found in transport.receive()] == [b"3", b"4"]


def test_a_zone_goes_to_the_gate_as_the_interface(recording_gate):
    with UnicastUdp(recording_gate, socket.AF_INET6) as transport:
        outcome = transport.send("fe80::1%no-such-link", 37020, b"inquiry")
    assert outcome.ending is Ending.NEVER_ASKED
    assert recording_gate.asked == [("datagram", "fe80::1", 37020, b"inquiry", "no-such-link")]


class FailingSocket:
    def __init__(self, *errors):
        self.errors = list(errors)

    def sendto(self, data, target):
        if self.errors:
            raise self.errors.pop(0)

    def recvfrom(self, size):
        raise self.errors.pop(0)

    def recvmsg(self, *sizes):
        raise self.errors.pop(0)

    def close(self):
        pass


@pytest.mark.parametrize(
    ("errors", "ending"),
    [
        ([BlockingIOError()], Ending.STOPPED_BY_US),
        ([OSError(errno.ENOBUFS, "No buffer space available")], Ending.STOPPED_BY_US),
        ([OSError(errno.ENETUNREACH, "Network is unreachable")] * 5, Ending.NEVER_ASKED),
        ([OSError(errno.EPERM, "Operation not permitted")], Ending.FAULT),
        ([OSError(errno.ECONNREFUSED, "Connection refused")] * 5, Ending.FAULT),
        ([OSError(errno.ECONNREFUSED, "Connection refused")] * 4, None),
    ],
)
def test_a_failed_send_is_a_value(recording_gate, errors, ending):
    transport = UnicastUdp(recording_gate)
    transport.close()
    transport._socket = FailingSocket(*errors)
    assert transport.send("127.0.0.1", 37020, b"inquiry").ending is ending


def test_errors_left_behind_do_not_stop_the_reading_and_others_do(recording_gate):
    transport = UnicastUdp(recording_gate)
    transport.close()
    transport._socket = FailingSocket(OSError(errno.ECONNREFUSED, "refused"), BlockingIOError())
    assert transport.receive() == []
    transport._socket = FailingSocket(OSError(errno.EHOSTUNREACH, "host"), BlockingIOError())
    assert transport.errors() == []
    for read in (transport.receive, transport.errors):
        transport._socket = FailingSocket(OSError(errno.EBADF, "Bad file descriptor"))
        with pytest.raises(OSError, match="Bad file"):
            read()


def extended_error(origin, icmp_type, code, offender):
    return struct.pack("=IBBBBII", errno.EHOSTUNREACH, origin, icmp_type, code, 0, 0, 0) + offender


def test_a_router_that_complains_is_no_sign_of_life_of_the_host():
    router = struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton("10.0.0.1"))
    control = [(socket.IPPROTO_IP, 11, extended_error(2, 3, 1, router))]
    (error,) = udp._icmp_errors(control, ("10.9.0.5", 37020))
    assert error == IcmpError("10.9.0.5", 37020, "10.0.0.1", 3, 1, 4)
    assert not error.port_unreachable


def test_port_unreachable_from_someone_else_is_no_sign_of_life_either():
    """A firewall may answer in a host's stead with its own address."""
    assert not IcmpError("10.9.0.5", 37020, "10.0.0.1", 3, 3, 4).port_unreachable
    assert IcmpError("10.9.0.5", 37020, "10.9.0.5", 3, 3, 4).port_unreachable
    assert IcmpError("fd00::5", 37020, "fd00::5", 1, 4, 6).port_unreachable
    assert not IcmpError("fd00::5", 37020, "fd00::5", 3, 3, 6).port_unreachable


def test_control_messages_of_other_kinds_are_left_out():
    assert list(udp._icmp_errors([(socket.IPPROTO_IP, 8, b"")], ("10.0.0.1", 1))) == []
    local = extended_error(1, 0, 0, b"")
    assert list(udp._icmp_errors([(socket.IPPROTO_IP, 11, local)], ("10.0.0.1", 1))) == []
    without = extended_error(2, 3, 3, struct.pack("=H", 0))
    (error,) = udp._icmp_errors([(socket.IPPROTO_IP, 11, without)], ("10.0.0.1", 1))
    assert error.offender == ""


def test_the_time_is_utc_and_sorts_as_text():
    first, second = utc_now(), utc_now()
    assert first <= second
    assert len(first) == len("2026-11-24T10:00:00.000Z")
