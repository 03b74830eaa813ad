"""A scan of loopback sends nothing on any other interface: counted, in a namespace that nothing else uses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.netns


def inside() -> list[str]:
    """The words that run a command in a new network namespace, as root or as an ordinary user who may."""
    for words in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if shutil.which("unshare") is not None:
            tried = subprocess.run([*words, "true"], capture_output=True, check=False, timeout=20)
            if tried.returncode == 0:
                return words
    pytest.skip("no network namespace can be made (unshare of util-linux, and root or user namespaces)")


def test_a_scan_of_loopback_sends_nothing_on_any_other_interface(tmp_path: Path) -> None:
    words = inside()
    if shutil.which("ip") is None:
        pytest.skip("ip is not installed (Debian package iproute2)")

    done = subprocess.run(
        [*words, sys.executable, str(Path(__file__).with_name("alone.py")), str(tmp_path)],
        env=os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {"away", "end", "lo"} <= set(told["interfaces"])
    assert told["left"] == 0
    assert told["left on purpose"] == 1  # so the count can rise
    assert (told["found"], told["complete"], told["links"], told["printed"]) == (3, True, 0, 0)
