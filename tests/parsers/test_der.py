from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.model.errors import Malformed
from scanner.parsers.der import NAMES_LIMIT, read_names


def _tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content


def _name(*attributes: tuple[bytes, int, bytes]) -> bytes:
    return _tlv(
        0x30, *(_tlv(0x31, _tlv(0x30, _tlv(6, oid), _tlv(tag, text))) for oid, tag, text in attributes)
    )


COMMON = bytes.fromhex("550403")
MAIL = bytes.fromhex("2a864886f70d010901")


def _certificate(subject: bytes, serial: bytes = b"\x05", version: bytes = b"\xa0\x03\x02\x01\x02") -> bytes:
    issuer = _name((COMMON, 0x13, b"CAServer"))
    body = (version, _tlv(2, serial), _tlv(0x30), issuer, _tlv(0x30), subject)
    return _tlv(0x30, _tlv(0x30, *body))


def test_serial_issuer_and_subject_are_found():
    names = read_names(_certificate(_name((COMMON, 0x0C, "é".encode()), (MAIL, 0x16, b"a@b"))))

    assert names.serial == 5
    assert names.issuer == (("2.5.4.3", "CAServer"),)
    assert names.subject == (("2.5.4.3", "é"), ("1.2.840.113549.1.9.1", "a@b"))


def test_a_certificate_of_version_one_has_no_version():
    assert read_names(_certificate(_name((COMMON, 0x0C, b"x")), version=b"")).subject == (("2.5.4.3", "x"),)


@pytest.mark.parametrize(
    ("tag", "octets", "text"),
    [
        (0x1E, "海".encode("utf-16-be"), "海"),
        (0x1C, "海".encode("utf-32-be"), "海"),
        (0x14, b"\xe9", "é"),
        (0x0C, b"\xff", "ÿ"),
    ],
)
def test_every_kind_of_text_is_decoded(tag, octets, text):
    assert read_names(_certificate(_name((COMMON, tag, octets)))).subject == (("2.5.4.3", text),)


def test_numbers_below_zero_and_odd_identifiers_are_read():
    names = read_names(_certificate(_name((b"", 0x0C, b"x"), (b"\x88\x37\x03", 0x0C, b"y")), serial=b"\xff"))

    assert names.serial == -1
    assert [oid for oid, _ in names.subject] == ["", "2.999.3"]


def test_the_number_of_attributes_is_bounded():
    assert len(read_names(_certificate(_name(*[(COMMON, 0x0C, b"x")] * 500))).subject) == NAMES_LIMIT


@pytest.mark.parametrize(
    "der", [b"", b"\x30", b"\x30\x85\x01\x01\x01\x01\x01", b"\x31\x00", b"\x30\x80", b"\x30\x02\x30\x7f"]
)
def test_other_bytes_are_malformed(der):
    with pytest.raises(Malformed):
        read_names(der)


def test_cut_behind_the_subject_it_is_still_read_and_before_it_not():
    subject = _name((COMMON, 0x0C, b"subject"))
    whole = _certificate(subject + _tlv(0x30, b"key" * 9))
    enough = whole.index(subject) + len(subject)

    for end in range(enough):
        with pytest.raises(Malformed):
            read_names(whole[:end])
    for end in range(enough, len(whole) + 1):
        assert read_names(whole[:end]).subject == (("2.5.4.3", "subject"),)


@given(cut=some.integers(0, 90), noise=some.binary(max_size=200))
def test_a_certificate_cut_and_continued_with_noise_is_names_or_malformed(cut, noise):
    try:
        names = read_names(_certificate(_name((COMMON, 0x0C, b"x")))[:cut] + noise)
    except Malformed:
        return

    assert len(names.subject) <= NAMES_LIMIT
