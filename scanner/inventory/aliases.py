"""Whom a name means: the inventory's ids, those that runs gave, serial numbers and MAC addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from scanner.inventory.devices import Joiner
from scanner.inventory.words import Decision


def nobody(_: str) -> Iterable[int]:
    """Before anything was told no name means anybody."""
    return ()


class Aliases:
    """Everything that the devices of an inventory were ever called.

    Args:
        joiner: that has been told every run.
        root: which device a number stands for after all.
        before: the devices that bear a name by what was told earlier.
        called: the devices that decisions name by a run and what the run called them.
    """

    def __init__(
        self,
        joiner: Joiner,
        root: Callable[[int], int],
        before: Callable[[str], Iterable[int]] = nobody,
        called: Mapping[tuple[str, str], int] | None = None,
    ) -> None:
        self._joiner, self._root, self._before = joiner, root, before
        self._called = called or {}
        self._named: dict[str, set[int]] = {}
        for alias, number, _ in joiner.aliases:
            self._named.setdefault(alias, set()).add(number)

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
        key = anchor_of(data or {})
        number = None if key is None else self._called.get(key)
        if number is not None:
            return self._root(number)
        numbers = (*self._before(name), *self._named.get(name, ()))
        found = {self._root(one) for one in numbers}
        return found.pop() if len(found) == 1 else None


def anchor_of(data: Mapping[str, object]) -> tuple[str, str] | None:
    """The run that saw the device of a decision, and what the run called it."""
    seen = data.get("seen")
    return (str(seen[0]), str(seen[1])) if isinstance(seen, list) and len(seen) == 2 else None
