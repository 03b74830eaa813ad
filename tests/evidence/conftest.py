"""A run's journal with all kinds of records, and a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.evidence.keys import new_pair, private_key, public_key
from scanner.evidence.seal import seal

EARLIER = Path(__file__).parents[1] / "inventory/earlier"
MADE = "2026-11-25T12:00:00Z"


@pytest.fixture(scope="session")
def pair(tmp_path_factory):
    """The private key, and where the public one is."""
    place = tmp_path_factory.mktemp("keys") / "seal.key"
    return private_key(_text(new_pair(place), place), str(place)), Path(f"{place}.pub")


def _text(public: Path, place: Path) -> str:
    assert public_key(public)
    return place.read_text()


@pytest.fixture(scope="session")
def journal():
    """Of a real run on the rehearsal network."""
    return max(EARLIER.glob("journal-*.jsonl"))


@pytest.fixture
def sealed(tmp_path, journal, pair):
    return seal(journal, tmp_path / "run.sealed", pair[0], made=MADE, version="1.2.3")
