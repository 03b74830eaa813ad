"""Connect attempts of the sweep: a socket that is opened, judged and closed, and never says a byte."""

from __future__ import annotations

import errno
import socket
import struct
from dataclasses import dataclass

from scanner.model.ending import Ending
from scanner.policy.gate import Gate

# What a message from somewhere on the way, or a failed neighbour look-up, turns into (linux:
# icmp_err_convert, tcp_v6_err): the host itself said nothing.
_SILENT = frozenset(
    (
        errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.EACCES, errno.ENONET, errno.ENOPROTOOPT,
        errno.EOPNOTSUPP, errno.EPROTO, errno.EMSGSIZE,
    )
)  # fmt: skip
_NO_ROUTE = frozenset((errno.ENETUNREACH, errno.ENETDOWN, errno.ENODEV))
_NO_ROUTE_HERE = {
    # Said before anything could leave, so it is this machine's own routing table that says it (ip-route(8)).
    errno.EHOSTUNREACH: "a route of this machine says unreachable",
    errno.EACCES: "a route of this machine says prohibited",
    errno.EINVAL: "a route of this machine is a black hole",
}
_ACCEPTED = frozenset((0, errno.ECONNRESET, errno.EPIPE))
"""Reset after it was open: the port accepts, and then thinks better of it."""
KEPT_BACK = (
    "this machine did not let the question out: its own firewall, or a full connection or neighbour table"
)
_TCP_INFO = 104
_SYN_SENT = 2
BUSY = frozenset((errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM))
"""What a connect fails with when it is this machine that has no room; it says nothing of the host."""
NOT_THE_HOST = BUSY | _NO_ROUTE | {errno.EPERM, errno.EACCES, errno.EINVAL}
"""The same, and what a missing route, a link that went down and a local rule say."""


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
    if code == errno.EADDRNOTAVAIL and not _has_address_for(family, target):
        return Dialled(ending=Ending.NEVER_ASKED, detail="this machine has no address to ask it from")
    if code in BUSY:
        return Dialled(busy=True)
    if code in _NO_ROUTE_HERE:
        return Dialled(ending=Ending.NEVER_ASKED, detail=_NO_ROUTE_HERE[code])
    ending, detail = judge(code)
    return Dialled(ending=ending, detail=detail)


def _has_address_for(
    family: socket.AddressFamily, target: tuple[str, int] | tuple[str, int, int, int]
) -> bool:
    """Whether there is an address of our own to ask from; if so, it is a port that is missing."""
    with socket.socket(family, socket.SOCK_DGRAM) as unsent:  # connecting it sends nothing
        return unsent.connect_ex(target) == 0


def finish(waiting: socket.socket) -> tuple[Ending, str]:
    """How a connect has ended that the kernel reports on, or whose time is over; closes the socket.

    The kernel is asked even when the time is over: it may have the answer, and only we come late.
    """
    state, kept_back = _resends(waiting.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO))
    code = waiting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    waiting.close()
    if code == 0 and state == _SYN_SENT:
        code = errno.ETIMEDOUT
    if code == errno.ETIMEDOUT and kept_back:
        return Ending.FAULT, KEPT_BACK
    return judge(code)


def _resends(info: bytes) -> tuple[int, bool]:
    """The state of a connect, and whether this machine itself kept its resends back.

    From ``tcpi_state``, ``tcpi_retransmits`` (resends that were due), ``tcpi_retrans`` (that left and are not
    answered) and ``tcpi_total_retrans`` (that were tried) of linux/tcp.h. The kernel counts a resend as left
    when it got through its packet filter, connection table, neighbour table and queue. While the first SYN
    still waits for a neighbour's address no resend is tried: such a question is on its way.
    """
    due = info[2]
    left, tried = (struct.unpack_from("=I", info, offset)[0] for offset in (36, 100))
    return info[0], bool(left == 0 and tried and tried >= due)


def judge(code: int) -> tuple[Ending, str]:
    """The ending for an error number of connect."""
    if code in _ACCEPTED:
        return Ending.COMPLETE, ""
    detail = errno.errorcode.get(code, str(code))
    if code == errno.ECONNREFUSED:
        return Ending.REFUSED, ""
    if code in _SILENT:
        return Ending.SILENT, detail
    if code in _NO_ROUTE:
        return Ending.NEVER_ASKED, "no route to it from here"
    if code == errno.EPERM:
        return Ending.FAULT, "this machine's own firewall forbids it"
    return Ending.FAULT, detail
