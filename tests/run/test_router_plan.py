from __future__ import annotations

import pytest

from scanner.model.credential import Community
from scanner.model.errors import UsageError
from scanner.run.credentials import Credentials
from scanner.run.request import ScanRequest, resolve
from scanner.run.router_plan import AT_MOST, plan_routers

DEFAULT = Credentials({"default": Community("word")})


def planned(*routers, credentials=DEFAULT, exclude=(), names=None, yes=False):
    request = ScanRequest(("10.0.0.0/24",), routers=routers, credentials=credentials, yes=yes)
    return plan_routers(request, resolve(exclude, lambda _: [], ()), lambda name: (names or {}).get(name, []))


def test_a_router_is_planned_by_its_address_once():
    found = planned("10.9.0.1", "core", "fd00::1", names={"core": ["10.9.0.1", "10.9.0.2"]})

    assert [(one.address, one.name) for one in found] == [("10.9.0.1", "10.9.0.1"), ("fd00::1", "fd00::1")]
    assert "word" not in repr(found)


def test_a_name_has_the_credential_of_its_name_before_that_of_its_address():
    given = Credentials({"core": Community("by-name"), "10.9.0.1": Community("by-address")})

    (found,) = planned("core", credentials=given, names={"core": ["10.9.0.1"]})

    assert found.credential == Community("by-name")
    assert str(found) == "core (10.9.0.1)"


@pytest.mark.parametrize(
    ("router", "words"),
    [
        ("10.9.0.0/24", "one host"),
        ("10.9.0.1-9", "one host"),
        ("nobody", "does not resolve"),
        ("8.8.8.8", "public"),
        ("224.0.0.1", "no address of one host|multicast"),
        ("0.0.0.0", "no address of one host|unspecified"),
        ("local", "local"),
    ],
)
def test_what_is_no_single_private_host_is_refused(router, words):
    with pytest.raises(UsageError, match=words):
        planned(router)


def test_a_public_router_must_be_meant():
    assert planned("8.8.8.8", yes=True)


def test_a_router_that_is_excluded_is_not_asked():
    with pytest.raises(UsageError, match="excluded"):
        planned("10.0.0.1", exclude=["10.0.0.0/30"])


def test_routers_and_credentials_are_given_together():
    with pytest.raises(UsageError, match="needs --snmp-credentials"):
        planned("10.9.0.1", credentials=None)
    with pytest.raises(UsageError, match="is for --snmp-router"):
        planned()
    with pytest.raises(UsageError, match="neither an entry"):
        planned("10.9.0.1", credentials=Credentials({"10.9.0.2": Community("word")}))
    assert planned(credentials=None) == ()


def test_routers_are_bounded():
    with pytest.raises(UsageError, match="at most"):
        planned(*(f"10.{a}.0.{b}" for a in range(3) for b in range(1, AT_MOST)))
