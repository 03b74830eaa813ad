"""nmap as another engine for the port sweep, always in a process of its own (`nmap_worker`).

The gate approves the call before it is made: targets and ports are already cut to what may be touched, and
the arguments are exactly these: a TCP connect sweep without name look-ups, host discovery, scripts or version
detection, at a bounded rate. The call ends at our own time limit; what nmap had finished by then is kept, and
the rest counts as stopped by us. python-nmap is not imported here.
"""

from __future__ import annotations

import ipaddress
import json
import math
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

from scanner.policy.gate import Gate

PACKAGE = "nmap"
"""The Debian package that a missing nmap is in."""
ADDRESSES_LIMIT = 4096
"""Addresses per call; the caller cuts larger scopes."""
GROUP = 8
"""Addresses per process of nmap. Its congestion control takes silence for a full network and lets about ten
probes a second go, whatever the rate: 8 silent addresses of 6 ports took 11 s here, 16 took 20 s and 256 more
than two minutes. So the addresses are shared out among several processes."""
_AT_ONCE = 16
"""Processes of nmap side by side at most."""
_CALL_RATE = 15.0
"""Packets a second that one of them can use on a silent group."""
_START = 4.0
"""Seconds for a process to start, and for its last time-outs."""
_SILENT_RATE = 8.0
"""Probes a second of one process when nobody answers."""
_PARALLELISM = 64
_SLACK = 10.0
"""Seconds that the worker gets to report and end after the time limit, before it is ended itself."""
_POLL = 0.25
_LINE_LIMIT = 16 << 20


@dataclass(frozen=True, slots=True)
class NmapStarted:
    """nmap runs."""

    version: str


@dataclass(frozen=True, slots=True)
class NmapPort:
    """One port of one address."""

    address: str
    port: int
    state: str
    """nmap's word: ``open``, ``closed`` or ``filtered``."""
    reason: str
    """nmap's word: ``syn-ack``, ``conn-refused``, ``no-response``, ``net-unreach`` (no route from here) …"""


@dataclass(frozen=True, slots=True)
class NmapHost:
    """All that nmap says of one address."""

    address: str
    complete: bool
    """False when nmap gave the host up (timed out) or left asked ports out; it is unfinished then."""
    ports: tuple[NmapPort, ...]


@dataclass(frozen=True, slots=True)
class NmapEnd:
    """How the call ended; always the last event."""

    complete: bool
    """True when nmap came to its end and finished every address."""
    reason: str
    """Empty when complete; else what stopped it, in words."""
    unfinished: tuple[str, ...]
    """Addresses that were not finished: stopped by us or never asked, not silent."""
    missing: bool = False
    """True when nmap is not installed."""


NmapEvent: TypeAlias = NmapStarted | NmapHost | NmapEnd


def arguments(rate: float, *, ipv6: bool = False) -> tuple[str, ...]:
    """The options of a call. ``rate`` is in packets a second; a host gets 20 a second at most.

    nmap 7.93 ignores ``--max-parallelism`` beside ``--scan-delay`` and says so; other versions may heed it.
    """
    pace = str(int(rate)) if rate == int(rate) else f"{rate:.3f}"
    words = ["-sT", "-Pn", "-n", "--max-retries", "1", "--max-rate", pace]
    words += ["--max-parallelism", str(_PARALLELISM), "--scan-delay", "50ms"]
    return (*words, "-6") if ipv6 else tuple(words)


