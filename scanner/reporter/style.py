"""Terminal colours, or their absence: without them a table is plain ASCII but for the words themselves."""

from __future__ import annotations

from dataclasses import dataclass

_CODES = {
    "bold": "1",
    "dim": "2",
    "act": "1;31",
    "heed": "33",
    "calm": "",
    "good": "1;32",
    "warn": "1;33",
    "confirmed": "1",
    "probable": "33",
    "possible": "2;33",
    "none": "2",
}


@dataclass(frozen=True, slots=True)
class Style:
    """Paints a text in a named role; with ``colour=False`` it returns the text as it is."""

    colour: bool = False

    def paint(self, role: str, text: str) -> str:
        """``text`` in the colour of its role. Only text that was cleaned before may come here."""
        code = _CODES[role]
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code and text.strip() else text

    @property
    def rule(self) -> str:
        """The character of a line across."""
        return "─" if self.colour else "-"

    @property
    def bar(self) -> str:
        """The character of a bar."""
        return "█" if self.colour else "#"
