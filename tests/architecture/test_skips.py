"""A full proof skips nothing that it could have run: what would be skipped elsewhere fails there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPPING = """
import pytest

def test_one():
    pytest.skip("network namespaces need root here")

@pytest.mark.skipif(True, reason="snmpd is not installed (Debian package snmpd)")
def test_two():
    raise AssertionError

def test_three():
    pytest.skip("this machine has no /dev/full")
"""


@pytest.mark.parametrize(
    ("required", "said", "code"), [("1", "1 failed, 1 skipped, 1 error", 1), ("", "3 skipped", 0)]
)
def test_a_skip_for_want_of_a_namespace_or_program_fails_where_they_are_required(
    tmp_path, required, said, code
):
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "test_skipping.py").write_text(SKIPPING)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "HIKSWEEP_REQUIRE_NETNS": required},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, said in done.stdout) == (code, True), done.stdout
