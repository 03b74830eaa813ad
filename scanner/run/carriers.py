"""Watches over the links that a scan uses: what is sent while a cable is out is lost without a word."""

from __future__ import annotations

import contextlib

from scanner.run.plan import Plan
from scanner.scope import to_ip
from scanner.transports.interfaces import carrier_changes, interface_towards
from scanner.transports.netlink import NetlinkUnavailable

_RANGES_LOOKED_AT = 64


class Carriers:
    """The carriers of the links towards a plan's targets, from when it is made."""

    def __init__(self, plan: Plan) -> None:
        self._names: set[str] = set()
        self._before: dict[str, int] = {}
        with contextlib.suppress(NetlinkUnavailable):
            self._names = _links_of(plan)
            self._before = carrier_changes()

    def lost(self) -> tuple[str, ...]:
        """Interfaces that went down, or lost their carrier for a while, in the order of their names."""
        watched = {name for name in self._names if name in self._before}
        if not watched:
            return ()
        try:
            now = carrier_changes()
        except NetlinkUnavailable:
            return ()
        return tuple(sorted(name for name in watched if now.get(name) != self._before[name]))


def _links_of(plan: Plan) -> set[str]:
    names = {link.interface.name for link in plan.links}
    for found in plan.scope.walked[:_RANGES_LOOKED_AT]:
        if (name := interface_towards(str(to_ip(found.version, found.first)))) is not None:
            names.add(name)
    return names
