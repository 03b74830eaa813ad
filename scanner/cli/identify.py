"""``hiksweep identify``: observations in, identifications out, no packet."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO

import click

from scanner.cli.help import HELP
from scanner.cli.options import check_profiles, load_knowledge, read_text, warn_of_age, whose_mandate
from scanner.importers import pcap
from scanner.knowledge.mandate_words import MandateLibrary
from scanner.mandates import Facts, judge, read_facts
from scanner.matcher import Alike, Member, Told
from scanner.model.errors import Malformed, UsageError, unreadable
from scanner.model.observation import Observation
from scanner.parsers.observations import LINE_LIMIT, read_observation
from scanner.reporter.lines import Pattern, line_of
from scanner.run.foreign_file import ForeignFile

_PRINTED_AT_ONCE = 64 * 1024
"""Characters."""

_ALLOCATIONS = 100_000
"""Objects made and not freed after which the garbage collector looks."""


@dataclass(slots=True)
class Tally:
    """How the lines fared."""

    read: int = 0
    failed: int = 0


@click.command(
    "identify", context_settings=HELP, short_help="Name the devices behind recorded replies. No network."
)
@click.argument("file", required=False, default="-", metavar="[FILE]")
@whose_mandate
def command(file: str, profiles: tuple[str, ...], facts_file: str | None, facts: tuple[str, ...]) -> None:
    """Name the device behind each host of recorded replies: JSON lines in, JSON lines out.

    Reads FILE, or standard input. Nothing is sent anywhere. A line holds host, protocol, payload (or
    payload_b64), and optionally port and request. FILE may also be a packet capture (pcap, pcapng), read
    as 'hiksweep import' does.

    \b
    Example:
      echo '{"host":"10.0.0.5","protocol":"mac","payload":"44:19:b6:01:02:03"}' | hiksweep identify

    Exit code: 0 whatever is found; 2 if nothing could be read.
    """
    knowledge = load_knowledge()
    spare_collector()
    warn_of_age(knowledge, quiet=False)
    check_profiles(profiles, knowledge)
    known = _facts(facts_file, facts)
    identifier = Alike(knowledge)
    tally = Tally()
    for place, observation in _read(file, tally):
        unreadable = identifier.malformed
        identifier.add(observation)
        if identifier.malformed > unreadable:
            _complain(place, f"the payload cannot be read as {observation.protocol}")
    if profiles:
        today = datetime.now(UTC).date()
        _print(_judged(member, knowledge.mandates, profiles, known, today) for member in identifier.each())
    else:
        _print(printed_lines(identifier.each()))
    if identifier.faults:
        click.echo(
            f"{identifier.faults} observations met a fault of this program; please report it", err=True
        )
    if tally.failed and not tally.read:
        raise UsageError("no line of the input could be read")


def spare_collector() -> None:
    """Keep the garbage collector from looking through what is known, and through all hosts, all the time.

    Nothing that a reply leaves behind needs it: memory is freed when nobody holds it any more. It still runs,
    after some hundred thousand allocations instead of some hundred.
    """
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS)


def _judged(
    member: Member, library: MandateLibrary, profiles: Sequence[str], facts: Facts, today: date
) -> str:
    findings = judge(member.device, library, profiles, facts, today)
    return line_of(member.host, replace(member.device, mandates=findings))


def printed_lines(members: Iterable[Member]) -> Iterator[str]:
    """The line of each host; of hosts that said the same it is written once."""
    written: dict[Told, Pattern] = {}
    for member in members:
        if member.observations is None or member.told.observations is None:
            yield line_of(member.host, member.told.device)
            continue
        pattern = written.get(member.told)
        if pattern is None:
            pattern = written[member.told] = Pattern(member.told.device, member.told.observations)
        yield pattern.fill(member.host, member.id, member.observations)


def _print(printed: Iterable[str]) -> None:
    """Print many lines at a time: a flush for each takes longer than the line."""
    waiting, characters = [], 0
    for line in printed:
        waiting.append(line)
        characters += len(line)
        if characters > _PRINTED_AT_ONCE:
            click.echo("\n".join(waiting))
            waiting, characters = [], 0
    if waiting:
        click.echo("\n".join(waiting))


def _read(file: str, tally: Tally) -> Iterator[tuple[str, Observation]]:
    """The observations of a file, each with the place where it stands."""
    if _is_capture(file):
        yield from _captured(file, tally)
        return
    with _opened(file) as stream:
        for number, line in _lines(stream):
            try:
                observation = read_observation(line)
            except Malformed as error:
                tally.failed += 1
                _complain(f"line {number}", str(error))
                continue
            tally.read += 1
            yield f"line {number}", observation


def _is_capture(file: str) -> bool:
    if file == "-" or not Path(file).is_file():
        return False  # what was read of a pipe to find out would be missing afterwards
    with ForeignFile(file) as opened:
        return pcap.IMPORTER.recognises(opened.head())


def _captured(file: str, tally: Tally) -> Iterator[tuple[str, Observation]]:
    """What devices say in a packet capture."""
    rows = 0
    with ForeignFile(file) as opened:
        for row in pcap.IMPORTER.read(opened.stream, opened.source):
            rows += 1
            if row.broken:
                tally.failed += 1
                _complain(file, f"{row.place}: {row.unused}")
                continue
            tally.read += 1
            for observation in row.observations:
                yield row.place, observation
        problem = opened.problem or ("" if rows else "holds no packets")
        if problem:
            tally.failed += 1
            _complain(file, problem)


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Numbered lines that hold something; of a line beyond the limit only its beginning is kept."""
    number = 0
    while line := stream.readline(LINE_LIMIT + 1):
        number += 1
        rest = line
        while len(rest) > LINE_LIMIT and not rest.endswith(b"\n"):
            rest = stream.readline(LINE_LIMIT + 1)
        stripped = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
        if stripped:
            yield number, line if len(line) > LINE_LIMIT else stripped


def _complain(place: str, message: str) -> None:
    click.echo(f"{place}: {message}", err=True)


def _opened(file: str) -> IO[bytes]:
    if file == "-":
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise UsageError(unreadable(file, error)) from None


def _facts(file: str | None, more: Sequence[str]) -> Facts:
    facts = read_facts(read_text(file) if file else "", file or "--facts")
    for fact in more:
        facts = facts.with_fact(fact)
    return facts
