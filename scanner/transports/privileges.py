"""What this process may do with sockets, found out by opening and closing one; nothing is sent."""

from __future__ import annotations

import socket


def raw_sockets() -> bool:
    """Whether frames can be sent and read (root or CAP_NET_RAW)."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except OSError:
        return False
    return True
