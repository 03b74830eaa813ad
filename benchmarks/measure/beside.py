"""hiksweep beside other tools, on the same replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from benchmarks.measure import nmap
from benchmarks.measure.cases import Case
from benchmarks.measure.counting import is_called
from benchmarks.measure.interval import ratio
from benchmarks.measure.peers import Peer, Verdict
from benchmarks.measure.picture import Row
from scanner.knowledge import Knowledge
from scanner.matcher import identify

OURS = "hiksweep"
NMAP_CANNOT_SEE = (
    "what is not TCP, and a certificate whose key nobody has; it knows a whole answer by the order of its "
    "headers, and many replies are recorded in part"
)
ABOUT = """
All corpora but the own examples, {hosts} hosts, of which {ours} are the maker's and can be told. A tool
*calls* a host if it names Hikvision or the brand under which the host is sold. Recall is counted on the
hosts of which there is a reply of a kind that the tool reads, beside hiksweep's on the same hosts, and
on all.
"""
FAIRNESS = """
The rules of Recog and of the nuclei templates that name the maker, or a brand of its devices, are
restated in `benchmarks/peers/`; nmap ran as it is, against the replies played on loopback, where it does
name a device whose server is called DVRDVS-Webs, as a test shows. Each was given every reply that it can
read, whatever path it would have asked for. All three are made to tell thousands of products by one
banner, and the corpora hold few of the root pages that they know. The foreign banners are examples of
Recog's own, on which it can hardly be wrong; hiksweep's signatures were written in sight of these
corpora, the rules of the others were not.
"""


class Tool(NamedTuple):
    """What one tool made of all hosts, in their order."""

    name: str
    verdicts: Sequence[Verdict]
    cannot_see: str = ""


class Count(NamedTuple):
    """One tool, counted; only hosts whose maker can be told are called right, missed or falsely."""

    readable: int
    ours_readable: int
    found_readable: int
    ours: int
    found: int
    alarms: int
    foreign: int


def ours(corpora: Iterable[Sequence[Case]], knowledge: Knowledge) -> Tool:
    """What hiksweep says; it reads whatever a corpus holds."""
    verdicts = [
        Verdict(readable=True, called=is_called(device))
        for cases in corpora
        for device in identify((one for case in cases for one in case.observations), knowledge)
    ]
    return Tool(OURS, verdicts)


def restated(cases: Sequence[Case], peer: Peer) -> Tool:
    """What a tool says whose rules are restated."""
    return Tool(f"{peer.name} {peer.commit[:8]}", [peer.judge(case) for case in cases], peer.cannot_see)


def replayed(cases: Sequence[Case], tell: Callable[[str], object]) -> Tool | None:
    """What nmap says; None, and a line that says why, if it cannot be asked here."""
    name = nmap.version()
    if name is None:
        tell("nmap is not installed: left out of the comparison")
        return None
    verdicts, unbound = nmap.judge(cases)
    if unbound:
        tell(
            f"nmap: {unbound} ports could not be bound on loopback, their hosts count as not readable for it"
        )
    return Tool(f"{name} -sV", verdicts, NMAP_CANNOT_SEE)


def count(cases: Sequence[Case], tool: Tool, where: Sequence[Verdict] | None = None) -> Count:
    """Count one tool, by default on the hosts that it can read.

    Args:
        cases: the hosts.
        tool: what it made of them.
        where: instead the hosts that another tool can read.
    """
    known = list(zip(cases, tool.verdicts, where or tool.verdicts, strict=True))
    mine = [(verdict, scope) for case, verdict, scope in known if case.is_ours]
    foreign = [verdict for case, verdict, _ in known if case.is_foreign]
    return Count(
        readable=sum(scope.readable for _, _, scope in known),
        ours_readable=sum(scope.readable for _, scope in mine),
        found_readable=sum(verdict.called and scope.readable for verdict, scope in mine),
        ours=len(mine),
        found=sum(verdict.called for verdict, _ in mine),
        alarms=sum(verdict.called for verdict in foreign),
        foreign=len(foreign),
    )


def lines(cases: Sequence[Case], tools: Sequence[Tool]) -> Iterator[str]:
    """The section of the page; the first tool is the one that the others stand beside."""
    yield "## Beside other tools"
    yield ABOUT.format(hosts=len(cases), ours=count(cases, tools[0]).ours)
    yield "| tool | hosts read | recall there | hiksweep there | recall on all | precision | false alarms |"
    yield "|---|---|---|---|---|---|---|"
    for tool in tools:
        own, other = count(cases, tool), count(cases, tools[0], tool.verdicts)
        yield (
            f"| {tool.name} | {own.readable} | {ratio(own.found_readable, own.ours_readable)} "
            f"| {ratio(other.found_readable, other.ours_readable)} | {ratio(own.found, own.ours)} "
            f"| {ratio(own.found, own.found + own.alarms)} | {ratio(own.alarms, own.foreign)} |"
        )
    yield ""
    yield "What the others cannot see here:"
    yield ""
    for tool in tools[1:]:
        yield f"- {tool.name}: {tool.cannot_see}."
    yield FAIRNESS


def shares(cases: Sequence[Case], tools: Sequence[Tool]) -> Iterator[Row]:
    """Their rows in the picture."""
    for tool in tools:
        own = count(cases, tool)
        yield Row(f"{tool.name}, all hosts: recall", "recall", own.found, own.ours)
        if tool.name != OURS and own.ours_readable:
            name = f"{tool.name}, hosts it reads: recall"
            yield Row(name, "recall", own.found_readable, own.ours_readable)
