from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers.sdk8000 import read, status_of, unescape

# The two real replies in nmap's service probes (lines 1821 and 14039).
NO_USER = bytes.fromhex("000000100000001e0000001e00000000")
NOT_SUPPORTED = bytes.fromhex("000000100000000d0000000d00000000")


@pytest.mark.parametrize(("raw", "status"), [(NO_USER, "30"), (NOT_SUPPORTED, "13")])
def test_a_reply_in_the_makers_form_gives_its_status(raw, status):
    fields = read(raw)

    assert fields["banner.hex"] == (raw.hex(),)
    assert fields["banner"] == (raw.decode("latin-1"),)
    assert fields["sdk.status"] == (status,)


@pytest.mark.parametrize(
    "printed",
    [
        r"\x00\x00\x00\x10\x00\x00\x00\x1e\x00\x00\x00\x1e\x00\x00\x00\x00",
        "00 00 00 10 00 00 00 1e\n00 00 00 1e 00 00 00 00\n",
        "000000100000001E0000001E00000000",
        r"\0\0\0\x10\0\0\0\x1e\0\0\0\x1e\0\0\0\0" + "\n",
    ],
)
def test_the_printable_form_is_the_same(printed):
    assert read(printed.encode()) == read(NO_USER)


@pytest.mark.parametrize(
    ("payload", "raw"),
    [
        (b"0" * 32, b"0" * 32),
        (rb"SSH-2.0-Go\r\n", b"SSH-2.0-Go\r\n"),
        (rb"a\\b\"c\'\x4a", b"a\\b\"c'J"),
        (rb"C:\quiet", rb"C:\quiet"),
        (b"\\x41\x00", b"\\x41\x00"),
        (b"name 'HELP' is not defined\n", b"name 'HELP' is not defined\n"),
    ],
)
def test_escapes_are_undone_only_in_printable_text(payload, raw):
    assert unescape(payload) == raw
    assert "sdk.status" not in read(payload)


@pytest.mark.parametrize(
    "raw",
    [NO_USER + b"\x00", NO_USER[:15], NO_USER[:-1] + b"\x01", b"\x00\x00\x00\x11" + NO_USER[4:],
     NO_USER[:7] + b"\x1f" + NO_USER[8:]],
)  # fmt: skip
def test_another_form_has_no_status(raw):
    assert status_of(raw) is None


def test_an_empty_reply_is_malformed():
    with pytest.raises(Malformed):
        read(b"")


def test_damaged_replies_are_fields_or_malformed(survives):
    survives(read, NO_USER, rb"\x00\x00\x00\x10\x00\x00\x00\x1e\x00\x00\x00\x1e\x00\x00\x00\x00")


def test_hostile_replies_cost_little(quickly):
    for piece in (b"\\", b"\\x", b"\\x41", b"\x00"):
        quickly(read, piece * (65536 // len(piece)))
