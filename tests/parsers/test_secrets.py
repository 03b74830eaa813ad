from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.parsers import http, sadp
from scanner.parsers.secrets import is_secret_name, strip_secrets

# SADP: layout of research note sadp.md §1.4; the HTTP one: SessionLoginCap of public issues, values made up.
SADP = b"<ProbeMatch>\n<Salt>fc52d7-45</Salt>\n<Salt2>ABC</Salt2><MAC>58-50-ed-00-00-01</MAC>"
LOGIN = (
    b'HTTP/1.1 200 OK\r\nSet-Cookie: WebSession_1=abc123; path=/\r\n\r\n<SessionLoginCap version="2.0" '
    b'xmlns="http://www.hikvision.com/ver20/XMLSchema"><sessionID>181f</sessionID><challenge>f078</challenge>'
    b"<iterations>100</iterations><salt>e20c</salt></SessionLoginCap>"
)


def test_salts_are_blanked_and_their_neighbours_stay():
    stripped = strip_secrets(SADP)

    assert stripped == SADP.replace(b"fc52d7-45", b"000000-00").replace(b"ABC", b"000")
    assert len(stripped) == len(SADP)


def test_a_login_challenge_and_cookies_are_blanked():
    stripped = strip_secrets(LOGIN)

    for secret in (b"181f", b"f078", b"e20c", b"abc123"):
        assert secret not in stripped
    assert b"WebSession_1=000000; path=/" in stripped
    assert b"<iterations>100</iterations>" in stripped


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (b'Digest realm="a", nonce="1a:2b", stale="FALSE"', b'Digest realm="a", nonce="00:00", stale="FALSE"'),
        (b'{"token": "abc", "Token2": "abc"}', b'{"token": "000", "Token2": "abc"}'),
        (b"GET /x?sessionID=AbC1&page=2", b"GET /x?sessionID=0000&page=2"),
        (b"<ns:nonce Type='x'>QUJD==</ns:nonce>", b"<ns:nonce Type='x'>0000==</ns:nonce>"),
        (b"<Salt>unfinished", b"<Salt>0000000000"),
        (b"<saltwater>fish</saltwater>", b"<saltwater>fish</saltwater>"),
        (b"<PasswordResetAbility>true</PasswordResetAbility>", b"<PasswordResetAbility>true</PasswordResetAbility>"),
    ],
)  # fmt: skip
def test_only_the_value_of_a_secret_is_blanked(raw, kept):
    assert strip_secrets(raw) == kept


def test_blanking_twice_changes_nothing_more():
    assert strip_secrets(strip_secrets(LOGIN)) == strip_secrets(LOGIN)


def test_what_is_read_from_the_journal_equals_what_was_read_from_the_wire():
    assert http.read(strip_secrets(LOGIN)) == http.read(LOGIN)
    assert sadp.read(strip_secrets(SADP)) == sadp.read(SADP)


def test_secret_names_are_known_in_any_case():
    assert is_secret_name("Salt2")
    assert is_secret_name("SESSIONID")
    assert not is_secret_name("Encrypt")


def test_hostile_payloads_cost_little(quickly):
    for piece in (b"<", b"<salt>", b"<salt ", b"nonce=", b'"token":"', b"Set-Cookie: a=b\n", b"a", b"<a:"):
        quickly(strip_secrets, piece * (65536 // len(piece)))


@given(cut=some.integers(0, len(LOGIN)), noise=some.binary(max_size=200))
def test_whatever_the_bytes_their_number_stays_and_nothing_is_blanked_twice(cut, noise):
    stripped = strip_secrets(LOGIN[:cut] + noise)

    assert len(stripped) == cut + len(noise)
    assert strip_secrets(stripped) == stripped
