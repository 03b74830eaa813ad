"""Networks with calendars, and moments by the clock on their wall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scanner.config.network import Network
from scanner.config.settings import parse

TORONTO = ZoneInfo("America/Toronto")
"""Clocks go from 02:00 to 03:00 on 2026-03-08, and from 02:00 back to 01:00 on 2026-11-01."""


@pytest.fixture
def wall() -> Callable[..., datetime]:
    """``wall("2026-03-08 22:00")``: the moment at which Toronto's clocks show it, in UTC; ``again`` = the second time."""

    def moment(text: str, *, again: bool = False) -> datetime:
        shown = datetime.fromisoformat(text).replace(tzinfo=TORONTO, fold=int(again))
        return shown.astimezone(UTC)

    return moment


@pytest.fixture
def shown() -> Callable[[datetime | None], str]:
    """``shown(moment)``: what Toronto's clocks show, with their distance from UTC in hours."""

    def text(at: datetime | None) -> str:
        if at is None:
            return "never"
        local = at.astimezone(TORONTO)
        hours = (local.utcoffset() or timedelta()) // timedelta(hours=1)
        return f"{local:%m-%d %H:%M} {hours}"

    return text


@pytest.fixture
def network() -> Callable[..., Network]:
    """``network('every = "day"')``: a network of Toronto with these keys."""

    def make(keys: str = "", targets: str = "10.1.0.0/24", name: str = "cameras") -> Network:
        text = f'time_zone = "America/Toronto"\n[sites.main.networks.{name}]\ntargets = "{targets}"\n{keys}\n'
        (found,) = parse(text, Path("hiksweep.toml"), (), {}).networks
        return found

    return make
