from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.credential import Authentication, Community, Privacy, SnmpUser
from scanner.model.errors import UsageError
from scanner.run.credentials import load_credentials, read_credentials

FULL = SnmpUser("reader", Authentication.SHA256, "sign-word", Privacy.AES, "hide-word")
YAML = """
# the site's routers
default:
  version: 2c
  community: site-word
10.9.0.1:
  user: reader
  auth: SHA-256
  auth-password: sign-word
  privacy: AES
  privacy-password: "hide-word"
core.example:
  user: reader
  auth-password: sign-word
  level: authNoPriv
"""
INI = """
; the site's routers
[default]
community = site-word
[10.9.0.1]
version = 3
user = reader
auth = sha256
auth_password = sign-word
privacy = aes128
privacy_password = hide-word
[core.example]
user = reader
auth-password = sign-word
"""


@pytest.mark.parametrize("text", [YAML, INI], ids=["yaml", "ini"])
def test_a_router_has_its_own_credential_and_all_others_the_default(text):
    credentials = read_credentials(text, "FILE")

    assert credentials.of("10.9.0.1") == FULL
    assert credentials.of("CORE.example", "10.9.0.7") == SnmpUser("reader", Authentication.SHA, "sign-word")
    assert credentials.of("10.9.0.2") == Community("site-word")


def test_without_a_default_a_stranger_has_none():
    assert read_credentials("10.9.0.1: {community: x}", "FILE").of("10.9.0.2") is None


def test_a_password_may_hold_what_ini_files_otherwise_interpret():
    text = "[default]\nuser = u\nauth-password = a%b;c#d: e=f\n"

    assert read_credentials(text, "FILE").of("any") == SnmpUser("u", Authentication.SHA, "a%b;c#d: e=f")


def test_a_user_without_passwords_is_a_user_too():
    assert read_credentials("default: {user: reader}", "FILE").of("any") == SnmpUser("reader")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("# nothing\n", "empty"),
        ("just words", "mapping by router"),
        ("default: s3cret", "keys and values"),
        ("default: {community: [s3cret]}", "no text"),
        ("default: {community: 'a', s3cret: 1}", "a key is not known"),
        ("default: {community: s3cret, user: s3cret}", "nothing else"),
        ("default: {version: 1, community: s3cret}", "2c or 3"),
        ("default: {version: 3, community: s3cret}", "no 'community'"),
        ("default: {version: 2c}", "'community'"),
        ("default: {auth-password: s3cret}", "'user'"),
        ("default: {user: u, auth: ROT13, auth-password: s3cret}", "'auth' is one of"),
        ("default: {user: u, auth: SHA}", "belong together"),
        ("default: {user: u, privacy: AES, auth-password: s3cret}", "belong together"),
        ("default: {user: u, privacy-password: s3cret}", "does not encrypt without"),
        ("default: {user: u, level: authPriv, auth-password: s3cret}", "'level'"),
        ("default: {community: 's3cret\n", "no YAML"),
        ("default:\n  community: s3cret\n bad: - [\n", "line"),
        ("[default]\ncommunity s3cret\n", "not understood"),
        ("[default]\ncommunity = s3cret\ncommunity = s3cret\n", "not understood"),
        ("[default\ncommunity = s3cret\n", "not understood"),
        ("- s3cret\n", "mapping by router"),
        ("default: !!python/object:s3cret {}", "no YAML"),
    ],
)
def test_a_file_that_is_not_understood_says_where_and_repeats_no_value(text, words):
    with pytest.raises(UsageError) as refused:
        read_credentials(text, "--snmp-credentials FILE")

    assert words in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_nothing_prints():
    credentials = read_credentials(YAML, "FILE")

    shown = repr(credentials) + str(credentials) + repr(credentials.of("10.9.0.1")) + f"{credentials.of('x')}"
    assert not [word for word in ("site-word", "sign-word", "hide-word", "reader") if word in shown]


@pytest.mark.parametrize(
    ("mode", "outcome"), [(0o600, ""), (0o400, ""), (0o640, "its group"), (0o660, "its group"), (0o644, None), (0o602, None)]
)  # fmt: skip
def test_a_file_open_to_everyone_is_refused_and_one_open_to_a_group_is_warned_of(tmp_path, mode, outcome):
    path = tmp_path / "credentials"
    path.write_text(YAML)
    path.chmod(mode)

    if outcome is None:
        with pytest.raises(UsageError, match="everyone"):
            load_credentials(path)
    else:
        credentials, warning = load_credentials(path)
        assert credentials.of("10.9.0.1") == FULL
        assert outcome in warning
        assert bool(warning) == bool(outcome)


def test_a_pipe_is_read_without_a_word_on_its_mode(tmp_path):
    reading, writing = os.pipe()
    os.write(writing, b"default: {community: x}\n")
    os.close(writing)
    try:
        credentials, warning = load_credentials(tmp_path / f"/dev/fd/{reading}")
    finally:
        os.close(reading)

    assert (credentials.of("any"), warning) == (Community("x"), "")


@pytest.mark.parametrize(("data", "words"), [(b"\xff\xfe", "UTF-8"), (b"#" * 300_000, "larger"), (None, "cannot be read")])  # fmt: skip
def test_a_file_that_is_none_is_refused(tmp_path, data, words):
    path = tmp_path / "credentials"
    if data is not None:
        path.write_bytes(data)
        path.chmod(0o600)

    with pytest.raises(UsageError, match=words):
        load_credentials(path)


@given(st.text(max_size=80), st.booleans())
def test_any_text_is_read_or_refused(text, ini):
    said = "FILE: "
    try:
        read_credentials("[default]\n" + text if ini else text, "FILE")
    except UsageError as refused:
        said = str(refused)

    assert said.startswith("FILE: ")
