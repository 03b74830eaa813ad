"""The append-only record of a run: written before anyone interprets, read by reports and later runs.

One JSON object a line. The first line names the run; a body is written once, under its digest, and
observations point to it. A line that was cut by a crash is left out when read, and said.
"""

from scanner.journal.reading import LINE_LIMIT, is_mac, read_journal, record_of
from scanner.journal.records import (
    Asked,
    GapFound,
    Left,
    Life,
    Looked,
    Looking,
    Named,
    Proven,
    Record,
    Rejected,
    Resumed,
    RunEnded,
    RunStarted,
    Spent,
    Stopping,
    Swept,
    Talked,
    Tried,
)
from scanner.journal.writing import Journal, body_line, is_written
from scanner.model.ending import Ended
from scanner.model.observation import Observation
from scanner.model.report import ImportedFile, RunError
from scanner.model.sighting import Sighting

__all__ = [
    "LINE_LIMIT",
    "Asked",
    "Ended",
    "GapFound",
    "ImportedFile",
    "Journal",
    "Left",
    "Life",
    "Looked",
    "Looking",
    "Named",
    "Observation",
    "Proven",
    "Record",
    "Rejected",
    "Resumed",
    "RunEnded",
    "RunError",
    "RunStarted",
    "Sighting",
    "Spent",
    "Stopping",
    "Swept",
    "Talked",
    "Tried",
    "body_line",
    "is_mac",
    "is_written",
    "read_journal",
    "record_of",
]
