"""Connect attempts of the sweep: a socket that is opened, judged and closed, and never says a byte."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass

from scanner.model.ending import Ending
from scanner.policy.gate import Gate

_SILENT = frozenset((errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.EACCES))
_NO_ROUTE = frozenset((errno.ENETUNREACH, errno.ENETDOWN))
BUSY = frozenset((errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM))
"""What a connect fails with when it is this machine that has no room; it says nothing of the host."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """A connect that was started: the waiting socket, or how it ended at once."""

    waiting: socket.socket | None = None
    ending: Ending | None = None
    detail: str = ""
    busy: bool = False
    """This machine has no free descriptor or port just now: try again later."""


def dial(gate: Gate, address: str, port: int) -> Dialled:
    """Start to connect.

    Raises:
        Refused: the gate did not let it pass.
    """
    gate.sweep(address, port)
    plain, _, zone = address.partition("%")
    family = socket.AF_INET6 if ":" in plain else socket.AF_INET
    try:
        waiting = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    except OSError as error:
        return Dialled(busy=error.errno in BUSY, ending=Ending.FAULT, detail=error.strerror or "")
    # As few resends as the kernel lets us have; `Limits.syn_packets` says what comes of it (tcp(7)).
    waiting.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1)
    target = (plain, port, 0, socket.if_nametoindex(zone)) if zone else (plain, port)
    code = waiting.connect_ex(target)
    if code in (errno.EINPROGRESS, 0):
        return Dialled(waiting=waiting)
    waiting.close()
    if code in BUSY:
        return Dialled(busy=True)
    ending, detail = judge(code)
    return Dialled(ending=ending, detail=detail)


def finish(waiting: socket.socket) -> tuple[Ending, str]:
    """How a connect that the kernel reports on has ended; closes the socket."""
    code = waiting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    waiting.close()
    return judge(code)


def judge(code: int) -> tuple[Ending, str]:
    """The ending for an error number of connect."""
    if code == 0:
        return Ending.COMPLETE, ""
    detail = errno.errorcode.get(code, str(code))
    if code in (errno.ECONNREFUSED, errno.ECONNRESET):
        return Ending.REFUSED, ""
    if code in _SILENT:
        return Ending.SILENT, detail
    if code in _NO_ROUTE:
        return Ending.NEVER_ASKED, "no route to it from here"
    if code == errno.EPERM:
        return Ending.FAULT, "this machine's own firewall forbids it"
    return Ending.FAULT, detail
