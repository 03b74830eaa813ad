"""The kernel filter of the capture: a program of the classic packet filter, attached, and read back.

Without a filter in the kernel every frame of a busy wire would be copied to this process; so a capture whose
filter cannot be read back as it was written is not made. Instructions: Linux, filter.rst and linux/filter.h.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Iterable, Iterator

_INSTRUCTION = struct.Struct("=HBBI")
_SO_ATTACH_FILTER = 26
_SO_GET_FILTER = 26
_INSTRUCTIONS_AT_MOST = 4096

# linux/bpf_common.h
_LOAD_WORD, _LOAD_HALF, _LOAD_BYTE = 0x20, 0x28, 0x30
_LOAD_HALF_INDEXED = 0x48
_LOAD_HEADER_LENGTH = 0xB1
_JUMP, _JUMP_EQUAL, _JUMP_SET = 0x05, 0x15, 0x45
_RETURN = 0x06

_PACKET_TYPE = 0xFFFFF000 + 4
"""Ancillary data: where the frame goes (linux/filter.h, SKF_AD_PKTTYPE)."""
_OUTGOING = 4
_WHOLE = 0xFFFF
_ARP, _SADP, _IPV4, _IPV6, _UDP, _ICMPV6 = 0x0806, 0x8033, 0x0800, 0x86DD, 17, 58
_NEIGHBOURS = (135, 136)
"""Neighbour solicitation and advertisement (RFC 4861 §4.3, §4.4)."""
_FRAGMENT = 0x1FFF

_Line = tuple[int, int, str, str]
"""Code, operand, and the labels to go on at if the condition holds and if not."""


class _Program(ctypes.Structure):
    """What the kernel is given: the number of instructions, and where they are (struct sock_fprog)."""

    _fields_ = (("count", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def hearing(ports: Iterable[int]) -> bytes:
    """A program that lets in ARP, IPv6 neighbours, SADP's own frames and UDP of these ports, and no more.

    What this machine sends stays out.
    """
    wanted = tuple(ports)
    labels, lines = _written(
        [
            (_LOAD_WORD, _PACKET_TYPE, "", ""),
            (_JUMP_EQUAL, _OUTGOING, "drop", ""),
            (_LOAD_HALF, 12, "", ""),
            (_JUMP_EQUAL, _ARP, "accept", ""),
            (_JUMP_EQUAL, _SADP, "accept", ""),
            (_JUMP_EQUAL, _IPV4, "ipv4", ""),
            (_JUMP_EQUAL, _IPV6, "ipv6", "drop"),
            "ipv4",
            (_LOAD_BYTE, 23, "", ""),
            (_JUMP_EQUAL, _UDP, "", "drop"),
            (_LOAD_HALF, 20, "", ""),
            (_JUMP_SET, _FRAGMENT, "drop", ""),
            (_LOAD_HEADER_LENGTH, 14, "", ""),
            (_LOAD_HALF_INDEXED, 14, "", ""),
            *((_JUMP_EQUAL, port, "accept", "") for port in wanted),
            (_LOAD_HALF_INDEXED, 16, "", ""),
            *((_JUMP_EQUAL, port, "accept", "") for port in wanted),
            (_JUMP, 0, "drop", ""),
            "ipv6",
            (_LOAD_BYTE, 20, "", ""),
            (_JUMP_EQUAL, _UDP, "udp6", ""),
            (_JUMP_EQUAL, _ICMPV6, "", "drop"),
            (_LOAD_BYTE, 54, "", ""),
            *((_JUMP_EQUAL, kind, "accept", "") for kind in _NEIGHBOURS),
            (_JUMP, 0, "drop", ""),
            "udp6",
            (_LOAD_HALF, 54, "", ""),
            *((_JUMP_EQUAL, port, "accept", "") for port in wanted),
            (_LOAD_HALF, 56, "", ""),
            *((_JUMP_EQUAL, port, "accept", "") for port in wanted),
            "drop",
            (_RETURN, 0, "", ""),
            "accept",
            (_RETURN, _WHOLE, "", ""),
        ]
    )
    return b"".join(_assembled(lines, labels))


def _written(program: Iterable[_Line | str]) -> tuple[dict[str, int], list[_Line]]:
    """Labels with their places, and the instructions."""
    labels: dict[str, int] = {}
    lines: list[_Line] = []
    for one in program:
        if isinstance(one, str):
            labels[one] = len(lines)
        else:
            lines.append(one)
    return labels, lines


def _assembled(lines: list[_Line], labels: dict[str, int]) -> Iterator[bytes]:
    for place, (code, operand, then, otherwise) in enumerate(lines):
        jumps = [labels[label] - place - 1 if label else 0 for label in (then, otherwise)]
        if code == _JUMP:
            yield _INSTRUCTION.pack(code, 0, 0, jumps[0])
        else:
            yield _INSTRUCTION.pack(code, jumps[0], jumps[1], operand)


def attach(sock: socket.socket, program: bytes) -> None:
    """Put a program before a socket's queue.

    Raises:
        OSError: the kernel refuses it.
    """
    held = ctypes.create_string_buffer(program, len(program))
    given = _Program(len(program) // _INSTRUCTION.size, ctypes.addressof(held))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, bytes(given))


def attached(sock: socket.socket) -> bytes:
    """The program that the kernel holds before a socket's queue; empty for none.

    The option counts in instructions and not in bytes, which Python's own call does not expect.
    """
    held = ctypes.create_string_buffer(_INSTRUCTIONS_AT_MOST * _INSTRUCTION.size)
    count = ctypes.c_uint(_INSTRUCTIONS_AT_MOST)
    library = ctypes.CDLL(None, use_errno=True)
    failed = library.getsockopt(
        sock.fileno(), socket.SOL_SOCKET, _SO_GET_FILTER, ctypes.byref(held), ctypes.byref(count)
    )
    return b"" if failed else held.raw[: count.value * _INSTRUCTION.size]
