"""The syslog transport: what it takes for an address, TLS that is verified, and connections that end early."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scanner.model.errors import UsageError
from scanner.transports import syslog


@pytest.mark.parametrize(
    ("url", "parsed"),
    [
        ("tls://siem.example.org", ("tls", "siem.example.org", 6514)),
        ("tcp://10.0.0.1:514", ("tcp", "10.0.0.1", 514)),
        ("tls://[2001:db8::1]:7000/", ("tls", "2001:db8::1", 7000)),
    ],
)
def test_a_collector_is_named_by_a_url(url, parsed):
    assert syslog.parse(url) == parsed


@pytest.mark.parametrize(
    "url", ["udp://x", "siem.example.org", "tls://", "tcp://h:x", "tls://u@h", "tls://h/path"]
)
def test_anything_else_is_refused(url):
    with pytest.raises(UsageError, match="write tls://HOST"):
        syslog.parse(url)


@pytest.fixture
def certificate(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "collector")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
        )
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "collector.pem"
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(made.public_bytes(form[0]) + key.private_bytes(*form))
    return path


def listen(take):
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(20)
    thread = threading.Thread(target=take, args=(listening,), daemon=True)
    thread.start()
    return listening.getsockname()[1], thread


def test_over_tls_the_certificate_is_verified(certificate):
    came = bytearray()

    def take(listening):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        for _ in range(2):
            raw, _ = listening.accept()
            try:
                with context.wrap_socket(raw, server_side=True) as stream:
                    while piece := stream.recv(4096):
                        came.extend(piece)
            except OSError:
                continue

    port, thread = listen(take)
    url = f"tls://127.0.0.1:{port}"
    with pytest.raises(UsageError, match=r"(?i)certificate verify failed.*0 messages"):
        syslog.send(url, [b"never"])
    assert syslog.send(url, [b"one", b"two\nlines"], certificate) == 2
    thread.join(20)
    assert bytes(came) == b"3 one9 two\nlines"


def test_a_collector_that_ends_the_connection_is_an_error_that_counts():
    def take(listening):
        connection, _ = listening.accept()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.recv(10)
        connection.close()

    port, _ = listen(take)
    with pytest.raises(UsageError, match="messages were handed over"):
        syslog.send(f"tcp://127.0.0.1:{port}", (b"x" * 100_000 for _ in range(10_000)))
