"""What the process may do is found out by trying, without a packet."""

from __future__ import annotations

import socket

import pytest

from scanner.transports.privileges import raw_sockets


def test_frames_are_possible_where_the_kernel_gives_a_packet_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    class Packet:
        def __init__(self, *arguments: object) -> None:
            assert arguments[0] == socket.AF_PACKET

        def close(self) -> None:
            closed.append(True)

    monkeypatch.setattr("scanner.transports.privileges.socket.socket", Packet)

    assert raw_sockets()
    assert closed == [True]


def test_an_ordinary_user_is_told_from_root(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("scanner.transports.privileges.socket.socket", refused)

    assert not raw_sockets()
