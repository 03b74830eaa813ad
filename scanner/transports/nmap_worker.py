"""A process of its own that runs nmap by python-nmap: a request comes in, JSON lines go out.

Apart from everything else, so that python-nmap (GPL-3) and scapy (GPL-2.0-only) are never loaded together,
and so that a run can be ended from outside: the worker ends nmap and itself when its input closes.

Standard input: ``{"targets": [...], "ports": [...], "arguments": [...], "time_limit": seconds, "group": n,
"at_once": n, "until": moment}``: nmap is called for ``group`` targets at a time, ``at_once`` calls side by
side. ``until`` is when nothing may be sent any more, by a clock that goes on while the machine sleeps, or
null; lines ``{"until": moment}`` that follow put it off. Any other word, and the end of the input, end nmap.
Standard output:

- ``{"started": "7.93"}``: nmap is there and will run
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
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from xml.etree import ElementTree as ET

import nmap

from scanner.policy.tenure import clock

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


@dataclass(slots=True)
class _Call:
    """One nmap that runs."""

    process: subprocess.Popen[bytes]
    output: bytes = b""
    """What it wrote and is not yet a whole host."""
    said: bytes = b""
    """The end of its standard error."""

    def end(self) -> None:
        """End its process group, which holds nothing else; nothing to do when it has ended."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_GRACE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


class Work:
    """Serves one request.

    Args:
        request: see the module.
        control: the run ends when this closes or says anything but a new ``until``.
        out: where the lines go.
    """

    def __init__(self, request: dict[str, Any], control: IO[bytes], out: IO[str]) -> None:
        self._request = request
        self._control = control
        self._out = out
        self._calls: dict[int, _Call] = {}
        """By the descriptor of their standard output."""
        self._errors: dict[int, _Call] = {}
        """By the descriptor of their standard error."""
        self._failure = ""
        self._until: float | None = request.get("until")

    def run(self) -> None:
        """Call nmap for one group of targets after another until all are done or it has to end."""
        try:
            scanner = Scanner()
        except nmap.PortScannerError:
            _say(self._out, missing="nmap is not installed (Debian package nmap)")
            _say(self._out, end="failed", detail="nmap is not installed")
            return
        _say(self._out, started=".".join(map(str, scanner.nmap_version())))
        deadline = time.monotonic() + float(self._request["time_limit"])
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            try:
                why = self._follow(scanner, selector, deadline)
            finally:
                for call in self._calls.values():
                    call.end()
        _say(self._out, end=why, detail=self._failure[-_ERROR_LIMIT:])

    def _follow(self, scanner: Scanner, selector: selectors.BaseSelector, deadline: float) -> str:
        """Keep calls running and read them; returns why it ended."""
        targets, size = self._request["targets"], int(self._request["group"])
        groups = deque(targets[start : start + size] for start in range(0, len(targets), size))
        while (left := deadline - time.monotonic()) > 0:
            while groups and len(self._calls) < int(self._request["at_once"]):
                self._start(scanner, selector, groups.popleft())
            if not self._calls:
                return "complete"
            if self._until is not None:
                if (allowed := self._until - clock()) <= 0:
                    return "stopped"
                left = min(left, allowed)
            for key, _ in selector.select(left):
                if key.fileobj is self._control:
                    if not self._go_on():
                        return "stopped"
                    continue
                if not self._read(scanner, selector, key.fd):
                    return "failed"
        return "time-limit"

    def _go_on(self) -> bool:
        """Read what the control says; False when that is the end."""
        said = os.read(self._control.fileno(), _CHUNK)
        try:
            self._until = json.loads(said.splitlines()[-1])["until"]
        except (IndexError, ValueError, KeyError, TypeError):
            return False
        return True

    def _start(self, scanner: Scanner, selector: selectors.BaseSelector, targets: list[str]) -> None:
        process = scanner.start(targets, self._request["ports"], self._request["arguments"])
        call = _Call(process)
        for stream, known in ((process.stdout, self._calls), (process.stderr, self._errors)):
            if stream is not None:
                known[stream.fileno()] = call
                selector.register(stream, selectors.EVENT_READ)

    def _read(self, scanner: Scanner, selector: selectors.BaseSelector, descriptor: int) -> bool:
        """Read from one call; False when it turns out to have failed."""
        if descriptor not in self._calls and descriptor not in self._errors:
            return True  # of a call that ended while this round was being read
        data = os.read(descriptor, _CHUNK)
        if (call := self._errors.get(descriptor)) is not None:
            call.said = (call.said + data)[-_CHUNK:]
            if not data:
                selector.unregister(descriptor)
                del self._errors[descriptor]
            return True
        call = self._calls[descriptor]
        if data:
            call.output = self._take_hosts(scanner, call.output + data)
            return True
        return self._finish(selector, descriptor, call)

    def _finish(self, selector: selectors.BaseSelector, descriptor: int, call: _Call) -> bool:
        """A call's output has ended: whether it did well."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            call.process.wait(_GRACE)
        if call.process.stderr is not None and (error := call.process.stderr.fileno()) in self._errors:
            os.set_blocking(error, False)
            with contextlib.suppress(BlockingIOError):
                call.said += os.read(error, _CHUNK)
            selector.unregister(error)
            del self._errors[error]
        selector.unregister(descriptor)
        del self._calls[descriptor]
        call.end()
        if call.process.returncode != 0:
            self._failure = call.said.decode("utf-8", "replace").strip()
            return False
        return True

    def _take_hosts(self, scanner: Scanner, output: bytes) -> bytes:
        """Say every whole host element; returns the rest."""
        end = 0
        for found in _HOST.finditer(output):
            end = found.end()
            if b"<!" not in found[0]:
                _say(self._out, **scanner.read_host(found[0], self._request["ports"]))
        return output[end:][-HOST_LIMIT:]


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
    Work(json.loads(first), control, sys.stdout).run()


if __name__ == "__main__":
    main()
