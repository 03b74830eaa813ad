"""How endings rank, and which column of the account each of them counts in."""

from __future__ import annotations

from scanner.model.ending import Ending

RANK = {
    # The better an ending, the higher: an address counts once a method, by the best it gave.
    Ending.COMPLETE: 9,
    Ending.CUT: 8,
    Ending.CLOSED_EARLY: 7,
    Ending.MALFORMED: 6,
    Ending.OTHER_PROTOCOL: 5,
    Ending.TLS_FAILED: 4,
    Ending.REFUSED: 3,
    Ending.SILENT: 2,
    Ending.STOPPED_BY_US: 1,
    Ending.NEVER_ASKED: 0,
    Ending.FAULT: 0,
}


def method_state(ending: Ending) -> str:
    """The column of `MethodCount` that an ending counts in. Total over the closed list."""
    match ending:
        case (
            Ending.COMPLETE
            | Ending.CUT
            | Ending.CLOSED_EARLY
            | Ending.MALFORMED
            | Ending.OTHER_PROTOCOL
            | Ending.TLS_FAILED
        ):
            return "answered"
        case Ending.REFUSED:
            return "refused"
        case Ending.SILENT:
            return "silent"
        case Ending.STOPPED_BY_US | Ending.NEVER_ASKED | Ending.FAULT:
            return "stopped"
