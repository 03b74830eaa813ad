"""What the user asked for: lists, names, ports, times, and scopes that want a word first."""

from __future__ import annotations

import ipaddress

import pytest

from scanner.model.errors import UsageError
from scanner.model.probe import Service
from scanner.policy.rules import LISTENED_PORTS, NEVER_TOUCHED
from scanner.run.request import Secret, check_scope, parse_ports, parse_time, read_lines, resolve
from scanner.scope import Scope, parse_target


def nobody(name: str) -> list[str]:
    raise AssertionError(f"{name} was looked up")


def scope(*texts: str) -> Scope:
    return Scope.of([parse_target(text) for text in texts])


def test_a_secret_never_prints():
    secret = Secret("s3cret")
    assert "s3cret" not in f"{secret} {secret!r} {[secret]}"
    assert secret.value == "s3cret"


def test_a_list_in_a_file_is_read_line_by_line_without_its_comments():
    files = {"sites": "# ours\n10.0.0.1  # the gate\n\n 10.0.1.0/24\r\n"}
    assert read_lines(["10.9.9.9", "@sites"], files.__getitem__) == ["10.9.9.9", "10.0.0.1", "10.0.1.0/24"]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but words\n"])
def test_an_empty_list_is_refused_and_not_taken_for_no_target(text):
    with pytest.raises(UsageError, match="@sites: the file names no address"):
        read_lines(["@sites"], lambda name: text)


def test_a_list_does_not_name_another_list():
    with pytest.raises(UsageError, match="@other"):
        read_lines(["@sites"], lambda name: "10.0.0.1\n@other\n")


def test_targets_become_ranges_without_a_look_up():
    found = resolve(["10.0.0.0/30", "10.0.0.9-11", "fd00::1"], nobody, [])
    assert [str(one) for one in found] == ["10.0.0.0/30", "10.0.0.9-10.0.0.11", "fd00::1"]


def test_a_name_is_every_address_that_it_resolves_to():
    found = resolve(["nvr.site"], {"nvr.site": ["10.0.0.7", "fd00::7"]}.__getitem__, [])
    assert [str(one) for one in found] == ["10.0.0.7", "fd00::7"]


def test_a_name_that_does_not_resolve_is_named():
    with pytest.raises(UsageError, match=r"cam\.invalid: the name does not resolve"):
        resolve(["cam.invalid"], lambda name: [], [])


def test_local_is_every_connected_network_and_refused_where_there_is_none():
    networks = [ipaddress.ip_network("10.1.0.0/24"), ipaddress.ip_network("fd00:1::/64")]
    assert [str(one) for one in resolve(["local"], nobody, networks)] == ["10.1.0.0/24", "fd00:1::/64"]
    with pytest.raises(UsageError, match="no directly connected network"):
        resolve(["local"], nobody, [])


def test_what_an_answer_of_the_resolver_names_is_checked_as_a_target():
    with pytest.raises(UsageError, match="holds no hosts"):
        resolve(["odd.site"], lambda name: ["0.0.0.0"], [])


@pytest.mark.parametrize(
    ("texts", "says"),
    [(["10.0.0.0/7"], "more than 2"), (["8.8.8.0/30"], "somebody else's"), (["2001:4860::8888"], "public")],
)
def test_a_large_or_public_scope_wants_a_word_and_gets_by_with_it(texts, says):
    with pytest.raises(UsageError, match=says):
        check_scope(scope(*texts), yes=False)
    assert check_scope(scope(*texts), yes=True) is None


def test_of_many_public_addresses_a_few_are_named():
    many = scope(*(f"8.8.{n}.1" for n in range(9)))
    with pytest.raises(UsageError) as refused:
        check_scope(many, yes=False)
    assert str(refused.value).count("8.8.") == 3


def test_a_scope_of_which_nothing_is_left_is_refused_even_with_a_word():
    target = [parse_target("10.0.0.1")]
    with pytest.raises(UsageError, match="the exclusions cover every target"):
        check_scope(Scope.of(target, target), yes=True)


def test_exactly_two_to_the_24_addresses_pass():
    assert check_scope(scope("10.0.0.0/8"), yes=False) is None


def test_ports_name_their_protocol_or_are_listened_to():
    assert parse_ports(["http:10080, https:10443", "rtsp:10554", "9000,8000"]) == (
        Service(10080, "http"),
        Service(10443, "https"),
        Service(10554, "rtsp"),
        Service(9000, "listen"),
        Service(8000, "listen"),
    )


def test_the_last_word_on_a_port_counts():
    assert parse_ports(["http:81", "https:81"]) == (Service(81, "https"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ftp:21", "'ftp' is not http"),
        ("", "not a port"),
        ("80,", "not a port"),
        ("0", "not a port"),
        ("65536", "not a port"),
        ("-1", "not a port"),
        ("http:", "not a port"),
        ("http:x", "not a port"),
        ("a:b:80", "is not http"),
        ("\u0668\u0660", "not a port"),
        ("\u00b2", "not a port"),
        ("1" * 5000, "not a port"),
        ("9100", "never touched"),
        ("http:9100", "never touched"),
    ],
)
def test_a_port_that_is_none_or_may_not_be_touched_is_refused_with_the_reason(text, says):
    with pytest.raises(UsageError, match=says):
        parse_ports([text])


@pytest.mark.parametrize("port", sorted(NEVER_TOUCHED))
def test_no_port_of_the_never_list_gets_by(port):
    with pytest.raises(UsageError, match="never touched"):
        parse_ports([str(port)])


@pytest.mark.parametrize("port", LISTENED_PORTS)
def test_a_control_port_is_never_given_a_protocol_to_speak(port):
    with pytest.raises(UsageError, match="control port"):
        parse_ports([f"http:{port}"])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("30m", 1800), ("4h", 14400), ("1h30m", 5400), (" 1h1m1s ", 3661)],
)
def test_times_are_read_in_seconds_minutes_and_hours(text, seconds):
    assert parse_time(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "0", "0h0m", "abc", "-5", "1.5h", "5 minutes", "m", "30m4h", "9" * 20, "\u00b2"]
)
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(UsageError):
        parse_time(text)
