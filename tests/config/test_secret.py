from __future__ import annotations

import pytest

from scanner.config.secret import SecretReference, parse_secret
from scanner.model.errors import UsageError


def test_a_secret_is_the_first_line_of_what_the_reference_names(tmp_path):
    (tmp_path / "own").write_text("hush\nmore\n")
    (tmp_path / "own").chmod(0o600)
    environment = {"NAME": "loud", "CREDENTIALS_DIRECTORY": str(tmp_path)}

    assert parse_secret({"env": "NAME"}).read(tmp_path, environment) == "loud"
    assert parse_secret({"file": "own"}).read(tmp_path, environment) == "hush"
    assert parse_secret({"credential": "own"}).read(tmp_path / "elsewhere", environment) == "hush"


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (SecretReference("env", "ABSENT"), "the variable is not set"),
        (SecretReference("file", "absent"), "cannot be read"),
        (SecretReference("file", "empty"), "its first line is empty"),
        (SecretReference("file", "bytes"), "not text in UTF-8"),
        (SecretReference("file", "open"), "others can read it; chmod 600"),
        (SecretReference("credential", "x"), "systemd hands them to its services only"),
    ],
)
def test_a_secret_that_cannot_be_had_is_told_by_its_reference(reference, words, tmp_path):
    for name, data, mode in (
        ("empty", b"\n", 0o600),
        ("bytes", b"\xff\xfe", 0o600),
        ("open", b"hush", 0o644),
    ):
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(mode)

    with pytest.raises(UsageError) as raised:
        reference.read(tmp_path, {})

    assert str(raised.value).startswith(str(reference))
    assert words in str(raised.value)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    "value",
    [
        "hush",
        {"env": "hush", "file": "b"},
        {"value": "hush"},
        {"env": 3},
        {"env": " "},
        {},
        {"credential": "../hush"},
        3,
    ],
)
def test_what_is_no_reference_is_refused_and_not_repeated(value):
    with pytest.raises(ValueError, match=r"[a-z]") as raised:
        parse_secret(value)

    assert "hush" not in str(raised.value)
