"""Where reports go: paired with their formats before anything is done, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click

from scanner.cli.options import all_formats
from scanner.model.errors import UsageError, in_short
from scanner.model.report import Report, Verdict
from scanner.reporter import Format, stream
from scanner.run.events import Finished

Command = TypeVar("Command", bound=Callable[..., Any])
_SUFFIXES = {
    ".json": Format.JSON,
    ".jsonl": Format.JSONL,
    ".csv": Format.CSV,
    ".html": Format.HTML,
    ".htm": Format.HTML,
}
_GATHERED = 1 << 16
"""Characters of a piece that is written to a screen or a pipe."""
_CODES = {Verdict.FOUND: 3, Verdict.CLEAR: 0, Verdict.INCOMPLETE: 4}


@dataclass(frozen=True, slots=True)
class Output:
    """One format and the file it goes to; None = the screen."""

    format: Format
    path: Path | None


def report_options(command: Command) -> Command:
    """How a report is to be written."""
    for option in reversed(
        (
            click.option(
                "--format",
                "formats",
                multiple=True,
                type=all_formats(),
                help="How the result is written; with several, one --output each.  [default: table]",
            ),
            click.option(
                "--output",
                "outputs",
                multiple=True,
                metavar="FILE",
                help="Where; the n-th belongs to the n-th --format, or the name's ending says the format.",
            ),
            click.option(
                "--all", "show_all", is_flag=True, help="List devices of other and unknown makers too."
            ),
            click.option(
                "--csv-raw", is_flag=True, help="CSV for machines: without the guard against formulas."
            ),
        )
    ):
        command = option(command)
    return command


def run_options(command: Command) -> Command:
    """What every run that keeps a journal takes."""
    for option in reversed(
        (
            click.option(
                "--reference", metavar="TEXT", help="A change or ticket number, shown in every report."
            ),
            click.option(
                "--journal", metavar="FILE", type=click.Path(path_type=Path), help="Keep the journal here."
            ),
            click.option("--quiet", is_flag=True, help="No progress and no notes; the result alone."),
        )
    ):
        command = option(command)
    return command


def pair(formats: Sequence[str], outputs: Sequence[str]) -> tuple[Output, ...]:
    """Which format goes where.

    Raises:
        UsageError: two formats for the screen, an output without a format, or a folder that is not there.
    """
    if not formats and outputs:
        formats = [str(_by_suffix(name)) for name in outputs]
    wanted = [Format(name) for name in formats] or [Format.TABLE]
    if len(outputs) > len(wanted):
        raise UsageError(f"{len(outputs)} times --output for {len(wanted)} times --format; give one each")
    if len(wanted) - len(outputs) > 1:
        raise UsageError("only one --format can go to the screen; give the others an --output")
    paths = [Path(name) for name in outputs]
    if len({path.resolve() for path in paths}) < len(paths):
        raise UsageError("two outputs have the same name")
    for path in paths:
        check_place(path)
    return tuple(
        Output(found, paths[place] if place < len(paths) else None) for place, found in enumerate(wanted)
    )


def _by_suffix(name: str) -> Format:
    found = _SUFFIXES.get(Path(name).suffix.lower())
    if found is None:
        raise UsageError(f"--output {name}: its ending names no format; add --format")
    return found


def check_place(path: Path) -> None:
    """Refuse a name under which nothing can be written, before anything is done.

    Raises:
        UsageError: it is a folder, a device, or its folder is not there or cannot be written.
    """
    name, where = in_short(path), in_short(path.parent)
    if path.is_dir():
        raise UsageError(f"--output {name}: a folder; name a file in it")
    if path.exists() and not path.is_file():
        # Written whole means that a new file takes the name: for root, that of a device too.
        raise UsageError(f"--output {name}: a device or a pipe; leave --output out to write to the screen")
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(f"--output {name}: the folder {where} does not exist; make it first")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"--output {name}: the folder {where} cannot be written")


def keep_apart(outputs: Sequence[Output], journals: Sequence[Path], files: Sequence[str] = ()) -> None:
    """A report never takes the place of a journal, which holds everything that was seen, or of what it reads.

    Args:
        outputs: where reports go.
        journals: of this run, or those that are reported on.
        files: of other tools that are read.

    Raises:
        UsageError: an output has the name of one of these.
    """
    taken = {Path(name).resolve(): "a file that is read" for name in files if "\0" not in name}
    taken |= {journal.resolve(): "the journal" for journal in journals}
    for output in outputs:
        if output.path is not None and (what := taken.get(output.path.resolve())):
            raise UsageError(f"--output {output.path}: {what} lies there; name another file")


def write(report: Report, outputs: Sequence[Output], *, show_all: bool, raw: bool) -> list[str]:
    """Write a report everywhere it should go; returns a sentence for each file that could not be written."""
    failures = []
    for output in outputs:
        screen = output.path is None
        parts = stream(
            output.format,
            report,
            show_all=show_all,
            raw=raw,
            width=shutil.get_terminal_size((100, 40)).columns if screen else 100,
            colour=screen and is_terminal(sys.stdout) and "NO_COLOR" not in os.environ,
        )
        if output.path is None:
            for part in _gathered(parts):
                click.echo(part, nl=False)
            continue
        try:
            write_whole(output.path, parts)
        except OSError as error:
            failures.append(f"{output.path}: not written ({error.strerror}); free some room and use 'report'")
    return failures


def deliver(finished: Finished, outputs: Sequence[Output], given: Mapping[str, Any]) -> int:
    """Write the report of a run everywhere, say where it lies, and return the exit code."""
    failures = write(finished.report, outputs, show_all=given["show_all"], raw=given["csv_raw"])
    for failure in failures:
        click.echo(f"hiksweep: {failure}", err=True)
    if not given["quiet"]:
        click.echo(f"{finished.report.headline}.", err=True)
        for written in outputs:
            if written.path is not None and not any(str(written.path) in failure for failure in failures):
                click.echo(f"Report: {written.path}", err=True)
        click.echo(f"Journal: {finished.journal}", err=True)
    if finished.interrupted:
        return 130
    return 1 if failures else exit_code(finished.report)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sits in front of a stream; a program started without one has None."""
    return stream is not None and stream.isatty()


def _gathered(parts: Iterable[str]) -> Iterator[str]:
    """The same text in fewer pieces: each one that is written to a screen is flushed."""
    held: list[str] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= _GATHERED:
            yield "".join(held)
            held, size = [], 0
    if held:
        yield "".join(held)


def write_whole(path: Path, content: str | bytes | Iterable[str]) -> None:
    """Write a file so that it appears whole or not at all; a text that comes in pieces is never held whole.

    Raises:
        OSError: the disk is full or the folder is gone; nothing is left behind.
    """
    path = path.resolve()  # a link stays one, and what it leads to is written
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                file.writelines(
                    part.encode() for part in ([content] if isinstance(content, str) else content)
                )
            file.flush()
            os.fsync(file.fileno())
        mode = 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def exit_code(report: Report) -> int:
    """0 none found and complete, 3 found, 4 none found and incomplete."""
    return _CODES[report.verdict]
