"""The report as one page: no script, no remote asset, fit for a browser, a phone, a mail and a printer.

The page's policy (CSP) lets nothing load and nothing run but its own style sheet, named by its digest. Every
value that reaches the page passes ``clean`` and is then escaped, whatever the template does.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scanner.model.coverage import AddressState
from scanner.model.device import Confidence
from scanner.model.evidence import Maker
from scanner.model.finding import Text
from scanner.model.report import Report
from scanner.reporter import exhibit, ignored_text, wording
from scanner.reporter.interface import Options
from scanner.reporter.json_report import KNOWLEDGE, STATES
from scanner.reporter.measures import Measure, measures
from scanner.reporter.order import is_found, listed
from scanner.reporter.text import clean, plural

LINKS_SHOWN = 24
"""Devices that a measure links to by address; the others carry the link themselves."""

EXHIBITS_SHOWN = 2000
"""Observations in the appendix at most; the JSON report and the journal hold the others."""

_BAR = 1000
_SLIVER = 8
"""The least width of a part of the bar, of a thousand: one address in a million is still seen."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One state's part of the bar."""

    state: AddressState
    count: int
    share: str
    meaning: str
    start: int
    width: int


def render_html(report: Report, options: Options) -> str:
    """The report as one text."""
    return "".join(html_parts(report, options))


def html_parts(report: Report, options: Options) -> Iterator[str]:
    """One whole document, card by card."""
    devices = listed(report, show_all=options.show_all)
    places = {id(device): number for number, device in enumerate(devices, 1)}
    named = measures(devices)
    exhibits = exhibit.of_devices(report.observations, devices)
    page = _environment().get_template("report.html.j2")
    yield from page.generate(
        report=report,
        run=report.run,
        coverage=report.coverage,
        style=_style(),
        policy=_policy(),
        found=[device for device in devices if is_found(device)],
        others=[device for device in devices if not is_found(device)],
        left_out="" if options.show_all else wording.others_words(report),
        anchor=lambda device: places[id(device)],
        measures=named,
        measure_place={measure.id: number for number, measure in enumerate(named, 1)},
        information=_information(named),
        slices=slices(report),
        counts=_counts(report),
        exhibits=exhibits[:EXHIBITS_SHOWN],
        exhibits_left=len(exhibits) - EXHIBITS_SHOWN,
        exhibit_place={one.observation: place for place, one in enumerate(exhibits[:EXHIBITS_SHOWN], 1)},
        ignored=ignored_text.runs(report.ignored),
        ignored_words=ignored_text,
        gaps=sorted(report.coverage.gaps, key=lambda gap: not gap.affects_verdict),
        warning=wording.ended_words(report),
        reasons=wording.incomplete_reasons(report),
    )


def _information(named: Sequence[Measure]) -> list[Text]:
    """What is said when no profile was chosen: each sentence once, though every measure carries it."""
    texts = [said.action for m in named if m.informs for said in m.said if said.action.en]
    translated = {text.en: text for text in texts if text.fr}
    return list(dict.fromkeys(translated.get(text.en, text) for text in texts))


def slices(report: Report) -> list[Slice]:
    """The states of the bar, in order; those without an address take no room."""
    total = max(report.coverage.addresses, 1)
    counts = [report.coverage.by_state.get(state, 0) for state in STATES]
    meaning = wording.FILE_STATE_WORDS if report.run.engine == wording.FROM_FILES else wording.STATE_WORDS
    wide = [max(_SLIVER, count * _BAR // total) if count else 0 for count in counts]
    wide[wide.index(max(wide))] += _BAR - sum(wide) if any(wide) else 0
    starts = [sum(wide[:place]) for place in range(len(wide))]
    return [
        Slice(state, count, _share(count, total), meaning[state], start, width)
        for state, count, start, width in zip(STATES, counts, starts, wide, strict=True)
    ]


def _share(count: int, total: int) -> str:
    percent = 100 * count / total
    if 0 < percent < 1:
        return "< 1 %"
    return "> 99 %" if 99 < percent < 100 else f"{percent:.0f} %"


def _counts(report: Report) -> list[tuple[str, int, str]]:
    """The tiles under the headline: class of the tile, number, label."""
    levels = (Confidence.CONFIRMED, Confidence.PROBABLE, Confidence.POSSIBLE)
    makers = (("other", Maker.OTHER, "other makers"), ("unknown", Maker.UNKNOWN, "maker unknown"))
    return [
        *((level.value, report.hikvision(level), level.value) for level in levels),
        *(
            (name, sum(d.evidenced_maker is maker for d in report.devices), label)
            for name, maker, label in makers
        ),
    ]


def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_style().encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _style() -> str:
    return files("scanner.reporter").joinpath("templates", "report.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    """The template engine; every printed string is cleaned, then escaped."""
    environment = Environment(
        loader=PackageLoader("scanner.reporter", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        words=wording,
        exhibit=exhibit,
        plural=plural,
        markup=Markup,
        knowledge=KNOWLEDGE,
        links_shown=LINKS_SHOWN,
    )
    environment.filters["number"] = _number
    return environment


def _shown(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value)
    return "" if value is None else value


def _number(value: int) -> str:
    return f"{value:,}"
