from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("scaffold_tool", ROOT / "tools/scaffold_probe.py")
scaffold = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scaffold)


@pytest.fixture
def copy(tmp_path):
    for part in ("scanner", "tests/probes", "fingerprints"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_what_is_written_works_as_it_is_and_has_our_style(copy, capsys):
    assert scaffold.main(["field_bus"], copy) == 0

    assert "make test T=tests/probes/test_field_bus.py" in capsys.readouterr().out
    written = ["scanner/probes/field_bus.py", "tests/probes/test_field_bus.py"]
    for words in (
        ["pytest", "-p", "no:cacheprovider", written[1]],
        ["ruff", "check", "--no-cache", *written],
        ["ruff", "format", "--no-cache", "--check", *written],
        ["mypy", "--cache-dir", str(copy / "cache"), "scanner/probes/field_bus.py"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=copy,
            env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["", "Modbus", "mod-bus", "../up", "import", "http"])
def test_a_name_that_does_not_do_is_refused_and_nothing_is_written(name, tmp_path, capsys):
    for folder in ("scanner/probes", "tests/probes"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "tests/probes/test_http.py").touch()

    assert scaffold.main([name] if name else [], tmp_path) == 2

    assert "scaffold-probe:" in capsys.readouterr().err
    assert list((tmp_path / "scanner/probes").iterdir()) == []
