"""A process of its own that runs nmap by python-nmap: a request comes in, JSON lines go out.

Apart from everything else, so that python-nmap (GPL-3) and scapy (GPL-2.0-only) are never loaded together,
and so that a run can be ended from outside: the worker ends nmap and itself when its input closes.

Standard input: ``{"targets": [...], "ports": [...], "arguments": [...], "time_limit": seconds}``.
Standard output:

- ``{"started": "7.93"}``: nmap is there and runs
- ``{"host": "10.0.0.5", "complete": true, "ports": [[80, "open", "syn-ack"], …]}``: as each host is done
- ``{"end": "complete"|"time-limit"|"stopped"|"failed", "detail": "…"}``: the last line, always
- ``{"missing": "…"}``: nmap is not installed; then the end

nmap writes its XML host by host. Each host's element is read as soon as it is whole, so whatever ends nmap,
what it had finished is kept and half an element is not guessed at.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import IO, Any
from xml.etree import ElementTree as ET

import nmap

HOST_LIMIT = 8 << 20
"""Bytes of one host's element at most; 65,535 ports give about half of it."""
_CHUNK = 65_536
_GRACE = 2.0
"""Seconds between asking nmap to end and ending it."""
_HOST = re.compile(rb"<host[ >].*?</host>", re.DOTALL)
_ERROR_LIMIT = 300
# python-nmap wants a whole document with these statistics in it.
_HEAD = b"<nmaprun args=''>"
_TAIL = b"<runstats><finished timestr='' elapsed='0'/><hosts up='1' down='0' total='1'/></runstats></nmaprun>"


class Scanner(nmap.PortScanner):  # type: ignore[misc]
    """python-nmap, with a call that keeps what nmap had finished when it is ended early.

    Its own ``scan`` waits for the whole output and loses all of it at a time limit or a cut.
    """

    def start(self, targets: list[str], ports: list[int], arguments: list[str]) -> subprocess.Popen[bytes]:
        """Start nmap, in a process group of its own."""
        words = [self._nmap_path, "-oX", "-", "-p", ",".join(map(str, ports)), *arguments, *targets]
        return subprocess.Popen(  # noqa: S603 - the gate approved targets, ports and arguments
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def read_host(self, element: bytes, ports: list[int]) -> dict[str, Any]:
        """One ``<host>`` element as a line of ours; ports that nmap sums up are spelt out again."""
        result = self.analyse_nmap_xml_scan(_HEAD + element + _TAIL)
        ((address, host),) = result["scan"].items()
        found = {port: (entry["state"], entry["reason"]) for port, entry in host.get("tcp", {}).items()}
        parsed = ET.fromstring(element)  # noqa: S314 - written by our own nmap, entities refused below
        for port, state in _summed_up(parsed):
            found.setdefault(port, state)
        complete = parsed.get("timedout") != "true" and all(port in found for port in ports)
        return {
            "host": address,
            "complete": complete,
            "ports": [[port, *found[port]] for port in sorted(found) if port in ports],
        }


def _summed_up(host: ET.Element) -> Iterator[tuple[int, tuple[str, str]]]:
    """Ports that nmap lists by number of times only: ``<extraports>`` with the port ranges of each reason."""
    for extra in host.iter("extraports"):
        for reason in extra.iter("extrareasons"):
            for part in (reason.get("ports") or "").split(","):
                first, _, last = part.partition("-")
                if first.isdigit() and (last or first).isdigit():
                    for port in range(int(first), min(int(last or first), 65_535) + 1):
                        yield port, (extra.get("state") or "", reason.get("reason") or "")


def run(request: dict[str, Any], control: IO[bytes], out: IO[str]) -> None:
    """Serve one request.

    Args:
        request: see the module.
        control: the run ends when this closes or says anything.
        out: where the lines go.
    """
    try:
        scanner = Scanner()
    except nmap.PortScannerError:
        _say(out, missing="nmap is not installed (Debian package nmap)")
        _say(out, end="failed", detail="nmap is not installed")
        return
    deadline = time.monotonic() + float(request["time_limit"])
    with scanner.start(request["targets"], request["ports"], request["arguments"]) as process:
        _say(out, started=".".join(map(str, scanner.nmap_version())))
        try:
            why, said = _follow(scanner, process, request["ports"], control, out, deadline)
        finally:
            _end(process)
    if why == "complete" and process.returncode != 0:
        why = "failed"
    detail = said.decode("utf-8", "replace").strip() if why == "failed" else ""
    _say(out, end=why, detail=detail[-_ERROR_LIMIT:])


def _follow(
    scanner: Scanner,
    process: subprocess.Popen[bytes],
    ports: list[int],
    control: IO[bytes],
    out: IO[str],
    deadline: float,
) -> tuple[str, bytes]:
    """Read nmap's output until it ends or has to end; why, and the end of what it said on standard error."""
    output, said = b"", b""
    with selectors.DefaultSelector() as selector:
        for stream in (process.stdout, process.stderr, control):
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                data = os.read(key.fd, _CHUNK)
                if key.fileobj is control:
                    return "stopped", said
                if key.fileobj is process.stderr:
                    said = (said + data)[-_CHUNK:]
                    if not data:
                        selector.unregister(key.fileobj)
                elif data:
                    output = _take_hosts(scanner, output + data, ports, out)
                else:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(_GRACE)
                    return "complete", said
        return "time-limit", said


def _take_hosts(scanner: Scanner, output: bytes, ports: list[int], out: IO[str]) -> bytes:
    """Say every whole host element; returns the rest."""
    end = 0
    for found in _HOST.finditer(output):
        end = found.end()
        if b"<!" not in found[0]:
            _say(out, **scanner.read_host(found[0], ports))
    return output[end:][-HOST_LIMIT:]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End nmap's process group, which holds nothing else; nothing to do when it has ended."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)


def _say(out: IO[str], **line: Any) -> None:
    out.write(json.dumps(line) + "\n")
    out.flush()


def main() -> None:
    """Read the request and serve it."""
    control = sys.stdin.buffer.raw if hasattr(sys.stdin.buffer, "raw") else sys.stdin.buffer
    first = b""
    while not first.endswith(b"\n"):
        data = control.read(1)
        if not data:
            return
        first += data
    run(json.loads(first), control, sys.stdout)


if __name__ == "__main__":
    main()
