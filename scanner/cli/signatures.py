"""``hiksweep signatures``: what the program knows, shown, tested, and tried on bytes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from scanner.cli.help import HELP
from scanner.knowledge import Knowledge, load
from scanner.knowledge.check import check, claimed
from scanner.knowledge.earned import Reply
from scanner.knowledge.match import Match, match
from scanner.knowledge.signatures import Example, Signature
from scanner.matcher.making import KINDS
from scanner.model.errors import Malformed, UsageError, unreadable
from scanner.model.evidence import Maker
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers import read
from scanner.parsers.observations import read_observation
from scanner.parsers.text import printable

_PROTOCOLS = [protocol.value for protocol in Protocol]
_MAKERS = [Maker.HIKVISION.value, Maker.OTHER.value]
_EXCERPT = 100
_FILE_LIMIT = 64 * 1024 * 1024


@click.group(
    "signatures", context_settings=HELP, short_help="What tells the maker: list, show, test, try on bytes."
)
def command() -> None:
    """Signatures and look-alikes: patterns over one field of a reply, and what a match claims.

    They are data under fingerprints/signatures/, each with its source and with examples that are its tests.
    """


@command.command("list")
@click.option(
    "--protocol",
    type=click.Choice(_PROTOCOLS),
    metavar="PROTOCOL",
    help="Only those for replies of this protocol.",
)
@click.option("--maker", type=click.Choice(_MAKERS), help="Only those claiming it.")
def list_(protocol: str | None, maker: str | None) -> None:
    """List every signature and look-alike with its strength and what it says.

    Example: hiksweep signatures list --protocol rtsp --maker hikvision

    Exit code: 0; 2 usage.
    """
    known = load()
    shown = [
        entry
        for entry in _entries(known)
        if (protocol is None or protocol in entry.protocols) and (maker is None or entry.maker == maker)
    ]
    width = max((len(entry.id) for entry in shown), default=0)
    for entry in shown:
        kind = "look-alike" if entry.lookalike else entry.strength.value
        click.echo(f"{entry.id:{width}}  {kind:10}  {entry.says}")
    if protocol is None and maker is None:
        for derived in KINDS:
            click.echo(f"{derived.id:{width}}  {'derived':10}  {derived.says}")
    click.echo(f"{len(shown)} of {len(_entries(known))} entries", err=True)


@command.command("show")
@click.argument("name", metavar="ID")
def show(name: str) -> None:
    """Show one signature or look-alike whole: pattern, claims, conditions, source, examples.

    Example: hiksweep signatures show realm-ip-camera-suffix

    Exit code: 0; 2 if there is no such signature.
    """
    known = load()
    entry = known.signature(name)
    if derived := next((kind for kind in KINDS if kind.id == name), None):
        click.echo(f"{'derived':18}{derived.id}")
        click.echo(f"{'says:':18}{derived.says}")
        click.echo(f"{'family:':18}{derived.family}")
        click.echo(f"{'how:':18}concluded from several fields, replies or tables; no single pattern")
        return
    if entry is None:
        near = [one.id for one in _entries(known) if name.lower() in one.id][:5]
        hint = f" Did you mean {', '.join(near)}?" if near else " See 'hiksweep signatures list'."
        raise UsageError(f"no signature is called {printable(name, 60)!r}.{hint}")
    for label, text in _card(entry):
        click.echo(f"{label + ':' if label else '':18}{text}")


@command.command("test")
@click.option(
    "--corpus",
    "corpora",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Also hold FILE against the strengths: observations with their truth. Repeatable.",
)
def test(corpora: tuple[Path, ...]) -> None:
    """Run every example and every counter-example, and check all the data.

    Also checked: schemas, spellings, the time that patterns take on hostile input, that no two signatures
    name different makers on one reply, that look-alikes subtract, and that no signature called conclusive
    was seen on a device of another maker: in the examples, and in each FILE, whose lines say who made the
    device: "truth": {"evidenced_maker": "hikvision" or "other"}. A quarter of the sources of a FILE, told
    by a digest of their name ("source"), is held out: no example may come from them.

    Example: hiksweep signatures test

    Exit code: 0 all is well; 1 something is wrong.
    """
    replies = [reply for path in corpora for reply in _known(path)]
    outcome = check(load(), read, time.process_time, corpus=replies)
    for fault in outcome.faults:
        click.echo(str(fault))
    click.echo(
        f"{outcome.signatures} signatures and {outcome.lookalikes} look-alikes: {outcome.examples} examples, "
        f"{outcome.counter_examples} counter-examples, {len(outcome.faults)} faults"
    )
    if outcome.faults:
        raise click.exceptions.Exit(1)


@command.command("try")
@click.argument("file", metavar="FILE", default="-")
@click.option(
    "--protocol",
    type=click.Choice(_PROTOCOLS),
    metavar="PROTOCOL",
    help="FILE holds the bytes of one such reply.",
)
@click.option("--request", metavar="TEXT", help="What was asked, as 'GET /path'; with --protocol.")
def try_(file: str, protocol: str | None, request: str | None) -> None:
    """Hold the signatures against bytes and print what they claim, reply by reply.

    FILE (or - for standard input) holds observations as JSON lines, as for 'identify'; with --protocol it
    holds the raw bytes of one reply.

    Example: curl -si http://10.0.0.5/ | hiksweep signatures try - --protocol http

    Example: hiksweep signatures try observations.jsonl

    Exit code: 0 whatever matches; 2 if nothing could be read.
    """
    if request is not None and protocol is None:
        raise UsageError("--request goes with --protocol; in JSON lines the request stands in the line.")
    payload = _bytes(file)
    known = load()
    replies = _one(payload, protocol, request) if protocol is not None else _lines(payload)
    readable = sum(_tell(known, reply) for reply in replies)
    if not readable:
        raise UsageError(f"{file}: nothing in it could be read")


def _known(path: Path) -> Iterator[Reply]:
    """Replies of a corpus with what is known of their maker."""
    for number, line in enumerate(_bytes(str(path)).splitlines(), 1):
        if not line.strip():
            continue
        try:
            observation = read_observation(line)
            record = json.loads(line)
        except (Malformed, ValueError) as error:
            raise UsageError(f"{path}:{number}: {error}") from None
        truth = record.get("truth")
        maker = truth.get("evidenced_maker") if isinstance(truth, dict) else None
        yield Reply(
            f"{path.name}:{number}",
            observation.protocol,
            observation.payload,
            observation.request,
            Maker(maker) if maker in set(Maker) else Maker.UNKNOWN,
            str(record.get("source") or ""),
        )


def _entries(known: Knowledge) -> tuple[Signature, ...]:
    return (*known.signatures, *known.lookalikes)


def _card(entry: Signature) -> Iterator[tuple[str, str]]:
    yield ("look-alike" if entry.lookalike else "signature"), entry.id
    yield "says", entry.says
    yield "protocols", ", ".join(entry.protocols)
    yield "field", ", ".join(entry.fields)
    yield "pattern", entry.pattern
    for label, conditions in (("needs", entry.needs), ("unless", entry.unless)):
        for condition in conditions:
            yield label, f"{condition.field} has {condition.pattern}"
    if entry.registered:
        yield "registered", f"MAC block of kind {', '.join(sorted(entry.registered))}"
    if entry.grammar:
        yield (
            "grammar",
            "the model is of the maker's own" if entry.grammar == "model" else "the model is a relabel's",
        )
    yield "claims", ", ".join(f"{word}={text}" for word, text in entry.claims.items()) or "nothing"
    if entry.against:
        yield "against", ", ".join(entry.against)
    yield "strength", entry.strength.value
    if entry.with_partner is not None:
        yield "with a partner", f"{entry.with_partner} beside one of {', '.join(entry.partners)}"
    yield "family", entry.family
    if entry.generation:
        yield "generation", entry.generation
    yield "source", f"{entry.source} (as of {entry.as_of})"
    yield "defined in", entry.where
    yield from _tests(entry)


def _tests(entry: Signature) -> Iterator[tuple[str, str]]:
    for label, examples in (("example", entry.examples), ("counter-example", entry.counter_examples)):
        for example in examples:
            yield label, _shortest(example)
            yield "", f"({example.note})"
    if entry.few_examples:
        yield "few examples", entry.few_examples


def _shortest(example: Example) -> str:
    text = " ".join(printable(part, _EXCERPT) for part in example.reply.split())
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"


def _bytes(file: str) -> bytes:
    try:
        if file == "-":
            payload = sys.stdin.buffer.read(_FILE_LIMIT + 1)
        else:
            with Path(file).open("rb") as stream:
                payload = stream.read(_FILE_LIMIT + 1)
    except OSError as error:
        raise UsageError(unreadable(file, error)) from None
    if len(payload) > _FILE_LIMIT:
        raise UsageError(
            f"{file}: larger than {_FILE_LIMIT // 1024 // 1024} MiB; use 'identify' for long files."
        )
    return payload


def _one(payload: bytes, protocol: str, request: str | None) -> Iterable[tuple[str, Observation]]:
    yield protocol, Observation("reply", Protocol(protocol), payload, request=request)


def _lines(payload: bytes) -> Iterable[tuple[str, Observation]]:
    for number, line in enumerate(payload.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if not line.strip():
            continue
        try:
            observation = read_observation(line)
        except Malformed as error:
            click.echo(f"line {number}: {error}", err=True)
            continue
        port = f" port {observation.port}" if observation.port else ""
        yield f"{printable(observation.host, 60)}: {observation.protocol}{port}", observation


def _tell(known: Knowledge, reply: tuple[str, Observation]) -> bool:
    """Print what one reply shows; False if it could not be read."""
    title, observation = reply
    try:
        fields = read(observation.protocol, observation.payload, observation.request)
    except Malformed as error:
        click.echo(f"{title}: cannot be read as {observation.protocol}: {error}", err=True)
        return False
    click.echo(title)
    found = match(known, observation.protocol, fields, observation.request)
    for one in found:
        click.echo(f"  {_line(one)}")
    if not found:
        click.echo("  no signature matches")
    return True


def _line(one: Match) -> str:
    kind = "look-alike" if one.signature.lookalike else one.signature.strength.value
    claims = ", ".join(f"{word}={printable(text, 80)}" for word, text in claimed(one.claims).items())
    return (
        f"{kind} {one.signature.id}: {claims or 'nothing of its own'} [{one.field}: {one.excerpt[:_EXCERPT]}]"
    )
