"""Draw the picture of a run in README: `.venv/bin/python docs/picture.py`. Needs Linux, iproute2, util-linux.

Four devices of the rehearsal network stand in a network namespace, on the wire of the namespace that scans,
and the route to a second prefix leads to a router that lets nothing through. No packet reaches a real one.
Nothing in the picture is drawn by hand: it is what `scan` printed, up to the figures of each method. Writes
`docs/images/run.svg` and the same as text, `docs/images/run.txt`.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from scanner.journal import RunStarted, read_journal
from scanner.knowledge import load
from scanner.reporter import Format, render
from scanner.run.result import build_report, read_result

IMAGES = Path(__file__).parent / "images"
COMMAND = "hiksweep scan 10.1.0.0/24 10.9.0.0/24 --profile ca-federal-institution --all"
DEVICES = {"camera-v57": 14, "relabel-lts": 26, "tapo": 56, "200-everywhere": 77}
WIDTH = 100
FONT = "Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def namespace(process: str) -> str:
    """The name of a process's network namespace."""
    return str(Path("/proc", process, "ns/net").readlink())


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait until something has happened, five seconds at most."""
    for _ in range(500):
        if happened():
            return
        time.sleep(0.01)
    raise TimeoutError("the second namespace was not made within five seconds")


def rehearse(journal: Path) -> None:
    """Set the two namespaces up and scan from the one into the other; runs inside the first."""
    site = subprocess.Popen(["unshare", "--net", "sleep", "600"])
    try:
        inside = ["nsenter", "--net", "--target", str(site.pid)]
        wait_for(lambda: namespace(str(site.pid)) != namespace("self"))
        far = [f"addr add 10.1.0.{number}/24 dev far" for number in (1, *DEVICES.values())]
        ours = ["link set lo up", f"link add near type veth peer name far netns {site.pid}"]
        ours += ["addr add 10.1.0.200/24 dev near", "link set near up"]
        for words in ours:
            subprocess.run(["ip", *words.split()], check=True)
        for words in ("link set lo up", *far, "link set far up"):
            subprocess.run([*inside, "ip", *words.split()], check=True)
        subprocess.run(["ip", "route", "add", "10.9.0.0/24", "via", "10.1.0.1"], check=True)
        hiksweep = [sys.executable, "-m", "scanner"]
        up = [*inside, *hiksweep, "lab", "up", "--base", "10.1.0.0/24", "--only", ",".join(DEVICES)]
        lab = subprocess.Popen(up, stderr=subprocess.PIPE, text=True)
        try:
            assert lab.stderr is not None
            lab.stderr.readline()
            scan = [*hiksweep, *COMMAND.split()[1:], "--journal", str(journal)]
            subprocess.run(scan, stdout=subprocess.DEVNULL, check=False)
        finally:
            lab.terminate()
            lab.wait()
    finally:
        site.terminate()
        site.wait()


def screen(journal: Path) -> str:
    """What the scan printed, in colour, up to the figures of each method."""
    report = build_report([read_result(journal, knowledge := load())], knowledge, None, None)
    text = render(Format.TABLE, report, show_all=True, width=WIDTH, colour=True)
    return re.split(r"\n[^\n]*  method  ", text)[0].rstrip()


def draw(text: str) -> tuple[str, str]:
    """The picture, and the same as plain text. No font is loaded and no address fetched by it."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="256")
    console.print(Text(f"$ {COMMAND}\n", style="bold"))
    console.print(Text.from_ansi(text))
    plain = console.export_text(clear=False)
    svg = console.export_svg(title="hiksweep", theme=MONOKAI, unique_id="run")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: ?[^;]+;", f"font-family: {FONT};", svg)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    return svg.rstrip() + "\n", "\n".join(line.rstrip() for line in plain.splitlines()) + "\n"


def main() -> None:
    """Rehearse, then draw."""
    if sys.argv[1:2] == ["--inside"]:
        rehearse(Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder, "journal.jsonl")
        again = [sys.executable, __file__, "--inside", str(journal)]
        named = ["sh", "-c", 'hostname sensor-1 && exec "$@"', "sh", *again]
        subprocess.run(
            ["unshare", "--map-root-user", "--net", "--uts", *named],
            check=True,
            env=os.environ | {"HIKSWEEP_DATA": folder},
        )
        started = next(iter(read_journal(journal)))
        assert isinstance(started, RunStarted)
        svg, plain = draw(screen(journal))
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / "run.svg").write_text(svg, encoding="utf-8")
    (IMAGES / "run.txt").write_text(plain, encoding="utf-8")


if __name__ == "__main__":
    main()
