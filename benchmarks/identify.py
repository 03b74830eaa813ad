"""How fast ``identify`` is, JSON to JSON, beside a plain loop of every pattern over the raw payloads.

    python benchmarks/identify.py [CORPUS.jsonl ...] [--rounds 5]

Each reply is given to many hosts: once as it is, as a network of equal devices gives it, and once with
another mark behind it, so that no two replies are equal and nothing can be remembered; and once to one host
many times, as a capture holds it. All contenders run in turn in every round; medians are printed.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from scanner.cli.identify import printed_lines, spare_collector
from scanner.knowledge import Knowledge, load
from scanner.matcher import Alike
from scanner.model.errors import HiksweepError
from scanner.model.observation import Observation
from scanner.parsers.observations import read_observation

HOSTS_EACH = 20
_HOSTS_OF_COMMAND = 200
"""So many that what starting the command takes is little beside them."""
_LONG_NUMBER = re.compile(rb"(\d{2,})(\d{4})(?!\d)")
_MAC = re.compile(rb"((?:[0-9A-Fa-f]{2}[:-]){5})[0-9A-Fa-f]{2}")


def replies(knowledge: Knowledge, files: Sequence[Path]) -> list[Observation]:
    """The replies of files or, without any, the examples of the signatures."""
    if files:
        return [read_observation(line) for path in files for line in path.read_bytes().splitlines()]
    return [
        Observation("h", example.protocol, example.reply.encode(), request=example.request)
        for signature in (*knowledge.signatures, *knowledge.lookalikes)
        for example in signature.examples
    ]


def own_numbers(payload: bytes, copy: int) -> bytes:
    """The reply with the numbers of another unit: the end of each long number and of each MAC address."""
    payload = _MAC.sub(lambda found: found[1] + b"%02x" % (copy % 256), payload)
    return _LONG_NUMBER.sub(lambda found: found[1] + b"%04d" % ((int(found[2]) + copy) % 10_000), payload)


def as_lines(
    found: Sequence[Observation],
    *,
    hosts: int = HOSTS_EACH,
    marked: bool = False,
    numbered: bool = False,
    one_host: bool = False,
) -> list[bytes]:
    """Each reply of several hosts, or several times of one, as lines of JSON."""
    lines = []
    for copy in range(hosts):
        for number, one in enumerate(found):
            payload = own_numbers(one.payload, copy) if numbered else one.payload
            mark = b"\r\n%d" % copy if marked or numbered else b""
            net = 0 if one_host else copy
            record = {"host": f"10.{net}.{number >> 8}.{number & 255}", "protocol": one.protocol.value}
            record["payload_b64"] = base64.b64encode(payload + mark).decode("ascii")
            lines.append(json.dumps(record | ({"request": one.request} if one.request else {})).encode())
    return lines


def identify_all(knowledge: Knowledge, lines: Sequence[bytes]) -> int:
    """All of ``identify``; the bytes that it would print."""
    identifier = Alike(knowledge)
    for line in lines:
        identifier.add(read_observation(line))
    return sum(map(len, printed_lines(identifier.each())))


def command_rate(lines: Sequence[bytes]) -> float:
    """Observations a second of CPU of the whole command, as a program of its own, without its start."""
    start = _command_seconds(lines[:1])
    return (len(lines) - 1) / max(_command_seconds(lines) - start, 1e-9)


def _command_seconds(lines: Sequence[bytes]) -> float:
    begun = _children()
    said = subprocess.run(
        [sys.executable, "-m", "scanner", "identify"],
        input=b"\n".join(lines),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if said.returncode:
        raise HiksweepError("identify failed")
    return _children() - begun


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compiled_loop(regexes: Sequence[re.Pattern[str]], texts: Sequence[str]) -> int:
    """Every compiled pattern over every payload."""
    return sum(regex.search(text) is not None for text in texts for regex in regexes)


def plain_loop(patterns: Sequence[str], texts: Sequence[str]) -> int:
    """``re.search`` of every pattern, conditions included, over every payload.

    Pattern by pattern, since ``re`` remembers 512 of them: with one more it would compile all, every time.
    """
    return sum(re.search(pattern, text) is not None for pattern in patterns for text in texts)


def rate(count: int, work: Callable[[], int]) -> float:
    """Observations a second of CPU."""
    begun = time.process_time()
    work()
    return count / max(time.process_time() - begun, 1e-9)


def main(arguments: list[str] | None = None) -> int:
    """Print rates, ratios and memory."""
    parser = argparse.ArgumentParser(description="How fast identify is.")
    parser.add_argument("corpus", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--hosts", type=int, default=_HOSTS_OF_COMMAND, help="of each reply to the command")
    options = parser.parse_args(arguments)
    try:
        knowledge = load()
        found = replies(knowledge, options.corpus)
    except (HiksweepError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    everything = (*knowledge.signatures, *knowledge.lookalikes)
    regexes = [one.regex for one in everything]
    patterns = [one.pattern for one in everything]
    patterns += [condition.pattern for one in everything for condition in (*one.needs, *one.unless)]
    texts = [one.payload.decode("utf-8", "replace") for one in found]
    equal, again = as_lines(found), as_lines(found, one_host=True)
    distinct, numbered = as_lines(found, marked=True), as_lines(found, numbered=True)
    few = texts[:: max(1, len(texts) // 200)]
    hosts = options.hosts
    own: dict[str, Callable[[], float]] = {
        "identify, equal replies": lambda: rate(len(equal), lambda: identify_all(knowledge, equal)),
        "identify, said again and again": lambda: rate(len(again), lambda: identify_all(knowledge, again)),
        "identify, no two equal": lambda: rate(len(distinct), lambda: identify_all(knowledge, distinct)),
        "identify, numbers of their own": lambda: rate(
            len(numbered), lambda: identify_all(knowledge, numbered)
        ),
        "whole command, equal replies": lambda: command_rate(as_lines(found, hosts=hosts)),
        "whole command, no two equal": lambda: command_rate(as_lines(found, hosts=hosts, marked=True)),
    }
    others: dict[str, Callable[[], float]] = {
        "compiled patterns, loop": lambda: rate(len(texts), lambda: compiled_loop(regexes, texts)),
        "re.search, plain loop": lambda: rate(len(few), lambda: plain_loop(patterns, few)),
    }
    spare_collector()
    rates: dict[str, list[float]] = {name: [] for name in (*own, *others)}
    for _ in range(options.rounds):
        for name, measured in (*own.items(), *others.items()):
            rates[name].append(measured())
    medians = {name: statistics.median(found) for name, found in rates.items()}
    print(f"{len(found)} replies, {len(regexes)} patterns, {len(patterns)} with their conditions")
    for name, median in medians.items():
        print(f"{name}: {median:,.0f} observations a second")
    for name in own:
        for other in others:
            print(f"{name} / {other}: {medians[name] / medians[other]:.2f}")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
