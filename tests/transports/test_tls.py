"""TLS as old devices speak it, and peers that speak something else."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from scanner.transports.tls import TlsLayer, lenient_context


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate and its key in one file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "old device")])
    day = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(day).not_valid_after(day.replace(year=2040)).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "device.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def serve(behave: Callable[[socket.socket], None]) -> int:
    server = socket.create_server(("127.0.0.1", 0))

    def once() -> None:
        with server:
            plain, _ = server.accept()
            with plain:
                plain.settimeout(5)
                try:
                    behave(plain)
                except OSError:
                    return

    threading.Thread(target=once, daemon=True).start()
    return int(server.getsockname()[1])


async def connect(port: int) -> socket.socket:
    plain = socket.socket()
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
    return plain


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_version_is_accepted_and_the_certificate_kept(
    certificate: Path, version: ssl.TLSVersion
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version

    def echo(plain: socket.socket) -> None:
        with context.wrap_socket(plain, server_side=True) as session:
            session.sendall(session.recv(100).upper())

    async def talk() -> tuple[bytes, bytes, bytes]:
        with await connect(serve(echo)) as plain:
            layer = TlsLayer(plain)
            shown = await layer.handshake()
            await layer.send(b"hello")
            return shown, await layer.receive(100), await layer.receive(100)

    shown, said, after = asyncio.run(talk())

    assert x509.load_der_x509_certificate(shown).subject.rfc4514_string() == "CN=old device"
    assert said == b"HELLO"
    assert after == b""


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x15\x03\x01\x00\x02\x02\x28", b""]
)
def test_a_peer_without_tls_is_an_error_and_not_a_wait(answer: bytes) -> None:
    def refuse(plain: socket.socket) -> None:
        plain.recv(1000)
        plain.sendall(answer)

    async def talk() -> None:
        with await connect(serve(refuse)) as plain:
            await TlsLayer(plain).handshake()

    with pytest.raises((ssl.SSLError, OSError)):
        asyncio.run(asyncio.wait_for(talk(), 5))


def test_no_certificate_is_ever_checked_and_no_name_either() -> None:
    context = lenient_context()

    assert context.verify_mode is ssl.CERT_NONE
    assert context.check_hostname is False
