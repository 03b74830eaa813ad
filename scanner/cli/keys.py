"""`hiksweep keys`: the organisation's key, with which runs are sealed."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.cli.help import HELP
from scanner.evidence.keys import fingerprint, new_pair, public_key


@click.group("keys", context_settings=HELP, short_help="Make the key with which runs are sealed.")
def command() -> None:
    """Make the organisation's key, and show what it is known by.

    \b
    Example:  hiksweep keys new /etc/hiksweep/seal.key
              hiksweep keys show /etc/hiksweep/seal.key.pub
    """


@command.command("new", context_settings=HELP)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Make a pair: FILE, which its owner alone may read, and FILE.pub for everybody.

    \b
    Example:  hiksweep keys new seal.key

    Hand FILE.pub, or its fingerprint, to the auditor before there is anything to doubt. Exit codes: 0 made, 2
    a file is there already, or cannot be made.
    """
    public = new_pair(file)
    click.echo(f"{file}: the private key; it never leaves this machine.")
    click.echo(f"{public}: the public key, fingerprint {fingerprint(public_key(public))}.")


@command.command("show", context_settings=HELP)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """Print the fingerprint of a public key.

    \b
    Example:  hiksweep keys show seal.key.pub

    It is the SHA-256 of the key in DER: what 'openssl pkey -pubin -in FILE -outform DER | sha256sum' prints.
    """
    click.echo(fingerprint(public_key(file)))
