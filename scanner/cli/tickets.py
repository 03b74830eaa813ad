"""`hiksweep tickets`: findings as tickets of the organisation's own tracker, planned before written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.model.errors import UsageError
from scanner.reporter.text import clean, plural

if TYPE_CHECKING:
    from scanner.inventory.engine import Store
    from scanner.tickets.apply import Outcome
    from scanner.tickets.desk import Desk
    from scanner.tickets.plan import Plan
    from scanner.tickets.policy import TicketPolicy
    from scanner.tickets.words import Step

Command = TypeVar("Command", bound=Callable[..., Any])
_VERBS = ("create", "update", "comment", "reopen", "close", "duplicate")


def _shared(command: Command) -> Command:
    for option in (
        listing.store_option,
        click.option(
            "--config", "file", metavar="FILE", help="The configuration; see 'hiksweep config --help'."
        ),
        listing.site_option,
    ):
        command = option(command)
    return command


@click.group("tickets", context_settings=HELP, short_help="Findings as tickets of your own tracker.")
def command() -> None:
    """Turn findings into tickets of the tracker that hiksweep.toml names: once each, closed on proof.

    \b
    Example:  hiksweep tickets plan
              hiksweep tickets apply

    Nothing is written without a plan. A ticket is closed when the removal is verified or declared; that a
    device no longer answers only adds a comment. Trackers: roundup.
    """


@command.command("plan", context_settings=HELP)
@_shared
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Keep the plan, for 'apply'.")
@listing.format_option
def plan(site: str | None, file: str | None, store: str | None, output: Path | None, form: str) -> int:
    """Show what would be created, updated, commented, reopened, closed and left alone, and why.

    \b
    Example:  hiksweep tickets plan --output monday.json

    Reads the tracker, and writes nothing there. Exit codes: 0 nothing is to be written, 3 something is, 2
    usage.
    """
    from scanner.cli.output import write_whole
    from scanner.tickets.plan_file import plan_data

    desk, policy, name, _ = _desk(file, store)
    made = desk.plan(site)
    data = json.dumps({**plan_data(made, name)}, indent=2)
    if output is not None:
        write_whole(output, data + "\n")
    if form == "json":
        click.echo(data)
    else:
        for line in _plan_lines(made, policy):
            click.echo(line)
    return 3 if made.writes else 0


@command.command("apply", context_settings=HELP)
@click.argument("planned", required=False, metavar="[PLAN]", type=click.Path(path_type=Path))
@_shared
@click.option("--only", metavar="ACT,...", help="Only these: " + ", ".join(_VERBS) + ".")
@click.option("--yes", is_flag=True, help="However many are created or closed at once.")
def apply(
    planned: Path | None, site: str | None, file: str | None, store: str | None, only: str | None, yes: bool
) -> int:
    """Do what a plan shows, less what has changed since.

    \b
    Example:  hiksweep tickets apply monday.json
              hiksweep tickets apply --only create,comment

    Without PLAN it is made now. Each ticket is read again before it is written. Exit codes: 0 all is done, 4
    something was left out since it has changed, 1 something was refused or its end is not known, 2 usage.
    """
    from scanner.tickets.plan_file import read_ids

    acts = _acts(only)
    desk, policy, name, _ = _desk(file, store)
    wanted = read_ids(planned, name) if planned is not None else None
    with desk.alone():
        return _carry_out(desk, policy, site, wanted, acts, yes=yes)


def _carry_out(
    desk: Desk,
    policy: TicketPolicy,
    site: str | None,
    wanted: Mapping[str, Mapping[str, Any]] | None,
    acts: frozenset[str],
    *,
    yes: bool,
) -> int:
    from scanner.tickets.plan_file import chosen

    made = desk.plan(site)
    steps = tuple(step for step in made.writes if not acts or step.act in acts)
    gone: list[str] = []
    if wanted is not None:
        steps = chosen(steps, wanted)
        still = {step.id for step in steps}
        gone = [
            str(one.get("subject") or one.get("ticket"))
            for key, one in wanted.items()
            if key not in still and (not acts or one.get("act") in acts)
        ]
    why = type(made)(steps).needs_word(policy)
    if why and not yes:
        raise UsageError(f"{why}; look at 'hiksweep tickets plan', and say --yes")
    outcomes = list(_shown(desk.apply(steps)))
    for subject in gone:
        click.echo(f"left out   {clean(subject)}: no longer what is to be done")
    for line in _ending(outcomes, desk):
        click.echo(line)
    return _code(outcomes, gone, desk)


@command.command("status", context_settings=HELP)
@_shared
@listing.format_option
def status(site: str | None, file: str | None, store: str | None, form: str) -> int:
    """List every finding's ticket, what is open in it, and what a person has to decide. Writes nothing.

    \b
    Example:  hiksweep tickets status
    """
    from scanner.tickets.plan_file import step_data

    desk, _, _, _ = _desk(file, store)
    made = desk.plan(site)
    if form == "json":
        listing.print_json("tickets", [step_data(step) for step in made.steps])
        return 0
    rows = [
        (
            step.ticket.id if step.ticket else "-",
            step.ticket.state if step.ticket else "-",
            step.group.subject if step.group else "",
            str(step.act),
            step.why,
        )
        for step in made.steps
    ]
    for line in listing.columns(("TICKET", "STATE", "ABOUT", "NEXT", "WHY"), rows) if rows else ():
        click.echo(line)
    click.echo(f"{plural(len({row[0] for row in rows if row[0] != '-'}), 'ticket')}.")
    return 0


@command.command("link", context_settings=HELP)
@click.argument("what", metavar="FINDING|DEVICE")
@click.argument("ticket", metavar="TICKET|none")
@listing.by_option
@listing.store_option
@click.option("--config", "file", metavar="FILE", help="The configuration; see 'hiksweep config --help'.")
def link(what: str, ticket: str, by: str, store: str | None, file: str | None) -> int:
    """Say which ticket is about a finding or device; 'none': none of those that fit by its address is.

    \b
    Example:  hiksweep tickets link 10.1.0.64 217 --by "J. Doe"

    A ticket that fits by an address alone is never written to until somebody has said so.
    """
    desk, _, name, target = _desk(file, store)
    if ticket != "none" and not desk.has(ticket):
        raise UsageError(f"{ticket}: the tracker has no such ticket")
    named, slash, measure = what.partition("/")
    with target.reading() as connection:
        device = listing.meant(connection, named)
    said = "" if ticket == "none" else ticket
    subject = f"{device}/{measure}" if slash else device
    listing.decided(target, by, "ticket", subject, {"tracker": name, "ticket": said})
    click.echo(f"{subject}: {'no ticket yet' if not said else f'ticket {said}'}.")
    return 0


def _desk(file: str | None, store: str | None) -> tuple[Desk, TicketPolicy, str, Store]:
    from scanner.cli.config import load_configuration
    from scanner.cli.options import load_knowledge
    from scanner.tickets.configured import desk_of, name_of, policy_of

    found = load_configuration(file)
    target = listing.current(store)
    table = found.settings.tickets
    return desk_of(found, target, load_knowledge()), policy_of(table), name_of(table), target


def _acts(only: str | None) -> frozenset[str]:
    acts = frozenset(filter(None, (only or "").replace(" ", "").split(",")))
    if unknown := acts.difference(_VERBS):
        raise UsageError(f"--only {', '.join(sorted(unknown))}: known are {', '.join(_VERBS)}")
    return acts


def _plan_lines(made: Plan, policy: TicketPolicy) -> Iterator[str]:
    rows = [_row(step) for step in made.steps if step.act != "nothing"]
    yield from listing.columns(("DO", "TICKET", "ABOUT", "WHY"), rows) if rows else ()
    counts = made.counts
    said = ", ".join(f"{counts[act]} to {act}" for act in counts if act in _VERBS) or "nothing to be written"
    waiting = counts["maybe"] + counts["listed"]  # type: ignore[index]
    more = f"; {waiting} for a person" if waiting else ""
    yield f"{said}{more}; {counts['nothing']} up to date."  # type: ignore[index]
    if why := made.needs_word(policy):
        yield f"{why}: 'apply' wants --yes."


def _row(step: Step) -> tuple[str, str, str, str]:
    return (
        str(step.act),
        step.ticket.id if step.ticket else "-",
        step.group.subject if step.group else "",
        step.why,
    )


def _shown(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    for one in outcomes:
        step = one.step
        subject = clean(step.group.subject) if step.group else ""
        detail = f": {clean(one.detail)}" if one.detail else ""
        click.echo(f"{one.done:<10} {step.act} {one.ticket or '-'}  {subject}{detail}")
        yield one


def _ending(outcomes: list[Outcome], desk: Desk) -> Iterator[str]:
    counts = Counter(str(one.done) for one in outcomes)
    yield (
        ", ".join(f"{count} {word}" for word, count in counts.items()) or "Nothing was to be written"
    ) + "."
    for entry in desk.doubtful:
        why = entry.note or "the program ended meanwhile"
        yield f"Not known yet whether a ticket was made ({clean(why)}); run it again later."


def _code(outcomes: list[Outcome], gone: list[str], desk: Desk) -> int:
    ends = {str(one.done) for one in outcomes}
    if desk.doubtful or ends & {"doubtful", "refused", "not tried"}:
        return 1
    return 4 if gone or "changed" in ends else 0
