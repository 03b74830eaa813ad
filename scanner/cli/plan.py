"""`hiksweep plan`: what a scan would do, without a packet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from scanner.cli import options
from scanner.cli.help import HELP
from scanner.cli.progress import duration
from scanner.cli.scan import scan_request
from scanner.policy.rules import NEVER_TOUCHED
from scanner.run.machine import this_machine
from scanner.run.plan import Plan, make_plan
from scanner.scope import ranges_text


@click.command(name="plan", context_settings=HELP)
@options.what_to_scan
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(form: str, **given: Any) -> int:
    """Show exactly what a scan would do, and send nothing.

    \b
    Example:  hiksweep plan 10.1.0.0/24 --rate 200 > change-request.txt

    Addresses, questions, packets and connections a host at most, how long it takes, which method
    reaches which prefix from here, and what stays unseen and why. Takes the options of 'scan'. A host
    name is looked up.
    """
    plan = make_plan(scan_request(given, ""), this_machine())
    if form == "json":
        click.echo(json.dumps(plan_fields(plan), indent=2))
    else:
        for line in plan_lines(plan):
            click.echo(line)
    return 0


def plan_fields(plan: Plan) -> dict[str, Any]:
    """The plan as plain data."""
    estimate = plan.estimate
    return {
        "targets": list(plan.request.targets),
        "addresses": plan.scope.size,
        "walked": list(ranges_text(plan.scope.walked)),
        "not_walked": list(ranges_text(plan.scope.unwalked)),
        "excluded": list(ranges_text(plan.scope.excluded)),
        "excluded_addresses": plan.scope.excluded_size,
        "engine": plan.engine,
        "rate": plan.limits.rate,
        "ports": [{"port": service.port, "as": service.scheme} for service in plan.services],
        "probes": [
            {
                "name": probe.name,
                "title": probe.title,
                "kind": str(probe.kind),
                "ports": list(probe.ports),
                "sends": list(probe.sends),
                "connections": probe.connections,
                "requests": probe.requests,
                "datagrams": probe.datagrams,
                "needs": list(probe.needs),
                "silence": probe.silence,
            }
            for probe in plan.probes
        ],
        "routers": [
            {"address": router.address, "name": router.name, "credential": router.credential.level}
            for router in plan.routers
        ],
        "links": [
            {
                "interface": link.link.interface,
                "prefixes": list(link.link.prefixes),
                "reason": link.link.reason,
            }
            for link in plan.links
        ],
        "at_most": {
            "packets": estimate.sweep_packets + estimate.link_packets,
            "packets_per_silent_host": estimate.packets_per_silent_host,
            "packets_per_second_per_host": plan.limits.host_rate,
            "connections_per_host": estimate.connections_per_host,
            "requests_per_host": estimate.requests_per_host,
            "seconds_per_host": plan.limits.host_time,
        },
        "expected_seconds": round(estimate.seconds, 1),
        "blind": [asdict(gap) for gap in plan.gaps],
    }


def plan_lines(plan: Plan) -> Iterator[str]:
    """The plan in words, fit for a change request."""
    estimate, limits = plan.estimate, plan.limits
    yield f"Plan of a scan of {', '.join(plan.request.targets)}. Nothing has been sent."
    yield ""
    yield f"Addresses     {plan.scope.size:,} asked one by one: {_short(ranges_text(plan.scope.walked))}"
    if plan.scope.unwalked:
        yield f"              not walked, neighbours only: {_short(ranges_text(plan.scope.unwalked))}"
    if plan.scope.excluded:
        names = _short(ranges_text(plan.scope.excluded))
        yield f"Left out      {plan.scope.excluded_size:,} addresses: {names}"
    yield f"TCP ports     {', '.join(f'{service.port} ({service.scheme})' for service in plan.services)}"
    yield f"Engine        {plan.engine}"
    yield ""
    yield "At most"
    yield f"  packets to find what speaks   {estimate.sweep_packets + estimate.link_packets:,}"
    yield f"  packets to a silent address   {estimate.packets_per_silent_host}"
    yield f"  packets a second              {limits.rate:g} over all, {limits.host_rate:g} to one host"
    yield f"  connections to a device       {estimate.connections_per_host}, one at a time"
    yield f"  requests to a device          {estimate.requests_per_host}"
    yield f"  seconds with a device         {limits.host_time:g}"
    if plan.routers:
        yield f"  seconds with a router         {limits.router_time:g}, {limits.host_rate:g} questions/s"
    yield f"Expected duration               {duration(estimate.seconds)} ({estimate.seconds:.1f} s)"
    yield ""
    yield "What is asked"
    for probe in plan.probes:
        yield f"  {probe.name:<12} {probe.title}"
        for message in probe.sends or ("nothing is sent",):
            yield f"               - {message}"
    yield ""
    yield "Which methods reach which prefix from here"
    yield f"  TCP and unicast discovery: {_short(ranges_text(plan.scope.walked)) or 'nothing'}"
    for link in plan.links:
        reach = ", ".join(link.link.prefixes)
        yield f"  link-local discovery on {link.link.interface}: {reach} ({link.link.reason})"
    for router in plan.routers:
        yield f"  tables of {router}, UDP 161 alone, by SNMP {router.credential.level}"
    yield ""
    yield "What stays unseen"
    for gap in plan.gaps:
        mark = "affects the verdict" if gap.affects_verdict else "does not affect the verdict"
        yield f"  {gap.targets}: {gap.method}: {gap.reason} ({mark})"
    yield "  a device that answers no TCP port and no discovery from here; devices behind address translation"
    yield ""
    never = ", ".join(map(str, sorted(NEVER_TOUCHED)))
    yield f"Never touched, whatever is asked for: ports {never}"


def _short(texts: tuple[str, ...] | list[str], most: int = 12) -> str:
    shown = ", ".join(texts[:most])
    return shown + (f" and {len(texts) - most} more" if len(texts) > most else "")
