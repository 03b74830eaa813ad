"""Values that name nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.placeholders import load_placeholders
from scanner.model.errors import KnowledgeError
from scanner.parsers.mac import canonical_mac


def test_each_value_says_what_it_is_and_is_spelt_as_it_is_compared() -> None:
    known = load_placeholders(fingerprints_root())

    assert len(known.serials) >= 3
    assert all(canonical_mac(mac) == mac for mac in known.macs)
    assert all(value == value.lower() for table in (known.serials, known.endpoints) for value in table)
    assert all(says for table in (known.serials, known.macs, known.endpoints) for says in table.values())


def test_a_value_without_a_source_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "placeholders.yaml").write_text(
        "as_of: '2026-01-01'\nserials:\n  - value: '1'\n    says: 'x'\nmacs: []\nendpoints: []\ntls_keys: []\n"
    )

    with pytest.raises(KnowledgeError, match=r"placeholders.yaml:\d+.*source"):
        load_placeholders(tmp_path)
