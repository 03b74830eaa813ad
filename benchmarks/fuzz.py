"""Mutated replies through all of ``identify``: no fault, valid output, little time and little memory.

    python benchmarks/fuzz.py [CORPUS.jsonl ...] [--count 1000000] [--seed 1]

Every observation is a line of JSON made from a real example: bytes flipped, cut, doubled, exchanged with a
piece of another reply, given to another protocol. Hosts are reused, so that what is kept of one fills up.
The run is repeated exactly by its seed. It ends with 1 at the first kind of thing that must not happen.
"""

from __future__ import annotations

import argparse
import base64
import gc
import json
import logging
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jsonschema

import scanner
from scanner.cli.identify import printed_lines
from scanner.knowledge import Knowledge, load
from scanner.matcher import Alike, Identifier
from scanner.model.errors import HiksweepError, Malformed
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers.observations import read_observation
from scanner.reporter.lines import line_of

logger = logging.getLogger(__name__)

HOSTS = 200
"""Few enough that what is kept of each is full before memory is watched."""
BATCH = 10_000
"""Observations after which every host is put out and held to the schema."""
ALONE = 50
"""Each such observation is also put out by itself, as the only word of some hosts."""
ALIKE = ("10.1.0.1", "10.1.0.2", "2001:db8::1")
WARM = 100_000
MOST_CPU = 0.100
MOST_GROWTH = 20.0
LONGEST = 96 * 1024
SCHEMA = Path(scanner.__file__).parent / "schemas" / "identify.schema.json"
_PIECES = (
    b"\x00",
    b"\r\n\r\n",
    b"<",
    b"</",
    b'"',
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"%00",
    b"&#0;",
    b"\x1b[2J",
    b"\\x00",
)
_PORTS = (0, 80, 443, 554, 8000, 8080, 37020, 65535)

Seed = tuple[str, bytes, str | None]
"""Protocol, payload, request."""
Mutation = Callable[[random.Random, bytes, Sequence[Seed]], bytes]


