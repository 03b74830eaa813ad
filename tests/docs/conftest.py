"""The documents as data: their pages, their code blocks, and the programs that write parts of them."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(
    r"^(?:<!-- (?P<mark>[^>]*?) -->\n)?```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)


def _program(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def generate() -> Iterator[ModuleType]:
    """docs/generate.py, which writes the generated pages and blocks."""
    sys.path.insert(0, str(ROOT / "docs"))  # as Python does for a script
    yield _program("generate")
    sys.path.remove(str(ROOT / "docs"))


@pytest.fixture(scope="session")
def generated(generate: ModuleType) -> ModuleType:
    """docs/generated: what the parts are made of."""
    return sys.modules["generated"]


@pytest.fixture(scope="session")
def picture() -> ModuleType:
    """docs/picture.py, which draws the run in README."""
    return _program("picture")


@pytest.fixture(scope="session")
def pages() -> dict[str, str]:
    """Every page that is written by hand or by program, by its name."""
    found = [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "SECURITY.md",
        *sorted((ROOT / "docs").rglob("*.md")),
    ]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in found}


@pytest.fixture(scope="session")
def blocks() -> Callable[..., Iterator[str]]:
    """``blocks(text, kind, mark)``: the code blocks of a page of this kind, with this mark in the line above."""

    def find(text: str, kind: str, mark: str | None = None) -> Iterator[str]:
        for found in _FENCE.finditer(text):
            if found["kind"] == kind and mark in (None, found["mark"]):
                yield found["body"]

    return find


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """``run("plan", "10.1.0.0/24")`` runs the program in an empty folder with a data folder of its own."""

    def start(*words: str, shell: str | None = None) -> subprocess.CompletedProcess[str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = os.environ | {"PATH": path, "HIKSWEEP_DATA": str(tmp_path / "data")}
        command = (
            ["bash", "-o", "pipefail", "-c", shell] if shell else [sys.executable, "-m", "scanner", *words]
        )
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return start
