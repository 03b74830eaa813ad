"""A run is taken into the store while it is written: at most a second behind its journal."""

from __future__ import annotations

import threading
from pathlib import Path

from scanner.inventory.engine import Store, open_store
from scanner.inventory.ingest import Taking
from scanner.inventory.rebuild import refresh
from scanner.knowledge import Knowledge
from scanner.model.errors import HiksweepError

EVERY = 0.5
"""Seconds between two looks at the journal."""


class Follower:
    """Takes a growing journal into a store, in a thread of its own. Whatever fails never stops the run.

    Args:
        journal: the journal; it need not be there yet.
        given: the store, as for `open_store`; it is made where there is none.
        folder: the data folder.
        site: whose addresses these are; None = by the targets.
    """

    def __init__(self, journal: Path, given: str | None, folder: Path, site: str | None = None) -> None:
        self._journal, self._given, self._folder, self._site = journal, given, folder, site
        self._over = threading.Event()
        self._store: Store | None = None
        self._taking: Taking | None = None
        self._thread = threading.Thread(target=self._work, name="hiksweep-store", daemon=True)
        self._trouble = ""

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def _work(self) -> None:
        while not self._over.wait(EVERY):
            self._advance()
        self._advance(last=True)

    def _advance(self, *, last: bool = False) -> None:
        """Take what has been written; what fails is tried again the next time."""
        try:
            if self._store is None:
                self._store = open_store(self._given, self._folder, make=True)
            if self._taking is None and self._journal.exists():
                self._taking = Taking(self._store, self._journal, self._site)
            if self._taking is not None:
                self._taking.advance(last=last)
        except (HiksweepError, OSError) as error:
            self._trouble = str(error)
            self._start_over()
        else:
            self._trouble = ""

    def _start_over(self) -> None:
        """What the store holds by now is looked up again."""
        if self._taking is not None:
            self._taking.close()
            self._taking = None

    def finish(self, knowledge: Knowledge) -> str:
        """Take the rest and bring the views up to date; returns why that was not possible, empty if it was.

        Args:
            knowledge: what is known today.
        """
        self.stop()
        if not self._trouble and self._store is not None and self._journal.exists():
            try:
                refresh(self._store, knowledge)
            except HiksweepError as error:
                self._trouble = str(error)
        return self._trouble

    def stop(self) -> None:
        """Take what has been written, and let go."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._start_over()
