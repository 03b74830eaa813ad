"""Times a scan of a /24 with five devices, beside nmap on the same ports, in a network of namespaces.

Run as root: ``python benchmarks/sweep.py [--runs N]``. Each round runs all contenders one after another, so
that the ratios hold although the machine's speed drifts. nmap gets what suits it best here: no name look-up,
no host discovery, one retry, a minimum rate. It sweeps ports only; hiksweep also asks for discovery and
identifies. Ends with 1 when a promise (README.md) does not hold.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
DEVICES = {"nvr": 21, "camera-v57": 22, "dahua": 23, "camera-v3": 24, "ezviz": 25}
PREFIX = "10.77.3.0/24"
HIKVISION = 4
FAST = "hiksweep --rate 5000"
USUAL = "hiksweep, default rate"
MOST_SECONDS = 15.0
MOST_MEMORY = 150.0
"""MB."""
PLAN_TOLERANCE = 0.1
PORTS = "80,443,554,8000,8080,8443"


def sites():
    """The network of tests/netns: a scanner, a router, a far subnet."""
    spec = importlib.util.spec_from_file_location("netns_conftest", HERE / "tests" / "netns" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.Network()
    return network, module.Sites(network)


def start_devices(far) -> None:
    for last in DEVICES.values():
        far.ip("address", "add", f"10.77.3.{last}/24", "dev", "lan")
    words = [word for name, last in DEVICES.items() for word in ("--address", f"{name}=10.77.3.{last}")]
    far.start(
        sys.executable,
        "-m",
        "scanner",
        "lab",
        "up",
        "--base",
        "10.77.0.0/16",
        "--only",
        ",".join(DEVICES),
        *words,
    )
    time.sleep(3)


def timed(namespace, words: list[str], environment: dict[str, str]) -> tuple[float, float, str]:
    """Seconds, peak memory in MB, and standard output of a command in a namespace."""
    started = time.monotonic()
    done = subprocess.run(
        ["ip", "netns", "exec", namespace.name, sys.executable, "-c", _PEAK, *words],
        capture_output=True, text=True, env=environment, timeout=300, check=False,
    )  # fmt: skip
    took = time.monotonic() - started
    peak = next(
        (float(line.split()[1]) for line in done.stderr.splitlines() if line.startswith("peak ")), 0.0
    )
    return took, peak / 1024, done.stdout


# The kernel's own account of the child, printed by a small parent of its own.
_PEAK = (
    "import resource,subprocess,sys;c=subprocess.call(sys.argv[1:]);"
    "print('peak',resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,file=sys.stderr);sys.exit(c)"
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=3)
    runs = arguments.parse_args().runs
    if os.geteuid() != 0 or shutil.which("nmap") is None:
        sys.exit("this needs root (network namespaces) and nmap (apt-get install nmap)")
    network, place = sites()
    try:
        start_devices(place.far)
        with tempfile.TemporaryDirectory() as folder:
            environment = os.environ | {"HIKSWEEP_DATA": folder, "PYTHONPATH": str(HERE)}
            ours = [sys.executable, "-m", "scanner"]
            scan = [*ours, "scan", PREFIX, "--format", "json", "--quiet"]
            nmap = ["nmap", "-sT", "-n", "-Pn", "-p", PORTS, "-oX", "-", PREFIX]
            contenders = {
                FAST: [*scan, "--rate", "5000"],
                USUAL: scan,
                "nmap -sT --min-rate 5000": [*nmap, "--max-retries", "1", "--min-rate", "5000"],
                "nmap -sT -T4": [*nmap, "-T4"],
            }
            planned = json.loads(
                subprocess.run(
                    ["ip", "netns", "exec", place.scanner.name, *ours, "plan", PREFIX, "--format", "json"],
                    capture_output=True, text=True, env=environment, timeout=60, check=True,
                ).stdout
            )  # fmt: skip
            figures: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
            found: dict[str, int] = {}
            for _ in range(runs):
                for name, words in contenders.items():
                    took, peak, said = timed(place.scanner, words, environment)
                    figures[name].append((took, peak))
                    found[name] = said.count('state="open"') if "nmap" in name else _devices(said)
    finally:
        network.close()
    _print(figures, found, planned)
    broken = broken_promises(figures, found, planned["expected_seconds"])
    for promise in broken:
        print(f"broken: {promise}")
    sys.exit(1 if broken else 0)


def broken_promises(
    figures: dict[str, list[tuple[float, float]]], found: dict[str, int], expected: float
) -> list[str]:
    """What was promised of a /24 with five devices and does not hold."""
    broken = []
    ours = {name: values for name, values in figures.items() if "hiksweep" in name}
    fast, usual = (statistics.median(took for took, _ in ours[name]) for name in (FAST, USUAL))
    if fast >= MOST_SECONDS:
        broken.append(f"{FAST}: {fast:.1f} s, and {MOST_SECONDS:g} s were promised")
    if abs(usual / expected - 1) > PLAN_TOLERANCE:
        broken.append(f"plan said {expected:.1f} s, and it took {usual:.1f} s")
    if (peak := max(peak for values in ours.values() for _, peak in values)) >= MOST_MEMORY:
        broken.append(f"{peak:.0f} MB of memory, and less than {MOST_MEMORY:g} MB were promised")
    broken += [
        f"{name}: {found[name]} of {HIKVISION} devices found" for name in ours if found[name] != HIKVISION
    ]
    return broken


def _devices(said: str) -> int:
    return sum(device["evidenced_maker"] == "hikvision" for device in json.loads(said)["devices"])


def _print(
    figures: dict[str, list[tuple[float, float]]], found: dict[str, int], planned: dict[str, float]
) -> None:
    base = statistics.median(took for took, _ in figures["nmap -sT -T4"])
    print(f"{'contender':26} {'median s':>9} {'min-max s':>14} {'peak MB':>8} {'x nmap -T4':>11}  found")
    for name, values in figures.items():
        took = [value for value, _ in values]
        middle = statistics.median(took)
        spread = f"{min(took):.1f}-{max(took):.1f}"
        peak = max(peak for _, peak in values)
        what = "open ports" if "nmap" in name else "Hikvision devices"
        print(f"{name:26} {middle:9.1f} {spread:>14} {peak:8.0f} {middle / base:11.2f}  {found[name]} {what}")
    middle = statistics.median(value for value, _ in figures[USUAL])
    expected = planned["expected_seconds"]
    off = middle / expected - 1
    print(f"plan said {expected:.1f} s at the default rate; it took {middle:.1f} s ({off:+.0%})")


if __name__ == "__main__":
    main()
