"""The command line: arguments and printing, nothing else. Each command is one file of this folder."""

from __future__ import annotations

import contextlib
import importlib
import keyword
import os
import signal
import sys
from collections.abc import Sequence

import click

from scanner import __version__
from scanner.cli.help import HELP
from scanner.model.errors import HiksweepError, Locked

COMMANDS = (
    "scan",
    "resume",
    "listen",
    "import",
    "plan",
    "config",
    "schedule",
    "daemon",
    "report",
    "export",
    "explain",
    "devices",
    "findings",
    "history",
    "coverage",
    "diff",
    "waive",
    "note",
    "verify-removed",
    "undo",
    "tickets",
    "sites",
    "networks",
    "reclassify",
    "store",
    "keys",
    "seal",
    "verify",
    "identify",
    "doctor",
    "mandates",
    "signatures",
    "oui",
    "lab",
)
"""Every command, in the order in which the help lists them; each is a module of this folder, and one whose
name is a word of the language itself ends in an underscore there. A hyphen is an underscore there too."""


def module_of(name: str) -> str:
    """The module that holds a command."""
    return f"scanner.cli.{name}_" if keyword.iskeyword(name) else f"scanner.cli.{name.replace('-', '_')}"


class Commands(click.Group):
    """Imports a command's module when it is asked for, so that starting costs no more than what is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order of the list."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a name. A module that fails to import ends the program: nothing is just absent."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(module_of(cmd_name)).command
        return command


@click.group(cls=Commands, context_settings=HELP)
@click.version_option(__version__, prog_name="hiksweep")
def main_group() -> None:
    """Find Hikvision equipment on a network, see the evidence, and know what the mandate asks.

    \b
    Example:  hiksweep scan 10.1.0.0/24 --profile ca-federal-institution

    It only asks what any client may ask without logging in, and reads. What did not answer is counted and
    said: silence is never called absence.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    code = run(arguments)
    # All is said: an impatient Ctrl-C must not turn the interpreter's end into a traceback or another code.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. The one place where an error becomes a line."""
    try:
        code = main_group.main(args=arguments, prog_name="hiksweep", standalone_mode=False)
    except click.exceptions.Exit as finished:
        return finished.exit_code
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "hiksweep"
        return _say(f"{error.format_message()} Try '{command} --help'.", 2)
    except click.ClickException as error:
        return _say(error.format_message(), 2)
    except Locked as error:
        return _say(str(error), 1)
    except HiksweepError as error:
        return _say(str(error), 2)
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted", 130)
    except BrokenPipeError:
        # Whoever read our output has gone; the interpreter must not complain of it at exit.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"{where}{error.strerror or error}", 1)
    return code if isinstance(code, int) else 0


def _say(message: str, code: int) -> int:
    with contextlib.suppress(OSError):
        for line in message.splitlines() or [""]:  # a configuration may have several faults, each a line
            click.echo(f"hiksweep: {line}", err=True)
    return code
