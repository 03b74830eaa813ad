"""Why a list of the inventory may have nothing in it, though somebody scanned."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from scanner.inventory.schema import run
from scanner.inventory.sites import REHEARSAL, sites


def elsewhere(connection: Connection, site: str | None) -> str:
    """What a list does not show: the rehearsal, or that there is nothing at all. Empty: nothing worth a word.

    Args:
        connection: to the store.
        site: that the list was asked for; None = all but the rehearsal.
    """
    counts = {
        row.site: row.runs
        for row in connection.execute(select(run.c.site, func.count().label("runs")).group_by(run.c.site))
    }
    if not counts:
        return (
            "The inventory is empty: no run was taken yet. 'hiksweep scan' takes its own; "
            "'hiksweep store ingest JOURNAL' takes one of another machine."
        )
    known = [one.name for one in sites(connection)]
    if site is not None:
        return "" if site in known else f"No run is of site {site}; known are {', '.join(known)}."
    rehearsed = counts.get(REHEARSAL, 0)
    if not rehearsed:
        return ""
    runs = "1 run" if rehearsed == 1 else f"{rehearsed:,} runs"
    return f"{runs} of loopback left out, since a rehearsal counts nowhere: --site {REHEARSAL} shows it."