def processes(rate: float) -> int:
    """How many nmaps run side by side at a rate (packets a second over all)."""
    return max(1, min(_AT_ONCE, int(rate // _CALL_RATE)))


def expected_seconds(addresses: int, ports: int, rate: float) -> float:
    """Seconds that a sweep takes when nobody answers at all; answers make it shorter."""
    rounds = math.ceil(math.ceil(addresses / GROUP) / processes(rate))
    probes = 2 * ports * min(addresses, GROUP)
    return rounds * (_START + probes / min(_SILENT_RATE, rate / processes(rate)))


class NmapTransport:
    """Runs calls of nmap; blocking, for a thread of its own."""

    def __init__(self, gate: Gate, *, worker: Sequence[str] = ()) -> None:
        """Args: gate approves each call; worker is the command line of the worker, for tests."""
        self._gate = gate
        # -P: a file named nmap.py in the user's folder must not be taken for python-nmap.
        self._worker = tuple(worker) or (sys.executable, "-P", "-m", "scanner.transports.nmap_worker")

    def sweep(
        self,
        addresses: Sequence[str],
        ports: Sequence[int],
        *,
        rate: float,
        time_limit: float,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[NmapEvent]:
        """Sweep these ports of these addresses; events as hosts are done, the last one `NmapEnd`.

        Args:
            addresses: at most `ADDRESSES_LIMIT`, of one IP version.
            ports: TCP ports.
            rate: packets a second over all; it is shared out among the processes that run side by side.
            time_limit: seconds for the call.
            stopped: asked four times a second; True ends the call.

        Raises:
            Refused: the gate did not let it pass.
            ValueError: no address, too many, or both IP versions at once.
        """
        versions = {ipaddress.ip_address(address).version for address in addresses}
        if len(versions) != 1 or len(addresses) > ADDRESSES_LIMIT or not ports:
            raise ValueError(f"one to {ADDRESSES_LIMIT} addresses of one IP version, and ports, are needed")
        at_once = processes(rate)
        words = arguments(rate / at_once, ipv6=versions == {6})
        self._gate.nmap(addresses, ports, words)
        request = {
            "targets": list(addresses),
            "ports": list(ports),
            "arguments": words,
            "time_limit": time_limit,
            "group": GROUP,
            "at_once": at_once,
            "until": _deadline(self._gate.until),
        }
        return self._events(request, addresses, time_limit, stopped)

    def _events(
        self,
        request: dict[str, object],
        addresses: Sequence[str],
        time_limit: float,
        stopped: Callable[[], bool],
    ) -> Iterator[NmapEvent]:
        waiting = dict.fromkeys(addresses)
        with subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self._worker,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,
        ) as worker:
            if worker.stdin is None or worker.stdout is None:
                raise RuntimeError("the worker has no pipes")
            end = _Ending()
            try:
                worker.stdin.write(json.dumps(request).encode() + b"\n")
                worker.stdin.flush()
                deadline = time.monotonic() + time_limit + _SLACK
                lines = _lines(worker.stdout, worker.stdin, deadline, stopped, lambda: self._gate.until, end)
                for line in lines:
                    event = end.take(line)
                    if isinstance(event, NmapHost):
                        waiting.pop(event.address, None) if event.complete else None
                    if event is not None:
                        yield event
            except (BrokenPipeError, ValueError, KeyError, TypeError) as error:
                end.reason = end.reason or f"the nmap worker failed: {error}"
            finally:
                # Its input closed is the worker's order to end nmap and itself.
                _close(worker.stdin)
                try:
                    worker.wait(_SLACK)
                except subprocess.TimeoutExpired:
                    worker.kill()
        if end.complete and waiting:
            end.complete = False
            end.reason = f"nmap gave up {len(waiting)} of {len(addresses)} addresses"
        yield NmapEnd(end.complete, end.why(), tuple(waiting), end.missing)


@dataclass(slots=True)
class _Ending:
    """What the worker's lines add up to."""

    complete: bool = False
    reason: str = ""
    missing: bool = False
    said: bool = False

    def take(self, line: bytes) -> NmapEvent | None:
        """Read one line of the worker."""
        fields = json.loads(line)
        if "started" in fields:
            return NmapStarted(fields["started"])
        if "host" in fields:
            address = str(ipaddress.ip_address(fields["host"]))
            ports = tuple(
                NmapPort(address, int(port), str(state), str(reason))
                for port, state, reason in fields["ports"]
            )
            return NmapHost(address, bool(fields["complete"]), ports)
        if "missing" in fields:
            self.missing = True
            self.reason = f"nmap is not installed; install the Debian package {PACKAGE} or use another engine"
        if "end" in fields:
            self.said = True
            self.complete = fields["end"] == "complete"
            if not self.complete and not self.reason:
                self.reason = _REASONS.get(fields["end"], "nmap failed")
                if fields.get("detail"):
                    self.reason += f": {fields['detail']}"
        return None

    def why(self) -> str:
        """The reason in words; empty when complete."""
        if self.complete:
            return ""
        return self.reason or "the nmap worker ended without a word"


_REASONS = {
    "time-limit": "nmap was ended at the time limit",
    "stopped": "nmap was stopped",
    "failed": "nmap failed",
}


def _environment() -> dict[str, str]:
    """This process's environment, with this package importable also when it is run from a checkout."""
    root = str(Path(__file__).resolve().parents[2])
    inherited = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{inherited}" if inherited else root}


def _deadline(until: float) -> float | None:
    """A moment for the worker; None = there is none."""
    return until if math.isfinite(until) else None


def _lines(
    output: IO[bytes], control: IO[bytes], deadline: float, stopped: Callable[[], bool],
    until: Callable[[], float], end: _Ending,
) -> Iterator[bytes]:  # fmt: skip
    """The worker's lines as they come, until its output ends; asks it to end when that is wanted.

    It is told each time that the run's right to send was prolonged: should this process be stopped, the
    worker ends nmap when the right that it knows of is over.
    """
    rest = b""
    asked_to_end = False
    known = until()
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            if not asked_to_end and stopped():
                asked_to_end = True
                deadline = min(deadline, time.monotonic() + _SLACK)
                _close(control)
            if not asked_to_end and until() != known:
                known = until()
                control.write(json.dumps({"until": _deadline(known)}).encode() + b"\n")
                control.flush()
            if not selector.select(_POLL):
                continue
            data = output.read1(65_536)  # type: ignore[attr-defined]
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            yield from lines
            if len(rest) > _LINE_LIMIT:
                break
    end.reason = end.reason or "the nmap worker did not end in time"


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return
