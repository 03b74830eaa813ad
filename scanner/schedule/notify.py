"""Tells the service manager how we are (sd_notify(3)): one datagram to the socket that it names, if any."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


def notify(*words: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Send assignments such as ``READY=1``, ``STATUS=…`` or ``WATCHDOG=1``.

    Args:
        words: the assignments; a line break in one would begin another, and becomes a blank.
        environment: where ``NOTIFY_SOCKET`` names a path, or ``@…`` in the abstract space (unix(7)).

    Returns:
        Whether somebody was told. Nobody there, or nobody listening, is no fault of a sweep.
    """
    address = environment.get("NOTIFY_SOCKET", "")
    if address[:1] not in ("/", "@"):
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    message = "\n".join(word.replace("\n", " ") for word in words).encode()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.settimeout(1.0)
            channel.sendto(message, address)
    except OSError:
        return False
    return True


def watchdog_seconds(environment: Mapping[str, str] = os.environ, own: int | None = None) -> float | None:
    """How often to say ``WATCHDOG=1``: half of what the service manager waits; None = it does not wait.

    Args:
        environment: ``WATCHDOG_USEC``, and ``WATCHDOG_PID`` where it is meant for one process.
        own: our process; None = this one.
    """
    meant = environment.get("WATCHDOG_PID")
    if meant and meant != str(os.getpid() if own is None else own):
        return None
    try:
        microseconds = int(environment.get("WATCHDOG_USEC", ""))
    except ValueError:
        return None
    return microseconds / 2e6 if microseconds > 0 else None
