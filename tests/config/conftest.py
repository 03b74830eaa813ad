"""Configurations as texts, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.config.faults import ConfigError
from scanner.config.settings import Configuration, parse

PROFILES = ("ca-federal-institution", "uk-other-public-body")
ONE = '[sites.main.networks.cameras]\ntargets = ["10.1.0.0/24"]\n'


@pytest.fixture
def one() -> str:
    """A network and nothing else: two lines."""
    return ONE


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Configuration]:
    """``read(text, environment)``: the configuration of a text, checked."""

    def call(text: str, environment: dict[str, str] | None = None) -> Configuration:
        return parse(text, tmp_path / "hiksweep.toml", PROFILES, environment or {"TZ": "UTC"})

    return call


@pytest.fixture
def faults(read: Callable[..., Configuration]) -> Callable[..., list[str]]:
    """``faults(text)``: what is wrong with it, without the folder in front."""

    def call(text: str, environment: dict[str, str] | None = None) -> list[str]:
        with pytest.raises(ConfigError) as raised:
            read(text, environment)
        return [str(fault).rpartition("hiksweep.toml")[2].lstrip(": ") for fault in raised.value.faults]

    return call
