"""`hiksweep report`: say a finished or interrupted run again, without a packet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scanner.cli import options, output
from scanner.cli.help import HELP
from scanner.mandates import read_facts
from scanner.run.result import build_report, read_result


@click.command(name="report", context_settings=HELP)
@click.argument("journals", nargs=-1, required=True, metavar="JOURNAL...", type=click.Path(path_type=Path))
@options.whose_mandate
@output.report_options
def command(journals: tuple[Path, ...], **given: Any) -> int:
    """Render a scan again from its journal, with another profile, facts or format.

    \b
    Example:  hiksweep report scan.jsonl --profile uk-other-public-body --format csv --output scan.csv

    Several journals make one report. Without --profile and --facts those of the scan apply. A scan that was
    killed reports what it had recorded. Exit codes are those of 'scan'.
    """
    outputs = output.pair(given["formats"], given["outputs"])
    output.keep_apart(outputs, journals)
    knowledge = options.load_knowledge()
    options.warn_of_age(knowledge, quiet=False)
    options.check_profiles(given["profiles"], knowledge)
    facts = None
    if text := options.facts_text(given["facts_file"], given["facts"]):
        facts = read_facts(text, "--facts")
    results = [read_result(journal, knowledge) for journal in journals]
    report = build_report(results, knowledge, given["profiles"] or None, facts)
    failures = output.write(report, outputs, show_all=given["show_all"], raw=given["csv_raw"])
    for failure in failures:
        click.echo(f"hiksweep: {failure}", err=True)
    return 1 if failures else output.exit_code(report)
