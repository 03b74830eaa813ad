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
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from scanner.cli.identify import printed_lines
from scanner.knowledge import Knowledge, load
from scanner.matcher import Alike
from scanner.model.errors import HiksweepError
from scanner.model.observation import Observation
from scanner.parsers.observations import read_observation

HOSTS_EACH = 20


def replies(knowledge: Knowledge, files: Sequence[Path]) -> list[Observation]:
    """The replies of files or, without any, the examples of the signatures."""
    if files:
        return [read_observation(line) for path in files for line in path.read_bytes().splitlines()]
    return [
        Observation("h", example.protocol, example.reply.encode(), request=example.request)
        for signature in (*knowledge.signatures, *knowledge.lookalikes)
        for example in signature.examples
    ]


def as_lines(found: Sequence[Observation], *, marked: bool = False, one_host: bool = False) -> list[bytes]:
    """Each reply of several hosts, or several times of one, as lines of JSON."""
    lines = []
    for copy in range(HOSTS_EACH):
        for number, one in enumerate(found):
            mark = b"\r\n%d" % copy if marked else b""
            net = 0 if one_host else copy
            record = {"host": f"10.{net}.{number >> 8}.{number & 255}", "protocol": one.protocol.value}
            record["payload_b64"] = base64.b64encode(one.payload + mark).decode("ascii")
            lines.append(json.dumps(record | ({"request": one.request} if one.request else {})).encode())
    return lines


def identify_all(knowledge: Knowledge, lines: Sequence[bytes]) -> int:
    """All of ``identify``; the bytes that it would print."""
    identifier = Alike(knowledge)
    for line in lines:
        identifier.add(read_observation(line))
    return sum(map(len, printed_lines(identifier.each())))


def compiled_loop(regexes: Sequence[re.Pattern[str]], texts: Sequence[str]) -> int:
    """Every compiled pattern over every payload."""
    return sum(regex.search(text) is not None for text in texts for regex in regexes)


def plain_loop(patterns: Sequence[str], texts: Sequence[str]) -> int:
    """``re.search`` of every pattern, conditions included, over every payload."""
    return sum(re.search(pattern, text) is not None for text in texts for pattern in patterns)


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
    distinct = as_lines(found, marked=True)
    few = texts[:: max(1, len(texts) // 60)]
    contenders: dict[str, tuple[int, Callable[[], int]]] = {
        "identify, equal replies": (len(equal), lambda: identify_all(knowledge, equal)),
        "identify, said again and again": (len(again), lambda: identify_all(knowledge, again)),
        "identify, no two equal": (len(distinct), lambda: identify_all(knowledge, distinct)),
        "compiled patterns, loop": (len(texts), lambda: compiled_loop(regexes, texts)),
        "re.search, plain loop": (len(few), lambda: plain_loop(patterns, few)),
    }
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(options.rounds):
        for name, (count, work) in contenders.items():
            rates[name].append(rate(count, work))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    print(f"{len(found)} replies, {len(regexes)} patterns, {len(patterns)} with their conditions")
    for name, median in medians.items():
        print(f"{name}: {median:,.0f} observations a second")
    for own in list(medians)[:3]:
        for other in list(medians)[3:]:
            print(f"{own} / {other}: {medians[own] / medians[other]:.2f}")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
