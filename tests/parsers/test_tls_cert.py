from __future__ import annotations

import ipaddress
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scanner.model.errors import Malformed
from scanner.parsers.tls_cert import canonical_name, parse, read, split_name

# The factory certificate of a door station, as a public note prints it; the serial number is public too.
LINES = b"""subject: C=CN, ST=ZJ, L=HZ, O=HIKVISION, OU=HZ, CN=hikvision.com
issuer: C=CN, ST=ZJ, L=HZ, O=HIKVISION, OU=HZ, CN=hikvision.com
serial: 8a:b4:23:fa:f7:83:20:f1
notBefore: 2019-12-17
notAfter: 2037-12-31
"""
FACTORY = (
    (NameOID.COUNTRY_NAME, "CN"),
    (NameOID.STATE_OR_PROVINCE_NAME, "ZJ"),
    (NameOID.LOCALITY_NAME, "HZ"),
    (NameOID.ORGANIZATION_NAME, "HIKVISION"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "HZ"),
    (NameOID.COMMON_NAME, "hikvision.com"),
)


def certificate(subject=FACTORY, issuer=None, serial=0x8AB423FAF78320F1, names=()) -> bytes:
    """A certificate with these names (DER)."""
    key = ec.generate_private_key(ec.SECP256R1())

    def name(pairs):
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])

    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer or subject))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(datetime(2019, 12, 17, tzinfo=UTC))
        .not_valid_after(datetime(2037, 12, 31, tzinfo=UTC))
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(names)), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.fixture(scope="module")
def der():
    return certificate()


def test_lines_and_der_and_pem_give_the_same_names(der):
    pem = x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)
    named = [read(payload) for payload in (LINES, der, pem, b"junk before\n" + pem.replace(b"\n", b"\r\n"))]

    for fields in named:
        assert fields["tls.subject"] == ("C=CN, ST=ZJ, L=HZ, O=HIKVISION, OU=HZ, CN=hikvision.com",)
        assert fields["tls.issuer"] == fields["tls.subject"]
        assert fields["tls.serial"] == ("8ab423faf78320f1",)
        assert fields["tls.self_signed"] == ("yes",)
        assert fields["tls.subject.O"] == ("HIKVISION",)
        assert fields["tls.issuer.CN"] == ("hikvision.com",)
    assert named[1]["tls.not_before"] == ("2019-12-17T00:00:00Z",)
    assert named[0]["tls.not_before"] == ("2019-12-17",)


def test_alternative_names_are_listed():
    names = (
        x509.DNSName("cam.example"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.RegisteredID(NameOID.COMMON_NAME),
    )

    assert read(certificate(names=names))["tls.san"] == ("cam.example", "192.0.2.1")
    assert read(b"subject: CN=a\nSAN: DNS:cam.example, IP Address:192.0.2.1")["tls.san"] == (
        "cam.example",
        "192.0.2.1",
    )


def test_another_issuer_is_not_self_signed():
    other = certificate(
        subject=((NameOID.COMMON_NAME, "EZVIZ Device"),), issuer=((NameOID.COMMON_NAME, "CAServer"),)
    )

    assert read(other)["tls.self_signed"] == ("no",)
    assert "tls.self_signed" not in read(b"subject: CN=a")


def test_a_comma_in_a_value_cannot_pass_for_another_attribute():
    fields = read(certificate(subject=((NameOID.COMMON_NAME, "x, O=HIKVISION"),)))

    assert fields["tls.subject"] == ("CN=x\\, O=HIKVISION",)
    assert "tls.subject.O" not in fields
    assert split_name(fields["tls.subject"][0]) == (("CN", "x, O=HIKVISION"),)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("C = CN, O = X", (("C", "CN"), ("O", "X"))),
        ("CN=a,OU=RV180,O=Cisco Systems\\, Inc.,C=US", (("CN", "a"), ("OU", "RV180"), ("O", "Cisco Systems, Inc."), ("C", "US"))),
        ('O="Cisco, Inc.", C=US', (("O", "Cisco, Inc."), ("C", "US"))),
        ("O=Hangzhou Hikvision Digital Technology Co., Ltd., C=CN", (("O", "Hangzhou Hikvision Digital Technology Co., Ltd."), ("C", "CN"))),
        ("O=Technology Co.,Ltd.", (("O", "Technology Co.,Ltd."),)),
        ("/C=CN/ST=ZheJiang/O=Hikvision/CN=ga.hikvision.com", (("C", "CN"), ("ST", "ZheJiang"), ("O", "Hikvision"), ("CN", "ga.hikvision.com"))),
        ("commonName=a, stateOrProvinceName=b, o=c, 2.5.4.11=d", (("CN", "a"), ("ST", "b"), ("O", "c"), ("OU", "d"))),
        ("commonName=a/organizationName=B/C Ltd/countryName=CN", (("CN", "a"), ("O", "B/C Ltd"), ("C", "CN"))),
        ("CN=a/b, O=c", (("CN", "a/b"), ("O", "c"))),
        ("1.2.3.4=x", (("1.2.3.4", "x"),)),
        ("no name at all", ()),
        ("CN=a\\", (("CN", "a\\"),)),
        ("", ()),
    ],
)  # fmt: skip
def test_names_are_read_in_every_spelling(text, name):
    assert split_name(text) == name


