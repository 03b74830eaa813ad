from __future__ import annotations

import ssl

import pytest
from cryptography import x509

from scanner.lab.devices import DEVICES
from scanner.lab.servers.tls import Tls, certificate, server_context
from scanner.model.protocol import Protocol
from scanner.parsers import read

FACTORY = Tls("C=CN, ST=ZJ, L=HZ, O=HIKVISION, OU=HZ, CN=hikvision.com", serial=0x8AB42317C62A20F1)


def test_a_certificate_says_what_its_card_says() -> None:
    fields = read(Protocol.TLS_CERT, certificate(FACTORY).split(b"-----BEGIN PRIVATE")[0])
    assert fields["tls.subject"] == ("C=CN, ST=ZJ, L=HZ, O=HIKVISION, OU=HZ, CN=hikvision.com",)
    assert fields["tls.serial"] == ("8ab42317c62a20f1",)
    assert fields["tls.self_signed"] == ("yes",)
    assert fields.first("tls.not_after") is not None


def test_an_issuer_of_its_own_is_no_self_signature() -> None:
    fields = read(
        Protocol.TLS_CERT,
        certificate(Tls("CN=EZVIZ Device", issuer="CN=EZVIZ CAServer")).split(b"-----BEGIN P")[0],
    )
    assert fields["tls.issuer"] == ("CN=EZVIZ CAServer",)
    assert fields["tls.self_signed"] == ("no",)


def test_two_certificates_differ_in_their_number() -> None:
    made = [x509.load_pem_x509_certificate(certificate(Tls("CN=a"))) for _ in range(2)]
    assert made[0].serial_number != made[1].serial_number


def test_the_old_one_speaks_tls_1_0_only() -> None:
    context = server_context(Tls("CN=a", oldest_only=True))
    assert context.maximum_version is ssl.TLSVersion.TLSv1
    assert server_context(Tls("CN=a")).maximum_version is not ssl.TLSVersion.TLSv1


@pytest.mark.parametrize("tls", [server.tls for card in DEVICES for server in card.tcp if server.tls])
def test_every_certificate_of_the_lab_can_be_made(tls: Tls) -> None:
    assert certificate(tls).startswith(b"-----BEGIN CERTIFICATE-----")
