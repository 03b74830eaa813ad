"""The TLS half of a TCP connection, over memory buffers so that every byte passes our own socket calls."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import warnings
from functools import cache

_CHUNK = 16384


@cache
def lenient_context() -> ssl.SSLContext:
    """A client context that accepts what old devices speak: TLS 1.0, weak ciphers, any certificate.

    Nothing secret is ever sent through it; the certificate is what we came for.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


class TlsLayer:
    """One TLS session over a connected, non-blocking socket."""

    def __init__(self, plain: socket.socket) -> None:
        self._socket = plain
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._session = lenient_context().wrap_bio(self._incoming, self._outgoing)

    async def handshake(self) -> bytes:
        """Shake hands; returns the peer's certificate (DER), empty if it sent none.

        Raises:
            ssl.SSLError: the peer speaks no TLS that we know.
            OSError: the connection broke.
        """
        while True:
            try:
                self._session.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                if not await self._feed():
                    raise ssl.SSLError("the peer closed during the handshake") from None
            except ssl.SSLError:
                with contextlib.suppress(OSError):
                    await self._flush()  # our alert, so that the peer can close cleanly
                raise
            else:
                await self._flush()
                return self._session.getpeercert(binary_form=True) or b""

    async def send(self, data: bytes) -> None:
        """Encrypt and send.

        Raises:
            ssl.SSLError, OSError: the session or the connection broke.
        """
        self._session.write(data)
        await self._flush()

    async def receive(self, up_to: int) -> bytes:
        """Some decrypted bytes; empty when the peer closed.

        Raises:
            ssl.SSLError, OSError: the session or the connection broke.
        """
        while True:
            try:
                return self._session.read(up_to)
            except ssl.SSLWantReadError:
                await self._flush()
                if not await self._feed():
                    return b""
            except ssl.SSLZeroReturnError:
                return b""

    async def _feed(self) -> bool:
        # A peer that always has bytes ready would otherwise hold the loop, and with it every deadline.
        await asyncio.sleep(0)
        data = await asyncio.get_running_loop().sock_recv(self._socket, _CHUNK)
        if data:
            self._incoming.write(data)
        return bool(data)

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await asyncio.get_running_loop().sock_sendall(self._socket, self._outgoing.read())
