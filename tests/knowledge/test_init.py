"""Everything is loaded at once, quickly, and is what the other rooms expect."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.knowledge import Knowledge, load
from scanner.model.errors import KnowledgeError
from scanner.model.evidence import Maker, Strength
from scanner.model.protocol import Protocol


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load()


def test_all_parts_are_there(known: Knowledge) -> None:
    assert len(known.signatures) >= 125
    assert len(known.lookalikes) >= 10
    assert known.brands.brands
    assert known.models.rules
    assert known.oui.rows
    assert known.mandates.measures
    assert set(known.versions) == {"signatures", "mandates", "oui"}
    assert all(version.version and version.date for version in known.versions.values())


def test_the_index_leads_from_protocol_and_field_to_signatures(known: Knowledge) -> None:
    rows = known.index[(Protocol.RTSP, "realm")]
    assert {"realm-ip-camera-suffix", "lookalike-ivsec"} <= {entry.id for entry in rows}
    assert sum(
        len(entry.protocols) * len(entry.fields) for entry in (*known.signatures, *known.lookalikes)
    ) == sum(len(rows) for rows in known.index.values())


def test_an_entry_is_found_by_its_id(known: Knowledge) -> None:
    found = known.signature("sadp-serial")
    assert found is not None
    assert (found.maker, found.strength) == (Maker.HIKVISION, Strength.CONCLUSIVE)
    assert known.signature("nothing") is None


def test_every_protocol_that_can_tell_the_maker_has_a_signature(known: Knowledge) -> None:
    """SSH and FTP show nothing of the maker before a login (research notes on signatures, §3)."""
    for protocol in Protocol:
        if protocol not in {Protocol.SSH, Protocol.FTP}:
            assert any(protocol in entry.protocols for entry in known.signatures), protocol


def test_loading_takes_less_than_the_time_of_one_connection_attempt() -> None:
    """Counted as work, not by a clock of a busy machine: processor seconds of a fresh interpreter."""
    program = (
        "import resource, json; from scanner.knowledge import load; "
        "a = resource.getrusage(resource.RUSAGE_SELF).ru_utime; load(); "
        "print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_utime - a))"
    )
    times = [
        json.loads(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)
        for _ in range(2)
    ]
    assert min(times) < 0.8


def test_a_missing_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"brands\.yaml:1: cannot be read"):
        load(tmp_path)
