"""Runs a conversation over the real transport with a real server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scanner.model.exchange import Exchange
from scanner.model.probe import Probe, Target
from scanner.policy.gate import Gate
from scanner.policy.rules import Limits
from scanner.scope import Scope, parse_target
from scanner.transports.tcp import TcpTransport


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        return


@contextmanager
def web_server(folder: Path, context: SSLContext | None = None) -> Iterator[int]:
    """The web server of the standard library over a folder; gives its port."""

    def handler(*arguments: object) -> _Quiet:
        return _Quiet(*arguments, directory=str(folder))  # type: ignore[arg-type]

    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def server_context(folder: Path) -> tuple[SSLContext, bytes]:
    """A TLS context with a fresh self-signed certificate, and that certificate (DER)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera.test")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context, certificate.public_bytes(serialization.Encoding.DER)


def look(probe: Probe, target: Target) -> tuple[tuple[Exchange, ...], Gate]:
    """Play a probe against loopback; its exchanges, and the gate that judged every action."""
    scope = Scope.of([parse_target(target.address)])
    gate = Gate(scope, Limits(), ports=[service.port for service in target.services])
    transport = TcpTransport(gate, lambda _address, _stopped: None)

    async def run() -> tuple[Exchange, ...]:
        assert probe.converse is not None
        deadline = asyncio.get_running_loop().time() + 20
        return await transport.run(target.address, probe.converse(target), deadline)

    return asyncio.run(run()), gate
