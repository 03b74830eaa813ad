"""The grammar of long serial numbers: model, channel code, day, mark, short serial, feature letters.

From research notes sadp.md §1.5 and models.md §3, checked against 48 real numbers and 18 redacted ones. The
short serial of nine characters names the unit; the long one of an access terminal changes with its firmware.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

TEXT_LENGTH = 160

_DAY = r"20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|00000000"
_MARK = r"V\d{6}[A-Z]{2}|[A-Z]{4}|[A-Z](?:CH|EU|JP|RR|TW|WR)|[A-Z]{2}"
_SHORT = r"[A-Z]{2}\d{7}|[A-Z]\d{8}|\d{9}"
_TAIL = rf"(?P<date>{_DAY})(?P<mark>{_MARK})?(?P<short>{_SHORT})(?P<suffix>[A-Z]{{0,8}})"
_NO_DAY = re.compile(rf"(?P<day>20[0-3]\d{{5}})(?:{_MARK})(?:{_SHORT})[A-Z]{{0,8}}$")
_MASKED_DAY = "0000"
"""Month and day as people blank them before they publish a number."""
_BEHIND_MODEL = re.compile(rf"\s?(?P<channels>\d{{2}})?\s?{_TAIL}")
_ANYWHERE = re.compile(rf"(?P<model>[0-9A-Za-z][0-9A-Za-z/()_.+-]{{0,63}}?)?\s?{_TAIL}")
_HOST_NAME_DASH = str.maketrans("/()", "---")
_LEAST_FEATURES = 3
"""A recorder's number ends in this many feature letters or more, and then has a channel code."""


TERMINAL = "terminal"
"""Family of access terminals: the day in their number is that of the firmware, and changes with it."""


@dataclass(frozen=True, slots=True)
class Serial:
    """A long serial number, taken apart."""

    model: str | None
    """None when the number begins with the channel code."""
    channels: str | None
    """Two digits; a code, not always the number of channels."""
    date: date | None
    """None when zeroed or impossible. Day of production, but of a terminal the firmware's."""
    mark: str
    """``AAWR``, ``WR``, ``CRR``, ``V030315EN``; empty when missing."""
    short: str
    """Nine characters: the number on the label."""
    suffix: str
    """Feature letters, or empty."""
    family: str
    """By the form of the mark: ``camera-recorder``, ``intercom-switch``, ``terminal`` or ``unmarked``."""

    @property
    def region(self) -> str:
        """The last two letters of the mark: CH, WR, RR, …, of a terminal the language."""
        return self.mark[-2:]


def read_serial(text: str, model: str | None = None) -> Serial | None:
    """Take a long serial number apart; None when the text is none.

    ``model`` is the model that the device states beside it: without it the place where a model ends in digits
    is a guess. A DHCP or mDNS host name that carries the number (``.local``, dashes for ``/ ( )``) is read
    too.
    """
    number = text.strip()
    if len(number) > TEXT_LENGTH:
        return None
    number = re.sub(r"\.local\.?$", "", number, flags=re.IGNORECASE)
    if model and (behind := _behind(number, model.strip())):
        return behind
    found = _ANYWHERE.fullmatch(number)
    if found is None or not found["mark"]:  # without a mark and a known model it could be anything
        return None
    prefix, channels = _split_channels(found["model"] or "", found["mark"], found["suffix"])
    return _serial(prefix or None, channels, found)


def impossible_day(text: str) -> str | None:
    """The eight digits at the place of the day, where they are no day of the calendar; else None.

    In a number of this grammar they mean a day, or are zeros where somebody blanked it; nothing else.
    """
    number = text.strip()
    if len(number) > TEXT_LENGTH:
        return None
    number = re.sub(r"\.local\.?$", "", number, flags=re.IGNORECASE)
    found = _NO_DAY.search(number)
    if found is None or found["day"].endswith(_MASKED_DAY):
        return None
    return found["day"] if _day(found["day"]) is None else None


def _behind(number: str, model: str) -> Serial | None:
    if not model or not _starts_with(number, model):
        return None
    found = _BEHIND_MODEL.fullmatch(number, len(model))
    return _serial(model, found["channels"], found) if found else None


def _starts_with(number: str, model: str) -> bool:
    if number.startswith(model):
        return True
    return number.translate(_HOST_NAME_DASH).startswith(model.translate(_HOST_NAME_DASH))


def _split_channels(prefix: str, mark: str, suffix: str) -> tuple[str, str | None]:
    """The channel code at the end of what precedes the day, where the form of the number tells of one."""
    alone = re.fullmatch(r"\d{2}", prefix)
    if alone:
        return "", prefix
    intercom = len(mark) == len("WR") and prefix.endswith("01")
    if intercom or (len(suffix) >= _LEAST_FEATURES and re.search(r"\d{2}$", prefix)):
        return prefix[:-2], prefix[-2:]
    return prefix, None


def _serial(model: str | None, channels: str | None, found: re.Match[str]) -> Serial:
    mark = found["mark"] or ""
    return Serial(
        model=model,
        channels=channels,
        date=_day(found["date"]),
        mark=mark,
        short=found["short"],
        suffix=found["suffix"],
        family=_family(mark),
    )


def _family(mark: str) -> str:
    if mark.startswith("V") and len(mark) == 9:
        return TERMINAL
    return {0: "unmarked", 4: "camera-recorder"}.get(len(mark), "intercom-switch")


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
