"""The blocks that stand in pages otherwise written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from generated.common import helps
from scanner.importers import IMPORTERS
from scanner.inventory.transitions import FINDINGS, PRESENCE, Patience, Row
from scanner.matcher.rules import DUELS, LADDER, PAGE_FAMILIES, SUPPORT, YIELDING
from scanner.model.device import Confidence
from scanner.model.ending import Ending
from scanner.model.evidence import Maker
from scanner.policy.outcomes import method_state
from scanner.policy.rules import NEVER_TOUCHED, SWEPT_PORTS, Limits
from scanner.reporter.wording import STATE_WORDS

EXIT_CODES: Mapping[int, tuple[str, str]] = {
    0: (
        "None found, coverage complete",
        "The scan ran. No Hikvision equipment was seen and nothing was left out.",
    ),
    1: (
        "No result",
        "No result could be produced, for example since another scan of the same addresses runs.",
    ),
    2: (
        "Usage",
        "Something in the command, a file or the data is wrong; one line says what. Nothing was sent.",
    ),
    3: ("Found", "Hikvision equipment was found, with complete or incomplete coverage."),
    4: (
        "None found, coverage incomplete",
        "Nothing was found, but something was not looked at: this is no all-clear.",
    ),
    130: ("Interrupted", "Ended by Ctrl-C or SIGTERM. What was gathered is printed and kept in the journal."),
}
"""Codes of `scan` and `report`. The other commands say theirs in their help."""


def help_block() -> Iterator[str]:
    """The program's help."""
    yield from ("```text", *next(helps())[1].splitlines(), "```")


def exit_codes_table() -> Iterator[str]:
    """The exit codes as a table."""
    yield from ("| code | means | |", "|---|---|---|")
    yield from (f"| {code} | {means} | {more} |" for code, (means, more) in EXIT_CODES.items())


def ladder_block() -> Iterator[str]:
    """The rungs from evidence to a level."""
    yield from ("| level | takes | from |", "|---|---|---|")
    for rung in LADDER:
        families = "one family" if rung.families == 1 else f"{rung.families} different families"
        if rung.among:
            families = "the family " + " or ".join(f"`{family}`" for family in sorted(rung.among))
        yield f"| *{rung.level.value}* | {rung.reason} | {families}, at least {rung.strength.value} |"
    yield "| *none* | less than that | |"


def duels_block() -> Iterator[str]:
    """What is concluded when two makers were found."""

    def words(maker: Maker, level: Confidence) -> str:
        return "unknown" if level is Confidence.NONE else f"{maker.value}, {level.value}"

    yield "| Hikvision | another maker | seen on one port | seen on different ports |"
    yield "|---|---|---|---|"
    for duel in DUELS:
        together, apart = (
            words(duel.together.maker, duel.together.level),
            words(duel.apart.maker, duel.apart.level),
        )
        yield f"| {duel.hikvision.value} | {duel.other.value} | {together} | {apart} |"


def families_block() -> Iterator[str]:
    """The families that are treated specially."""
    yield f"- One page, one family: {', '.join(f'`{name}`' for name in sorted(PAGE_FAMILIES))}."
    for name, needed in SUPPORT.items():
        partners = ", ".join(f"`{family}`" for family in sorted(needed))
        yield f"- `{name}` is weak until one of {partners} agrees in the same reply, or it names a brand."
    yielding = ", ".join(f"`{name}`" for name in sorted(YIELDING))
    yield f"- For another maker these give way to a strong sign of Hikvision: {yielding}."


def endings_block() -> Iterator[str]:
    """The endings of a question and the column in which each counts."""
    yield from ("| ending of a question | counts as |", "|---|---|")
    yield from (f"| {ending.value} | {method_state(ending)} |" for ending in Ending)


def states_block() -> Iterator[str]:
    """The states of an address, in the order in which they are tried."""
    order = ("excluded", "aborted", "answered", "refused", "blind", "silent")
    words = {state.value: said for state, said in STATE_WORDS.items()}
    yield from ("| state | the address … |", "|---|---|")
    yield from (f"| *{name}* | {words[name]} |" for name in order)


