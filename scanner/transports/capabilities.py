"""What sockets this process may open: tried by opening and closing them. Nothing is sent or joined."""

from __future__ import annotations

import errno
import socket


def port_problem(port: int) -> str | None:
    """Why a UDP port cannot be listened on with a socket of our own; None when it can.

    Programs that share the port (SO_REUSEADDR) are noticed too, because this trial does not share.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind(("0.0.0.0", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return "another program uses it"
            return error.strerror or str(error)
    return None


def device_binding_problem(interface: str) -> str | None:
    """Why a socket cannot be tied to an interface; None when it can (everyone may, since Linux 5.7)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")
        except OSError as error:
            return error.strerror or str(error)
    return None


def ipv6_problem() -> str | None:
    """Why IPv6 cannot be used at all; None when it can."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as trial:
            trial.bind(("::1", 0))
    except OSError as error:
        return error.strerror or str(error)
    return None
