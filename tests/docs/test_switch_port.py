"""The credential files of the page on switch ports can be copied."""

from __future__ import annotations

from scanner.matcher.ports import MANY
from scanner.model.credential import Authentication, Community, Privacy, SnmpUser
from scanner.policy.rules import Limits
from scanner.run.credentials import read_credentials


def test_both_files_are_read_and_say_the_same(pages, blocks):
    page = pages["docs/guide/switch-port.md"]
    user = SnmpUser("reader", Authentication.SHA256, "the first password", Privacy.AES, "the second password")

    for kind in ("yaml", "ini"):
        (text,) = blocks(page, kind, "tested: credentials")
        credentials = read_credentials(text, kind)
        assert credentials.of("10.20.0.1") == user
        assert credentials.of("access-2.example.net") == Community("a-read-community")


def test_every_kind_of_key_is_named_and_the_limits_are_those_of_the_program(pages):
    page = pages["docs/guide/switch-port.md"]

    for kind in (*Authentication, *Privacy):
        assert kind == "none" or kind in page
    assert f"more than {MANY} MAC addresses" in page
    assert (Limits().router_time, Limits().host_rate) == (600, 20)
