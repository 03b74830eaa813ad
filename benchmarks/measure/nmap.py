"""What `nmap -sV` makes of the same replies, played on loopback."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from benchmarks.measure.cases import Case
from benchmarks.measure.peers import Verdict, is_name
from benchmarks.measure.replay import by_port, playing, plays

DEADLINE = 180.0
"""Seconds for all of it; a port whose run takes longer counts as not named."""
AT_ONCE = 4
"""Runs of nmap beside each other, one a port."""
WORDS = ("product", "devicetype", "extrainfo", "hostname")
"""What a service says of the device, beside the names of the platform dictionary (CPE)."""


def version() -> str | None:
    """``nmap 7.93``; None if it is not installed."""
    program = shutil.which("nmap")
    if program is None:
        return None
    said = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=False, timeout=20
    ).stdout
    number = re.search(r"version (\S+)", said)
    return f"nmap {number.group(1)}" if number else "nmap"


def judge(cases: Sequence[Case]) -> tuple[list[Verdict], int]:
    """What nmap says of each host, in order, and how many ports could not be bound.

    Ports below 1024 need the right to bind them; a host without a bound port counts as not readable.
    """
    return asyncio.run(_judge(cases))


async def _judge(cases: Sequence[Case]) -> tuple[list[Verdict], int]:
    said: dict[str, str] = {}
    known = plays(cases)
    async with playing(known) as bound:
        turn = asyncio.Semaphore(AT_ONCE)
        runs = [_run(turn, port, addresses) for port, addresses in by_port(bound).items()]
        for report in await asyncio.gather(*runs):
            for address, text in services(report).items():
                said[address] = f"{said.get(address, '')} {text}"
        addresses = {id(play.case): play.address for play in bound}
    verdicts = [
        Verdict(id(case) in addresses, is_name(case, said.get(addresses.get(id(case), ""), "")))
        for case in cases
    ]
    return verdicts, len(known) - len(bound)


async def _run(turn: asyncio.Semaphore, port: int, addresses: Sequence[str]) -> bytes:
    """One run over the addresses that have a port; nothing if it does not end in time."""
    arguments = ["-sV", "-sT", "--unprivileged", "-Pn", "-n", "-T4", "--min-parallelism", "100"]
    async with turn:
        process = await asyncio.create_subprocess_exec(
            "nmap",
            *(*arguments, "-p", str(port), "-iL", "-", "-oX", "-"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            report, _ = await asyncio.wait_for(process.communicate("\n".join(addresses).encode()), DEADLINE)
        except TimeoutError:
            process.kill()
            await process.wait()
            return b""
    return report


def services(report: bytes) -> dict[str, str]:
    """Of each address what nmap says of its services, in one text; nothing of a report that is cut short."""
    try:
        root = ET.fromstring(report)
    except ET.ParseError:
        return {}
    said: dict[str, str] = {}
    for host in root.iter("host"):
        address = next((one.get("addr", "") for one in host.iter("address")), "")
        words = [one.get(name, "") for one in host.iter("service") for name in WORDS]
        words += [one.text or "" for one in host.iter("cpe")]
        said[address] = " ".join(filter(None, words))
    return said
