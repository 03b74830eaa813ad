"""An importer is one new file and its line in the list: shown in a copy of the tree."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "extend" / "an-importer.md"


def test_one_file_and_its_line_add_a_format(tmp_path):
    for name in ("scanner", "fingerprints"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (code,) = re.findall(r"<!-- tested: importer -->\n```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "scanner" / "importers" / "portcheck.py").write_text(code)
    registry = tmp_path / "scanner" / "importers" / "__init__.py"
    text = registry.read_text()
    added = re.sub(r"(IMPORTERS: tuple\[Importer, \.\.\.\] = \()", r"\1portcheck.IMPORTER, ", text)
    added = added.replace(
        "from scanner.importers.interface",
        "from scanner.importers import portcheck\nfrom scanner.importers.interface",
        1,
    )
    registry.write_text(added)
    (tmp_path / "ports.txt").write_text("# portcheck\n10.0.0.5 80 open\n10.0.0.6 80 shut\nnoise\n")
    # What is run of the copy is no coverage of the tree.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    found = subprocess.run(
        [sys.executable, "-m", "scanner", "import", "ports.txt", "--format", "json", "--quiet"],
        cwd=tmp_path,
        env={**kept, "PYTHONPATH": str(tmp_path), "HIKSWEEP_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert found.returncode == 4, found.stderr
    report = json.loads(found.stdout)
    (file,) = report["run"]["files"]
    assert (file["format"], file["rows"], file["used"]) == ("portcheck", 4, 2)
    assert file["unused"] == {"a heading": 1, "not an address, a port and a word": 1}
    assert report["coverage"]["by_state"]["answered"] == report["coverage"]["by_state"]["refused"] == 1
