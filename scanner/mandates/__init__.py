"""What the law asks: device, facts and profile → findings. Pure; every measure is data."""

from scanner.mandates.facts import Facts, read_facts
from scanner.mandates.judge import judge
from scanner.mandates.notes import disclaimer, report_notes

__all__ = ["Facts", "disclaimer", "judge", "read_facts", "report_notes"]
