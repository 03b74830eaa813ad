"""`hiksweep verify`: whether a bundle is what was sealed, and by whom."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.cli.help import HELP
from scanner.evidence.keys import public_key
from scanner.evidence.verify import State, Verdict, verify

_CODES = {State.INTACT: 0, State.BROKEN: 3, State.UNKNOWN_SIGNER: 4}


@click.command("verify", context_settings=HELP, short_help="Prove that a sealed run is as it was sealed.")
@click.argument("bundle", metavar="BUNDLE", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A public key that you trust, as its organisation gave it to you. May be given again.",
)
def command(bundle: Path, keys: tuple[Path, ...]) -> int:
    """Say whether a bundle is what was sealed, and by whom. It needs nothing but the file, and no network.

    \b
    Example:  hiksweep verify 20261124T120000Z-1f2e3d.sealed --key seal.key.pub

    Exit codes: 0 intact and signed by a key given with --key, 2 it cannot be read, 3 broken (the first line
    that is wrong is named), 4 intact, but the signer is unknown.
    """
    verdict = verify(bundle, [public_key(key) for key in keys])
    for line in _told(bundle, verdict, bool(keys)):
        click.echo(line)
    return _CODES[verdict.state]


def _told(bundle: Path, verdict: Verdict, given: bool) -> list[str]:
    if verdict.manifest is None:
        return [f"{bundle}: BROKEN at {verdict.why}."]
    told = verdict.manifest
    if verdict.state is State.INTACT:
        first = f"{bundle}: intact, signed by a key that you gave."
    else:
        why = (
            "none of the keys that you gave" if given else "no key was given; --key FILE says whom you trust"
        )
        first = f"{bundle}: intact, but the signer is UNKNOWN: {why}."
    lines = [
        first,
        f"Signer   {told.signer}",
        f"Run      {told.run}, {told.entries:,} entries, sealed {told.made} by {told.program}",
        f"SHA-256  {verdict.digest}",
    ]
    if told.knowledge:
        lines.append(f"Known    {told.knowledge}")
    if not told.finished:
        lines.append("The run did not come to its end: the bundle holds what was recorded by then.")
    if told.unread:
        lines.append(f"{told.unread:,} lines of the journal were damaged when it was sealed.")
    if verdict.taken_out:
        lines.append(
            f"Redacted {verdict.taken_out:,} of {told.values:,} values; what is left is as it was sealed."
        )
    return lines