def test_names_survive_their_own_spelling():
    name = (("O", "a\\b, c"), ("CN", "d"))

    assert split_name(canonical_name(name)) == name


def test_the_lines_of_a_scanner_s_report_are_read():
    report = b"| ssl-cert: Subject: commonName=www.hikvision.com/organizationName=HIKVISION\n| Issuer: commonName=x\n"

    assert read(report)["tls.subject"] == ("CN=www.hikvision.com, O=HIKVISION",)


@pytest.mark.parametrize(
    ("written", "serial"),
    [
        ("0x0A", "0a"),
        ("00:8A:B4", "8ab4"),
        ("8ab423faf78320f1", "8ab423faf78320f1"),
        ("12 (0xc)", "0c"),
        ("\n        8a:b4:23", "8ab423"),
        ("zz", None),
    ],
)
def test_a_written_serial_has_one_spelling(written, serial):
    assert parse(f"subject: CN=a\nserial: {written}".encode()).serial == serial


def _patched(der: bytes, old: bytes, new: bytes) -> bytes:
    assert old in der
    return der.replace(old, new, 1)


def test_odd_certificates_are_read_by_our_own_walk(der):
    odd_version = _patched(der, b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07")
    odd_text = der.replace(b"\x0c\x09HIKVISION", b"\x0c\x09HIK\xff\xfeSION")

    assert read(odd_version)["tls.subject.O"] == ("HIKVISION",)
    assert read(odd_version)["tls.serial"] == ("8ab423faf78320f1",)
    assert read(odd_text)["tls.subject.O"] == ("HIKÿþSION",)
    assert read(der[:-40])["tls.subject.CN"] == ("hikvision.com",)


@pytest.mark.parametrize(
    "payload",
    [b"", b"words", b"\x30\x82\x00", b"\x30\x03\x02\x01\x01", b"key: RSA 2048", b"-----BEGIN CERTIFICATE-----\nA\n",
     b"-----BEGIN CERTIFICATE-----\nQUJD\n", b"\x30\x82\xff\xff" + b"\x30\x00" * 100],
)  # fmt: skip
def test_what_is_no_certificate_is_malformed(payload):
    with pytest.raises(Malformed):
        read(payload)


def test_damaged_certificates_are_fields_or_malformed(survives, der):
    survives(read, der, LINES, rounds=600)


def test_hostile_certificates_cost_little(quickly):
    for piece in (b"CN=a,", b"/CN=a", b"\\", b'"', b"a", b"0", b" ", b"a ", b"\x30\x00", b"\x31\x80"):
        body = piece * (65536 // len(piece))
        quickly(read, b"subject=" + body)
        quickly(read, body)
        quickly(read, b"\x30\x82\xff\xfb\x30\x82\xff\xf7" + body)
        quickly(read, b"-----BEGIN CERTIFICATE-----" + body)
