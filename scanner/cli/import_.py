"""`hiksweep import`: other tools' files in, the report of a scan out, and not a packet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import click

from scanner.cli import interrupt, options, output, saving
from scanner.cli.help import HELP
from scanner.importers import IMPORTERS
from scanner.model.errors import UsageError
from scanner.parsers.text import printable
from scanner.run.events import Event, Finished, Note
from scanner.run.machine import this_machine
from scanner.run.reading import Reading, ReadRequest
from scanner.run.request import read_lines

Command = TypeVar("Command", bound=Callable[..., Any])


def file_options(command: Command) -> Command:
    """What files are read as, and which addresses count."""
    for option in (
        click.option(
            "--as",
            "read_as",
            metavar="FORMAT",
            help="Read the files as this format, whatever they look like; see 'hiksweep import --help'.",
        ),
        click.option(
            "--within",
            multiple=True,
            metavar="TARGET",
            help="The scope of files alone: an address, a prefix, a range or @FILE. Repeatable.  "
            "[default: the addresses that the files name]",
        ),
    ):
        command = option(command)
    return command


class _Listing(click.Command):
    """Lists the formats in its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The formats, one a line."""
        super().format_epilog(ctx, formatter)
        if IMPORTERS:
            with formatter.section("Formats (--as)"):
                formatter.write_dl([(importer.name, importer.title) for importer in IMPORTERS])


@click.command(
    "import",
    cls=_Listing,
    context_settings=HELP,
    short_help="Report on files of other tools. No network.",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@file_options
@click.option("--exclude", multiple=True, metavar="TARGET", help="Leave this out. Repeatable.")
@click.option("--exclude-file", multiple=True, metavar="FILE", help="Leave out what FILE lists.")
@options.whose_mandate
@output.report_options
@output.run_options
@saving.saving_options
def command(files: tuple[str, ...], **given: Any) -> int:
    """Read files of other tools and report on them as a scan does. Nothing is sent.

    \b
    FILE    a capture, a scan of another tool, a lease or neighbour table; '-' is standard input,
            and what gzip packed is unpacked. Its format is recognised by its content.

    \b
    Example:  hiksweep import nmap.xml leases.txt --within 10.1.0.0/24 --profile ca-private
              tcpdump -r monday.pcap -w - udp | hiksweep import -

    What the files do not prove asked, port by port, counts as blind and not as silent.

    The inventory learns which devices were there, and when by the files; their silence counts there for
    nothing, since they do not vouch for when and from where it was heard.

    \b
    Exit codes:  0 none found, coverage complete    3 found
                 4 none found, coverage incomplete  2 usage, or a format that is not known
                 1 no result could be produced      130 interrupted
    """
    return read_files(files, given)


def read_files(files: Sequence[str], given: dict[str, Any]) -> int:
    """Read files, report, and return the exit code.

    Raises:
        UsageError: a file, its format or an option cannot be used.
    """
    saving.check_site(given)
    outputs = output.pair(given["formats"], given["outputs"])
    output.keep_apart(outputs, [given["journal"]] if given["journal"] else [], files)
    knowledge = options.load_knowledge()
    options.warn_of_age(knowledge, quiet=given["quiet"])
    options.check_profiles(given["profiles"], knowledge)
    listed = [f"@{name}" for name in given["exclude_file"]]
    request = ReadRequest(
        files=tuple(files),
        format=given["read_as"],
        within=tuple(read_lines(given["within"], options.read_text)),
        exclude=tuple(read_lines([*given["exclude"], *listed], options.read_text)),
        profiles=given["profiles"],
        facts=options.facts_text(given["facts_file"], given["facts"]),
        reference=given["reference"],
        journal=given["journal"],
    )
    reading = Reading(request, this_machine(), knowledge)
    follower = saving.follower_of(given, reading.journal_path)
    with interrupt.interruptible(reading) as pressed:
        with saving.following(follower):
            finished = _watch(reading.events(), pressed, quiet=given["quiet"])
        code = output.deliver(finished, outputs, given)
    saving.finish(follower, knowledge, reading.journal_path)
    return code


def _watch(events: Iterator[Event], pressed: Callable[[], Iterator[str]], *, quiet: bool) -> Finished:
    """Say what happens until the files are read."""
    for event in events:
        notes = [event.text] if isinstance(event, Note) else []
        for note in (*notes, *pressed()):
            if not quiet:
                click.echo(printable(note, 400), err=True)
        if isinstance(event, Finished):
            return event
    raise UsageError("the reading ended without a result")
