"""Whom a name means: the inventory's ids, those that runs gave, serial numbers and MAC addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from scanner.inventory.derive import Found
from scanner.inventory.devices import NOBODY, Joiner, Told
from scanner.inventory.words import Decision


class Aliases:
    """Everything that the devices of an inventory were ever called.

    Args:
        joiner: that has been told every run.
    """

    def __init__(self, joiner: Joiner) -> None:
        self._joiner = joiner
        self._since: dict[str, dict[int, str]] = {}
        self._called: dict[tuple[str, str], int] = {}

    def note(self, told: Told, at: str, found: Sequence[Found]) -> None:
        """Take what a run called its devices. Runs come in the order of their own time."""
        for number, one in zip(told.numbers, found, strict=True):
            if number == NOBODY:
                continue
            root = self._joiner.root(number)
            self._called[told.run, one.called] = root
            names = [*map(str, one.names), *([one.called] if one.names else [])]
            for alias in (self._joiner.things[number].id, *names):
                self._since.setdefault(alias, {}).setdefault(root, at)

    def rows(self) -> Iterator[tuple[str, int, str]]:
        """Each alias with a device that bears it, and since when."""
        for alias, devices in self._since.items():
            for root, at in devices.items():
                yield alias, root, at

    def resolved(self, decision: Decision) -> Decision:
        """A decision on a device, by the id that the device has today; any other as it is.

        A decision keeps in which run its device was seen, and as what: what names it today may differ.
        """
        subject, slash, rest = decision.subject.partition("/")
        root = self.device(subject, decision.data)
        if root is None:
            return decision
        return replace(decision, subject=f"{self._joiner.things[root].id}{slash}{rest}")

    def device(self, name: str, data: Mapping[str, object] | None = None) -> int | None:
        """The device that a name means; None for none, or for several."""
        seen = (data or {}).get("seen")
        if isinstance(seen, list) and len(seen) == 2:
            root = self._called.get((str(seen[0]), str(seen[1])))
            if root is not None:
                return root
        found = self._since.get(name, {})
        return next(iter(found)) if len(found) == 1 else None
