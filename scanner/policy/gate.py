"""The gate: every action towards a network passes it or is not done."""

from __future__ import annotations

import ipaddress
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.model.errors import Refused
from scanner.policy.budget import Breaker, HostBudgets, Pacer
from scanner.policy.requests import check_datagram, check_nmap_arguments, check_stream, learnt_path_allowed
from scanner.policy.rules import (
    CONTROL_PORTS,
    DISCOVERY_PORTS,
    GROUPS,
    LISTENED_PORTS,
    NEVER_TOUCHED,
    Limits,
)
from scanner.policy.tables import check_table_read
from scanner.policy.tenure import Tenure
from scanner.scope import Scope

_LEARNT_AT_MOST = 4


@dataclass(frozen=True, slots=True)
class Link:
    """An interface on which link-local questions may be asked, and why."""

    interface: str
    index: int
    prefixes: tuple[str, ...]
    reason: str


class Gate:
    """Holds scope, rules and budgets; its methods raise `Refused` and otherwise let the action pass.

    It is handed to every transport's constructor and may be used from several threads.
    """

    def __init__(
        self,
        scope: Scope,
        limits: Limits,
        *,
        links: Sequence[Link] = (),
        ports: Sequence[int] = (),
        routers: Sequence[str] = (),
        pacer: Pacer | None = None,
        breaker: Breaker | None = None,
        tenure: Tenure | None = None,
    ) -> None:
        self.scope = scope
        self.limits = limits
        self.budgets = HostBudgets(limits)
        self.breaker = breaker or Breaker(limits)
        self.pacer = pacer or Pacer(limits.rate)
        self.links = {link.interface: link for link in links}
        self._ports = frozenset(ports)
        self._routers = frozenset(routers)
        self._learnt_paths: dict[str, set[str]] = defaultdict(set)
        self._learnt_ports: dict[str, set[int]] = defaultdict(set)
        self._controls: dict[str, int] = {}
        self._lock = threading.Lock()
        self.refusals: list[str] = []
        self._closed = ""
        self._tenure = tenure or Tenure()

    @property
    def until(self) -> float:
        """When nothing may be sent any more, by `tenure.clock`, for what sends in a process of its own."""
        return 0.0 if self._closed else self._tenure.until

    @property
    def closed(self) -> str:
        """Why nothing passes any more; empty while something may."""
        return self._closed or self._tenure.over()

    def still_open(self) -> None:
        """May anything be sent at all? For what sends of itself once it was started.

        Raises:
            Refused: the run is being stopped, or its right to send is over.
        """
        self._open_still()

    def close(self, reason: str) -> None:
        """Let nothing pass from now on: the run is being stopped."""
        self._closed = reason

    def pace(self, packets: int = 1) -> float:
        """Take places in the packet stream; returns the seconds to wait."""
        return self.pacer.reserve(packets)

    def sweep(self, address: str, port: int) -> None:
        """May a port be tried by the sweep?

        Raises:
            Refused: outside the scope, a port that is never touched or not planned, or a host left alone.
        """
        self._address(address)
        self._port(port)
        if port not in self._ports:
            self._refuse("port", f"{port} is not among the planned ports")

    def open(self, address: str, port: int) -> None:
        """May a conversation connect? Counts the connection.

        Raises:
            Refused: as `sweep`, or the host's budget is used up.
        """
        self._address(address)
        self._port(port)
        known = self._learnt_ports.get(address, ())
        if port not in self._ports and port not in known and self._controls.get(address) != port:
            self._refuse("port", f"{port} is neither planned nor named by {address} itself")
        self.budgets.take_connection(address)

    def start_tls(self, address: str, port: int) -> None:
        """May a TLS handshake begin on an open connection? Its hello is the first byte that we say there.

        Raises:
            Refused: a port that is listened to only, or a host left alone.
        """
        self._address(address)
        self._speak(address, port)

    def send(self, address: str, port: int, data: bytes) -> str:
        """May a request leave on an open connection? Counts the request; returns its short name.

        Raises:
            Refused: not on the closed list, a port that is listened to only, or the host's budget is used up.
        """
        self._address(address)
        self._speak(address, port)
        try:
            name = check_stream(data, self._learnt_paths.get(address, ()))
        except Refused as refused:
            self.refusals.append(str(refused))
            raise
        if name.startswith("GET "):
            self.budgets.take_get(address, port)
        self.budgets.take_request(address)
        return name

    def datagram(self, address: str, port: int, data: bytes, interface: str = "") -> str:
        """May a datagram leave? Returns its short name.

        A group or broadcast address needs an interface on which link-local questions are allowed.

        Raises:
            Refused: outside the scope, not on the closed list, or not allowed on that interface.
        """
        plain = address.split("%", 1)[0]
        if plain in GROUPS:
            if interface not in self.links:
                self._refuse("scope", f"{plain} on {interface or 'no interface'}: not allowed for this scope")
            self._open_still()
        else:
            self._address(plain)
        self._port(port)
        if port not in DISCOVERY_PORTS:
            self._refuse("port", f"no datagram is ever sent to port {port}")
        try:
            return check_datagram(port, data)
        except Refused as refused:
            self.refusals.append(str(refused))
            raise

    def frame(self, interface: str, data: bytes) -> None:
        """May a link-layer frame leave? ARP requests for addresses in scope, and echo requests to ff02::1.

        Raises:
            Refused: any other frame, or not allowed on that interface.
        """
        if interface not in self.links:
            self._refuse("scope", f"frames on {interface}: not allowed for this scope")
        ethertype = data[12:14]
        if ethertype == b"\x08\x06":
            if data[20:22] != b"\x00\x01":
                self._refuse("request", "only ARP requests are sent")
            self._address(str(ipaddress.IPv4Address(data[38:42])))
        elif ethertype == b"\x86\xdd":
            to_all_nodes = data[38:54] == ipaddress.IPv6Address("ff02::1").packed
            if not (to_all_nodes and data[20] == 58 and data[54:56] == b"\x80\x00"):
                self._refuse("request", "only ICMPv6 echo requests to ff02::1 are sent")
            self._open_still()
        else:
            self._refuse("request", f"a frame of type 0x{ethertype.hex()} is never sent")

    def nmap(self, targets: Sequence[str], ports: Sequence[int], arguments: Sequence[str]) -> None:
        """May nmap be called with these targets, ports and options?

        Raises:
            Refused: a target outside the scope, a port not planned, an option not on the list.
        """
        self._open_still()
        for target in targets:
            if "/" in target:
                if not self.scope.covers(ipaddress.ip_network(target)):
                    self._refuse("scope", f"{target} is not wholly in scope")
            else:
                self._address(target)
        for port in ports:
            self._port(port)
            if port not in self._ports:
                self._refuse("port", f"{port} is not among the planned ports")
        check_nmap_arguments(list(arguments))

    def mdns(self, interface: str, service_types: Sequence[str]) -> None:
        """May these service types be asked for by multicast DNS on an interface?

        Raises:
            Refused: not allowed on that interface, or a type that is no DNS-SD type.
        """
        if interface not in self.links:
            self._refuse("scope", f"multicast DNS on {interface}: not allowed for this scope")
        for name in service_types:
            if not (name.startswith("_") and name.endswith("._tcp.local.")):
                self._refuse("request", f"{name!r} is no service type")
        self._open_still()

    def snmp(self, address: str, oids: Sequence[str]) -> None:
        """May these object identifiers be read from an address with the site's community?

        Raises:
            Refused: outside the scope, or more than a handful of identifiers.
        """
        self._address(address)
        if not oids or len(oids) > 16 or any(not oid.replace(".", "").isdigit() for oid in oids):
            self._refuse("request", "an SNMP read of something else than a few numeric identifiers")

    def table(self, address: str, unit: bytes) -> str:
        """May this SNMP message unit be asked of a router that the user named? Returns its short name.

        It is the only thing that a router outside the scope is ever sent, and goes to UDP 161 alone.

        Raises:
            Refused: not a named router, one that is left alone, or not a read of a table on the closed list.
        """
        if address not in self._routers:
            self._refuse("scope", f"{address} is no router that was named")
        self._open_still(address)
        try:
            return check_table_read(unit)
        except Refused as refused:
            self.refusals.append(str(refused))
            raise

    def learn_path(self, address: str, path: str) -> bool:
        """Note a path that a host named itself; False when it may not be fetched."""
        known = self._learnt_paths[address]
        plain = path.split("#", 1)[0]
        if not learnt_path_allowed(plain) or (len(known) >= _LEARNT_AT_MOST and plain not in known):
            return False
        known.add(plain)
        return True

    def learn_port(self, address: str, port: int) -> bool:
        """Note a TCP port that a host named itself; False when it may not be touched."""
        known = self._learnt_ports[address]
        if address not in self.scope or port in NEVER_TOUCHED or not 0 < port < 65536:
            return False
        if len(known) >= _LEARNT_AT_MOST and port not in known:
            return False
        known.add(port)
        return True

    def allow_control(self, address: str, port: int) -> bool:
        """Note the one random port that may be tried of a host; False when it may not be.

        Not a byte is ever sent to it.
        """
        taken = port in self._ports or port in self._learnt_ports.get(address, ())
        if address not in self.scope or port not in CONTROL_PORTS or taken:
            return False
        return self._controls.setdefault(address, port) == port

    def _address(self, address: str) -> None:
        if address not in self.scope:
            self._refuse("scope", f"{address} is outside the scope")
        self._open_still(address)

    def _open_still(self, address: str = "") -> None:
        """Refuse when the run is being stopped, its right to send is over, or an address is left alone."""
        stopped = self.breaker.stopped(address) if address else ""
        if reason := self._closed or self._tenure.over() or stopped:
            raise Refused("stopped", reason)

    def _port(self, port: int) -> None:
        if port in NEVER_TOUCHED or not 0 < port < 65536:
            self._refuse("port", f"port {port} is never touched")

    def _speak(self, address: str, port: int) -> None:
        self._port(port)
        if port in LISTENED_PORTS or self._controls.get(address) == port:
            self._refuse("port", f"not a byte is sent to port {port}, whatever was planned for it")

    def _refuse(self, rule: str, message: str) -> None:
        """Refuse what nobody should have asked for: it is kept, because it is a fault of ours."""
        with self._lock:
            self.refusals.append(message)
        raise Refused(rule, message)
