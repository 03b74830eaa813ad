"""What the tests of the matcher share: real brands, models and blocks, and signatures made for the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scanner.knowledge import Knowledge, load
from scanner.knowledge.signatures import Signature
from scanner.model.evidence import Claims, Evidence, Maker, Strength
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol


def _signature(name: str, **changes: Any) -> Signature:
    """A signature that finds the word of its id in a Server header, unless told otherwise."""
    plain = Signature(
        id=name,
        protocols=(Protocol.HTTP,),
        fields=("header.server",),
        pattern=rf"^{name}$",
        claims={"maker": "hikvision", "maker_name": "Hikvision"},
        strength=Strength.CONCLUSIVE,
        family="http-server",
        says=f"the word {name}",
        source="test",
        as_of="2026-01-01",
        generation="",
        needs=(),
        unless=(),
        partners=(),
        with_partner=None,
        registered=frozenset(),
        confidence=frozenset(),
        grammar="",
        lookalike=False,
        against=(),
        examples=(),
        counter_examples=(),
        few_examples="",
        where="test:1",
    )
    return replace(plain, **changes)


def _evidence(
    strength: Strength = Strength.STRONG,
    family: str = "realm",
    maker: Maker | None = Maker.HIKVISION,
    **changes: Any,
) -> Evidence:
    """Evidence on port 80 unless told otherwise."""
    claims = changes.pop("claims", Claims(maker=maker, maker_name=changes.pop("maker_name", None)))
    values: dict[str, Any] = {
        "signature": f"{family}-test",
        "protocol": Protocol.HTTP,
        "port": 80,
        "claim": f"a sign of family {family}",
        "excerpt": "excerpt",
        "observation": f"obs-{family}",
    }
    return Evidence(strength=strength, family=family, claims=claims, **{**values, **changes})


def _observation(protocol: str, payload: str | bytes, **changes: Any) -> Observation:
    """An observation of the host 192.0.2.1."""
    raw = payload.encode() if isinstance(payload, str) else payload
    return Observation(
        host=changes.pop("host", "192.0.2.1"), protocol=Protocol(protocol), payload=raw, **changes
    )


@pytest.fixture(scope="session")
def signature() -> Callable[..., Signature]:
    """Makes signatures."""
    return _signature


@pytest.fixture(scope="session")
def evidence() -> Callable[..., Evidence]:
    """Makes evidence."""
    return _evidence


@pytest.fixture(scope="session")
def observation() -> Callable[..., Observation]:
    """Makes observations."""
    return _observation


@pytest.fixture(scope="session")
def tables() -> Knowledge:
    """The real brands, models and blocks, without any signature."""
    return replace(load(), signatures=(), lookalikes=())


@pytest.fixture
def knowing(tables: Knowledge) -> Callable[..., Knowledge]:
    """Knowledge with the given signatures beside the real tables."""

    def build(*signatures: Signature) -> Knowledge:
        return replace(
            tables,
            signatures=tuple(one for one in signatures if not one.lookalike),
            lookalikes=tuple(one for one in signatures if one.lookalike),
        )

    return build
