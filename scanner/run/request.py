"""What the user asked for, read and checked before anything is done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scanner.model.errors import UsageError
from scanner.model.probe import Service
from scanner.policy.rules import LISTENED_PORTS, NEVER_TOUCHED
from scanner.run.credentials import Credentials
from scanner.scope import MANY, AddressRange, Network, Scope, parse_target, public_part, range_of, ranges_text

LOCAL = "local"
_LISTED_AT_MOST = 3
_TIME = re.compile(r"(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s?)?")


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that never prints."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "(hidden)"


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """One scan as the user wants it."""

    targets: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    rate: float = 500.0
    profiles: tuple[str, ...] = ()
    facts: str = ""
    """The site's facts as YAML text."""
    engine: str = "auto"
    multicast: bool = True
    interfaces: tuple[str, ...] = ()
    community: Secret | None = None
    routers: tuple[str, ...] = ()
    """Routers and switches whose tables are read."""
    credentials: Credentials | None = None
    """For them."""
    time_limit: float | None = None
    """Seconds."""
    reference: str | None = None
    yes: bool = False
    journal: Path | None = None


def read_lines(texts: Iterable[str], read_file: Callable[[str], str]) -> list[str]:
    """Targets or exclusions with each ``@file`` replaced by its lines; ``#`` begins a comment.

    Raises:
        UsageError: a file cannot be read or holds nothing.
    """
    found: list[str] = []
    for text in texts:
        if not text.startswith("@"):
            found.append(text)
            continue
        lines = [line.split("#", 1)[0].strip() for line in read_file(text[1:]).splitlines()]
        named = [line for line in lines if line]
        if not named:
            raise UsageError(f"{text}: the file names no address")
        if nested := next((line for line in named if line.startswith("@")), None):
            raise UsageError(f"{text}: {nested}: a list does not name another list")
        found += named
    return found


def resolve(
    texts: Iterable[str], look_up: Callable[[str], Sequence[str]], local: Sequence[Network]
) -> list[AddressRange]:
    """Ranges for target texts; host names are looked up, ``local`` is every directly connected network.

    Raises:
        UsageError: a target that is none, a name that does not resolve, or ``local`` without a network.
    """
    ranges: list[AddressRange] = []
    for text in texts:
        if text == LOCAL:
            if not local:
                raise UsageError("local: this machine has no directly connected network besides loopback")
            ranges += [range_of(network) for network in local]
            continue
        found = parse_target(text)
        if isinstance(found, AddressRange):
            ranges.append(found)
            continue
        addresses = look_up(found)
        if not addresses:
            raise UsageError(f"{text}: the name does not resolve; check it, or give the address")
        for address in addresses:
            named = parse_target(address)
            if isinstance(named, AddressRange):
                ranges.append(named)
    return ranges


def check_scope(scope: Scope, *, yes: bool) -> None:
    """Refuse scopes that want the user's word first.

    Raises:
        UsageError: nothing is left, more than 2^24 addresses, or a public address, without ``yes``.
    """
    if not scope.walked and not scope.unwalked:
        raise UsageError("nothing is left to scan: the exclusions cover every target")
    if yes:
        return
    if scope.size > MANY:
        raise UsageError(f"{scope.size:,} addresses are more than 2^24; add --yes if you mean it")
    if public := public_part((*scope.walked, *scope.unwalked)):
        names = ", ".join(ranges_text(public[:_LISTED_AT_MOST]))
        raise UsageError(
            f"{names}: public addresses, which may be somebody else's; add --yes if they are yours to scan"
        )


def parse_ports(texts: Iterable[str]) -> tuple[Service, ...]:
    """Services for ``--ports`` texts such as ``http:10080,https:10443,rtsp:10554,9000``.

    Raises:
        UsageError: not a port, or one that is never touched.
    """
    services: dict[int, Service] = {}
    for part in (part for text in texts for part in text.split(",")):
        scheme, _, number = part.strip().rpartition(":")
        if scheme not in ("", "http", "https", "rtsp"):
            raise UsageError(f"--ports {part}: {scheme!r} is not http, https or rtsp")
        if not (number.isascii() and number.isdigit() and len(number) <= 5) or not 0 < int(number) < 65536:
            raise UsageError(f"--ports {part}: not a port; write 8081, http:8081, https:8443 or rtsp:8554")
        if int(number) in LISTENED_PORTS and scheme:
            raise UsageError(
                f"--ports {part}: a control port, which is listened to and never spoken to; leave it out"
            )
        if int(number) in NEVER_TOUCHED:
            raise UsageError(
                f"--ports {part}: never touched, since printers, controllers and medical devices "
                "listen there; leave it out"
            )
        services[int(number)] = Service(int(number), scheme or "listen")
    return tuple(services.values())


def parse_time(text: str) -> float:
    """Seconds for ``90``, ``30m``, ``4h`` or ``1h30m``.

    Raises:
        UsageError: not a time.
    """
    match = _TIME.fullmatch(text.strip())
    if not match or not any(match.groups()):
        raise UsageError(f"{text}: not a time; write 90, 30m, 4h or 1h30m")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = float(hours * 3600 + minutes * 60 + seconds)
    if total <= 0:
        raise UsageError(f"{text}: no time at all; write 90, 30m, 4h or 1h30m")
    return total
