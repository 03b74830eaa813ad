"""`hiksweep reclassify`: old evidence judged by what is known today, shown first and then changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.cli.options import check_profiles, load_knowledge, read_text, whose_mandate
from scanner.mandates import read_facts
from scanner.model.errors import UsageError
from scanner.reporter.text import plural

if TYPE_CHECKING:
    from scanner.inventory.compare import Change
    from scanner.inventory.concluding import Terms
    from scanner.inventory.reclassify import Plan

NOT_DONE = 3
"""The exit code where something would change, and nobody said that it shall."""
_SHOWN = 50
"""Devices of a kind that are shown one by one, unless all are wanted."""


@click.command("reclassify", context_settings=HELP, short_help="Judge old evidence by what is known today.")
@click.argument("run", required=False, metavar="[RUN]")
@click.option("--all", "every", is_flag=True, help="Every run of the store.")
@whose_mandate
@click.option(
    "--as-recorded",
    is_flag=True,
    help="By the profiles and facts that the run itself recorded: forget what an earlier correction said.",
)
@click.option("--by", metavar="NAME", help="Who decides it; needed for the change.")
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@click.option("--yes", is_flag=True, help="Change it, without asking.")
@click.option("--full", is_flag=True, help=f"Show every device, not {_SHOWN} of a kind.")
@listing.format_option
@listing.store_option
def command(
    run: str | None,
    every: bool,
    profiles: Sequence[str],
    facts_file: str | None,
    facts: Sequence[str],
    as_recorded: bool,
    by: str | None,
    reason: str,
    yes: bool,
    full: bool,
    form: str,
    store: str | None,
) -> int:
    """Judge what runs saw by the signatures and mandates of today, without asking any device again.

    What would change is shown first: devices that become the maker's or are none any more, other levels,
    brands and models, findings that open or are retracted. It is changed with --yes, or when you say so in a
    terminal. What is none any more is retracted, never removed; the earlier signatures give back what was.

    Profiles and facts are those of each run, or of an earlier correction; given ones replace them.

    \b
    Example:  hiksweep reclassify --all
              hiksweep reclassify --all --by "J. Doe" --reason "signatures of May" --yes
              hiksweep reclassify 20260105T02 --fact acquired_on=2024-03-01 --by "J. Doe" --yes

    Exit codes: 0 changed, or nothing would change; 2 usage; 3 it would change, and was not.
    """
    if every == (run is not None):
        raise UsageError("name a RUN, or say --all")
    if yes and not (by or "").strip():
        raise UsageError("--yes without --by: say who decides it")
    from scanner.inventory.lists import run_id
    from scanner.inventory.reclassify import carry_out, plan

    knowledge = load_knowledge()
    check_profiles(profiles, knowledge)
    terms = _terms(profiles, facts_file, facts, as_recorded=as_recorded)
    target = listing.current(store)
    with target.reading() as connection:
        name = None if run is None else run_id(connection, run)
    found = plan(target, knowledge, name, terms, _progress)
    if form == "json":
        listing.print_json("reclassify", _for_programs(found))
    else:
        _print(found, full=full)
    if found.pruned:
        stay = f"The evidence of {plural(found.pruned, 'run')} was pruned; what was concluded from it stays."
        click.echo(stay, err=True)
    if not yes and not (found.changes and _agreed(by)):
        if found.changes:
            click.echo("Nothing was changed; --by NAME --yes changes it.", err=True)
        return NOT_DONE if found.changes else 0
    said = carry_out(target, found, listing.now(), str(by).strip(), reason.strip(), knowledge)
    click.echo(f"{plural(len(found.changes), 'device')} changed ({said.id}).", err=True)
    return 0


def _terms(
    profiles: Sequence[str], facts_file: str | None, facts: Sequence[str], *, as_recorded: bool
) -> Terms | None:
    """What the runs are to be judged by; None: what each is judged by now.

    Raises:
        UsageError: facts that are not known, or both given and forgotten.
    """
    from scanner.inventory.concluding import OWN, Terms

    given = bool(profiles or facts_file or facts)
    if as_recorded:
        if given:
            raise UsageError("--as-recorded forgets corrections; give none beside it")
        return OWN
    if not given:
        return None
    text = read_text(facts_file) if facts_file else None
    told = read_facts(text or "", facts_file or "--facts")
    for fact in facts:
        told = told.with_fact(fact)  # refuses what is not known
    return Terms(tuple(profiles) or None, text, tuple(facts))


def _agreed(by: str | None) -> bool:
    """Whether a person at a terminal says yes; without a name nobody is asked."""
    if not by or not by.strip() or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return click.confirm("Change it?", err=True)


def _progress(done: int, count: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\rRun {done:,} of {count:,}", nl=done == count, err=True)


def _for_programs(found: Plan) -> dict[str, object]:
    return {
        "subject": found.subject,
        "runs": found.runs,
        "concluded_otherwise": found.otherwise,
        "pruned": found.pruned,
        "changes": [
            {
                "device": one.device,
                "became": one.became,
                "site": one.site,
                "addresses": one.addresses,
                "presence": {"before": one.presence[0], "after": one.presence[1]},
                "before": dict(one.before),
                "after": dict(one.after),
                "findings": [
                    {"measure": name, "before": was, "after": is_} for name, was, is_ in one.findings
                ],
            }
            for one in found.changes
        ],
    }


def _print(found: Plan, *, full: bool) -> None:
    what = plural(len(found.runs), "run")
    click.echo(f"{what} judged by what is known today; {len(found.otherwise):,} concluded otherwise.")
    kinds = {
        "Becomes the maker's": [one for one in found.changes if one.gained],
        "Is none any more": [one for one in found.changes if one.lost],
        "Differs": [one for one in found.changes if not one.gained and not one.lost],
    }
    for title, changes in kinds.items():
        if changes:
            click.echo(f"\n{title} ({len(changes):,})")
            for line in listing.columns(
                ("DEVICE", "SITE", "ADDRESS", "WHAT"), list(_rows(changes, full=full))
            ):
                click.echo(line)
    opened = sum(len(one.opened) for one in found.changes)
    lost = sum(len(one.retracted) for one in found.changes)
    changed = (
        f"{plural(len(found.changes), 'device')}; {plural(opened, 'finding')} opened, {lost:,} retracted."
    )
    click.echo(f"\n{changed}" if found.changes else "Nothing would change.")


def _rows(changes: Sequence[Change], *, full: bool) -> Iterator[tuple[str, str, str, str]]:
    for one in changes if full else changes[:_SHOWN]:
        name = one.device if one.became in ("", one.device) else f"{one.device or 'new'} → {one.became}"
        yield name, one.site, ", ".join(one.addresses), one.said
    if not full and len(changes) > _SHOWN:
        yield "...", "", "", f"{len(changes) - _SHOWN:,} more; --full shows them"
