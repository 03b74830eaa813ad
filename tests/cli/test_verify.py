"""`verify` says what a bundle is; the recipe of the documents comes to the same without us."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
JOURNAL = max((ROOT / "tests/inventory/earlier").glob("journal-*.jsonl"))


@pytest.fixture
def bundle(hiksweep, tmp_path):
    key, place = tmp_path / "seal.key", tmp_path / "run.sealed"
    hiksweep("keys", "new", key)
    assert hiksweep("seal", JOURNAL, "--key", key, "--output", place).code == 0
    return place


def test_intact_unknown_and_broken_have_their_codes(hiksweep, bundle, tmp_path):
    key = tmp_path / "seal.key.pub"
    intact = hiksweep("verify", bundle, "--key", key)
    assert (intact.code, "intact, signed by a key that you gave" in intact.out) == (0, True)
    unknown = hiksweep("verify", bundle)
    assert (unknown.code, "signer is UNKNOWN" in unknown.out) == (4, True)
    hiksweep("keys", "new", tmp_path / "other")
    assert hiksweep("verify", bundle, "--key", tmp_path / "other.pub").code == 4
    bundle.write_bytes(bundle.read_bytes().replace(b"silent", b"Silent", 1))
    broken = hiksweep("verify", bundle, "--key", key)
    assert (broken.code, bool(re.search(r"BROKEN at line \d+: its link", broken.out))) == (3, True)
    assert hiksweep("verify", tmp_path / "no").code == 2


def recipe(bundle, folder):
    """What the document's own lines say: of the links and values, and of the signature."""
    page = (ROOT / "docs/guide/evidence.md").read_text()
    (folder / "recipe.py").write_text(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1])
    words = [sys.executable, "-I", "recipe.py", bundle]
    said = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60)
    line = next(line for line in page.splitlines() if line.startswith("openssl"))
    signed = subprocess.run(line.split(), cwd=folder, capture_output=True, timeout=60)
    return said.stdout.strip(), signed.returncode == 0


def test_python_and_openssl_come_to_the_same_by_the_recipe_of_the_documents(bundle, tmp_path):
    assert recipe(bundle, tmp_path) == ("True", True)
    data = bundle.read_bytes()
    bundle.write_bytes(data.replace(b"silent", b"Silent", 1))
    assert recipe(bundle, tmp_path) == ("False", True)
    bundle.write_bytes(data.replace(b'"finished":true', b'"finished":false'))
    assert recipe(bundle, tmp_path) == ("True", False)
