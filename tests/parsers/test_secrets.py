from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.parsers import http, sadp
from scanner.parsers.secrets import is_secret_name, strip_request, strip_secrets

# SADP: layout of research note sadp.md §1.4; the HTTP one: SessionLoginCap of public issues, values made up.
SADP = b"<ProbeMatch>\n<Salt>fc52d7-45</Salt>\n<Salt2>ABC</Salt2><MAC>58-50-ed-00-00-01</MAC>"
# Answers of a camera (a comment of a public Go program) and of a recorder (a public blog), shortened; serial
# numbers, addresses and the salts' digits replaced.
CAMERA = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<ProbeMatch><Uuid>e8ecfe09-90e4-44c0-842b-703f46b58c81</Uuid>\n'
    b"<Types>inquiry</Types>\n<DeviceDescription>DS-2CD2385G1-I</DeviceDescription>\n"
    b"<DeviceSN>DS-2CD2385G1-I20200101AAWRE00000001</DeviceSN>\n<MAC>58-50-ed-00-00-01</MAC>\n"
    b"<SoftwareVersion>V5.6.2build 190701</SoftwareVersion>\n<DetailOEMCode>1</DetailOEMCode>\n"
    b"<IsModifyVerificationCode>true</IsModifyVerificationCode>\n"
    b"<Salt>1f0a2b3c4d5e6f708192a3b4c5d6e7f81f0a2b3c4d5e6f708192a3b4c5d6e7f8</Salt>\n"
    b"<DeviceLock>flase</DeviceLock>\n</ProbeMatch>"
)
RECORDER = (
    b'<?xml version="1.0" encoding="UTF-8" ?>\n<ProbeMatch><Uuid>E8ECFE09-90E4-44C0-842B-703F46B58C81</Uuid>\n'
    b"<Types>inquiry</Types>\n<Encrypt>true</Encrypt>\n"
    b"<Salt>9b00be4e49c225d4e57e659ecb97214a9b00be4e49c225d4e57e659ecb97214a</Salt>\n"
    b"<DeviceDescription>DS-7804HQH-K1</DeviceDescription>\n<MAC>58-50-ed-00-00-02</MAC>\n"
    b"<AnalogChannelNum>4</AnalogChannelNum>\n<DigitalChannelNum>5</DigitalChannelNum>\n</ProbeMatch>"
)
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
        (b"<userName>admin</userName><userLevel>x", b"<userName>00000</userName><userLevel>x"),
        (b'{"userName":"operator1","password": "a-b"}', b'{"userName":"000000000","password": "0-0"}'),
        (b"/ISAPI/x?username=admin&y=1", b"/ISAPI/x?username=00000&y=1"),
        (b"username='admin'; userName = field.value", b"username='00000'; userName = field.value"),
        (b"rtsp://admin:Secret1@10.0.0.5/ch1", b"rtsp://00000:0000000@10.0.0.5/ch1"),
        (b"mail to info@example.net, http://10.0.0.5/@a", b"mail to info@example.net, http://10.0.0.5/@a"),
        (b"<username>", b"<username>"),
        (b"<Salt><![CDATA[a1]]></Salt>", b"<Salt><![CDATA[00]]></Salt>"),
        (b"<loginPassword>x1</loginPassword>", b"<loginPassword>00</loginPassword>"),
        (b"<needPassword>true</needPassword>", b"<needPassword>true</needPassword>"),
        (b'{"token": "a\\"b", "user":"root"}', b'{"token": "0\\"0", "user":"0000"}'),
        (b"{token: 'ab', sessionID:\"cd\", page: 'ef'}", b"{token: '00', sessionID:\"00\", page: 'ef'}"),
        (b'<input type="hidden" name="csrf_token" value="ab">', b'<input type="hidden" name="csrf_token" value="00">'),
        (b"<input value='ab' name='token'>", b"<input value='00' name='token'>"),
        (b'<input name="page" value="ab">', b'<input name="page" value="ab">'),
        (b'<meta name="csrf-token" content="ab=">', b'<meta name="csrf-token" content="00=">'),
        (b"Authorization: Basic YWI6Y2Q=\r\n", b"Authorization: 00000 0000000=\r\n"),
        (b"A: b\r\nX-Auth-Token: ab\r\n", b"A: b\r\nX-Auth-Token: 00\r\n"),
        (b"Session: 12ab;timeout=60\r\n", b"Session: 0000;timeout=60\r\n"),
        (b'nextnonce="ab", opaque="cd"', b'nextnonce="00", opaque="00"'),
        (b"Location: /a?user=ab&pwd=cd&auth=ef&x=1", b"Location: /a?user=00&pwd=00&auth=00&x=1"),
        (b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA", b"-----BEGIN RSA PRIVATE KEY-----\n0000\n-----END RSA"),
        (b"<PasswordResetAbility>true</PasswordResetAbility>", b"<PasswordResetAbility>true</PasswordResetAbility>"),
    ],
)  # fmt: skip
def test_only_the_value_of_a_secret_is_blanked(raw, kept):
    assert strip_secrets(raw) == kept


def test_the_salts_of_real_answers_are_blanked_and_nothing_else_is():
    for answer in (CAMERA, RECORDER):
        start, end = answer.index(b"<Salt>") + len(b"<Salt>"), answer.index(b"</Salt>")

        stripped = strip_secrets(answer)

        assert stripped == answer[:start] + b"0" * (end - start) + answer[end:]
        assert sadp.read(stripped) == sadp.read(answer)
        assert len(sadp.read(answer)) >= 8
        assert "sadp.Salt" not in sadp.read(answer)


def test_an_account_named_in_a_discovery_answer_is_no_field():
    fields = sadp.read(b"<ProbeMatch><MAC>58-50-ed-00-00-01</MAC><UserName>admin</UserName></ProbeMatch>")

    assert "sadp.UserName" not in fields


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
    for piece in (
        b"<input ",
        b"<meta name",
        b"-----BEGIN PRIVATE KEY-----",
        b"x-token",
        b"token:'",
        b"\nx-",
        b"?user=",
        b"<password",
    ):
        quickly(strip_secrets, piece * (65536 // len(piece)))
        quickly(strip_secrets, piece + b"token a" * 9000)


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("GET /ISAPI/x?auth=YWRtaW46MTEK", "GET /ISAPI/x"),
        ("DESCRIBE rtsp://admin:secret@10.0.0.5/a", "DESCRIBE rtsp://10.0.0.5/a"),
        ("DESCRIBE rtsp://admin:se/c?ret@10.0.0.5/a;user=b", "DESCRIBE rtsp://10.0.0.5/a"),
        ("GET /a@b", "GET /a@b"),
    ],
)
def test_a_question_is_kept_without_account_and_query(asked, kept):
    assert strip_request(asked) == kept


@given(cut=some.integers(0, len(LOGIN)), noise=some.binary(max_size=200))
def test_whatever_the_bytes_their_number_stays_and_nothing_is_blanked_twice(cut, noise):
    stripped = strip_secrets(LOGIN[:cut] + noise)

    assert len(stripped) == cut + len(noise)
    assert strip_secrets(stripped) == stripped
