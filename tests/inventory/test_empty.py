"""An empty list says what it does not show."""

from __future__ import annotations

from scanner.inventory.empty import elsewhere
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take


def test_what_is_elsewhere_is_told_in_one_line(store_url, tmp_path, journal_of):
    store = open_store(store_url, tmp_path, make=True)

    def told(site=None):
        with store.reading() as connection:
            return elsewhere(connection, site)

    assert told().startswith("The inventory is empty")
    take(store, journal_of("2026-01-05", targets=("127.9.0.0/28",)))
    take(store, journal_of("2026-01-12", targets=("127.9.0.0/28",)))
    assert told().startswith("2 runs of loopback left out")
    assert told("rehearsal") == ""
    assert told("north") == "No run is of site north; known are rehearsal."
    take(store, journal_of("2026-01-05"), "north")
    assert told("north") == ""