def limits_block() -> Iterator[str]:
    """The numbers that bound a run."""
    limits = Limits()
    yield from ("| what | at most |", "|---|---|")
    yield f"| packets a second over all | {limits.rate:g} (`--rate`) |"
    yield f"| packets a second to one host in the sweep | {limits.host_rate:g} |"
    yield f"| TCP ports swept | {', '.join(map(str, SWEPT_PORTS))}, and those of `--ports` |"
    attempt = f"each {limits.attempt:g} s and {limits.syn_packets} packets"
    yield f"| attempts a port | {limits.attempts}, {attempt}; not a byte is sent |"
    yield f"| connections to one host | {limits.connections}, one at a time |"
    gets = f"{limits.gets} on its first web port and one on each further"
    yield f"| requests to one host | {limits.requests}, of which HTTP GETs {gets} |"
    yield f"| time for one host | {limits.host_time:g} s, {limits.step:g} s a step |"
    yield f"| a body that is read | {limits.body // 1024} KiB |"
    window = f"{limits.fragile_hosts} in a /24 within {limits.fragile_window:g} s"
    yield f"| hosts that stop answering | {window} end the scan of that /24 |"
    yield f"| ports never touched | {', '.join(_ranges(sorted(NEVER_TOUCHED)))} |"


def _ranges(ports: list[int]) -> Iterator[str]:
    first = last = ports[0]
    for port in [*ports[1:], 0]:
        if port == last + 1:
            last = port
            continue
        yield str(first) if first == last else f"{first}–{last}"
        first = last = port


def formats_block() -> Iterator[str]:
    """Formats of other tools that are read, and what their data cannot tell."""
    yield "| `--as` | what | what it cannot tell |"
    yield "|---|---|---|"
    for importer in IMPORTERS:
        yield f"| `{importer.name}` | {importer.title} | {importer.cannot_tell} |"


def presence_block() -> Iterator[str]:
    """Every change of a device's presence."""
    yield from _transitions(PRESENCE)


def findings_block() -> Iterator[str]:
    """Every change of a finding's state."""
    yield from _transitions(FINDINGS)


def _transitions(rows: Sequence[Row]) -> Iterator[str]:
    yield from ("| from | to | trigger | needs | who decides |", "|---|---|---|---|---|")
    for row in rows:
        before = ", ".join(f"*{state}*" if state else "—" for state in row.before)
        needs = row.said(Patience())
        yield f"| {before} | *{row.after}* | `{row.trigger}` | {needs} | {row.decider} |"


def presence_picture() -> Iterator[str]:
    """The states of presence and the ways between them, as a picture."""
    yield from ("```mermaid", "stateDiagram-v2")
    yield from _picture(PRESENCE)
    yield "```"


def findings_picture() -> Iterator[str]:
    """The states of a finding and the ways between them, as a picture."""
    yield from ("```mermaid", "stateDiagram-v2")
    yield from _picture(FINDINGS)
    yield "```"


def _picture(rows: Sequence[Row]) -> Iterator[str]:
    ways: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for before in row.before:
            ways.setdefault((before, row.after), []).append(row.trigger)
    for (before, after), triggers in ways.items():
        start = before.replace("-", "_") if before else "[*]"
        yield f"    {start} --> {after.replace('-', '_')}: {', '.join(triggers)}"


BLOCKS: Mapping[str, Callable[[], Iterator[str]]] = {
    "help": help_block,
    "exit-codes": exit_codes_table,
    "ladder": ladder_block,
    "duels": duels_block,
    "families": families_block,
    "endings": endings_block,
    "states": states_block,
    "limits": limits_block,
    "formats": formats_block,
    "presence": presence_block,
    "presence-picture": presence_picture,
    "findings": findings_block,
    "findings-picture": findings_picture,
}
