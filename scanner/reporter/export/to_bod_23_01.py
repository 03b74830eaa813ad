"""A draft of a coverage table as BOD 23-01 asks of a federal civilian agency's discovery.

The directive wants each asset's address discovered anew every seven days over the whole address space. So
the table shows when each network was covered *whole* last, out of the inventory's account of every address,
and not when a scan was started. No public schema of an upload to the federal dashboard was found: this is
for its integrator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.knowledge.mandate_words import Measure
from scanner.reporter.export import draft, said
from scanner.reporter.export.interface import Export, ExportFormat, Network
from scanner.reporter.export.markup import escaped, table

CADENCE = 7
"""Days between two discoveries of the same network."""


def render(export: Export) -> bytes:
    """The draft."""
    lines = [*draft.head("Asset discovery: coverage of networks"), *_summary(export), *_networks(export)]
    lines += [*_limits(export), *draft.coverage(export), *draft.signature()]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def _measures(export: Export) -> list[Measure]:
    """The measures that ask for an inventory of whatever was made by anybody."""
    return [
        measure
        for measure in export.library.measures.values()
        if "inventory" in measure.obligations and measure.other_makers.rule == "every"
    ]


def _summary(export: Export) -> Iterator[str]:
    for measure in _measures(export):
        note = f" {escaped(measure.obligation_note.en)}" if measure.obligation_note else ""
        yield f"{escaped(measure.title.en)}. {escaped(measure.citation.en)}.{note}"
        yield ""
    networks = [one for one in export.networks if not one.retired]
    total = sum(one.addresses for one in _walkable(networks))
    lately = sum(one.addresses for one in _walkable(networks) if _is_fresh(one))
    share = f"{100 * lately / total:.1f} %" if total else "not known"
    day = export.as_of or said.iso(export.at)[:10]
    fresh = sum(map(_is_fresh, networks))
    rows = [
        ("Day", day),
        ("Networks known", f"{len(networks):,}"),
        ("Declared out of service, in no figure here", f"{len(export.networks) - len(networks):,}"),
        (f"Covered whole in the {CADENCE} days before", f"{fresh:,}"),
        ("IPv4 addresses in these networks", f"{total:,}"),
        (f"Of these in networks covered whole in {CADENCE} days", f"{lately:,} ({share})"),
        ("Assets that answered in this report", f"{len(export.report.devices):,}"),
        ("Of these by the maker that is looked for", f"{export.report.found:,}"),
        (
            "Run",
            escaped(
                f"{export.report.run.id}, began {said.iso(export.report.run.started)}, "
                f"ended {said.iso(export.report.run.finished) if export.report.run.finished else 'never'}"
            ),
        ),
    ]
    yield from table(("What", "Value"), rows)


def _walkable(networks: Sequence[Network]) -> list[Network]:
    """Those whose every address can be asked."""
    return [one for one in networks if ":" not in one.prefix]


def _is_fresh(network: Network) -> bool:
    return network.days is not None and network.days <= CADENCE


def _within(network: Network) -> str:
    if network.retired:
        return f"declared out of service on {said.iso(network.retired)[:10]}"
    return "yes" if _is_fresh(network) else "**no**"


def _networks(export: Export) -> Iterator[str]:
    yield "## Networks"
    yield ""
    if not export.networks:
        yield (
            "**No network: this was made of a journal alone, which knows one run. Only the inventory can "
            "tell when a network was covered whole.**"
        )
        yield ""
    rows = [
        (
            escaped(one.site, 200),
            one.prefix,
            f"{one.addresses:,}",
            f"{one.excluded:,}",
            said.iso(one.at)[:16].replace("T", " ") if one.at else "**never**",
            "" if one.days is None else str(one.days),
            _within(one),
            escaped(", ".join(one.methods), 200),
            escaped(one.run, 100),
        )
        for one in export.networks
    ]
    heads = (
        *("Site", "Network", "Addresses", "Left out on request", "Covered whole last (UTC)", "Days ago"),
        *(f"Within {CADENCE} days", "By", "Run"),
    )
    yield from table(heads, rows)


def _limits(export: Export) -> Iterator[str]:
    yield "## What the directive does not say, and what a person has to decide"
    yield ""
    for measure in _measures(export):
        yield from draft.does_not_say(measure)
    yield "- Networks that nobody named and no run walked are not in the table: whether it is the whole"
    yield "  address space of the organisation, a person has to say."
    yield "- It shows discovery alone; the enumeration of vulnerabilities is another tool's."
    yield ""


FORMAT = ExportFormat(
    name="bod-23-01",
    title="A draft of a table of networks and when each was covered whole",
    ending=".md",
    render=render,
    standard="BOD 23-01",
)
