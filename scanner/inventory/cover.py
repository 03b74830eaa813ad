"""What one run covered: which networks whole, by which methods, and who answered at an address."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import cached_property, lru_cache

from scanner.inventory.words import NetworkView, RunView, Seen
from scanner.model.identity import Rung
from scanner.scope import Network, collapse

_Key = tuple[int, int, int]
"""Version of IP, length of a prefix, its bits as a number."""


class Cover:
    """The networks of a run, for look-ups by address and by prefix."""

    def __init__(self, run: RunView) -> None:
        self._views: dict[_Key, NetworkView] = {}
        for view in run.networks:
            network = ipaddress.ip_network(view.prefix)
            self._views[network.version, network.prefixlen, _bits(int(network[0]), network)] = view
        self._lengths = {
            version: sorted({key[1] for key in self._views if key[0] == version}, reverse=True)
            for version in (4, 6)
        }
        self._run = run
        self._places: dict[str, NetworkView | None] = {}
        self._whole: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}

    def view_of(self, address: str) -> NetworkView | None:
        """The narrowest network of the run that an address lies in."""
        if address not in self._places:
            version, number = number_of(address)
            length = 32 if version == 4 else 128
            self._places[address] = next(iter(self._above(version, number, length)), None)
        return self._places[address]

    def _above(self, version: int, first: int, longest: int) -> Iterable[NetworkView]:
        """The networks of the run that hold a network, the narrowest first."""
        bits = 32 if version == 4 else 128
        for length in self._lengths[version]:
            if length <= longest and (view := self._views.get((version, length, first >> (bits - length)))):
                yield view

    def whole(self, prefix: str, methods: Iterable[str]) -> tuple[str, ...]:
        """The run's networks that cover a prefix whole by one of the methods; none if they do not."""
        key = (prefix, frozenset(methods))
        if key not in self._whole:
            network = ipaddress.ip_network(prefix)
            found = (self._covering(network, method) for method in sorted(key[1]))
            self._whole[key] = next(filter(None, found), ())
        return self._whole[key]

    def _covering(self, wanted: Network, method: str) -> tuple[str, ...]:
        for view in self._above(wanted.version, int(wanted[0]), wanted.prefixlen):
            if method in view.covered and not view.interrupted:
                return (view.prefix,)
        parts = [
            network
            for view, network in self._networks
            if network.version == wanted.version
            and network.prefixlen > wanted.prefixlen
            and method in view.covered
            and not view.interrupted
            and holds(wanted, network)
        ]
        if wanted not in collapse(parts):
            return ()
        return tuple(map(str, parts))

    @cached_property
    def _networks(self) -> list[tuple[NetworkView, Network]]:
        return [(view, ipaddress.ip_network(view.prefix)) for view in self._run.networks]

    def methods_at(self, prefix: str) -> frozenset[str]:
        """Every method by which a prefix was covered whole."""
        return frozenset(method for method in self._methods if self.whole(prefix, (method,)))

    @cached_property
    def _methods(self) -> frozenset[str]:
        return frozenset(method for view in self._run.networks for method in view.covered)

    @cached_property
    def holders(self) -> dict[str, Seen]:
        """Which of the maker's devices answered at an address."""
        return {address: seen for seen in self._run.seen for address in seen.addresses}

    def answered(self, address: str) -> bool:
        """Whether anything answered at an address."""
        view = self.view_of(address)
        return address in self.holders or (view is not None and address in view.answered)

    def taken_by(self, address: str, device: str) -> str:
        """Who else answers at the last address of a device, beyond doubt; empty: nobody.

        One of the maker's that is known by its address alone may be the device itself.
        """
        holder = self.holders.get(address)
        if holder is not None:
            named = any(name.rung is not Rung.ADDRESS for name in holder.names)
            return holder.device if named and holder.device != device else ""
        view = self.view_of(address)
        return "another device" if view is not None and address in view.others else ""


def _bits(first: int, network: Network) -> int:
    return first >> (network.max_prefixlen - network.prefixlen)


def holds(wide: Network, narrow: Network) -> bool:
    """Whether a network lies in another, or is the same."""
    return (
        wide.version == narrow.version and int(wide[0]) <= int(narrow[0]) and int(narrow[-1]) <= int(wide[-1])
    )


@lru_cache(maxsize=1 << 18)
def number_of(address: str) -> tuple[int, int]:
    """Version of IP and number of an address; the same addresses come in every run."""
    found = ipaddress.ip_address(address)
    return found.version, int(found)


@lru_cache(maxsize=1 << 14)
def _range_of(prefix: str) -> tuple[int, int, int]:
    network = ipaddress.ip_network(prefix)
    return network.version, int(network[0]), int(network[-1])


def lies_in(address: str, prefix: str) -> bool:
    """Whether an address lies in a prefix."""
    version, number = number_of(address)
    of, first, last = _range_of(prefix)
    return version == of and first <= number <= last
