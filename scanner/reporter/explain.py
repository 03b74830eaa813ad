"""Why a device is called what it is called, or why nothing is: for a person, line by line."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scanner.model.coverage import AddressState
from scanner.model.device import Confidence, Device
from scanner.model.ending import Ended, Ending
from scanner.model.evidence import Evidence, Maker
from scanner.model.exhibit import Exhibit
from scanner.model.explained import Explained
from scanner.model.identity import Rung
from scanner.reporter.exhibit import about_words, size_words
from scanner.reporter.text import clean, plural, shorten
from scanner.reporter.wording import (
    FILE_STATE_WORDS,
    MAKER,
    STATE_WORDS,
    by_strength,
    known_by_mac_alone,
    relation_words,
    seat_words,
    summary_words,
)

_INDENT = "  "
_DEEPER = "      "
_EXCERPT = 300
_RUNGS = {
    Rung.SERIAL: "serial number",
    Rung.ENDPOINT: "ONVIF endpoint reference",
    Rung.TLS: "TLS key and serial number",
    Rung.MAC: "MAC address",
    Rung.ADDRESS: "network address, for want of anything that lasts longer",
}
UNHEARD = "nothing of it was heard or read; this run asked nobody"
PASSED_OVER = "outside the scope of this run, so what the files say of it was passed over"
OUTSIDE = "outside the scope of this run, so it was not asked"
OUTSIDE_BUT_NAMED = "outside the scope of this run: it was asked what stands below, and nothing else"


def render_explained(explained: Explained, by_hand: Sequence[str], width: int = 100) -> str:
    """The whole explanation; every text of the device is made harmless.

    Args:
        explained: what the run knows.
        by_hand: what a person can do to learn more.
        width: columns.
    """
    device = explained.device
    lines: list[str] = []
    lines += _head(explained)
    if device is not None:
        lines += _conclusion(device, explained)
        lines += _evidence(device, explained.exhibits)
        lines += _section("What contradicts", device.contradictions)
    lines += _section("What would raise it", [*(device.would_raise if device else ()), *by_hand])
    lines += _section("How the questions ended", list(_endings(explained.endings)))
    lines += _section("What else was recorded", [*explained.notes, *_gaps(explained)])
    lines += ["", f"{_INDENT}Run {clean(explained.run)}, journal {clean(explained.journal)}"]
    return "\n".join(part for line in lines for part in _wrapped(line, width)) + "\n"


def _wrapped(line: str, width: int) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, max(width, 60), subsequent_indent=indent + "  ", break_on_hyphens=False) or [
        ""
    ]


def _head(explained: Explained) -> Iterator[str]:
    device = explained.device
    yield summary_words(device) if device is not None else f"{clean(explained.asked_for)}: no device"
    if device is not None:
        told = {"id": device.id, "serial": device.serial, "firmware": device.firmware, "MAC": device.mac}
        yield _INDENT + ", ".join(f"{name} {clean(value)}" for name, value in told.items() if value)
        yield from _named(device)
        if relation := relation_words(device):
            yield f"{_INDENT}{clean(device.presented_brand) or MAKER}: {relation}"
        if seats := seat_words(device):
            yield f"{_INDENT}plugged in at {seats}"
    for address, state in explained.states.items():
        yield f"{_INDENT}{clean(address)}: {state_words(state, explained)}"
        if state is None and explained.scope and (explained.asks or explained.read):
            yield f"{_INDENT}Scope: {shorten(clean(explained.scope), 200)}"
    if explained.ghost is not None:
        yield f"{_INDENT}ignored, as no device: {clean(explained.ghost.reason)}"
        for shown in explained.ghost.evidence:
            yield f"{_INDENT}{_INDENT}{clean(shown)}"


def _named(device: Device) -> Iterator[str]:
    """What its id stands for, and why it was joined with others or kept apart."""
    if device.identity is not None:
        yield f"{_INDENT}named by its {_RUNGS[device.identity.rung]}"
        for reason in device.identity.reasons:
            yield f"{_INDENT}{clean(reason)}"


def state_words(state: AddressState | None, explained: Explained) -> str:
    """What the state of an address means in this run; None = outside its scope."""
    if state is None and explained.endings:
        return OUTSIDE_BUT_NAMED
    if state is None and explained.read:
        return PASSED_OVER if explained.scope else UNHEARD
    if state is None:
        return OUTSIDE if explained.asks else UNHEARD
    if explained.read:
        return f"{state.value}: {FILE_STATE_WORDS[state]}; this run asked nobody"
    if state is AddressState.ANSWERED and not explained.asks:
        return "it spoke; this run asked nobody"
    return f"{state.value}: {STATE_WORDS[state]}"


def _conclusion(device: Device, explained: Explained) -> Iterator[str]:
    yield ""
    yield f"Rule:  {clean(device.rule) or 'no rule is recorded'}"
    if device.evidenced_maker is Maker.OTHER:
        yield f"{_INDENT}It is not called {MAKER}, since what speaks for another maker weighs more."
    elif known_by_mac_alone(device):
        yield f"{_INDENT}Only its MAC address is known: it was not heard at an address, and not asked."
    elif device.confidence is Confidence.NONE:
        heard = ", ".join(f"{count} {protocol}" for protocol, count in explained.heard.items())
        yield (
            f"{_INDENT}{'It answered' if explained.asks else 'It was heard or read of'} "
            f"({heard or 'without a payload'}), and no signature matched strongly enough to name a maker."
        )


def _evidence(device: Device, exhibits: Mapping[str, Exhibit]) -> Iterator[str]:
    if not device.evidence:
        return
    yield ""
    yield "Evidence"
    for number, piece in enumerate(by_strength(device.evidence), 1):
        yield from _piece(number, piece, exhibits.get(piece.observation))


def _piece(number: int, piece: Evidence, exhibit: Exhibit | None) -> Iterator[str]:
    against = f" for {clean(piece.claims.maker_name) or 'another maker'}"
    side = against if piece.claims.maker is Maker.OTHER else ""
    yield f"{_INDENT}{number:>2}. {piece.strength.value}{side}: {clean(piece.claim)}"
    port = f" port {piece.port}" if piece.port else ""
    family = f", family {clean(piece.family)}" if piece.family else ""
    yield f"{_DEEPER}{piece.protocol.value}{port}, signature {clean(piece.signature)}{family}"
    if piece.excerpt:
        yield f"{_DEEPER}says: {shorten(clean(piece.excerpt), _EXCERPT)}"
    if piece.why:
        yield f"{_DEEPER}why: {clean(piece.why)}"
    yield f"{_DEEPER}{clean(piece.observation)}" + (f": {about_words(exhibit)}" if exhibit else "")
    if exhibit:
        yield f"{_DEEPER}{size_words(exhibit)}, sha256 {exhibit.digest}"


def _section(title: str, sentences: Iterable[str]) -> list[str]:
    found = [clean(sentence) for sentence in sentences]
    return ["", title, *(f"{_INDENT}- {sentence}" for sentence in found)] if found else []


def _endings(endings: Iterable[Ended]) -> Iterator[str]:
    """One line for questions of one method that ended alike."""
    alike: dict[tuple[str, Ending, str], Counter[str]] = {}
    for one in endings:
        key = (one.method, one.ending, one.detail)
        what = one.request or (f"port {one.port}" if one.port else "")
        alike.setdefault(key, Counter())[what] += 1
    for (method, ending, detail), asked in alike.items():
        names = ", ".join(name for name in asked if name)
        why = f" ({shorten(clean(detail), _EXCERPT)})" if detail else ""
        yield f"{method}{': ' if names else ''}{shorten(clean(names), _EXCERPT)}: {ending.value}{why}"


def _gaps(explained: Explained) -> Iterator[str]:
    for gap in explained.gaps:
        yield f"gap, {gap.targets}, {gap.method}: {gap.reason}"
    if explained.device is None and not explained.endings and explained.heard:
        yield plural(sum(explained.heard.values()), "observation")
