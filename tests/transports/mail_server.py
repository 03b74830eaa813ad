"""Somebody else's mail server (aiosmtpd) on this machine, which keeps what comes and answers as it is told."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SECRET = "pw-of-the-post-0815"


def make_certificate(path: Path, address: str = "127.0.0.1") -> Path:
    """A certificate for one address, with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post")])
    now = datetime.now(UTC)
    alone = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(1), now + timedelta(1))
        .add_extension(alone, False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(made.public_bytes(form[0]) + key.private_bytes(*form))
    return path


class Post:
    """What the server does with a message."""

    def __init__(self) -> None:
        self.kept: list[tuple[bool, str, list[str], bytes]] = []
        """By TLS or not, from whom, to whom, what."""
        self.answers: dict[str, list[str]] = {}
        """What is answered to the next commands; ``cut``: it is kept, and the connection is gone."""
        self.url = ""

    def _next(self, command: str) -> str:
        waiting = self.answers.get(command)
        return waiting.pop(0) if waiting else "250 ok"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self._next("RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = self._next("DATA")
        if answer.startswith("250") or answer == "cut":
            safe = server.transport.get_extra_info("ssl_object") is not None
            self.kept.append((safe, envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if answer == "cut":
            server.transport.abort()
        return answer


@contextmanager
def running(certificate: Path, scheme: str = "smtp", *, tls: bool = True) -> Iterator[Post]:
    """A server; ``smtp`` without `tls` offers none."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    starttls = {"tls_context": context, "require_starttls": True} if tls and scheme == "smtp" else {}

    def allowed(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (b"me", SECRET.encode())
        return AuthResult(success=good, handled=False)  # not handled: the server writes the answer

    class Server(Controller):
        def factory(self) -> SMTP:
            strict = bool(starttls)
            return SMTP(
                self.handler, hostname="p", authenticator=allowed, auth_require_tls=strict, **starttls
            )

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    post = Post()
    whole = {"ssl_context": context} if scheme == "smtps" else {}
    server = Server(post, hostname="127.0.0.1", port=port, ready_timeout=30.0, **whole)
    server.start()
    post.url = f"{scheme}://127.0.0.1:{port}"
    try:
        yield post
    finally:
        server.stop()
