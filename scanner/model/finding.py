"""A device under a measure, for an organisation."""

from __future__ import annotations

from dataclasses import dataclass

NEEDS_PROFILE = "needs:profile"
"""What a measure says where nobody chose whose mandate applies: it is information, and nothing follows."""


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in English and, where the profile is Canadian, in French."""

    en: str
    fr: str | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A published date. A month is never printed as a day."""

    value: str
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``."""
    precision: str
    """``year``, ``month`` or ``day``."""
    sure: bool
    """True only for a day that was read in a source."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one measure asks about one device."""

    id: str
    """The measure."""
    applies: str
    """``yes``, ``may``, ``no`` or ``needs:FACT``."""
    decision: str | None
    """A word of the mandate data's vocabulary, or None without a profile."""
    action: Text
    citation: str
    reason: Text
    as_of: str
    deadline: Deadline | None = None
    profile: str | None = None
    """The profile whose decision this is; not part of the JSON contract."""
    citation_fr: str | None = None
    """The citation in French, where the profile is Canadian; not part of the JSON contract."""
