"""Which device had which address from when to when: an interval each, not a row a run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, MutableMapping
from dataclasses import dataclass

from scanner.scope import group_key


@dataclass(slots=True)
class Interval:
    """A device at an address, from the first run that saw it there to the last without another between."""

    device: str
    site: str
    address: str
    first_at: str
    first_run: str
    last_at: str
    last_run: str


class Intervals:
    """The intervals of all devices. Runs come in the order of their own time."""

    def __init__(
        self,
        known: MutableMapping[str, dict[tuple[str, str], Interval]] | None = None,
        holder: MutableMapping[tuple[str, str], str] | None = None,
    ) -> None:
        self._open: MutableMapping[str, dict[tuple[str, str], Interval]] = {} if known is None else known
        self._holder: MutableMapping[tuple[str, str], str] = {} if holder is None else holder
        self.closed: list[Interval] = []

    def see(
        self,
        device: str,
        site: str,
        addresses: Collection[str],
        run: tuple[str, str],
        walked: Collection[tuple[int, int]],
    ) -> None:
        """A run saw a device at its addresses.

        Args:
            device: its id.
            site: of the run.
            addresses: where it answered.
            run: when the run started, and its id.
            walked: the /24s (/112s) that the run asked: only there it can have gone.
        """
        mine = self._open.setdefault(device, {})
        for key in list(mine):
            if addresses and (key[0] != site or (key[1] not in addresses and group_key(key[1]) in walked)):
                self._close(device, key)
        for address in addresses:
            key = (site, address)
            holder = self._holder.get(key)
            if holder is not None and holder != device:
                self._close(holder, key)
            self._holder[key] = device
            known = mine.get(key)
            if known is None:
                mine[key] = Interval(device, site, address, *run, *run)
            else:
                known.last_at, known.last_run = run

    def _close(self, device: str, key: tuple[str, str]) -> None:
        interval = self._open.get(device, {}).pop(key, None)
        if interval is not None:
            self.closed.append(interval)
        if self._holder.get(key) == device:
            del self._holder[key]

    def open_of(self, device: str) -> Iterable[Interval]:
        """The addresses that a device has by now."""
        mine: dict[tuple[str, str], Interval] = self._open.get(device, {})
        return mine.values()
