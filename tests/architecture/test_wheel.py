"""The wheel is the product: built, installed into an empty environment, and used far from the checkout.

Its data is what breaks: signatures, mandates, schemas and templates must come out of the wheel. The packages
that it needs are lent from the environment of the tests, so nothing is fetched.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout as it is."""
    folder = tmp_path_factory.mktemp("dist")
    words = ["build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("hiksweep-*.whl"))


@pytest.fixture(scope="module")
def hiksweep(wheel: Path, tmp_path_factory: pytest.TempPathFactory):
    """Runs the installed command; returns what it printed. The checkout is neither on its path nor around it."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv/bin/python"
    words = ["pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", *words], check=True, timeout=300)
    lent = Path(
        subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
        ).strip()
    )
    (lent / "lent.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}

    program = folder / "venv/bin/hiksweep"

    def run(*words: str, given: str = "", expect: int = 0) -> str:
        done = subprocess.run(
            [program, *words],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            cwd=folder,
            env=environment,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout

    run.program, run.python = program, python
    run.environment = environment
    return run


def test_the_wheel_holds_every_data_file_and_no_test(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    data = {
        f"scanner/{path.relative_to(ROOT)}"
        for path in (ROOT / "fingerprints").rglob("*")
        if path.is_file() and path.suffix in {".yaml", ".json", ".csv"}
    }
    rest = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "scanner").rglob("*")
        if path.is_file()
        and path.suffix in {".json", ".css", ".j2", ".html"}
        and "__pycache__" not in path.parts
    }

    assert len(data) > 30
    assert data | rest <= held
    assert {name.split("/")[0] for name in held if ".dist-info" not in name} == {"scanner"}
    assert any(name.endswith("licenses/LICENSE") for name in held)


def test_the_data_and_the_code_come_from_the_installed_wheel(hiksweep):
    code = "from scanner.knowledge.location import fingerprints_root as r; print(r())"
    found = subprocess.run(
        [hiksweep.python, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=hiksweep.environment,
        cwd="/",
    )

    assert Path(found.stdout.strip()).is_relative_to(hiksweep.python.parent.parent)


def test_it_says_its_version(hiksweep):
    import scanner

    assert hiksweep("--version").split()[-1] == scanner.__version__


def test_every_example_of_every_signature_holds(hiksweep):
    assert hiksweep("signatures", "test")


def test_it_lists_the_measures_of_the_data(hiksweep):
    listed = hiksweep("mandates", "list")

    files = len(list((ROOT / "fingerprints/mandates").glob("*.yaml")))
    assert listed.count("\n") > files


def test_it_identifies_a_reply(hiksweep):
    reply = {
        "host": "192.0.2.7",
        "protocol": "http",
        "payload": "HTTP/1.1 200 OK\r\nServer: DNVRS-Webs\r\n\r\n",
    }

    found = json.loads(hiksweep("identify", given=json.dumps(reply) + "\n"))

    assert (found["host"], found["evidenced_maker"]) == ("192.0.2.7", "hikvision")


@pytest.mark.skipif(
    sys.platform != "linux", reason="the lab stands on many loopback addresses, which only Linux has"
)
def test_it_scans_a_device_of_its_lab_and_writes_a_page(hiksweep, tmp_path):
    page = tmp_path / "report.html"
    scan = ["scan", "127.79.0.20/30", "--ports", "http:10080,https:10443,rtsp:10554"]
    lab = ["lab", "up", "--base", "127.79.0.0/24", "--only", "nvr", "--", str(hiksweep.program)]

    hiksweep(*lab, *scan, "--format", "html", "--output", str(page), expect=3)

    assert "<html" in page.read_text(encoding="utf-8")