def _flip(chance: random.Random, payload: bytes, _seeds: Sequence[Seed]) -> bytes:
    changed = bytearray(payload)
    for _ in range(chance.randint(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(chance: random.Random, payload: bytes, _seeds: Sequence[Seed]) -> bytes:
    return payload[: chance.randint(0, len(payload))]


def _drop(chance: random.Random, payload: bytes, _seeds: Sequence[Seed]) -> bytes:
    begin = chance.randint(0, len(payload))
    return payload[:begin] + payload[begin + chance.randint(1, 40) :]


def _insert(chance: random.Random, payload: bytes, _seeds: Sequence[Seed]) -> bytes:
    at = chance.randint(0, len(payload))
    return payload[:at] + chance.choice(_PIECES) * chance.randint(1, 4) + payload[at:]


def _repeat(chance: random.Random, payload: bytes, _seeds: Sequence[Seed]) -> bytes:
    begin = chance.randint(0, len(payload))
    piece = payload[begin : begin + chance.randint(1, 64)]
    times = chance.choice((2, 2, 8, 64)) if chance.random() < 0.99 else 4096
    return payload[:begin] + piece * times + payload[begin:]


def _splice(chance: random.Random, payload: bytes, seeds: Sequence[Seed]) -> bytes:
    other = chance.choice(seeds)[1]
    return payload[: chance.randint(0, len(payload))] + other[chance.randint(0, len(other)) :]


MUTATIONS: tuple[Mutation, ...] = (_flip, _cut, _drop, _insert, _repeat, _splice)


@dataclass
class Outcome:
    """What a run met."""

    observations: int = 0
    outputs: int = 0
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    warm: float = 0.0
    """Megabytes resident after the first observations; 0 while they are not yet through."""
    last: float = 0.0

    @property
    def growth(self) -> float:
        """Megabytes by which the process grew since it was warm."""
        return self.last - self.warm if self.warm else 0.0


def seeds_of(knowledge: Knowledge, files: Iterable[Path]) -> list[Seed]:
    """Every example of the project, and the replies of files of observations."""
    found: list[Seed] = []
    for signature in (*knowledge.signatures, *knowledge.lookalikes):
        found.extend(
            (example.protocol.value, example.reply.encode(), example.request)
            for example in (*signature.examples, *signature.counter_examples)
        )
    for path in files:
        for line in path.read_bytes().splitlines():
            one = read_observation(line)
            found.append((one.protocol.value, one.payload, one.request))
    return found


def lines(seeds: Sequence[Seed], seed: int, count: int) -> Iterator[bytes]:
    """Mutated observations as lines; the same ones for the same seed."""
    chance = random.Random(seed)
    protocols = [protocol.value for protocol in Protocol]
    for _ in range(count):
        protocol, payload, request = chance.choice(seeds)
        for _ in range(chance.randint(1, 4)):
            payload = chance.choice(MUTATIONS)(chance, payload, seeds)[:LONGEST]
        if chance.random() < 0.05:
            protocol = chance.choice(protocols)
        if chance.random() < 0.05:
            request = chance.choice((None, "GET /", "GET /favicon.ico", payload[:80].decode("latin-1")))
        record: dict[str, Any] = {
            "host": f"10.0.{(number := chance.randrange(HOSTS)) >> 8}.{number & 255}",
            "protocol": protocol,
            "port": chance.choice(_PORTS),
            "payload_b64": base64.b64encode(payload).decode("ascii"),
        }
        if request is not None:
            record["request"] = request
        yield json.dumps(record).encode()


def resident() -> float:
    """Megabytes that the process holds."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(row for row in status.splitlines() if row.startswith("VmRSS")).split()[1]) / 1024


class Run:
    """One run and what it has met so far."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.outcome = Outcome()
        self._knowledge = knowledge
        self._identifier = Identifier(knowledge)
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        self._valid = jsonschema.Draft202012Validator(schema)

    def take(self, line: bytes) -> None:
        """One observation."""
        self.outcome.observations += 1
        begun = time.process_time()
        try:
            observation = read_observation(line)
            self._identifier.add(observation)
        except Malformed:
            return
        except Exception as error:
            logger.exception("fault of identify")
            self._fault(f"{error!r}", line)
            return
        if self._identifier.faults:
            self._identifier.faults = 0
            self._fault("a fault in the matcher, see its log", line)
        self._timed(begun, line)
        if self.outcome.observations % ALONE == 0:
            self._put_out_alike(observation, line)

    def put_out(self, progress: bool = False) -> None:
        """Every host, and the memory."""
        for number in range(HOSTS):
            host = f"10.0.{number >> 8}.{number & 255}"
            self._put_out(self._identifier, host, host.encode())
        gc.collect()
        done, self.outcome.last = self.outcome.observations, resident()
        if done >= WARM and not self.outcome.warm:
            self.outcome.warm = self.outcome.last
        if progress and done % (10 * BATCH) == 0:
            print(
                f"{done:,} observations, {self.outcome.last:.1f} MB, {len(self.outcome.faults)} faults",
                flush=True,
            )

    def _put_out(self, identifier: Identifier, host: str, line: bytes) -> None:
        begun = time.process_time()
        try:
            text = line_of(host, identifier.device(host))
        except Exception as error:
            logger.exception("fault of the output")
            self._fault(f"output: {error!r}", line)
            return
        self._timed(begun, line)
        self._hold_to_schema(text, line)

    def _put_out_alike(self, observation: Observation, line: bytes) -> None:
        """The observation as the only word of three hosts, which may share what it amounts to."""
        alike = Alike(self._knowledge)
        try:
            for host in ALIKE:
                alike.add(replace(observation, host=host))
            texts = list(printed_lines(alike.each()))
        except Exception as error:
            logger.exception("fault of the output of hosts that said the same")
            self._fault(f"output: {error!r}", line)
            return
        if len(texts) != len(ALIKE) or alike.faults:
            self._fault(f"{len(texts)} lines for {len(ALIKE)} hosts, {alike.faults} faults", line)
        for text in texts:
            self._hold_to_schema(text, line)

    def _hold_to_schema(self, text: str, line: bytes) -> None:
        self.outcome.outputs += 1
        error = next(self._valid.iter_errors(json.loads(text)), None)
        if error is not None:
            self._fault(f"invalid output: {error.json_path}: {error.message[:200]}", line)

    def _timed(self, begun: float, line: bytes) -> None:
        took = time.process_time() - begun
        self.outcome.slowest = max(self.outcome.slowest, took)
        if took > MOST_CPU:
            self._fault(f"{took * 1000:.0f} ms CPU", line)

    def _fault(self, what: str, line: bytes) -> None:
        if len(self.outcome.faults) < 20:
            self.outcome.faults.append(f"observation {self.outcome.observations}: {what}: {line[:4000]!r}")


def run(
    knowledge: Knowledge, seeds: Sequence[Seed], seed: int, count: int, progress: bool = False
) -> Outcome:
    """Send ``count`` mutated observations through ``identify``.

    Garbage is collected between batches and not within: a pause over everything that is kept is no cost of
    the observation at which it happens to fall.
    """
    one = Run(knowledge)
    gc.disable()
    try:
        for line in lines(seeds, seed, count):
            one.take(line)
            if one.outcome.observations % BATCH == 0:
                one.put_out(progress)
        one.put_out()
    finally:
        gc.enable()
    return one.outcome


def main(arguments: list[str] | None = None) -> int:
    """Run, print the figures; 1 if anything happened that must not."""
    parser = argparse.ArgumentParser(description="Mutated replies through all of identify.")
    parser.add_argument("corpus", nargs="*", type=Path, help="more replies to start from")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, help="default: another one every time")
    options = parser.parse_args(arguments)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"seed {seed}", flush=True)
    try:
        knowledge = load()
        seeds = seeds_of(knowledge, options.corpus)
    except (HiksweepError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    begun = time.process_time()
    outcome = run(knowledge, seeds, seed, options.count, progress=True)
    seconds = time.process_time() - begun
    for fault in outcome.faults:
        print(fault)
    print(
        f"{outcome.observations:,} observations, {outcome.outputs:,} outputs held to the schema, "
        f"{seconds:.0f} s CPU; slowest {outcome.slowest * 1000:.1f} ms CPU; {outcome.last:.1f} MB, "
        f"grown by {outcome.growth:.1f} MB since {WARM:,}; {len(outcome.faults)} faults"
    )
    return 1 if outcome.faults or outcome.growth >= MOST_GROWTH else 0


if __name__ == "__main__":
    raise SystemExit(main())
