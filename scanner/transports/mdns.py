"""Multicast DNS by zeroconf: named service types on one interface, each answer as the text of its records.

zeroconf owns its sockets, so the gate judges the call: the interface and the exact service types. There is
one instance an interface; its questions leave through that one only. It reads names as text before we see
them, so what is kept is not the bytes of the wire: the observation is our canonical text, marked as
synthesised.
The interface of a record is the one whose prefix its address lies in, else it is not known: zeroconf's socket
hears every interface of the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from scanner.model.errors import Refused
from scanner.policy.gate import Gate
from scanner.transports.interfaces import Interface
from scanner.transports.reduction import Reduction

if TYPE_CHECKING:
    from zeroconf.asyncio import AsyncZeroconf

WINDOW = 6.0
"""Seconds of browsing; zeroconf asks several times in it."""
INSTANCE_LIMIT = 512
"""Service instances resolved per interface."""
_RESOLVE_MILLISECONDS = 2000
_AT_ONCE = 16
_TXT_LIMIT = 64
_VALUE_LIMIT = 512

Text: TypeAlias = Callable[[str, str, str, int, Sequence[str], Sequence[str]], bytes]
"""Canonical text of (instance, service type, host, port, addresses, TXT strings)."""


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """One service instance of one host."""

    address: str
    """The first address of the host that lies on the interface, else its first."""
    port: int
    text: bytes
    """What is kept as the observation: the canonical text of the record."""
    interface: str
    """Empty when the address lies outside every prefix of the interface that was asked."""


@dataclass(frozen=True, slots=True)
class Browsed:
    """What came of browsing one interface."""

    records: tuple[ServiceRecord, ...]
    reductions: tuple[Reduction, ...] = ()


async def browse(
    gate: Gate, interface: Interface, service_types: Sequence[str], text: Text, *, window: float = WINDOW
) -> Browsed:
    """Ask for these service types (``_http._tcp.local.``) and resolve what is named.

    Raises:
        Refused: the gate did not let it pass.
    """
    gate.mdns(interface.name, service_types)
    from zeroconf import Error
    from zeroconf.asyncio import AsyncZeroconf

    choice: list[str | int] = [str(interface.ipv4[0].ip)] if interface.ipv4 else []
    if interface.ipv6:
        choice.append(interface.index)
    if not choice:
        return _nothing(interface, "the interface has no address")
    try:
        zeroconf = AsyncZeroconf(interfaces=choice)
    except (OSError, Error) as error:
        return _nothing(interface, f"multicast DNS could not start: {error}")
    _hold_back(gate, zeroconf)
    try:
        return await _Browse(zeroconf, interface, text).run(list(service_types), window)
    finally:
        await zeroconf.async_close()


def _hold_back(gate: Gate, zeroconf: AsyncZeroconf) -> None:
    """Let none of the questions leave that zeroconf repeats by itself, once nothing may be sent any more."""
    send = zeroconf.zeroconf.async_send

    def guarded(*given: Any, **named: Any) -> None:
        with contextlib.suppress(Refused):
            gate.still_open()
            send(*given, **named)

    zeroconf.zeroconf.async_send = guarded  # type: ignore[method-assign]


class _Browse:
    """One run on one interface."""

    def __init__(self, zeroconf: AsyncZeroconf, interface: Interface, text: Text) -> None:
        self._zeroconf = zeroconf
        self._interface = interface
        self._text = text
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._tasks: dict[tuple[str, str], asyncio.Task[ServiceRecord | None]] = {}
        self._more = False

    async def run(self, service_types: list[str], window: float) -> Browsed:
        from zeroconf.asyncio import AsyncServiceBrowser

        loop = asyncio.get_running_loop()
        until = loop.time() + window
        browser = AsyncServiceBrowser(self._zeroconf.zeroconf, service_types, handlers=[self._on_change])
        try:
            await asyncio.sleep(window)
        finally:
            await browser.async_cancel()
        if self._tasks:
            left = until + _RESOLVE_MILLISECONDS / 1000 - loop.time()
            _, unfinished = await asyncio.wait(self._tasks.values(), timeout=max(left, 0.1))
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
        return self._browsed()

    def _on_change(self, *, zeroconf: Any, service_type: str, name: str, state_change: Any) -> None:
        """Called by zeroconf, with these names, for each instance that it hears of."""
        del zeroconf
        if state_change.name != "Added" or (service_type, name) in self._tasks:
            return
        if len(self._tasks) >= INSTANCE_LIMIT:
            self._more = True
            return
        self._tasks[service_type, name] = asyncio.create_task(self._resolve(service_type, name))

    async def _resolve(self, service_type: str, name: str) -> ServiceRecord | None:
        from zeroconf.asyncio import AsyncServiceInfo

        info = AsyncServiceInfo(service_type, name)
        async with self._places:
            await info.async_request(self._zeroconf.zeroconf, _RESOLVE_MILLISECONDS)
        addresses = [address.split("%")[0] for address in info.parsed_scoped_addresses()]
        if not addresses:
            return None
        here = [address for address in addresses if _lies_on(self._interface, address)]
        text = self._text(
            name.removesuffix("." + service_type),
            service_type,
            info.server or "",
            info.port or 0,
            addresses,
            txt_strings(info.properties),
        )
        # The targets are mostly IPv4; a host's IPv6 address may have come first.
        chosen = min(here or addresses, key=lambda address: ":" in address)
        return ServiceRecord(chosen, info.port or 0, text, self._interface.name if here else "")

    def _browsed(self) -> Browsed:
        records, nameless = [], 0
        for task in self._tasks.values():
            record = None if task.cancelled() or task.exception() is not None else task.result()
            if record is None:
                nameless += 1
            else:
                records.append(record)
        reductions = []
        if nameless:
            reductions.append(self._reduction(f"{nameless} named services gave no address in time"))
        if self._more:
            reductions.append(
                self._reduction(f"more than {INSTANCE_LIMIT} services; the rest was not resolved")
            )
        return Browsed(tuple(records), tuple(reductions))

    def _reduction(self, reason: str) -> Reduction:
        return Reduction(self._interface.name, reason)


def txt_strings(properties: dict[bytes, bytes | None]) -> list[str]:
    """TXT strings as ``key=value``, or ``key`` alone; at most 64 of 512 characters."""
    strings = []
    for key, value in list(properties.items())[:_TXT_LIMIT]:
        name = key.decode("utf-8", "replace")
        shown = name if value is None else f"{name}={value.decode('utf-8', 'replace')}"
        strings.append(shown[:_VALUE_LIMIT])
    return strings


def _lies_on(interface: Interface, address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return any(parsed in own.network for own in interface.ipv4)
    return parsed.is_link_local or any(parsed in own.network for own in interface.ipv6)


def _nothing(interface: Interface, reason: str) -> Browsed:
    return Browsed((), (Reduction(interface.name, reason, total=True),))
