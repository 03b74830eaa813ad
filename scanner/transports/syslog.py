"""Syslog over TCP or TLS, where we are the client of the organisation's own collector.

RFC 5424 messages, framed by counting octets (RFC 5425 §4.3, RFC 6587 §3.4.1), so that no byte of a message
can end it. Over TLS the collector's certificate is verified (port 6514 by RFC 5425). No UDP: it loses and
cuts. Syslog confirms nothing: that all was handed over is what can be known.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from scanner.model.errors import UsageError

PORTS = {"tls": 6514, "tcp": 601}
TIMEOUT = 20.0
"""Seconds to connect, and to hand over a message."""
_LINGER = 2.0
"""Seconds in which the collector may still say that it takes nothing."""


def parse(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of ``tls://host[:port]`` or ``tcp://host[:port]``.

    Raises:
        UsageError: it is neither.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.username:
        raise UsageError(f"{url[:200]}: write tls://HOST[:PORT] or tcp://HOST[:PORT]")
    return parts.scheme, parts.hostname, port or PORTS[parts.scheme]


def send(url: str, messages: Iterable[bytes], authority: Path | None = None) -> int:
    """Hand messages over; returns how many.

    Args:
        url: of the collector.
        messages: whole RFC 5424 messages, without framing.
        authority: a file of certificates to trust in place of the well-known ones.

    Raises:
        UsageError: it cannot be reached, is not who it says, or ended the connection; how many messages were
            handed over before is said.
    """
    scheme, host, port = parse(url)
    count = 0
    try:
        context = ssl.create_default_context(cafile=str(authority) if authority else None)
        with contextlib.ExitStack() as stack:
            stream: socket.socket = stack.enter_context(socket.create_connection((host, port), TIMEOUT))
            if scheme == "tls":
                stream = stack.enter_context(context.wrap_socket(stream, server_hostname=host))
            for message in messages:
                stream.sendall(b"%d %s" % (len(message), message))
                count += 1
            _end(stream)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{scheme}://{host}:{port}: {reason}; {count:,} messages were handed over") from None
    return count


def _end(stream: socket.socket) -> None:
    """End our side and wait a moment for the other's end: a reset shows that not all was taken."""
    stream.settimeout(_LINGER)
    if isinstance(stream, ssl.SSLSocket):
        with contextlib.suppress(TimeoutError, ssl.SSLError):
            stream.unwrap()
        return
    stream.shutdown(socket.SHUT_WR)
    with contextlib.suppress(TimeoutError):
        stream.recv(1)
