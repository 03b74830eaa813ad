"""How old a device is: when it was made, when its firmware was built, and what of that cannot be.

From the research note models.md, §3 and §4: the day in a long serial number is that of production, but in
that of an access terminal the firmware's; the counter at its end rises with time; firmware is built before
the device or, after an upgrade, later, so these two never contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from scanner.knowledge.serials import SerialCounter
from scanner.matcher.host import HostState
from scanner.matcher.statements import DEVICE_ID, FIRMWARE, MADE, RELEASED
from scanner.parsers.device_id import read_device_id
from scanner.parsers.firmware import build_date, read_firmware
from scanner.parsers.serial import TERMINAL, Serial, impossible_day, read_serial

_VERSION_MARK = re.compile(r"V(\d{2})(\d{2})(\d{2})")
_DAY = re.compile(r"20[1-9]\d-\d{2}-\d{2}")
"""Days of observations that are believed: a clock that was never set shows an earlier one."""


@dataclass(frozen=True, slots=True)
class Age:
    """What is known of a device's age."""

    produced: str | None = None
    """An interval, ISO 8601."""
    built: str | None = None
    """A day, ISO 8601."""
    impossible: tuple[str, ...] = ()
    """Sentences on statements that cannot be true, or not both."""
    doubtful: tuple[str, ...] = ()
    """Sentences on statements that disagree and may have their reason; they cost nothing."""


def age_of(
    state: HostState,
    serials: Sequence[str],
    model: str | None,
    firmware: Sequence[str],
    counter: SerialCounter,
) -> Age:
    """The age of a device of the maker.

    Args:
        state: what the host said, and when.
        serials: its serial numbers, the most believable first.
        model: its model.
        firmware: its firmware as stated or claimed, whole texts, the most believable first.
        counter: the table of the counter.
    """
    whole = serials[0] if serials else None
    serial = read_serial(whole, model) if whole is not None else None
    short = serial.short if serial is not None else whole or ""
    days = [] if serial is None or serial.date is None or serial.family == TERMINAL else [serial.date]
    days = [*_stated_days(state), *days]
    built = _built(state, firmware, serial)
    period = counter.period(short)
    impossible = tuple(_impossible(state, serials, short, days, built, model, counter))
    if days:
        produced = f"{days[0]}/{days[0]}" if all(counter.fits(short, day) for day in days) else None
    else:
        produced = period.interval if period is not None else None
    doubtful = tuple(_disagreeing(state, serials, short, counter))
    return Age(produced, built.isoformat() if built is not None else None, impossible, doubtful)


def _stated_days(state: HostState) -> list[date]:
    """The day of production that it states apart from its serial number (ISAPI ``productionDate``)."""
    for one in state.stated(MADE):
        try:
            return [date.fromisoformat(one.value)]
        except ValueError:
            continue
    return []


def _built(state: HostState, firmware: Sequence[str], serial: Serial | None) -> date | None:
    """Day of the firmware that runs: from its own text, else the day beside it, else a terminal's number."""
    found = [one for text in firmware if (one := read_firmware(text)) is not None]
    if not found:
        return serial.date if serial is not None and serial.family == TERMINAL else None
    running = found[0].numbers
    for one in found:
        if one.build is not None and one.numbers == running:
            return one.build
    if any(one.field.startswith("xml.") for one in state.stated(FIRMWARE)):
        for one_day in state.stated(RELEASED):
            if (day := build_date(one_day.value)) is not None:
                return day
    if serial is not None and serial.family == TERMINAL and _is_version(serial.mark, running):
        return serial.date
    return None


def _is_version(mark: str, running: tuple[int, ...]) -> bool:
    """Whether a terminal's mark names the firmware that runs: ``V030230`` is 3.2.30."""
    found = _VERSION_MARK.match(mark)
    return found is not None and tuple(map(int, found.groups()))[: len(running)] == running[:3]


def _impossible(
    state: HostState,
    serials: Sequence[str],
    short: str,
    days: Sequence[date],
    built: date | None,
    model: str | None,
    counter: SerialCounter,
) -> Iterator[str]:
    period = counter.period(short)
    for number in serials:
        digits = impossible_day(number)
        if digits is not None:
            yield f"serial number: {digits}, which stands for a day in {number}, is no day of the calendar"
    if short in counter.made_up:
        yield f"serial number: {short} is a row of digits, which somebody has made up"
    for one_day in days:
        if not counter.fits(short, one_day):
            yield (
                f"serial number: the day {one_day} cannot be that of its counter {short}, "
                f"which was reached {period}"
            )
    day = days[0] if days else None
    last = day.isoformat()[:7] if day is not None else (period.last if period is not None else None)
    earliest = counter.not_before(model) if model is not None else None
    if last is not None and earliest is not None and last < earliest:
        yield f"model {model}: none of its generation was made as early as {last}"
    seen = _DAY.match(state.last_seen)
    if seen is not None and day is not None and day.isoformat() > seen[0]:
        yield f"serial number: the day {day} lies after {seen[0]}, when it was seen"
    if seen is not None and built is not None and built.isoformat() > seen[0]:
        yield f"firmware: built on {built}, after {seen[0]}, when it was seen"


def _disagreeing(
    state: HostState, serials: Sequence[str], short: str, counter: SerialCounter
) -> Iterator[str]:
    """An identifier that holds another number: edited before it was published, or a board was replaced."""
    if len(serials) != 1 or counter.period(short) is None:
        return
    for one in state.stated(DEVICE_ID):
        held = read_device_id(one.value)
        if held is not None and held.short is not None and held.short != short:
            yield f"serial number: its identifier holds {held.short}, its serial number {short}"


def firmware_texts(state: HostState, claimed: Sequence[str]) -> list[str]:
    """Firmware as stated, the most believable first, then as signatures claim it."""
    return [*(one.value for one in state.stated(FIRMWARE)), *claimed]
