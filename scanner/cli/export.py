"""`hiksweep export`: what is known in the formats that auditors and other systems read."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import listing, options, output
from scanner.cli.help import HELP
from scanner.model.errors import UsageError
from scanner.reporter.export import FORMATS, Export, ExportFormat, Life, Network, format_of

if TYPE_CHECKING:
    from scanner.feeds import Target
    from scanner.inventory.snapshot import Asked, Snapshot


@click.command(
    "export", context_settings=HELP, short_help="Write what is known for auditors and other systems."
)
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS), required=False)
@click.option("--list", "listed", is_flag=True, help="List the formats and what each one asks.")
@click.option("--run", "run", metavar="RUN|JOURNAL", help="Of this run.  [default: the last one]")
@click.option("--as-of", "as_of", metavar="DATE", help="All that the inventory knew at the end of this day.")
@click.option("--output", "place", metavar="FILE", help="Where.  [default: the screen]")
@click.option("--send", "url", metavar="URL", help="Hand it to this system in place of writing it.")
@click.option(
    "--token-file",
    metavar="FILE",
    help="The system's token; only you may be able to read FILE. Never recorded.",
)
@click.option(
    "--ca", metavar="FILE", help="Certificates to trust for it.  [default: the well-known authorities]"
)
@click.option("--apply", is_flag=True, help="With --send: change what would otherwise only be simulated.")
@click.option("--set", "settings", multiple=True, metavar="K=V", help="What the format asks. Repeatable.")
@click.option("--all", "show_all", is_flag=True, help="List devices of other and unknown makers too.")
@click.option("--csv-raw", "raw", is_flag=True, help="CSV for machines: without the guard against formulas.")
@options.whose_mandate
@listing.site_option
@listing.store_option
def command(form: str | None, listed: bool, **given: Any) -> int:
    """Write a run, or the inventory as of a day, in the format of another system.

    \b
    Example:  hiksweep export ocsf --output findings.jsonl
              hiksweep export xlsx --as-of 2026-11-30 --output november.xlsx
              hiksweep export far-52-204-25 --set identified=2026-11-24
              hiksweep export cef --send tls://siem.example.org

    Every format carries the coverage and the versions of what it was made with; of a run that is not complete
    it says so in its own terms. '--list' shows the formats, and which of them --send hands to a system.

    Exit codes: 0 written or taken, whatever it shows; 1 not written, or not all taken; 2 usage.
    """
    if listed:
        _list()
        return 0
    if form is None:
        raise UsageError("name a format; 'hiksweep export --list' shows them")
    found = format_of(form)
    target = _target(found, given)
    path = _place(found, given["place"]) if target is None else None
    export = _gather(found, given, path)
    if target is not None:
        return _send(found, export, target)
    data = found.render(export)
    if path is None:
        click.echo(data, nl=False)
    else:
        output.write_whole(path, data)
    click.echo(f"{export.report.headline} ({export.report.run.id}).", err=True)
    return 0


def _target(form: ExportFormat, given: Mapping[str, Any]) -> Target | None:
    """The system that it is to be handed to; None: it is written.

    Raises:
        UsageError: the format goes to no system, or what a system needs is not there.
    """
    url = given["url"]
    if url is None:
        for name, option in (("token_file", "--token-file"), ("ca", "--ca"), ("apply", "--apply")):
            if given[name]:
                raise UsageError(f"{option} needs --send")
        return None
    from scanner.feeds import FEEDS, Target

    if form.name not in FEEDS:
        raise UsageError(f"{form.name} is handed to no system; --send takes {', '.join(FEEDS)}")
    if given["place"] is not None:
        raise UsageError("--send and --output exclude each other")
    authority = Path(given["ca"]) if given["ca"] else None
    if authority is not None and not authority.is_file():
        raise UsageError(f"--ca {authority}: no such file")
    token = ""
    if given["token_file"]:
        from scanner.config.secret import SecretReference

        token = SecretReference("file", given["token_file"]).read(Path.cwd())
    return Target(url, token, authority, given["apply"])


def _send(form: ExportFormat, export: Export, target: Target) -> int:
    from scanner.feeds import feed_of

    sent = feed_of(form.name)(export, target)
    for line in sent.lines:
        click.echo(line)
    click.echo(f"{export.report.headline} ({export.report.run.id}).", err=True)
    return 0 if sent.whole else 1


def _list() -> None:
    from scanner.feeds import FEEDS

    for name in FORMATS:
        form = format_of(name)
        by = f" ({form.standard})" if form.standard else ""
        click.echo(f"{name:<15} {form.title}{by}" + ("; --send" if name in FEEDS else ""))
        for setting in form.settings:
            default = f"  [default: {setting.default}]" if setting.default else ""
            click.echo(f"{'':<15}   --set {setting.name}=…  {setting.help}{default}")


def _place(form: ExportFormat, name: str | None) -> Path | None:
    """Where it goes; what is no text goes to no terminal.

    Raises:
        UsageError: it cannot go there.
    """
    if name is None:
        if form.binary and output.is_terminal(sys.stdout):
            raise UsageError(f"{form.name} is no text; name a file: --output hiksweep{form.ending}")
        return None
    path = Path(name)
    output.check_place(path)
    return path


def _gather(form: ExportFormat, given: Mapping[str, Any], path: Path | None) -> Export:
    """What is exported.

    Raises:
        UsageError: what was asked for is not there or does not fit.
    """
    settings = form.checked(_pairs(given["settings"]))
    if given["run"] is not None and given["as_of"] is not None:
        raise UsageError("--run and --as-of exclude each other")
    from scanner.inventory.snapshot import Asked

    knowledge = options.load_knowledge()
    options.check_profiles(given["profiles"], knowledge)
    text = options.facts_text(given["facts_file"], given["facts"])
    facts = None
    if text:
        from scanner.mandates import read_facts

        facts = read_facts(text, "--facts")
    asked = Asked(knowledge, given["profiles"] or None, facts)
    more = {"form": form.name, "settings": settings, "raw": given["raw"], "show_all": given["show_all"]}
    if given["run"] is not None and _is_file(given["run"]):
        return _of_journal(Path(given["run"]), asked, more, path)
    return _of_store(given, asked, more)


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    found = {}
    for one in texts:
        name, mark, value = one.partition("=")
        if not mark:
            raise UsageError(f"--set {one}: write NAME=VALUE")
        found[name.strip()] = value.strip()
    return found


def _is_file(name: str) -> bool:
    return "\0" not in name and Path(name).is_file()


def _of_journal(journal: Path, asked: Asked, more: Mapping[str, Any], path: Path | None) -> Export:
    from scanner.run.result import build_report, read_result

    if path is not None and path.resolve() == journal.resolve():
        raise UsageError(f"--output {path}: the journal lies there; name another file")
    result = read_result(journal, asked.knowledge)
    report = build_report([result], asked.knowledge, asked.profiles, asked.facts)
    at = report.run.finished or report.run.started
    return Export(report, asked.knowledge.mandates, at, **more)


def _of_store(given: Mapping[str, Any], asked: Asked, more: Mapping[str, Any]) -> Export:
    from scanner.inventory.lists import day_of, run_id
    from scanner.inventory.snapshot import as_of, last_run, of_run

    now, day = listing.now(), None
    with listing.reading(given["store"]) as connection:
        if given["as_of"] is not None:
            day = day_of(given["as_of"], now)
            found = as_of(connection, day, asked, given["site"])
            end = f"{day.isoformat()}T23:59:59Z"
            at = min(end, now.strftime("%Y-%m-%dT%H:%M:%SZ"))
        else:
            named = given["run"]
            name = last_run(connection, given["site"]) if named is None else run_id(connection, named)
            found = of_run(connection, name, asked)
            at = found.report.run.finished or found.report.run.started
    return _export(found, asked, at, day, more)


def _export(found: Snapshot, asked: Asked, at: str, day: date | None, more: Mapping[str, Any]) -> Export:
    import ipaddress

    return Export(
        found.report,
        asked.knowledge.mandates,
        at,
        as_of=day.isoformat() if day else None,
        site=found.site,
        networks=tuple(
            Network(
                one.site,
                one.prefix,
                one.at,
                one.run,
                one.methods,
                one.days,
                ipaddress.ip_network(one.prefix).num_addresses,
                one.excluded,
                one.retired,
            )
            for one in found.networks
        ),
        lives={
            name: Life(one.site, one.presence, one.since, one.first_at, one.last_at, one.states)
            for name, one in found.lives.items()
        },
        **more,
    )
