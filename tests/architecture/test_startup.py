"""The command line starts light: what is slow or heavy loads when it serves, not before. Counted, not timed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

LATE = (
    "scapy",
    "nmap",
    "zeroconf",
    "requests",
    "urllib3",
    "cryptography",
    "pysnmp",
    "pyroute2",
    "jinja2",
    "asyncio",
    "pydantic",
    "pydantic_settings",
    "structlog",
    "apscheduler",
)
MODULES_AT_MOST = 160
"""About 100 are loaded today, the interpreter's own included; one heavy package adds hundreds."""


def loaded(statement: str, *words: str) -> set[str]:
    """The modules that a fresh interpreter holds after a statement."""
    code = f"{statement}\nimport json, sys; print(); print(json.dumps(sorted(sys.modules)))"
    # what measures coverage would load modules of its own
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=environment,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_command_line_loads_nothing_heavy_at_its_start():
    modules = loaded("import scanner.cli")

    assert modules.isdisjoint(LATE)
    assert len(modules) <= MODULES_AT_MOST


def test_the_version_is_said_without_loading_anything_heavy():
    assert loaded("import scanner.cli, sys\nscanner.cli.run(sys.argv[1:])", "--version").isdisjoint(LATE)


def test_the_help_which_asks_every_command_for_its_line_reaches_for_no_network_library():
    modules = loaded("import scanner.cli, sys\nscanner.cli.run(sys.argv[1:])", "--help")

    assert modules.isdisjoint({"scapy", "nmap", "zeroconf", "requests", "pysnmp", "pyroute2"})


def test_a_heavy_module_would_be_seen():
    assert "zeroconf" in loaded("import zeroconf")
