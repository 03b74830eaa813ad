"""The benchmark's capture is one that the importer reads."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from scanner.importers import Source
from scanner.importers.pcap import IMPORTER
from scanner.model.protocol import Protocol

ROOT = Path(__file__).parents[2]


def test_its_capture_holds_what_it_says(tmp_path):
    spec = importlib.util.spec_from_file_location("imports", ROOT / "benchmarks" / "imports.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = tmp_path / "c.pcap"
    count = module.write(path, 1 << 20)
    with path.open("rb") as file:
        found = list(IMPORTER.read(file, Source("c", "")))

    assert count <= len(found) <= count * 2
    assert {one.protocol for row in found for one in row.observations} == {
        Protocol.MAC,
        Protocol.HTTP,
        Protocol.SADP,
    }
    assert not any(row.broken for row in found)
