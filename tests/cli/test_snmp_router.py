"""Routers on the command line: planned, refused in one line, and a credential that shows nowhere."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from pathlib import Path

import pytest

SECRETS = ("site-word-7", "sign-word-7", "hide-word-7", "only-user-7")
FILE = """
default:
  community: site-word-7
127.95.9.2:
  user: only-user-7
  auth: SHA-256
  auth-password: sign-word-7
  privacy: AES-256
  privacy-password: hide-word-7
"""


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    path = tmp_path / "credentials.yaml"
    path.write_text(FILE)
    path.chmod(0o600)
    return path


def hidden(said) -> bool:
    return not [secret for secret in SECRETS if secret in said.out + said.err]


def test_the_plan_names_the_routers_and_the_kind_of_their_credentials(hiksweep, credentials) -> None:
    words = ("plan", "127.95.0.0/28", "--snmp-router", "127.95.9.1", "--snmp-router", "127.95.9.2")

    said = hiksweep(*words, "--snmp-credentials", credentials)
    plan = hiksweep(*words, "--snmp-credentials", credentials, "--format", "json")

    assert "tables of 127.95.9.1, UDP 161 alone, by SNMP v2c" in said.out
    assert "tables of 127.95.9.2, UDP 161 alone, by SNMP v3 authPriv (SHA-256, AES-256)" in said.out
    assert json.loads(plan.out)["routers"][0] == {
        "address": "127.95.9.1", "name": "127.95.9.1", "credential": "v2c"
    }  # fmt: skip
    assert json.loads(plan.out)["addresses"] == 16  # a router is no target
    assert hidden(said)
    assert hidden(plan)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--snmp-router", "127.95.9.1"), "needs --snmp-credentials"),
        (("--snmp-credentials", "FILE"), "is for --snmp-router"),
        (("--snmp-router", "127.95.9.0/30", "--snmp-credentials", "FILE"), "one host"),
        (("--snmp-router", "gone.example", "--snmp-credentials", "FILE"), "does not resolve"),
        (("--snmp-router", "8.8.8.8", "--snmp-credentials", "FILE"), "public"),
        (
            ("--snmp-router", "127.95.9.1", "--exclude", "127.95.9.1", "--snmp-credentials", "FILE"),
            "excluded",
        ),
        (("--snmp-router", "127.95.9.1", "--snmp-credentials", "/nonexistent"), "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(hiksweep, credentials, words, complaint) -> None:
    for command in ("plan", "scan"):
        said = hiksweep(command, "127.95.0.1", *(str(credentials) if w == "FILE" else w for w in words))

        assert said.code == 2
        assert complaint in said.complaint
        assert hidden(said)


def test_a_router_is_not_asked_when_only_files_are_read(hiksweep, credentials) -> None:
    said = hiksweep(
        "scan", "--from", credentials, "--snmp-router", "127.95.9.1", "--snmp-credentials", credentials
    )

    assert said.code == 2
    assert "without a TARGET nothing is sent" in said.complaint


def test_a_file_that_everyone_can_read_is_refused_and_a_groups_is_warned_of(hiksweep, credentials) -> None:
    words = ("plan", "127.95.0.1", "--snmp-router", "127.95.9.1", "--snmp-credentials", credentials)
    credentials.chmod(0o644)
    assert "chmod 600" in hiksweep(*words).complaint

    credentials.chmod(0o640)
    said = hiksweep(*words)
    assert said.code == 0
    assert "its group can read" in said.complaint


def test_a_router_that_says_nothing_is_a_gap_and_its_credential_is_in_no_file(
    hiksweep, credentials, tmp_path
) -> None:
    """Nobody listens at the second router; the first takes every datagram and answers none."""
    heard: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        # An address of this process alone: another one may run the same test.
        router = f"127.97.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"
        try:
            mute.bind((router, 161))
        except PermissionError:
            pytest.skip("ports below 1024 are not for us here")
        mute.settimeout(30)

        def body() -> None:
            with contextlib.suppress(OSError):
                while True:
                    heard.append(mute.recv(4000))

        threading.Thread(target=body, daemon=True).start()
        said = hiksweep(
            "scan", "127.95.0.1", "--snmp-router", router, "--snmp-router", "127.95.9.2",
            "--snmp-credentials", credentials, "--format", "json", "--journal", tmp_path / "run.jsonl",
        )  # fmt: skip

    result = json.loads(said.out)
    gaps = [gap for gap in result["coverage"]["gaps"] if gap["method"] == "snmp-router"]
    assert said.code == 4
    assert {(gap["targets"], gap["state"], gap["affects_verdict"]) for gap in gaps} == {
        (router, "not read", True),
        ("127.95.9.2", "not read", True),
    }
    assert result["coverage"]["by_method"]["snmp-router"]["asked"] == 2
    assert len(heard) == 1  # a community that is not answered is tried once
    assert b"site-word-7" in heard[0]
    assert hidden(said)
    kept = b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != credentials
    )
    assert not [secret for secret in SECRETS if secret.encode() in kept]
    again = hiksweep("report", tmp_path / "run.jsonl", "--format", "json")
    assert json.loads(again.out)["coverage"] == result["coverage"]
