"""Budgets: packets a second over all, and connections, requests and seconds a host."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping

from scanner.model.errors import Refused
from scanner.policy.rules import Limits
from scanner.scope import group_key

_SLOT = 0.02
"""Seconds, about, within which packets are counted together."""
_RESEND = 1.0
"""Seconds between a SYN and the kernel's first resend, and between that and the next."""


class Pacer:
    """Spreads packets evenly at a rate, in every second; used from several threads.

    A connect's resends are the kernel's to send. They are given their places when the connect is, so that
    they and what is sent meanwhile stay within the rate together.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1.0 / rate
        self._in_a_slot = max(1, round(rate * _SLOT))
        self._slot = self._in_a_slot / rate
        self._taken: Counter[int] = Counter()
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0.0
        self.sent = 0

    def reserve(self, packets: int = 1) -> float:
        """Take the next places in the stream; returns the seconds to wait before sending.

        Args:
            packets: that leave at most: one now, each further one a second after the one before.
        """
        with self._lock:
            now = self._clock()
            start = self._take(max(now, self._next), packets)
            for slot in [slot for slot in self._taken if slot < now // self._slot]:
                del self._taken[slot]
            self._next = start + packets * self._interval
            self.sent += packets
            return start - now

    def _take(self, start: float, packets: int) -> float:
        """The first moment from ``start`` on at which there is room for all packets; takes it."""
        places = [round(number * _RESEND / self._slot) for number in range(packets)]
        first = slot = int(start // self._slot)
        while any(self._taken[slot + place] >= self._in_a_slot for place in places):
            slot += 1
        for place in places:
            self._taken[slot + place] += 1
        return start if slot == first else slot * self._slot


class HostBudgets:
    """What the conversations with each host have used up. State grows with the hosts that answered."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._connections: dict[str, int] = defaultdict(int)
        self._requests: dict[str, int] = defaultdict(int)
        self._gets: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()
        self._changed: set[str] = set()

    def restore(
        self, connections: Mapping[str, int], requests: Mapping[str, int], gets: Mapping[str, int]
    ) -> None:
        """Count what hosts had in earlier sittings of the same run.

        Args:
            connections: of each address.
            requests: of each address.
            gets: of each address and port, by the name that `changes` gives them.
        """
        with self._lock:
            self._connections.update(connections)
            self._requests.update(requests)
            self._gets.update(gets)

    def changes(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Connections, requests and GETs, up to now, of whoever had more of them since the last call."""
        with self._lock:
            changed, self._changed = self._changed, set()
            connections = {name: self._connections[name] for name in changed if name in self._connections}
            requests = {name: self._requests[name] for name in changed if name in self._requests}
            gets = {name: self._gets[name] for name in changed if name in self._gets}
            return connections, requests, gets

    def take_connection(self, address: str) -> None:
        """Count a connection.

        Raises:
            Refused: the host's connections of this run are used up.
        """
        self._take(self._connections, address, self._limits.connections, "connections")

    def take_request(self, address: str) -> None:
        """Count a request.

        Raises:
            Refused: the host's requests of this run are used up.
        """
        self._take(self._requests, address, self._limits.requests, "requests")

    def take_get(self, address: str, port: int) -> None:
        """Count an HTTP GET on one port.

        Raises:
            Refused: the GETs that one port of a host gets in this run are used up.
        """
        self._take(self._gets, f"{address} port {port}", self._limits.gets, "GETs")

    def _take(self, used: dict[str, int], address: str, limit: int, what: str) -> None:
        with self._lock:
            if used[address] >= limit:
                raise Refused("budget", f"{address}: the {limit} {what} of this run are used up")
            used[address] += 1
            self._changed.add(address)

    def used(self, address: str) -> tuple[int, int]:
        """Connections and requests so far."""
        return self._connections[address], self._requests[address]


class Breaker:
    """Leaves alone what stops answering: a host at once, its /24 after several hosts in a short time."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._hosts: set[str] = set()
        self._recent: dict[tuple[int, int], deque[float]] = defaultdict(deque)
        self._groups: set[tuple[int, int]] = set()

    def trip(self, address: str) -> bool:
        """Note that a host stopped answering; True when that stops its /24 too."""
        self._hosts.add(address)
        key, now = group_key(address), self._clock()
        recent = self._recent[key]
        recent.append(now)
        while recent and now - recent[0] > self._limits.fragile_window:
            recent.popleft()
        if len(recent) >= self._limits.fragile_hosts and key not in self._groups:
            self._groups.add(key)
            return True
        return False

    def leave(self, address: str, *, prefix: bool) -> None:
        """Leave alone what an earlier sitting of the same run left alone."""
        if prefix:
            self._groups.add(group_key(address))
        else:
            self._hosts.add(address)

    def stopped(self, address: str) -> str | None:
        """Why an address is left alone, or None."""
        if address in self._hosts:
            return f"{address} stopped answering and is left alone"
        if self._groups and group_key(address) in self._groups:
            return f"hosts near {address} stopped answering one after another; the prefix is left alone"
        return None
