"""Who may import whom: the contracts hold, and each of them would notice."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BROKEN_BY = {
    "floors": ("model/device.py", "import scanner.parsers.http"),
    "probes-ask": ("probes/tls.py", "import scanner.knowledge.brands"),
    "importers-read": ("importers/lines.py", "import scanner.scope"),
    "matcher-concludes": ("matcher/level.py", "import scanner.scope"),
    "mandates-judge": ("mandates/judge.py", "import scanner.parsers.text"),
    "reporter-says": ("reporter/table.py", "import scanner.parsers.http"),
    "config-declares": ("config/words.py", "import scanner.parsers.http"),
    "schedule-decides": ("schedule/windows.py", "import scanner.transports.tcp"),
    "feeds-hand-over": ("feeds/splunk.py", "import scanner.parsers.http"),
    "inventory-keeps": ("inventory/words.py", "import scanner.parsers.http"),
    "journal-records": ("journal.py", "import scanner.parsers.http"),
    "policy-permits": ("policy/rules.py", "import scanner.knowledge.brands"),
    "transports-carry": ("transports/tcp.py", "import scanner.parsers.http"),
    "sweep-sweeps": ("sweep/connect.py", "import scanner.matcher"),
    "lab-plays": ("lab/engine.py", "import scanner.transports.tcp"),
    "formats-apart": ("reporter/html.py", "import scanner.reporter.table"),
    "pure": ("parsers/text.py", "import time"),
    "sockets": ("run/plan.py", "import socket"),
    "scapy": ("transports/udp.py", "import scapy.all"),
    "nmap": ("transports/nmap.py", "import nmap"),
    "nmap-beside-scapy": ("transports/nmap_worker.py", "import scapy"),
    "zeroconf": ("run/scan.py", "import zeroconf"),
    "requests": ("transports/tcp.py", "import requests"),
    "snmp": ("transports/udp.py", "import pysnmp"),
    "kernel": ("run/machine.py", "import ifaddr"),
    "settings": ("run/plan.py", "import pydantic_settings"),
    "database": ("run/plan.py", "import sqlalchemy"),
    "logs": ("run/plan.py", "import structlog"),
    "scheduler": ("run/plan.py", "import apscheduler"),
    "screen": ("run/plan.py", "import click"),
}
"""For each contract a line that someone in a hurry might add, and where."""


def check(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a tree; the tree itself must be what is imported, not the checkout."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--no-cache",
            *words,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def named() -> dict[str, str]:
    """Identifier and sentence of each contract."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    return {
        section.removeprefix("importlinter:contract:"): config[section]["name"]
        for section in config.sections()
        if section != "importlinter"
    }


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the code that may be spoilt."""
    shutil.copytree(ROOT / "scanner", tmp_path / "scanner", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_contracts_hold():
    done = check(ROOT)

    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(named())} kept, 0 broken." in done.stdout


def test_each_contract_has_a_sentence_for_a_name_and_a_way_to_break_it():
    assert all(len(name.split()) >= 4 for name in named().values())
    assert set(named()) == set(BROKEN_BY)


@pytest.mark.parametrize("contract", BROKEN_BY)
def test_a_contract_notices_what_breaks_it(contract, tree):
    place, line = BROKEN_BY[contract]
    with (tree / "scanner" / place).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")

    done = check(tree, "--contract", contract)

    assert done.returncode == 1
    assert f"{named()[contract]} BROKEN" in done.stdout


def test_a_folder_without_a_floor_is_noticed(tree):
    (tree / "scanner" / "newcomer").mkdir()
    (tree / "scanner" / "newcomer" / "__init__.py").write_text("", encoding="utf-8")

    done = check(tree, "--contract", "floors")

    assert done.returncode == 1
    assert "newcomer" in done.stdout
