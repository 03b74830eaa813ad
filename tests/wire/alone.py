"""Run by `test_alone`, inside a network namespace of its own: a scan of loopback beside a wire that leads away.

The wire has an address, a default route and a known neighbour, so that any stray packet would leave through it at
once, without a question before it. Prints one JSON object: what left during the scan, what it found, and what
leaves when one packet is sent on purpose.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

from scanner.knowledge import load
from scanner.lab import Lab
from scanner.run.events import Finished
from scanner.run.machine import this_machine
from scanner.run.plan import make_plan
from scanner.run.request import ScanRequest
from scanner.run.scan import Scan

NETWORK = "127.66.6.0/24"
DEVICES = ("camera-v52", "camera-sadp-only", "camera-moved-port", "redirect-elsewhere", "printer", "dahua")


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True, timeout=20)


def wire() -> None:
    """A wire away from here. IPv6 is off on it: the kernel's own greetings would be counted too."""
    ip("link set lo up")
    ip("link add away type veth peer name end")
    for name in ("away", "end"):
        Path(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6").write_text("1")
        ip(f"link set {name} arp off multicast on up")
    ip("address add 10.99.0.1/24 dev away")
    ip("route add default via 10.99.0.2 dev away onlink")


def left() -> int:
    """Packets that have left through the wire."""
    (line,) = [line for line in Path("/proc/net/dev").read_text().splitlines() if "away:" in line]
    return int(line.split(":")[1].split()[9])


def main(folder: Path) -> None:
    wire()
    machine = this_machine()
    before = left()
    with Lab(DEVICES, base=NETWORK) as lab:
        request = ScanRequest(
            (NETWORK,), ports=(lab.ports_option,), rate=20_000.0, journal=folder / "journal.jsonl"
        )
        plan = make_plan(request, machine)
        (finished,) = [event for event in Scan(plan, load()).events() if isinstance(event, Finished)]
        printed = len(lab.printed)
    after = left()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stray:
        stray.sendto(b"x", ("192.0.2.1", 9))
    print(
        json.dumps(
            {
                "left": after - before,
                "left on purpose": left() - after,
                "found": finished.report.found,
                "complete": finished.report.coverage.complete,
                "interfaces": sorted(interface.name for interface in machine.interfaces),
                "printed": printed,
                "links": len(plan.links),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
