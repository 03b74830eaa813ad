"""Which routers and switches a scan reads tables from, worked out and checked before anything is sent."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scanner.model.credential import Credential
from scanner.model.errors import UsageError
from scanner.run.request import ScanRequest, check_scope, resolve
from scanner.scope import AddressRange, Scope, range_of, to_ip

OPTION = "--snmp-router"
AT_MOST = 256
"""Routers of one scan; each is read for minutes."""


@dataclass(frozen=True, slots=True)
class RouterPlan:
    """One router to read."""

    address: str
    name: str
    """As the user wrote it."""
    credential: Credential = field(repr=False)

    def __str__(self) -> str:
        return self.address if self.name == self.address else f"{self.name} ({self.address})"


def plan_routers(
    request: ScanRequest, exclusions: Sequence[AddressRange], resolver: Callable[[str], Sequence[str]]
) -> tuple[RouterPlan, ...]:
    """The routers of a request, each once.

    Raises:
        UsageError: a router that is no single host, is excluded or is public, or has no credential.
    """
    if not request.routers:
        if request.credentials is not None:
            raise UsageError(f"--snmp-credentials is for {OPTION} HOST; name the router, or leave it out")
        return ()
    if request.credentials is None:
        raise UsageError(f"{OPTION} needs --snmp-credentials FILE: what the site lets us read it with")
    found: dict[str, RouterPlan] = {}
    for name in request.routers:
        address = _address(name, resolver)
        if address in Scope.of(exclusions):
            raise UsageError(f"{OPTION} {name}: it is excluded; a host cannot be both asked and left out")
        credential = request.credentials.of(name, address)
        if credential is None:
            raise UsageError(
                f"{OPTION} {name}: --snmp-credentials has neither an entry for it nor one named default"
            )
        found.setdefault(address, RouterPlan(address, name, credential))
    check_scope(Scope.of(map(_range, found)), yes=request.yes)
    if len(found) > AT_MOST:
        raise UsageError(f"{len(found)} times {OPTION}; at most {AT_MOST} in one scan")
    return tuple(found.values())


def _address(name: str, resolver: Callable[[str], Sequence[str]]) -> str:
    """The one address of a router; of a name that has several, the first."""
    try:
        ranges = resolve([name], lambda text: resolver(text)[:1], ())
    except UsageError as error:
        raise UsageError(f"{OPTION} {error}") from None
    if len(ranges) != 1 or ranges[0].size != 1:
        raise UsageError(f"{OPTION} {name}: one host, not a prefix, a range or a list")
    address = to_ip(ranges[0].version, ranges[0].first)
    if address.is_multicast or address.is_unspecified or str(address) == "255.255.255.255":
        raise UsageError(f"{OPTION} {name}: no address of one host")
    return str(address)


def _range(address: str) -> AddressRange:
    return range_of(ipaddress.ip_network(address))
