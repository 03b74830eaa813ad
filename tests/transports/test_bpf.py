"""The kernel filter: run here by an interpreter of its own, and put before a real socket and read back."""

from __future__ import annotations

import os
import socket
import struct

import pytest

from scanner.policy.rules import HEARD_PORTS
from scanner.transports import bpf

PROGRAM = bpf.hearing(HEARD_PORTS)
OUTGOING = 4


def lets_in(frame: bytes, packet_type: int = 0) -> bool:
    """What the program returns for a frame; a load beyond its end is a drop, as in the kernel."""
    program = list(struct.iter_unpack("=HBBI", PROGRAM))
    accumulator = index = place = 0
    for _ in range(len(program) + 1):
        code, then, otherwise, operand = program[place]
        place += 1
        if code == 0x06:
            return operand > 0
        if code == 0x20:
            accumulator = packet_type
        elif code in (0x28, 0x30, 0x48):
            size = 1 if code == 0x30 else 2
            start = operand + (index if code == 0x48 else 0)
            if start + size > len(frame):
                return False
            accumulator = int.from_bytes(frame[start : start + size], "big")
        elif code == 0xB1:
            index = (frame[operand] & 0x0F) * 4
        elif code == 0x15:
            place += then if accumulator == operand else otherwise
        elif code == 0x45:
            place += then if accumulator & operand else otherwise
        elif code == 0x05:
            place += operand
        else:
            raise AssertionError(hex(code))
    raise AssertionError("the program does not end")


def frame(kind: int, body: bytes = b"") -> bytes:
    return bytes(12) + kind.to_bytes(2, "big") + body.ljust(60, b"\0")


def ipv4(source: int, target: int, *, protocol: int = 17, fragment: int = 0, options: int = 0) -> bytes:
    head = bytes([0x45 + options, 0, 0, 60, 0, 1]) + fragment.to_bytes(2, "big") + bytes([1, protocol])
    return frame(0x0800, head.ljust(20 + 4 * options, b"\0") + struct.pack("!HH", source, target))


def icmpv6(kind: int) -> bytes:
    return ipv6(kind << 8, 0, 58)


def ipv6(source: int, target: int, following: int = 17) -> bytes:
    return frame(
        0x86DD,
        bytes([0x60, 0, 0, 0, 0, 40, following, 1]).ljust(40, b"\0") + struct.pack("!HH", source, target),
    )


@pytest.mark.parametrize("port", HEARD_PORTS)
def test_every_port_is_let_in_from_and_to_over_both_families(port):
    assert lets_in(ipv4(port, 4000))
    assert lets_in(ipv4(4000, port, options=5))
    assert lets_in(ipv4(4000, port, fragment=0x2000))
    assert lets_in(ipv6(port, 4000))
    assert lets_in(ipv6(4000, port))


def test_neighbours_of_both_families_and_the_makers_own_frames_are_let_in():
    assert lets_in(frame(0x0806))
    assert lets_in(icmpv6(135))
    assert lets_in(icmpv6(136))
    assert lets_in(frame(0x8033))


@pytest.mark.parametrize(
    "other",
    [
        frame(0x88CC),
        ipv4(4000, 4001),
        ipv4(37020, 37020, protocol=6),
        ipv4(37020, 37020, fragment=0x0010),
        ipv6(4000, 4001),
        ipv6(37020, 37020, 6),
        icmpv6(128),
        icmpv6(134),
        bytes(12),
        bytes(20)[:13],
    ],
)
def test_everything_else_stays_out(other):
    assert not lets_in(other)


@pytest.mark.parametrize("own", [frame(0x0806), frame(0x8033), ipv4(37020, 37020), ipv6(5353, 5353)])
def test_what_this_machine_sends_stays_out(own):
    assert lets_in(own)
    assert not lets_in(own, OUTGOING)


def test_a_program_that_was_attached_can_be_read_back():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        assert bpf.attached(sock) == b""
        bpf.attach(sock, PROGRAM)
        assert bpf.attached(sock) == PROGRAM


def test_a_program_that_makes_no_sense_is_refused_by_the_kernel():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        with pytest.raises(OSError, match=os.strerror(22)):
            bpf.attach(sock, struct.pack("=HBBI", 0x15, 9, 9, 0))
        assert bpf.attached(sock) == b""
