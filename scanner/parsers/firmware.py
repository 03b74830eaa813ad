"""Firmware strings: ``V5.6.2build 190701``, ``V5.3.8_151224``, ``V7.3, build 190626``, ``V4.31.108``.

Forms from research notes sadp.md §1.6 and models.md §4. The build is a day, YYMMDD.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_BUILD = r"[ ,_-]{0,4}(?:build[ :]{0,2})?(\d{6})(?!\d)"
_FIRMWARE = re.compile(
    r"(?<![\w.])V?(\d{1,3}(?:\.\d{1,5}){1,3})(?:" + _BUILD + r")?(?![\w.]*\.\d)", re.IGNORECASE
)
_BUILD_ALONE = re.compile(r"\bbuild[ :]{0,2}(\d{6})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Firmware:
    """A version and the day it was built."""

    version: str
    """Digits and points, as written: ``5.6.2``, ``4.30.005``."""
    numbers: tuple[int, ...]
    """For comparing: (5, 6, 2)."""
    build: date | None
    """None when the string names no build, or an impossible day."""

    def __str__(self) -> str:
        if self.build is None:
            return f"V{self.version}"
        return f"V{self.version} build {self.build:%y%m%d}"


def read_firmware(text: str) -> Firmware | None:
    """Read a firmware string; None when it holds no version."""
    found = _FIRMWARE.search(text[:256])
    if found is None:
        return None
    version, build = found[1], found[2]
    numbers = tuple(int(part) for part in version.split("."))
    return Firmware(version, numbers, build_date(build or ""))


def build_date(text: str) -> date | None:
    """The day of ``190701`` or ``build 190701``; None when it is none between 2008 and 2035."""
    labelled = _BUILD_ALONE.search(text[:64])
    digits = labelled[1] if labelled else text.strip()
    if not re.fullmatch(r"[0-9]{6}", digits) or not 8 <= int(digits[:2]) <= 35:
        return None
    try:
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return None
