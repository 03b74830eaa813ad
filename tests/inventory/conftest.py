"""A small language for what runs saw, so that a test reads as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from scanner.inventory.words import Decision, NetworkView, RunView, Seen
from scanner.model.identity import Name, Rung

BEGIN = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
SITE, NET = "lab", "10.1.0.0/24"
TCP = frozenset({"tcp"})
OTHERS = tuple(f"10.1.0.{n}" for n in range(101, 111))
"""Ten hosts of other makers, so that one device more or less is far from half."""
MEASURE = "a-measure"


def day(number: float) -> datetime:
    """So many days after the beginning."""
    return BEGIN + timedelta(days=number)


def seen(
    device: str,
    *addresses: str,
    methods: Iterable[str] = TCP,
    mac: str = "",
    rung: Rung = Rung.SERIAL,
    measures: Iterable[str] = (MEASURE,),
    heard: float | None = None,
    **fields: str,
) -> Seen:
    """A device in a run."""
    names = (Name(rung, device), *((Name(Rung.MAC, mac),) if mac else ()))
    return Seen(
        device,
        names,
        addresses,
        frozenset(methods),
        {**fields, **({"mac": mac} if mac else {})},
        frozenset(measures),
        None if heard is None else day(heard),
    )


def network(
    prefix: str = NET,
    answered: Iterable[str] = OTHERS,
    others: Iterable[str] | None = None,
    covered: Iterable[str] = TCP,
    *,
    interrupted: bool = False,
) -> NetworkView:
    """A network as a run saw it; all that answered are others unless said."""
    answered = frozenset(answered)
    others = answered if others is None else frozenset(others)
    return NetworkView(prefix, frozenset(covered), answered | others, others, interrupted)


def run(
    at: float,
    *devices: Seen,
    networks: Iterable[NetworkView] | None = None,
    site: str = SITE,
    judged: Iterable[str] = (MEASURE,),
    **more: object,
) -> RunView:
    """A run on a day; without networks the usual one, in which the devices and ten others answered."""
    if networks is None:
        there = {address for one in devices for address in one.addresses if address.startswith("10.1.0.")}
        networks = (network(answered={*OTHERS, *there}, others=OTHERS),)
    return RunView(
        f"run-{site}-{at:05.1f}", site, day(at), tuple(networks), devices, judged=frozenset(judged), **more
    )


def decision(at: float, kind: str, subject: str, **data: object) -> Decision:
    """A decision on a day."""
    return Decision(f"dec-{kind}-{at:05.1f}-{subject}", day(at), "A. Person", kind, subject, data)


@pytest.fixture(scope="session")
def say() -> SimpleNamespace:
    """The language."""
    names: dict[str, Callable[..., object] | object] = {
        name: globals()[name]
        for name in (
            "day",
            "seen",
            "network",
            "run",
            "decision",
            "SITE",
            "NET",
            "TCP",
            "OTHERS",
            "MEASURE",
            "BEGIN",
        )
    }
    return SimpleNamespace(**names)
